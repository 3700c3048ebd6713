package feature

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
)

// Discard deletes a feature for good: its text, its links and its files. Its
// address answers that it is gone. Discarding again changes nothing;
// fault.Conflict is a version that has passed.
func Discard(ctx context.Context, b db.Beginner, queue jobs.Inserter, act Act) error {
	err := act.do(ctx, b, func(tx pgx.Tx, f Feature) (bool, error) {
		if err := act.checkVersion(f.Version); err != nil {
			return false, err
		}
		if f.Position != nil {
			if err := f.takeOff(ctx, tx); err != nil {
				return false, err
			}
		}
		if err := media.Disown(ctx, tx, queue, media.Owner{Feature: int64(f.ID)}); err != nil {
			return false, err
		}
		if err := deleteFeature(ctx, tx, f.ID); err != nil {
			return false, err
		}
		return true, act.log(ctx, tx, modlog.Discard, "")
	})
	if fault.Is(err, fault.Gone) {
		return nil
	}
	return err
}

package site

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/modlog"
)

// SetState freezes or thaws the site with the slug; fault.NotFound where there
// is none. Setting the state it has changes nothing.
func SetState(ctx context.Context, b db.Beginner, by modlog.Actor, slug string, state State) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		found, err := BySlug(ctx, tx, slug)
		if err != nil {
			return err
		}
		return change(ctx, tx, found.ID, func(tx pgx.Tx, st Site) (bool, error) {
			if st.State == state {
				return false, nil
			}
			if err := setState(ctx, tx, st.ID, state); err != nil {
				return false, err
			}
			act := modlog.Thaw
			if state == Frozen {
				act = modlog.Freeze
			}
			return true, log(ctx, tx, by, st.ID, act, "")
		})
	})
}

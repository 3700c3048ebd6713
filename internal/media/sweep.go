package media

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
)

// SweepArgs asks for the deletion of uploads that no post took in time.
type SweepArgs struct{}

// Kind names the job.
func (SweepArgs) Kind() string { return "media_sweep" }

// Sweeper deletes expired uploads, bytes included.
type Sweeper struct {
	river.WorkerDefaults[SweepArgs]
	DB    db.Querier
	Store *blob.Store
}

// strayAge is for how long a file that no row names may not have been written
// to before it counts as left by a server that was killed. What is on its way
// is written to all the time, and no job takes that long.
const strayAge = time.Hour

// Work implements river.Worker.
func (s *Sweeper) Work(ctx context.Context, _ *river.Job[SweepArgs]) error {
	expired, err := deleteExpired(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, id := range expired {
		if err := s.Store.DeleteUpload(string(id)); err != nil {
			return err
		}
	}
	stray, err := s.Store.StrayUploads(strayAge)
	if err != nil {
		return err
	}
	for _, id := range stray {
		kept, err := originalKept(ctx, s.DB, UploadID(id))
		if err != nil {
			return err
		}
		if kept {
			continue
		}
		if err := s.Store.DeleteUpload(id); err != nil {
			return err
		}
	}
	return nil
}

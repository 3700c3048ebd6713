package draft

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/db"
)

// SweepArgs asks for the deletion of drafts whose time is over.
type SweepArgs struct{}

// Kind names the job.
func (SweepArgs) Kind() string { return "draft_sweep" }

// Sweeper deletes drafts whose ticket is no longer good.
type Sweeper struct {
	river.WorkerDefaults[SweepArgs]
	DB db.Querier
}

// Work implements river.Worker.
func (s *Sweeper) Work(ctx context.Context, _ *river.Job[SweepArgs]) error {
	return deleteExpired(ctx, s.DB)
}

package report

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
)

// ForgetArgs asks for the deletion of reports whose time is over.
type ForgetArgs struct{}

// Kind names the job.
func (ForgetArgs) Kind() string { return "report_forget" }

// Forgetter deletes reports that were closed ClosedLife ago, and those of
// articles that are gone, should an Eraser have missed any.
type Forgetter struct {
	river.WorkerDefaults[ForgetArgs]
	DB db.Querier
}

// Work implements river.Worker.
func (f *Forgetter) Work(ctx context.Context, _ *river.Job[ForgetArgs]) error {
	if err := deleteClosed(ctx, f.DB, ClosedLife); err != nil {
		return err
	}
	return deleteOfGone(ctx, f.DB)
}

// Eraser deletes the reports of an article as soon as it is gone: they quote
// what they are about.
type Eraser struct {
	river.WorkerDefaults[article.GoneArgs]
	DB db.Querier
}

// Work implements river.Worker.
func (e *Eraser) Work(ctx context.Context, job *river.Job[article.GoneArgs]) error {
	return deleteOf(ctx, e.DB, job.Args.Article)
}

package account

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/db"
)

// ForgetArgs asks for the deletion of what has ended.
type ForgetArgs struct{}

// Kind names the job.
func (ForgetArgs) Kind() string { return "account_forget_ended" }

// Forgetter deletes sessions that have ended, and the addresses of invitations
// that nobody can follow any more.
type Forgetter struct {
	river.WorkerDefaults[ForgetArgs]
	DB db.Querier
}

// Work implements river.Worker.
func (f *Forgetter) Work(ctx context.Context, _ *river.Job[ForgetArgs]) error {
	return deleteEnded(ctx, f.DB)
}

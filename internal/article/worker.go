package article

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/db"
)

// ContactLife is how long the editors may see a reporter's contact.
const ContactLife = 30 * 24 * time.Hour

// ForgetArgs asks for the deletion of contacts whose time is over.
type ForgetArgs struct{}

// Kind names the job.
func (ForgetArgs) Kind() string { return "article_forget_contacts" }

// Forgetter deletes the contacts of reporters after ContactLife.
type Forgetter struct {
	river.WorkerDefaults[ForgetArgs]
	DB db.Querier
}

// Work implements river.Worker.
func (f *Forgetter) Work(ctx context.Context, _ *river.Job[ForgetArgs]) error {
	return deleteContacts(ctx, f.DB, ContactLife)
}

// GoneArgs tells the rooms above, which this one does not know, that an article
// is gone for good, so that they delete what they keep about it. It is enqueued
// in the transaction of the withdrawal or the removal itself.
type GoneArgs struct {
	Article ID `json:"article"`
}

// Kind names the job.
func (GoneArgs) Kind() string { return "article_gone" }

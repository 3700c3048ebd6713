package media

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/site"
)

// Retry has a file of a post that failed prepared once more, while what was sent
// is still here. A file that has not failed stays as it is, so that the same act
// twice is one. fault.NotFound for a file that is not the post's, fault.Conflict
// where what was sent is gone.
func Retry(ctx context.Context, b db.Beginner, queue jobs.Inserter, st site.ID, o Owner, id ID) error {
	if !id.Valid() {
		return fault.New(fault.NotFound, "media")
	}
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		if err := lockOwner(ctx, tx, id); err != nil {
			return err
		}
		m, original, err := lockMedia(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case m.SiteID != st || !o.owns(m):
			return fault.New(fault.NotFound, "media")
		case m.State == Gone:
			return fault.New(fault.Gone, "media")
		case m.State != Failed:
			return nil
		case original == "":
			return fault.New(fault.Conflict, "what was sent is gone")
		}
		if err := updateRetried(ctx, tx, id); err != nil {
			return err
		}
		if err := enqueue(ctx, tx, queue, m); err != nil {
			return err
		}
		return site.Bump(ctx, tx, st)
	})
}

// owns tells whether a file is one of the post's.
func (o Owner) owns(m Media) bool {
	is := func(has *int64, id int64) bool { return id != 0 && has != nil && *has == id }
	return is(m.ArticleID, o.Article) || is(m.CommentID, o.Comment) || is(m.FeatureID, o.Feature)
}

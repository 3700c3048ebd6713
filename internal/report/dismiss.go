package report

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Act is what an editor does to the reports of one article.
type Act struct {
	Site    site.ID
	Article article.ID
	By      modlog.Actor
}

// Dismiss closes all open reports of an article: an editor has looked at them.
// Where none is open nothing changes and nothing is logged. fault.NotFound for
// an article that the site does not have.
func Dismiss(ctx context.Context, b db.Beginner, act Act) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := article.Lock(ctx, tx, act.Site, act.Article)
		if err != nil {
			return err
		}
		closed, err := closeAll(ctx, tx, a.ID)
		if err != nil || closed == 0 {
			return err
		}
		return modlog.Add(ctx, tx, modlog.Entry{
			Site: int64(act.Site), Actor: act.By, Act: modlog.Dismiss, Subject: modlog.Article, SubjectID: int64(a.ID),
		})
	})
}

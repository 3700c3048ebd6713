package report

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Act is what an editor does to the reports of one article.
type Act struct {
	Site    site.ID
	Article article.ID
	By      modlog.Actor
	Seen    ID // the newest report that the editor saw; 0: no check
}

// Dismiss closes all open reports of an article: an editor has looked at them.
// Where none is open that the editor saw nothing changes and nothing is logged.
// fault.Conflict, and none is closed, where more have come since; fault.NotFound
// for an article that the site does not have.
func Dismiss(ctx context.Context, b db.Beginner, act Act) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := article.Lock(ctx, tx, act.Site, act.Article)
		if err != nil {
			return err
		}
		reports, err := OfArticle(ctx, tx, act.Site, a.ID)
		if err != nil || !act.saw(oldest(reports)) {
			return err
		}
		if !act.saw(Newest(reports)) {
			return unread()
		}
		if err := closeAll(ctx, tx, a.ID); err != nil {
			return err
		}
		return modlog.Add(ctx, tx, modlog.Entry{
			Site: int64(act.Site), Actor: act.By, Act: modlog.Dismiss, Subject: modlog.Article, SubjectID: int64(a.ID),
		})
	})
}

// saw tells whether a report is among those that the editor saw; 0 is none.
func (act Act) saw(id ID) bool { return id > 0 && (act.Seen == 0 || id <= act.Seen) }

func unread() error {
	return &fault.Error{
		Kind: fault.Conflict, Message: "more reports have come since",
		Fields: []fault.Field{{Name: "seen", Message: "error.reports_since"}},
	}
}

package comment

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Posted is what became of a comment.
type Posted struct {
	ID       ID
	Held     bool // it waits for review
	Repeated bool // the same one had come before: nothing was written now
}

// Post adds a comment to a readable article. The same comment sent again within
// RepeatLife, or at the same time, is the same comment.
//
// fault.Invalid names the fields at fault, fault.Denied is a frozen site,
// fault.NotFound and fault.Gone are the article's.
func Post(ctx context.Context, b db.Beginner, queue jobs.Inserter, st site.Site, id article.ID, d Draft) (Posted, error) {
	d = d.Clean()
	var p Posted
	err := db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := article.Lock(ctx, tx, st.ID, id)
		if err != nil {
			return err
		}
		if err := a.CheckReadable(); err != nil {
			return err
		}
		p, err = sameAs(ctx, tx, a.ID, d.hash())
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		if st, err = site.ByID(ctx, tx, st.ID); err != nil { // it may have been frozen since the form began to come
			return err
		}
		if err := checkNew(st, d); err != nil {
			return err
		}
		p, err = write(ctx, tx, queue, st, a, d)
		return err
	})
	return p, err
}

func checkNew(st site.Site, d Draft) error {
	if err := st.CheckOpen(); err != nil {
		return err
	}
	return d.Check(st)
}

func write(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.Site, a article.Article, d Draft) (Posted, error) {
	state, count := article.Visible, 1
	if st.HoldComments {
		state, count = article.Pending, 0
	}
	id, err := insert(ctx, tx, st.ID, a.ID, state, d, markup.Render(markup.Markdown, d.Body))
	if err != nil {
		return Posted{}, err
	}
	if len(d.Files) > 0 {
		if err := media.Attach(ctx, tx, queue, st, d.Ticket.Hash(), media.Owner{Comment: int64(id)}, d.Files); err != nil {
			return Posted{}, err
		}
	}
	if err := article.CountComment(ctx, tx, a.ID, count); err != nil {
		return Posted{}, err
	}
	return Posted{ID: id, Held: state == article.Pending}, site.Bump(ctx, tx, st.ID)
}

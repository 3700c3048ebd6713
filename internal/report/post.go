package report

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

// Post keeps a report of a readable article for the editors. The same report
// again is the same report, even where they closed it meanwhile; one more than
// MaxOpen is taken as politely and kept no more. Either way the answer tells
// nobody what is there already.
//
// fault.Invalid names the field at fault, fault.Denied is a frozen site,
// fault.NotFound and fault.Gone are the article's.
func Post(ctx context.Context, b db.Beginner, st site.Site, id article.ID, d Draft) error {
	d = d.Clean()
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := article.Lock(ctx, tx, st.ID, id) // so that reports of one article are counted in turn
		if err != nil {
			return err
		}
		if err := a.CheckReadable(); err != nil {
			return err
		}
		known, err := isKnown(ctx, tx, a.ID, d.hash())
		if err != nil || known {
			return err
		}
		if st, err = site.ByID(ctx, tx, st.ID); err != nil { // it may have been frozen since the form began to come
			return err
		}
		if err := st.CheckOpen(); err != nil {
			return err
		}
		if err := d.Check(); err != nil {
			return err
		}
		open, err := countOpen(ctx, tx, a.ID)
		if err != nil || open >= MaxOpen {
			return err
		}
		return insert(ctx, tx, st.ID, a.ID, d)
	})
}

package newswire

import (
	"context"
	"crypto/hmac"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/draft"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Outcome is what became of a form.
type Outcome struct {
	ID       article.ID
	Receipt  article.Receipt
	Repeated bool // the same form had come before: nothing was written now
	// Other is set where the ticket was used for another content before: ID and
	// Receipt are of that first post, and the draft was not published.
	Other bool
}

// Publish puts a draft on the wire, or, where the collective holds articles for
// review, keeps it Pending. The article, its files and their jobs come, and what
// was kept while it was written goes, in one transaction: all of it or nothing. However often and wherever at once the same
// form is sent, there is one article, and the same receipt each time.
//
// fault.Invalid names the fields at fault, fault.Denied is a frozen site.
func (k Desk) Publish(ctx context.Context, st site.Site, t article.Ticket, d article.Draft) (Outcome, error) {
	d = d.Clean(st)
	mac := d.ContentMAC(t)
	var out Outcome
	err := db.InTx(ctx, k.DB, func(tx pgx.Tx) (err error) {
		out, err = repeated(ctx, tx, st, t, mac)
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		if st, err = site.ByID(ctx, tx, st.ID); err != nil { // it may have been frozen since the form began to come
			return err
		}
		if err := checkNew(st, d); err != nil {
			return err
		}
		out, err = k.create(ctx, tx, st, t, d, mac)
		return err
	})
	return out, err
}

func checkNew(st site.Site, d article.Draft) error {
	if err := st.CheckOpen(); err != nil {
		return err
	}
	return d.Check(st)
}

// repeated answers for a ticket that was used before; fault.NotFound if not.
func repeated(ctx context.Context, tx pgx.Tx, st site.Site, t article.Ticket, mac []byte) (Outcome, error) {
	before, err := article.ByTicket(ctx, tx, st.ID, t)
	if err != nil {
		return Outcome{}, err
	}
	// of a deleted article nothing is kept to compare with
	same := before.ContentMAC == nil || hmac.Equal(before.ContentMAC, mac)
	return Outcome{ID: before.ID, Receipt: t.Receipt(), Repeated: same, Other: !same}, nil
}

func (k Desk) create(ctx context.Context, tx pgx.Tx, st site.Site, t article.Ticket, d article.Draft, mac []byte) (Outcome, error) {
	state := article.Visible
	if st.HoldArticles {
		state = article.Pending
	}
	id, inserted, err := article.Create(ctx, tx, st, article.New{Draft: d, State: state, Ticket: t, ContentMAC: mac})
	if err != nil {
		return Outcome{}, err
	}
	if !inserted { // the same ticket, at the same time: the other one was first
		return repeated(ctx, tx, st, t, mac)
	}
	if err := media.Attach(ctx, tx, k.Queue, st, t.Hash(), media.Owner{Article: int64(id)}, d.Files); err != nil {
		return Outcome{}, err
	}
	if err := draft.Forget(ctx, tx, st.ID, t); err != nil {
		return Outcome{}, err
	}
	return Outcome{ID: id, Receipt: t.Receipt()}, site.Bump(ctx, tx, st.ID)
}

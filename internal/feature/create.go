package feature

import (
	"bytes"
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/internal/slug"
)

// Written is what became of a form.
type Written struct {
	ID       ID
	Repeated bool // the same form had come before: nothing was written now
	// Other is set where the ticket was used for another content before: ID is
	// what that wrote, and the draft was not written.
	Other bool
}

// Create writes a feature, links it to the posts it is made from, and takes its
// picture, in one transaction. It is under Features at once, and not yet on the
// front page. However often the same form is sent, there is one feature: ticket
// is the hash of the form's ticket, nil where no form brought the draft.
//
// fault.Invalid names the fields at fault, fault.Denied is a frozen site.
func Create(ctx context.Context, b db.Beginner, queue jobs.Inserter, st site.Site, by modlog.Actor, ticket []byte, d Draft) (Written, error) {
	if err := st.CheckOpen(); err != nil {
		return Written{}, err
	}
	d = d.Clean(st)
	d.Alt, d.NoPicture = nil, false // there is no picture yet
	var out Written
	err := db.InTx(ctx, b, func(tx pgx.Tx) (err error) {
		out, err = repeated(ctx, tx, st.ID, ticket, d.hash())
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		out, err = write(ctx, tx, queue, Act{Site: st, By: by}, ticket, d)
		return err
	})
	return out, err
}

// repeated answers for a ticket that was used before; fault.NotFound if not.
// Forms with one ticket take turns until the transaction ends.
func repeated(ctx context.Context, tx pgx.Tx, st site.ID, ticket, hash []byte) (Written, error) {
	if ticket == nil {
		return Written{}, fault.New(fault.NotFound, "no ticket")
	}
	if err := lockForm(ctx, tx, ticket); err != nil {
		return Written{}, err
	}
	id, before, err := formByTicket(ctx, tx, st, ticket)
	if err != nil {
		return Written{}, err
	}
	same := bytes.Equal(before, hash)
	return Written{ID: id, Repeated: same, Other: !same}, nil
}

func write(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, act Act, ticket []byte, d Draft) (Written, error) {
	st := act.Site
	if err := checkAll(ctx, tx, st, d); err != nil {
		return Written{}, err
	}
	id, err := insert(ctx, tx, st.ID, slug.Make(d.Title), d, markup.Render(markup.Markdown, d.Body))
	if err != nil {
		return Written{}, err
	}
	if err := linkArticles(ctx, tx, id, d.Articles); err != nil {
		return Written{}, err
	}
	if err := (Feature{ID: id, SiteID: st.ID}).takePicture(ctx, tx, queue, ticket, d); err != nil {
		return Written{}, err
	}
	if err := rememberForm(ctx, tx, st.ID, ticket, id, d.hash()); err != nil {
		return Written{}, err
	}
	act.ID = id
	if err := act.log(ctx, tx, modlog.Write, ""); err != nil {
		return Written{}, err
	}
	return Written{ID: id}, site.Bump(ctx, tx, st.ID)
}

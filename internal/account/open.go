package account

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Opened is a collective that was just opened. Invited is the link for its first
// editor, nil where nobody was named.
type Opened struct {
	Site    site.Site
	Invited *Invited
}

// OpenCollective opens a collective's site and invites its first editor, both or
// neither. An empty email invites nobody. The errors are those of site.Create;
// what is no address is fault.Invalid in the field editor.
func OpenCollective(ctx context.Context, b db.Beginner, by modlog.Actor, d site.Draft, email string) (made Opened, err error) {
	bad := fault.Fields(d.Check())
	if email = NormalEmail(email); email != "" && len(checkEmail(email)) > 0 {
		bad = append(bad, fault.Field{Name: "editor", Message: "error.email"})
	}
	if err := fault.InvalidFields(bad...); err != nil {
		return Opened{}, err
	}
	err = db.InTx(ctx, b, func(tx pgx.Tx) (err error) {
		if made.Site, err = site.Create(ctx, tx, by, d); err != nil || email == "" {
			return err
		}
		invited, err := InviteEditor(ctx, tx, email, made.Site.ID, by)
		made.Invited = &invited
		return err
	})
	if fault.Is(err, fault.Conflict) && db.Tried(ctx) {
		return opened(ctx, b, by, d.Slug, email, err)
	}
	if err != nil {
		return Opened{}, err
	}
	return made, nil
}

// opened answers for a collective that an earlier attempt may have opened; taken is
// for one that somebody else has, or had before.
func opened(ctx context.Context, b db.Beginner, by modlog.Actor, slug, email string, taken error) (made Opened, err error) {
	err = db.InTx(ctx, b, func(tx pgx.Tx) (err error) {
		if made.Site, err = site.BySlug(ctx, tx, slug); err != nil {
			return taken
		}
		log, err := modlog.Of(ctx, tx, int64(made.Site.ID), modlog.Site, int64(made.Site.ID))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(log, func(r modlog.Record) bool {
			return r.Act == modlog.Open && r.ActorID != nil && *r.ActorID == by.ID && time.Since(r.At) < justNow
		}) {
			return taken
		}
		if email == "" {
			return nil
		}
		invited, err := InviteEditor(ctx, tx, email, made.Site.ID, by)
		made.Invited = &invited
		return err
	})
	return made, err
}

// justNow is more than an attempt and the wait for the next take, and what clocks
// are off by.
const justNow = 5 * time.Minute

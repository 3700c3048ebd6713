package site

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/slug"
)

// Create opens a collective's site with its hosts, topics and the pages every
// site has from the start. It answers on its hosts as soon as this returns.
// fault.Invalid names the fields at fault; fault.Conflict says which of slug
// and host is taken.
func Create(ctx context.Context, b db.Beginner, d Draft) (Site, error) {
	d = d.withDefaults()
	if err := d.Check(); err != nil {
		return Site{}, err
	}
	var made Site
	err := db.InTx(ctx, b, func(tx pgx.Tx) error {
		if err := checkAddress(ctx, tx, d); err != nil {
			return err
		}
		id, err := insert(ctx, tx, d)
		if err != nil {
			return taken("slug", err)
		}
		if err := insertHosts(ctx, tx, id, d.Hosts); err != nil {
			return taken("host", err)
		}
		if err := furnish(ctx, tx, id, d); err != nil {
			return err
		}
		made, err = ByID(ctx, tx, id)
		return err
	})
	return made, err
}

// checkAddress refuses hosts that lead elsewhere already: to the portal, or to
// a site without hosts of its own, which is found by its slug.
func checkAddress(ctx context.Context, tx pgx.Tx, d Draft) error {
	if d.Portal == "" {
		return nil
	}
	field, isTaken, err := "slug", false, error(nil)
	switch {
	case len(d.Hosts) == 0:
		isTaken, err = hostTaken(ctx, tx, d.Slug+"."+d.Portal)
	case slices.Contains(d.Hosts, d.Portal):
		field, isTaken = "host", true
	default:
		field = "host"
		isTaken, err = hostOfAnother(ctx, tx, d.Portal, d.Hosts)
	}
	if err == nil && isTaken {
		err = taken(field, fault.New(fault.Conflict, "address"))
	}
	return err
}

func (d Draft) withDefaults() Draft {
	if d.TimeZone == "" {
		d.TimeZone = "UTC"
	}
	if d.Accent == "" {
		d.Accent = DefaultAccent
	}
	d.Hosts = slices.Clone(d.Hosts)
	for i, h := range d.Hosts {
		d.Hosts[i] = NormalHost(h)
	}
	return d
}

// furnish adds topics and pages to a new site.
func furnish(ctx context.Context, tx pgx.Tx, id ID, d Draft) error {
	for _, name := range d.Topics {
		if _, err := AddTopic(ctx, tx, id, slug.Make(name), name); err != nil {
			return err
		}
	}
	for _, p := range firstPages(d.Languages[0]) {
		if err := SavePage(ctx, tx, id, p); err != nil {
			return err
		}
	}
	return nil
}

func taken(field string, err error) error {
	if fault.Is(err, fault.Conflict) {
		return &fault.Error{Kind: fault.Conflict, Message: field + " is taken", Fields: []fault.Field{{Name: field, Message: "error.taken"}}}
	}
	return err
}

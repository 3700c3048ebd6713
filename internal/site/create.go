package site

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/slug"
)

// Draft is what a new site is made from.
type Draft struct {
	Slug      string
	Name      string
	Tagline   string
	Languages []locale.Tag
	Hosts     []string
	Portal    string // the network's host, so that no two lead to one address; empty: not looked at
	TimeZone  string // empty: UTC
	Accent    Accent // empty: DefaultAccent
	Topics    []string
}

// Check says which settings are at fault: fault.Invalid with the fields.
func (d Draft) Check() error {
	var bad []fault.Field
	if !slug.Valid(d.Slug) {
		bad = append(bad, fault.Field{Name: "slug", Message: "error.slug"})
	}
	bad = append(bad, d.settings().Clean().faults()...)
	bad = append(bad, hostFaults(cleanHosts(d.Hosts))...)
	bad = append(bad, topicFaults("topic", d.Topics)...)
	if _, err := ParseAccent(string(d.Accent)); d.Accent != "" && err != nil {
		bad = append(bad, fault.Fields(err)...)
	}
	return fault.InvalidFields(bad...)
}

func (d Draft) settings() Settings {
	return Settings{Name: d.Name, Tagline: d.Tagline, Languages: d.Languages, TimeZone: d.TimeZone}
}

// clean is the draft as it is kept, with what it left open.
func (d Draft) clean() Draft {
	s := d.settings().Clean()
	d.Name, d.Tagline, d.Languages, d.TimeZone = s.Name, s.Tagline, s.Languages, s.TimeZone
	d.Hosts = cleanHosts(d.Hosts)
	if d.Accent == "" {
		d.Accent = DefaultAccent
	} else if a, err := ParseAccent(string(d.Accent)); err == nil {
		d.Accent = a
	}
	d.Topics = slices.Clone(d.Topics)
	for i, name := range d.Topics {
		d.Topics[i] = markup.Line(name)
	}
	return d
}

// Create opens a collective's site with its hosts, topics and the pages every
// site has from the start. It answers on its hosts as soon as this returns.
// fault.Invalid names the fields at fault; fault.Conflict says which of slug
// and host is taken.
func Create(ctx context.Context, b db.Beginner, by modlog.Actor, d Draft) (Site, error) {
	d = d.clean()
	if err := d.Check(); err != nil {
		return Site{}, err
	}
	var made Site
	err := db.InTx(ctx, b, func(tx pgx.Tx) error {
		id, err := insert(ctx, tx, d)
		if err != nil {
			return taken("slug", err)
		}
		if err := checkAddress(ctx, tx, id, d); err != nil {
			return err
		}
		if err := insertHosts(ctx, tx, id, d.Hosts); err != nil {
			return taken("host", err)
		}
		if err := furnish(ctx, tx, id, d); err != nil {
			return err
		}
		if err := log(ctx, tx, by, id, modlog.Open, ""); err != nil {
			return err
		}
		made, err = ByID(ctx, tx, id)
		return err
	})
	return made, err
}

// checkAddress refuses an address of a new site that leads elsewhere already,
// and says of which field it comes.
func checkAddress(ctx context.Context, tx pgx.Tx, id ID, d Draft) error {
	err := checkHosts(ctx, tx, Site{ID: id, Slug: d.Slug}, d.Portal, d.Hosts)
	if len(d.Hosts) == 0 && fault.Is(err, fault.Conflict) {
		return taken("slug", err)
	}
	return err
}

// furnish adds topics and pages to a new site, which is opened with them.
func furnish(ctx context.Context, tx pgx.Tx, id ID, d Draft) error {
	for _, name := range d.Topics {
		if _, _, err := insertTopic(ctx, tx, id, slug.Make(name), name); err != nil {
			return err
		}
	}
	for _, p := range firstPages(d.Languages[0]) {
		if _, err := insertPage(ctx, tx, id, p); err != nil {
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

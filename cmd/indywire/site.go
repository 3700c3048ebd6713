package main

import (
	"context"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

type siteCommands struct {
	Create siteCreate `cmd:"" help:"Open a collective's site; it answers at once."`
	List   siteList   `cmd:"" help:"List the sites by name."`
	Show   siteShow   `cmd:"" help:"Show one site."`
	Freeze siteFreeze `cmd:"" help:"Let a site read on and take nothing new."`
	Thaw   siteThaw   `cmd:"" help:"Let a frozen site take part again."`
}

type siteCreate struct {
	Slug     string   `arg:"" help:"Short name: lower-case letters from a to z, digits and hyphens."`
	Name     string   `required:"" help:"Name of the collective."`
	Language []string `required:"" help:"Language as a BCP 47 tag, such as pt; the first is that of the interface." placeholder:"TAG"`
	Host     []string `help:"Host that serves the site; the first is canonical. None: SLUG.<portal>." placeholder:"HOST"`
	Tagline  string   `help:"Line under the name."`
	TimeZone string   `help:"Time zone of the dates." default:"UTC" placeholder:"AREA/CITY"`
	Accent   string   `help:"The site's colour as #rrggbb." placeholder:"#RRGGBB"`
	Topic    []string `help:"Topic to file articles under." sep:"none" placeholder:"NAME"`
	JSON     bool     `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c siteCreate) Run(ctx context.Context, p *program) error {
	languages, err := parseLanguages(c.Language)
	if err != nil {
		return err
	}
	return p.withDatabase(ctx, func(d *database) error {
		made, err := site.Create(ctx, d.Primary, modlog.ByOperator(), site.Draft{
			Slug: c.Slug, Name: c.Name, Tagline: c.Tagline, Languages: languages, Hosts: c.Host, Portal: p.place.Portal,
			TimeZone: c.TimeZone, Accent: site.Accent(strings.ToLower(c.Accent)), Topics: c.Topic,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return p.printJSON(p.siteOut(made))
		}
		return p.say("%s is open at %s", made.Name, p.siteOut(made).URL)
	})
}

func parseLanguages(written []string) ([]locale.Tag, error) {
	tags := make([]locale.Tag, 0, len(written))
	for _, w := range written {
		tag, err := locale.ParseTag(w)
		if err != nil {
			return nil, wrongUsage("--language: write a BCP 47 tag such as pt or zh-Hant")
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

type siteList struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c siteList) Run(ctx context.Context, p *program) error {
	return p.toRead(ctx, func(d *database) error {
		sites, err := site.All(ctx, d.Newest())
		if err != nil {
			return err
		}
		outs, rows := make([]siteOut, 0, len(sites)), make([][]string, 0, len(sites))
		for _, s := range sites {
			o := p.siteOut(s)
			outs, rows = append(outs, o), append(rows, []string{o.Slug, o.Name, string(o.State), o.languages(), o.URL})
		}
		if c.JSON {
			return p.printJSON(outs)
		}
		return p.printTable([]string{"SLUG", "NAME", "STATE", "LANGUAGES", "ADDRESS"}, rows)
	})
}

type siteShow struct {
	Slug string `arg:"" help:"Short name of the site."`
	JSON bool   `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c siteShow) Run(ctx context.Context, p *program) error {
	return p.toRead(ctx, func(d *database) error {
		s, err := site.BySlug(ctx, d.Newest(), c.Slug)
		if err != nil {
			return noSuchSite(c.Slug, err)
		}
		o := p.siteOut(s)
		if c.JSON {
			return p.printJSON(o)
		}
		return p.printTable([]string{"SLUG", o.Slug}, [][]string{
			{"NAME", o.Name}, {"TAGLINE", o.Tagline}, {"STATE", string(o.State)}, {"LANGUAGES", o.languages()},
			{"TIME ZONE", o.TimeZone}, {"ACCENT", string(o.Accent)}, {"TOPICS", strings.Join(o.Topics, ", ")},
			{"HOSTS", strings.Join(o.Hosts, ", ")}, {"ADDRESS", o.URL}, {"OPENED", o.CreatedAt.Format(time.RFC3339)},
		})
	})
}

type siteFreeze struct {
	Slug string `arg:"" help:"Short name of the site."`
}

// Run implements the command.
func (c siteFreeze) Run(ctx context.Context, p *program) error {
	return p.setSiteState(ctx, c.Slug, site.Frozen)
}

type siteThaw struct {
	Slug string `arg:"" help:"Short name of the site."`
}

// Run implements the command.
func (c siteThaw) Run(ctx context.Context, p *program) error {
	return p.setSiteState(ctx, c.Slug, site.Active)
}

func (p *program) setSiteState(ctx context.Context, slug string, state site.State) error {
	return p.withDatabase(ctx, func(d *database) error {
		if err := site.SetState(ctx, d.Primary, modlog.ByOperator(), slug, state); err != nil {
			return noSuchSite(slug, err)
		}
		return p.say("%s is %s.", slug, state)
	})
}

func noSuchSite(slug string, err error) error {
	if fault.Is(err, fault.NotFound) {
		return failure("there is no site " + slug + "; indywire site list names those there are")
	}
	return err
}

// siteOut is a site as the command line writes it.
type siteOut struct {
	Slug      string       `json:"slug"`
	Name      string       `json:"name"`
	Tagline   string       `json:"tagline"`
	State     site.State   `json:"state"`
	Hosts     []string     `json:"hosts"`
	Languages []locale.Tag `json:"languages"`
	TimeZone  string       `json:"time_zone"`
	Accent    site.Accent  `json:"accent"`
	Topics    []string     `json:"topics"`
	URL       string       `json:"url"`
	CreatedAt time.Time    `json:"created_at"`
}

func (p *program) siteOut(s site.Site) siteOut {
	o := siteOut{
		Slug: s.Slug, Name: s.Name, Tagline: s.Tagline, State: s.State, Hosts: s.Hosts, Languages: s.Languages,
		TimeZone: s.TimeZone, Accent: s.Accent, Topics: []string{}, CreatedAt: s.CreatedAt.UTC().Truncate(time.Second),
	}
	if len(o.Hosts) == 0 {
		o.Hosts = []string{s.CanonicalHost(p.place.Portal)}
	}
	for _, t := range s.Topics {
		o.Topics = append(o.Topics, t.Name)
	}
	o.URL = p.origin(o.Hosts[0])
	return o
}

func (o siteOut) languages() string {
	names := make([]string, len(o.Languages))
	for i, l := range o.Languages {
		names[i] = string(l)
	}
	return strings.Join(names, ", ")
}

// origin is the address of a host as --public-url and --listen have it.
func (p *program) origin(host string) string {
	origin, err := p.place.PublicOrigin(host)
	if err != nil {
		return "http://" + host // Check has refused such a --public-url before
	}
	return origin
}

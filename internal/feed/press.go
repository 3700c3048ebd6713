package feed

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// Size bounds the entries of a feed: a page of the wire.
const Size = newswire.PageSize

// Press makes the feeds that one request asks for. What it makes goes to the
// host that was asked, but the ids are the same on every host.
type Press struct {
	Portal string // host of the portal, in whose name ids are given
	Origin string // scheme and host of the request, as in "https://pt.example.org"
	Speech *locale.Localizer
}

// Newswire is the newest of a site's wire. Of the filter it takes what narrows
// the wire down, and leaves out what pages it.
func (p Press) Newswire(ctx context.Context, q db.Querier, st site.Site, f newswire.Filter) (Feed, error) {
	f = newswire.Filter{Rank: f.Rank, Topic: f.Topic, Language: f.Language, Media: f.Media}
	made := p.frame(st, p.Speech.T("feed.newswire"), "/feeds/newswire", "/newswire", narrowed(st, f))
	return p.wire(ctx, q, made, st, f)
}

// narrowed is a filter as addresses have it.
func narrowed(st site.Site, f newswire.Filter) url.Values {
	query := url.Values{}
	set := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	set("rank", string(f.Rank))
	set("language", f.Language.String())
	set("media", f.Media)
	for _, t := range st.Topics {
		if t.ID == f.Topic {
			set("topic", t.Slug)
		}
	}
	return query
}

// Topic is the newest of what a site files under a topic.
func (p Press) Topic(ctx context.Context, q db.Querier, st site.Site, t site.Topic) (Feed, error) {
	path := "/topics/" + t.Slug
	return p.wire(ctx, q, p.frame(st, t.Name, path+"/feed", path, nil), st, newswire.Filter{Topic: t.ID})
}

func (p Press) wire(ctx context.Context, q db.Querier, made Feed, st site.Site, f newswire.Filter) (Feed, error) {
	page, err := newswire.List(ctx, q, st.ID, f)
	if err != nil {
		return Feed{}, err
	}
	made.Entries, err = p.articles(ctx, q, page.Items, func(site.ID) (Home, bool) { return Home{st, p.Origin}, true })
	return made.dated(st.CreatedAt), err
}

// Features are the newest of a site's centre column.
func (p Press) Features(ctx context.Context, q db.Querier, st site.Site) (Feed, error) {
	made := p.frame(st, p.Speech.T("feed.features"), "/feeds/features", "/features", nil)
	page, err := feature.List(ctx, q, st.ID, paging.Cursor(0))
	if err != nil {
		return Feed{}, err
	}
	made.Entries, err = p.features(ctx, q, st, page.Items)
	return made.dated(st.CreatedAt), err
}

// Comments are the newest comments and additions on a site.
func (p Press) Comments(ctx context.Context, q db.Querier, st site.Site) (Feed, error) {
	made := p.frame(st, p.Speech.T("feed.comments"), "/feeds/comments", "/newswire", nil)
	recent, err := comment.Newest(ctx, q, st.ID, Size)
	if err != nil {
		return Feed{}, err
	}
	made.Entries, err = p.comments(ctx, q, st, recent)
	return made.dated(st.CreatedAt), err
}

// Home is a site and where readers of the portal reach it.
type Home struct {
	Site   site.Site
	Origin string
}

// Global is what the portal carries: the newest global articles of all sites,
// each at the home of its own. An article of a site without a home is left out.
func (p Press) Global(ctx context.Context, q db.Querier, name string, homes []Home) (Feed, error) {
	made := Feed{
		ID: p.tag("newswire"), Title: name, Author: name, Language: p.Speech.Tag(),
		Home: p.Origin + "/", Self: p.self("/feeds/newswire", nil),
	}
	byID := map[site.ID]Home{}
	began := time.Time{}
	for _, home := range homes {
		byID[home.Site.ID] = home
		if began.IsZero() || home.Site.CreatedAt.Before(began) {
			began = home.Site.CreatedAt
		}
	}
	page, err := newswire.ListGlobal(ctx, q, paging.Cursor(0))
	if err != nil {
		return Feed{}, err
	}
	made.Entries, err = p.articles(ctx, q, page.Items, func(id site.ID) (Home, bool) { home, found := byID[id]; return home, found })
	return made.dated(began), err
}

// frame is a feed of a site without its entries.
func (p Press) frame(st site.Site, name, path, home string, query url.Values) Feed {
	return Feed{
		ID:          p.tag(st.Slug + suffix(path, query)),
		Title:       p.Speech.T("feed.title", "Site", st.Name, "Feed", name),
		Description: st.Tagline, Author: st.Name, Language: st.Language(),
		Home: p.Origin + suffix(home, query), Self: p.self(path, query),
	}
}

func (p Press) self(path string, query url.Values) Self {
	at := func(format string) string { return p.Origin + suffix(path+"."+format, query) }
	return Self{Atom: at("atom"), RSS: at("rss"), JSON: at("json")}
}

func suffix(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// tag is a tag URI (RFC 4151). The year is one in which the portal's host was
// the network's own, and part of every id that was ever given: it stays.
func (p Press) tag(name string) string { return "tag:" + p.Portal + ",2026:" + name }

// dated sets when the feed changed: with its newest entry, or since it is there.
func (f Feed) dated(since time.Time) Feed {
	f.Updated = since
	for _, e := range f.Entries {
		if e.Updated.After(f.Updated) {
			f.Updated = e.Updated
		}
	}
	return f
}

func articlePath(id article.ID, slug string) string { return fmt.Sprintf("/articles/%d/%s", id, slug) }

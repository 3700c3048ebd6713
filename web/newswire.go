package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// NewswirePage is a page of the wire, or of what a filter leaves of it.
type NewswirePage struct {
	Page
	Heading   string
	Wire      []WireItem
	Next      string // path of the older page
	First     bool   // this is the newest page
	Ranks     []Choice
	Topics    []Choice
	Languages []Choice
	Media     []Choice
	Kind      string // of media that the list is narrowed to
	Filtered  bool
	Filters   bool // whether the page offers them
}

// HeadingLang is the language of a list's heading: that of the site where the
// heading is one of its topics, else that of the interface.
func (p NewswirePage) HeadingLang() locale.Tag {
	if p.Site != nil && strings.HasPrefix(p.Section, "/topics/") {
		return p.Site.Language()
	}
	return p.Lang()
}

// Newest is the path of the list's first page.
func (p NewswirePage) Newest() string { return p.Path }

func (s *Server) newswire(w http.ResponseWriter, r *http.Request) error {
	st, query := siteFor(r), r.URL.Query()
	f, err := wireFilter(st, query)
	if err != nil {
		return err
	}
	p := NewswirePage{Page: s.page(r, ""), First: f.Before.IsZero(), Filters: true}
	p.Title, p.Section = p.T("newswire.title"), "/newswire"
	p.Heading = p.Title
	p.Filtered = f.Rank != "" || f.Topic != 0 || f.Language != "" || f.Media != ""
	p.NoIndex = p.Filtered || !p.First
	p.Ranks = []Choice{
		{Value: "local", Name: p.T("rank.local"), Chosen: f.Rank == article.Local},
		{Value: "global", Name: p.T("rank.global"), Chosen: f.Rank == article.Global},
	}
	p.Topics, p.Languages = topicChoices(st, query["topic"]), languageChoices(p.Page, st, string(f.Language))
	p.Media, p.Kind = mediaChoices(p.Page, f.Media), f.Media
	return s.renderWire(w, r, p, f)
}

// renderWire reads the page of the wire and shows it; next keeps the filter.
func (s *Server) renderWire(w http.ResponseWriter, r *http.Request, p NewswirePage, f newswire.Filter) error {
	wire, err := newswire.List(r.Context(), s.Pools.Replica, siteFor(r).ID, f)
	if err != nil {
		return err
	}
	p.Wire = wireItems(p.Page, wire.Items)
	if f.Media != "" {
		if err := s.addShots(r.Context(), p.Page, siteFor(r).ID, p.Wire, media.Kind(f.Media)); err != nil {
			return err
		}
	}
	if wire.Next != "" {
		query := r.URL.Query()
		query.Set("before", wire.Next)
		p.Next = r.URL.Path + "?" + query.Encode()
	}
	return s.render(w, http.StatusOK, "newswire/index", p)
}

func mediaChoices(p Page, chosen string) []Choice {
	var list []Choice
	for _, kind := range []media.Kind{media.Image, media.Video, media.Audio, media.Document} {
		// i18n: media.*
		list = append(list, Choice{Value: string(kind), Name: p.T("media." + string(kind)), Chosen: chosen == string(kind)})
	}
	return list
}

// wireFilter reads the filter of an address. An empty choice is none; what the
// site does not have is fault.NotFound.
func wireFilter(st site.Site, query url.Values) (newswire.Filter, error) {
	f := newswire.Filter{
		Rank: article.Rank(query.Get("rank")), Language: locale.Tag(query.Get("language")), Media: query.Get("media"),
	}
	if f.Rank != "" && !f.Rank.Valid() {
		return f, fault.New(fault.NotFound, "rank")
	}
	if f.Language != "" && !slices.Contains(st.Languages, f.Language) {
		return f, fault.New(fault.NotFound, "language")
	}
	switch f.Media {
	case "", "image", "video", "audio", "document":
	default:
		return f, fault.New(fault.NotFound, "media")
	}
	if slug := query.Get("topic"); slug != "" {
		t, err := st.Topic(slug)
		if err != nil {
			return f, err
		}
		f.Topic = t.ID
	}
	var err error
	f.Before, err = cursor(query)
	return f, err
}

// cursor reads where a page begins; a made-up cursor is an address that is not
// there.
func cursor(query url.Values) (paging.Cursor, error) {
	c, err := paging.Parse(query.Get("before"))
	if err != nil {
		return 0, fault.Wrap(fault.NotFound, "cursor", err)
	}
	return c, nil
}

func (s *Server) topic(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	t, err := st.Topic(chi.URLParam(r, "slug"))
	if err != nil {
		return err
	}
	before, err := cursor(r.URL.Query())
	if err != nil {
		return err
	}
	p := NewswirePage{Page: s.page(r, t.Name), Heading: t.Name, First: before.IsZero()}
	p.Section, p.NoIndex = p.Path, !p.First
	for _, kind := range []struct{ ext, media string }{{"atom", "application/atom+xml"}, {"rss", "application/rss+xml"}, {"json", "application/feed+json"}} {
		p.Feeds = append(p.Feeds, FeedLink{Title: t.Name, Path: p.Path + "/feed." + kind.ext, Type: kind.media})
	}
	return s.renderWire(w, r, p, newswire.Filter{Topic: t.ID, Before: before})
}

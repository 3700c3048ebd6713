package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
)

// Page is what every page has; the struct of each page embeds it.
type Page struct {
	L         *locale.Localizer
	Site      *site.Site     // nil on the portal
	Viewer    account.Viewer // nobody on pages that are the same for everyone
	Portal    string         // origin of the portal; empty where a link to it would leave Tor
	Title     string         // of the page, without the site's name
	Origin    string         // scheme and host of the request
	Path      string         // of this page
	Canonical string         // absolute address that search engines should keep
	NoIndex   bool
	Section   string // which entry of the navigation this is, by its path
	Feeds     []FeedLink
	Share     *Share // for articles and features
	Assets    Assets
	Zone      *time.Location
	Now       time.Time
	MainClass string // of <main>
	reading   *db.Reading
	Shows     string // path of what the page shows in the newsroom; empty: nothing of its own
}

// Assets are the addresses of style sheet, scripts and icon. Post is the script
// of forms that take files.
type Assets struct{ CSS, JS, Post, Icon, Accent string }

// FeedLink is a feed that a page announces.
type FeedLink struct{ Title, Path, Type string }

// Format is the short name of the feed's format.
func (f FeedLink) Format() string {
	switch {
	case strings.Contains(f.Type, "atom"):
		return "Atom"
	case strings.Contains(f.Type, "rss"):
		return "RSS"
	}
	return "JSON"
}

// Share is what OpenGraph says of a page (https://ogp.me).
type Share struct {
	Type, Title, Summary, Image, ImageAlt string
	Video, VideoType, Audio, AudioType    string
	VideoWidth, VideoHeight               int
	Lang                                  locale.Tag // of title and summary
	Published                             time.Time
}

// Locale is the language as OpenGraph writes it, with an underscore.
func (s Share) Locale() string { return strings.ReplaceAll(s.Lang.String(), "-", "_") }

// PublishedTime is the time as OpenGraph wants it (ISO 8601).
func (s Share) PublishedTime() string { return s.Published.Format(time.RFC3339) }

// T gives a message in the language of the interface.
func (p Page) T(key string, args ...any) string { return p.L.T(key, args...) }

// N gives a message in the plural form that count takes.
func (p Page) N(key string, count int, args ...any) string { return p.L.N(key, count, args...) }

// Lang is the language of the interface.
func (p Page) Lang() locale.Tag { return p.L.Tag() }

// Dir is the direction of the language of the interface.
func (p Page) Dir() string { return p.L.Dir() }

// SiteName is the name in the masthead.
func (p Page) SiteName() string {
	if p.Site == nil {
		return p.L.T("portal.name")
	}
	return p.Site.Name
}

// When is a time as a page shows it: cut to the minute, so that nobody learns
// the second in which somebody posted.
type When struct {
	Machine string // for datetime="", RFC 3339 in the collective's time zone
	Text    string
}

// DateTime shows date and time of day.
func (p Page) DateTime(t time.Time) When { return p.when(t, p.L.DateTime(t, p.Zone)) }

// Date shows the date.
func (p Page) Date(t time.Time) When { return p.when(t, p.L.Date(t, p.Zone)) }

// WireTime shows the time of day of what was published today, else the date.
func (p Page) WireTime(t time.Time) When {
	y, m, d := t.In(p.Zone).Date()
	ny, nm, nd := p.Now.In(p.Zone).Date()
	if y == ny && m == nm && d == nd {
		return p.when(t, p.L.Clock(t, p.Zone))
	}
	return p.when(t, p.L.ShortDate(t, p.Zone, p.Now))
}

func (p Page) when(t time.Time, text string) When {
	return When{Machine: t.In(p.Zone).Truncate(time.Minute).Format("2006-01-02T15:04Z07:00"), Text: text}
}

// RankName is the word for a rank; empty for what is as posted.
func (p Page) RankName(r article.Rank) string {
	switch r {
	case article.Local:
		return p.T("rank.local")
	case article.Global:
		return p.T("rank.global")
	}
	return ""
}

// LanguageName is the name of a language in the language of the interface.
func (p Page) LanguageName(t locale.Tag) string { return t.Name(p.Lang()) }

// Here is the absolute address of this page on the host that it was asked for
// on: what is passed on from an onion host stays on it.
func (p Page) Here() string { return p.Origin + p.Path }

// page makes what every page has for a request, on a site or on the portal.
func (s *Server) page(r *http.Request, title string) Page {
	p := Page{
		Title: title, Origin: origin(r), Path: r.URL.Path, Zone: time.UTC, Now: s.Now(),
		L: s.Catalog.Localizer(locale.English), Portal: s.portalLink(r), Viewer: viewerOf(r), reading: readingOf(r),
	}
	p.Assets = s.assetPaths(site.DefaultAccent)
	st, found := siteOf(r)
	if !found {
		p.Canonical = s.portalOrigin(r) + p.Path
		return p
	}
	p.Site, p.Zone, p.L = &st, st.Zone(), s.localizer(st)
	p.Assets = s.assetPaths(st.Accent)
	p.Canonical = s.canonicalOrigin(r, st) + p.Path
	p.Feeds = siteFeeds(p)
	return p
}

// localizer speaks the language of a site's interface.
func (s *Server) localizer(st site.Site) *locale.Localizer { return s.Catalog.Localizer(st.Language()) }

// Behind tells whether the page may lack what its reader has just written: this
// node has yet to hear of it, and there is no primary to ask.
func (p Page) Behind() bool { return p.reading.Behind() }

// Desk is where editors go on from the page, the same for everyone.
func (p Page) Desk() string {
	if p.Shows != "" {
		return p.Shows
	}
	return "/newsroom"
}

// May tells whether who looks at the page has a permission where it is.
func (p Page) May(permission string) bool {
	var at site.ID
	if p.Site != nil {
		at = p.Site.ID
	}
	return p.Viewer.May(account.Permission(permission), at)
}

// siteFeeds are announced on every page of a site.
func siteFeeds(p Page) []FeedLink {
	return []FeedLink{
		{Title: p.T("feed.newswire"), Path: "/feeds/newswire.atom", Type: "application/atom+xml"},
		{Title: p.T("feed.newswire"), Path: "/feeds/newswire.rss", Type: "application/rss+xml"},
		{Title: p.T("feed.newswire"), Path: "/feeds/newswire.json", Type: "application/feed+json"},
		{Title: p.T("feed.features"), Path: "/feeds/features.atom", Type: "application/atom+xml"},
		{Title: p.T("feed.comments"), Path: "/feeds/comments.atom", Type: "application/atom+xml"},
		{Title: p.T("feed.podcast"), Path: "/feeds/podcast.rss", Type: "application/rss+xml"},
		{Title: p.T("moderation.title"), Path: "/moderation.atom", Type: "application/atom+xml"},
	}
}

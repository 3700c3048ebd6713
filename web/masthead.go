package web

import (
	"strings"
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Masthead is the name at the top of a page. Where it has several words the last
// stands in the accent colour.
type Masthead struct{ Begins, Accented string }

// Masthead parts the name of the site.
func (p Page) Masthead() Masthead {
	name := strings.TrimSpace(p.SiteName())
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		return Masthead{Begins: name[:i], Accented: name[i+1:]}
	}
	return Masthead{Begins: name}
}

// Logo is the picture beside the name: the paths of its two forms, and its size
// in pixels.
type Logo struct {
	JPEG, WebP    string
	Width, Height int
}

// Logo is that of the site; nil where there is none.
func (p Page) Logo() *Logo {
	if p.Site == nil || p.Site.Logo == nil {
		return nil
	}
	l := p.Site.Logo
	return &Logo{JPEG: mediaPath(media.ID(l.ID), l.JPEG), WebP: mediaPath(media.ID(l.ID), l.WebP), Width: l.Width, Height: l.Height}
}

// MayPublish tells whether the page offers the open form: a collective's own
// pages do, unless it is frozen.
func (p Page) MayPublish() bool { return p.Site != nil && p.Site.State != site.Frozen }

// Description is what search engines and other sites say of the page.
func (p Page) Description() string {
	switch {
	case p.Share != nil && p.Share.Summary != "":
		return p.Share.Summary
	case p.Site != nil:
		return p.Site.Tagline
	}
	return p.T("portal.tagline")
}

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

// Locale is the language as OpenGraph writes it, with an underscore.
func (s Share) Locale() string { return strings.ReplaceAll(s.Lang.String(), "-", "_") }

// PublishedTime is the time as OpenGraph wants it (ISO 8601).
func (s Share) PublishedTime() string { return s.Published.Format(time.RFC3339) }

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

// Several tells whether the article has more files than the one above its text.
func (p ArticlePage) Several() bool { return len(p.Attachments) > 1 }

// Hidden tells whether the editors hid the article.
func (p ArticlePage) Hidden() bool { return p.Article.State == article.Hidden }

package web

import (
	"strings"

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

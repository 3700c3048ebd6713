package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
)

// HiddenPage lists all that the editors hid.
type HiddenPage struct {
	Page
	Items []HiddenItem
	Next  string // path of the older page
	First bool   // this is the newest page
}

// HiddenItem is an article or a comment that was hidden; title and language are
// the article's.
type HiddenItem struct {
	URL     string
	Title   string
	Lang    locale.Tag
	Comment bool
	When    When   // it was posted
	Hidden  *When  // nil where the log does not tell
	Who     string // likewise
	Reason  string
}

// hidden is the list of what is not on the wire any more. All of it can still be
// read where it was.
func (s *Server) hidden(w http.ResponseWriter, r *http.Request) error {
	before, err := cursor(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := comment.AllHidden(r.Context(), s.Pools.Replica, siteFor(r).ID, before)
	if err != nil {
		return err
	}
	p := HiddenPage{Page: s.page(r, ""), First: before.IsZero()}
	p.Title, p.Section, p.NoIndex = p.T("hidden.title"), "/hidden", true
	for _, h := range list.Items {
		p.Items = append(p.Items, hiddenItem(p.Page, h))
	}
	if list.Next != "" {
		p.Next = "/hidden?before=" + list.Next
	}
	return s.render(w, http.StatusOK, "hidden/index", p)
}

func hiddenItem(p Page, h comment.Hidden) HiddenItem {
	item := HiddenItem{
		URL: articlePath(h.Article, h.Slug) + h.Anchor(), Title: h.Title, Lang: h.Language, Comment: h.Comment != 0,
		When: p.WireTime(h.PostedAt), Reason: h.Reason,
	}
	if h.HiddenAt != nil && h.ActorKind != nil && h.ActorName != nil {
		at := p.DateTime(*h.HiddenAt)
		item.Hidden, item.Who = &at, modlog.Record{ActorKind: *h.ActorKind, ActorName: *h.ActorName}.Who(p.L)
	}
	return item
}

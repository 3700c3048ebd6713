package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
)

// StaticPage is about, editorial policy, contact and the like.
type StaticPage struct {
	Page
	HTML     string
	Language locale.Tag
	When     When
}

func (s *Server) showPage(w http.ResponseWriter, r *http.Request) error {
	found, err := site.PageBySlug(r.Context(), s.Pools.Replica, siteFor(r).ID, chi.URLParam(r, "slug"))
	if err != nil {
		return err
	}
	p := StaticPage{Page: s.page(r, found.Title), HTML: found.HTML, Language: found.Language}
	p.When, p.Section = p.Date(found.UpdatedAt), p.Path
	return s.render(w, http.StatusOK, "page/show", p)
}

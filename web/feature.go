package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
)

// FeaturesPage lists all features of a site, newest first.
type FeaturesPage struct {
	Page
	Features []FeatureItem
	Next     string
}

// FeaturePage is one feature, with the posts of the wire it is made from.
type FeaturePage struct {
	Page
	Heading  string
	Summary  string
	HTML     string
	Language locale.Tag
	When     When
	Picture  *Picture
	Wire     []WireItem
}

func (s *Server) features(w http.ResponseWriter, r *http.Request) error {
	before, err := cursor(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := feature.List(r.Context(), s.Pools.Replica, siteFor(r).ID, before)
	if err != nil {
		return err
	}
	p := FeaturesPage{Page: s.page(r, "")}
	p.Title, p.Section, p.NoIndex = p.T("features.title"), "/features", !before.IsZero()
	if p.Features, err = s.featureItems(r.Context(), p.Page, list.Items); err != nil {
		return err
	}
	if list.Next != "" {
		p.Next = "/features?before=" + list.Next
	}
	return s.render(w, http.StatusOK, "feature/index", p)
}

// leadToFeature answers /features/{id}: the moderation log knows numbers only.
func (s *Server) leadToFeature(w http.ResponseWriter, r *http.Request) error {
	id, err := idParam(r, "id")
	if err != nil {
		return err
	}
	f, err := feature.ByID(r.Context(), s.Pools.Replica, siteFor(r).ID, feature.ID(id))
	if err != nil {
		return err
	}
	http.Redirect(w, r, featurePath(f.ID, f.Slug), http.StatusMovedPermanently)
	return nil
}

func (s *Server) showFeature(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	id, err := idParam(r, "id")
	if err != nil {
		return err
	}
	f, err := feature.ByID(r.Context(), s.Pools.Replica, st.ID, feature.ID(id))
	if err != nil {
		return err
	}
	if chi.URLParam(r, "slug") != f.Slug {
		http.Redirect(w, r, featurePath(f.ID, f.Slug), http.StatusMovedPermanently)
		return nil
	}
	p := FeaturePage{Page: s.page(r, f.Title), Heading: f.Title, Summary: f.Summary, HTML: f.HTML, Language: f.Language}
	p.When, p.MainClass, p.Section = p.Date(f.PublishedAt), "article", "/features"
	if f.Picture != nil {
		pictures, err := s.pictures(r.Context(), p.Page, []media.ID{*f.Picture})
		if err != nil {
			return err
		}
		p.Picture = pictures[*f.Picture]
	}
	articles, err := feature.ArticlesOf(r.Context(), s.Pools.Replica, st.ID, f.ID)
	if err != nil {
		return err
	}
	p.Wire = wireItems(p.Page, articles)
	p.Share = share(p.Page, f.Language, f.Title, f.Summary, p.Picture, f.PublishedAt)
	return s.render(w, http.StatusOK, "feature/show", p)
}

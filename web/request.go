package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/middleware"
)

type siteKey struct{}

// withSite notes whose site the request is for. Only web reads it; the domain
// is always told the site as an argument.
func withSite(r *http.Request, st site.Site) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), siteKey{}, st))
}

// siteOf gives the site of a request; none on the portal.
func siteOf(r *http.Request) (site.Site, bool) {
	st, found := r.Context().Value(siteKey{}).(site.Site)
	return st, found
}

// siteFor is siteOf for handlers in the table of sites, which always have one.
func siteFor(r *http.Request) site.Site {
	st, _ := siteOf(r)
	return st
}

// origin is the scheme and host that the request came by, for absolute links:
// so an onion host never leads to the clear net.
func origin(r *http.Request) string {
	return middleware.Scheme(r) + "://" + r.Host
}

// siteOrigin is where a site is reached from the portal by the way the request
// came: its scheme and port, and an onion host of the site for an onion portal.
func (s *Server) siteOrigin(r *http.Request, st site.Site) string {
	host := st.CanonicalHost(s.Portal)
	wantOnion := onion(site.NormalHost(r.Host))
	for _, h := range st.Hosts {
		if onion(h) == wantOnion {
			host = h
			break
		}
	}
	return middleware.Scheme(r) + "://" + host + portOf(r.Host)
}

func articleShortPath(id article.ID) string { return fmt.Sprintf("/articles/%d", id) }

func articlePath(id article.ID, slug string) string { return fmt.Sprintf("/articles/%d/%s", id, slug) }

func featurePath(id feature.ID, slug string) string { return fmt.Sprintf("/features/%d/%s", id, slug) }

func mediaPath(id media.ID, rendition string) string { return "/media/" + string(id) + "/" + rendition }

// idParam reads a number of the address; fault.NotFound for what is none.
func idParam(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(chi.URLParam(r, name), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, name)
	}
	return n, nil
}

package web

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/indywire/indywire/static"
)

// siteRouter is the table of addresses on a collective's host.
func (s *Server) siteRouter() *chi.Mux {
	r := s.newRouter()

	r.Get("/", s.do(s.front))
	r.Get("/newswire", s.do(s.newswire))
	r.Get("/features", s.do(s.features))
	r.Get("/features/{id}/{slug}", s.do(s.showFeature))
	r.Get("/topics/{slug}", s.do(s.topic))
	r.Get("/archive", s.do(s.archive))
	r.Get("/archive/{year}/{month}", s.do(s.archiveMonth))
	r.Get("/pages/{slug}", s.do(s.showPage))
	r.Get("/search", s.do(s.search))

	r.Get("/feeds/newswire.{format}", s.do(s.newswireFeed))
	r.Get("/feeds/features.{format}", s.do(s.featuresFeed))
	r.Get("/feeds/comments.{format}", s.do(s.commentsFeed))
	r.Get("/topics/{slug}/feed.{format}", s.do(s.topicFeed))
	r.Get("/robots.txt", s.do(s.robots))
	r.Get("/sitemap.xml", s.do(s.sitemap))
	r.Get("/.well-known/security.txt", s.do(s.securityTxt))

	r.Get("/articles/{id}", s.do(s.leadToArticle))
	r.Get("/articles/{id}/{slug}", s.do(s.showArticle))
	r.Post("/articles/{id}/comments", s.do(s.postComment))

	r.Get("/publish", s.do(s.publishForm))
	r.Post("/publish", s.do(s.publish))
	r.Get("/receipts", s.do(s.receiptForm))
	r.Post("/receipts", s.do(s.findReceipt))
	r.Get("/receipts/{code}", s.do(s.showReceipt))
	r.Post("/receipts/{code}", s.do(s.actOnReceipt))

	r.Get("/media/{id}/{rendition}", s.do(s.siteMedia))
	return r
}

// portalRouter is the table of addresses on the portal's host.
func (s *Server) portalRouter() *chi.Mux {
	r := s.newRouter()
	r.Get("/", s.do(s.showPortal))
	r.Get("/feeds/newswire.{format}", s.do(s.globalFeed))
	r.Get("/media/{id}/{rendition}", s.do(s.portalMedia))
	return r
}

// newRouter is what every host has. HEAD is answered wherever GET is.
func (s *Server) newRouter() *chi.Mux {
	r := chi.NewRouter()
	r.Use(chimiddleware.GetHead)
	r.NotFound(s.do(s.notFound))
	r.MethodNotAllowed(s.do(s.methodNotAllowed))
	r.Get(static.Prefix+"*", s.Assets.Handler().ServeHTTP)
	r.Get("/look/{accent:[0-9a-f]{6}}.css", s.do(s.accentSheet))
	return r
}

// methodNotAllowed answers 405 and names the methods in Allow, which RFC 9110,
// section 15.5.6, asks for. An address that has none is not there.
func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	methods := allowed(r)
	if len(methods) == 0 {
		return s.notFound(w, r)
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	p := s.page(r, "")
	p.Title, p.NoIndex = p.T("error.method.title"), true
	return s.render(w, http.StatusMethodNotAllowed, "error/show", ErrorPage{Page: p, Text: p.T("error.method.text")})
}

// allowed are the methods that the table has for the address of a request.
func allowed(r *http.Request) []string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		if !chi.RouteContext(r.Context()).Routes.Match(chi.NewRouteContext(), m, r.URL.EscapedPath()) {
			continue
		}
		if methods = append(methods, m); m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return methods
}

// routePattern is the line of the table that a request matched: what logs and
// metrics know it by.
func routePattern(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}

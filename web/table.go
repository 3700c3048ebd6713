package web

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/media/tus"
	"github.com/indywire/indywire/static"
)

// table is a table of addresses.
type table struct {
	*chi.Mux
	s     *Server
	lines []line
}

// line is one address of a table, and what it takes.
type line struct {
	method, pattern string
	permission      account.Permission
}

func (t *table) get(p account.Permission, pattern string, h handler) {
	t.add(http.MethodGet, p, pattern, h)
}

func (t *table) post(p account.Permission, pattern string, h handler) {
	t.add(http.MethodPost, p, pattern, h)
}

func (t *table) add(method string, p account.Permission, pattern string, h handler) {
	t.lines = append(t.lines, line{method, pattern, p})
	// What everybody may read comes from this node's own server, and who sends an
	// upload tries again by themselves.
	if p == account.Read || strings.HasPrefix(pattern, tus.Base) {
		t.With(t.s.may(p)).Method(method, pattern, t.s.do(h))
		return
	}
	t.With(t.s.held, t.s.may(p)).Method(method, pattern, t.s.do(h))
}

// newTable is what every host has. HEAD is answered wherever GET is.
func (s *Server) newTable() *table {
	r := chi.NewRouter()
	r.Use(chimiddleware.GetHead)
	r.NotFound(s.do(s.notFound))
	r.MethodNotAllowed(s.do(s.methodNotAllowed))
	t := &table{Mux: r, s: s}
	t.get(account.Read, static.Prefix+"*", s.asset)
	t.get(account.Read, "/look/{accent:[0-9a-f]{6}}.css", s.accentSheet)
	return t
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
	for _, m := range []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost} {
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

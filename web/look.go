package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/middleware"
)

// assetPaths are the addresses of what a page of a site with the accent loads.
// A name that was not built is a mistake of the build, which New's test finds.
func (s *Server) assetPaths(accent site.Accent) Assets {
	css, _ := s.Assets.Path("main.css")
	js, _ := s.Assets.Path("main.js")
	post, _ := s.Assets.Path("post.js")
	icon, _ := s.Assets.Path("icon.png")
	return Assets{CSS: css, JS: js, Post: post, Icon: icon, Accent: "/look/" + strings.TrimPrefix(string(accent), "#") + ".css"}
}

// asset serves a style sheet, a script or an icon.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) error {
	s.Assets.Handler().ServeHTTP(w, r)
	return nil
}

// accentSheet sets a collective's one colour. The address names the colour, so
// that it may be kept for good; the policy forbids styles within pages.
func (s *Server) accentSheet(w http.ResponseWriter, r *http.Request) error {
	accent, err := site.ParseAccent("#" + chi.URLParam(r, "accent"))
	if err != nil {
		return fault.New(fault.NotFound, "accent")
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, err = fmt.Fprintf(w, ":root{--accent:%s;--on-accent:#fff}\n@media (prefers-color-scheme:dark){:root{--accent:%s;--on-accent:#12110d}}\n", accent, accent.Dark())
	return err
}

// portalOrigin is where the portal is reached by the way the request came.
func (s *Server) portalOrigin(r *http.Request) string {
	return middleware.Scheme(r) + "://" + s.Portal + portOf(r.Host)
}

// portalLink is portalOrigin for links. There is none from an onion host to a
// portal on the clear net.
func (s *Server) portalLink(r *http.Request) string {
	if onion(site.NormalHost(r.Host)) && !onion(s.Portal) {
		return ""
	}
	return s.portalOrigin(r)
}

func onion(host string) bool { return strings.HasSuffix(host, ".onion") }

// canonicalOrigin is the origin of a site's first host.
func (s *Server) canonicalOrigin(r *http.Request, st site.Site) string {
	return middleware.Scheme(r) + "://" + st.CanonicalHost(s.Portal) + portOf(r.Host)
}

// portOf is the port of a Host header with its colon, empty without one.
func portOf(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		return host[i:]
	}
	return ""
}

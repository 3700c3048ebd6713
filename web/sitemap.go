package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feed"
	"github.com/indywire/indywire/internal/paging"
)

// sitemap lists the pages of a site for search engines. Where one file does not
// hold them it lists its files, which are this address with ?from=.
func (s *Server) sitemap(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	if query.Has("from") {
		from, err := paging.Parse(query.Get("from"))
		if err != nil {
			return fault.Wrap(fault.NotFound, "cursor", err)
		}
		return s.sitemapFile(w, r, from)
	}
	starts, err := feed.Starts(r.Context(), s.Pools.Replica, siteFor(r).ID)
	if err != nil {
		return err
	}
	if len(starts) == 1 {
		return s.sitemapFile(w, r, starts[0])
	}
	files := make([]string, 0, len(starts))
	for _, from := range starts {
		files = append(files, origin(r)+"/sitemap.xml?from="+url.QueryEscape(from.String()))
	}
	body, err := feed.SitemapIndex(files)
	return serveSitemap(w, r, body, err)
}

// sitemapFile begins with what is no article where it is the first of its kind.
func (s *Server) sitemapFile(w http.ResponseWriter, r *http.Request, from paging.Cursor) error {
	st := siteFor(r)
	var places []feed.Place
	if from.IsZero() {
		standing, err := feed.Places(r.Context(), s.Pools.Replica, st, origin(r))
		if err != nil {
			return err
		}
		places = standing
	}
	articles, err := feed.Articles(r.Context(), s.Pools.Replica, st.ID, origin(r), from)
	if err != nil {
		return err
	}
	body, err := feed.Sitemap(append(places, articles...))
	return serveSitemap(w, r, body, err)
}

func serveSitemap(w http.ResponseWriter, r *http.Request, body []byte, err error) error {
	if err != nil {
		return err
	}
	serveDocument(w, r, "application/xml; charset=utf-8", time.Time{}, body)
	return nil
}

// robots lets search engines in (RFC 9309), and spares them and us what is no
// reading: forms, receipts, and searches without end.
func (s *Server) robots(w http.ResponseWriter, r *http.Request) error {
	lines := []string{
		"User-agent: *", "Disallow: /publish", "Disallow: /receipts", "Disallow: /search", "Disallow: /uploads/", "",
		"Sitemap: " + origin(r) + "/sitemap.xml", "",
	}
	serveText(w, r, lines)
	return nil
}

// securityTxt tells where to report a hole (RFC 9116): to the collective, whose
// contact page every site has from the start. It is good for a year, less the
// day that it was written on. Canonical may only name an https address.
func (s *Server) securityTxt(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	languages := make([]string, 0, len(st.Languages))
	for _, t := range st.Languages {
		languages = append(languages, t.String())
	}
	expires := s.Now().UTC().Truncate(24*time.Hour).AddDate(1, 0, -1)
	lines := []string{
		"Contact: " + origin(r) + "/pages/contact",
		"Expires: " + expires.Format(time.RFC3339),
		"Preferred-Languages: " + strings.Join(languages, ", "),
	}
	if at := origin(r); strings.HasPrefix(at, "https://") {
		lines = append(lines, "Canonical: "+at+r.URL.Path)
	}
	serveText(w, r, append(lines, ""))
	return nil
}

func serveText(w http.ResponseWriter, r *http.Request, lines []string) {
	serveDocument(w, r, "text/plain; charset=utf-8", time.Time{}, []byte(strings.Join(lines, "\n")))
}

package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/feed"
)

func TestSitemap(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	path := n.permalink(n.publish("No mapa"))
	a := n.get("/sitemap.xml").want(t, http.StatusOK)
	if got := a.Header.Get("Content-Type"); got != "application/xml; charset=utf-8" {
		t.Errorf("it is %q", got)
	}
	locs := regexp.MustCompile("<loc>([^<]+)</loc>").FindAllStringSubmatch(a.Body, -1)
	found := false
	for _, loc := range locs {
		at, inside := strings.CutPrefix(loc[1], "http://"+ptHost)
		if !inside {
			t.Errorf("%s is of another host", loc[1])
		}
		found = found || at == path
		n.get(at).want(t, http.StatusOK)
	}
	if !found {
		t.Errorf("%s is not in it", path)
	}
	if n.ask(ptHost, "/sitemap.xml", map[string]string{"If-None-Match": a.Header.Get("ETag")}).StatusCode != http.StatusNotModified {
		t.Error("it is sent again unchanged")
	}
	n.get("/sitemap.xml?from=nonsense").want(t, http.StatusNotFound)
}

func TestSitemapOfALargeSite(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.exec(`
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version)
		SELECT $1, 'artigo', 'visible', 'pt', 'Artigo', '', '', 'text', '', '', 1 FROM generate_series(1, $2)`, n.pt.ID, feed.SitemapSize+1)
	index := n.get("/sitemap.xml").want(t, http.StatusOK).Body
	has(t, index, "<sitemapindex")
	files := regexp.MustCompile("<loc>http://"+regexp.QuoteMeta(ptHost)+"([^<]+)</loc>").FindAllStringSubmatch(index, -1)
	articles := 0
	for _, file := range files {
		articles += strings.Count(n.get(file[1]).want(t, http.StatusOK).Body, "/articles/")
	}
	if len(files) != 2 || articles != feed.SitemapSize+1 {
		t.Errorf("%d articles in %d files", articles, len(files))
	}
}

func TestRobots(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	a := n.get("/robots.txt").want(t, http.StatusOK)
	if got := a.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("it is %q", got)
	}
	for _, line := range []string{"User-agent: *\n", "\nDisallow: /publish\n", "\nDisallow: /receipts\n", "\nSitemap: http://" + ptHost + "/sitemap.xml\n"} {
		has(t, a.Body, line)
	}
}

func TestSecurityTxt(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.now = func() time.Time { return time.Date(2026, 11, 22, 14, 52, 31, 0, time.UTC) }
	a := n.get("/.well-known/security.txt").want(t, http.StatusOK)
	want := "Contact: http://" + ptHost + "/pages/contact\nExpires: 2027-11-21T00:00:00Z\nPreferred-Languages: pt, en\n"
	if a.Body != want || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%s: %q", a.Header.Get("Content-Type"), a.Body)
	}
	n.get("/pages/contact").want(t, http.StatusOK)
}

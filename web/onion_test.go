package web_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
)

// TestOnionHostLeadsNowhereElse looks for absolute addresses on pages that were
// asked for by an onion host: the canonical one alone may be on the clear net,
// and no reader follows that.
func TestOnionHostLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.site(site.Draft{Slug: "sado", Name: "Sado", Languages: []locale.Tag{"pt"}, Hosts: []string{"sado.example", "sado.onion"}})
	address := regexp.MustCompile(`https?://[^"<\s]*`)
	for _, path := range []string{"/", "/newswire", "/pages/about", "/publish", "/search", "/nowhere", "/feeds/newswire.atom"} {
		page := n.do(http.MethodGet, "sado.onion", path, "", nil)
		for _, found := range address.FindAllString(page.Body, -1) {
			if found != "http://sado.example"+path && found != "http://sado.onion"+path && found != "http://www.w3.org/2005/Atom" &&
				found != "http://search.yahoo.com/mrss/" && found != "http://sado.onion/newswire" {
				t.Errorf("%s leads to %s", path, found)
			}
		}
	}
	front := n.do(http.MethodGet, "sado.onion", "/", "", nil).Body
	for selector, want := range map[string]string{`link[rel="canonical"]`: "http://sado.example/", `meta[property="og:url"]`: "http://sado.onion/"} {
		attr := map[bool]string{true: "href", false: "content"}[selector[0] == 'l']
		if got := htmltest.Attr(t, front, selector, attr); got != want {
			t.Errorf("%s is %s, want %s", selector, got, want)
		}
	}
	has(t, n.do(http.MethodGet, "sado.example", "/", "", nil).Body, `href="http://localhost/"`)
}

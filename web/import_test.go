package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/importer/markdown"
)

// TestImportedPostsAsReadersSeeThem imports the posts of a living site, pages
// through all of the wire, and reads every article that is on it.
func TestImportedPostsAsReadersSeeThem(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "shared", "corpora", "indymedia-pt")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Skip("the sample posts are not here (../shared/corpora/indymedia-pt): nothing to import")
	}
	n := newNetwork(t, false)
	importer := markdown.Importer{Pool: n.pools.Primary, Site: n.pt}
	for _, want := range []int{len(files), 0} { // a second run brings none
		result, err := importer.Import(t.Context(), folder)
		if err != nil || result.Imported != want || result.Failed != 0 {
			t.Fatalf("imported %d with %d failures, %v; want %d", result.Imported, result.Failed, err, want)
		}
	}
	pages := map[string]string{}
	for path := "/newswire"; path != ""; {
		page := n.get(path).want(t, http.StatusOK).Body
		for _, link := range htmltest.Attrs(t, page, ".wire h3 a, .wire h2 a", "href") {
			if pages[link] != "" {
				t.Fatalf("%s is on two pages of the wire", link)
			}
			pages[link] = n.get(link).want(t, http.StatusOK).Body
		}
		path = next(t, page)
	}
	if len(pages) != len(files) {
		t.Errorf("the wire pages through %d articles, want %d", len(pages), len(files))
	}
	for path, page := range pages {
		checkImported(t, path, page)
	}
	for _, mistake := range browsertest.HTMLValidate(t, pages) {
		t.Error(mistake)
	}
}

// next is the path of the older page, empty on the last.
func next(t *testing.T, page string) string {
	t.Helper()
	if links := htmltest.Attrs(t, page, `a[rel="next"]`, "href"); len(links) > 0 {
		return links[0]
	}
	return ""
}

// fetching are the attributes by which a page makes a browser fetch something.
var fetching = map[string]bool{"src": true, "srcset": true, "poster": true, "data": true, "background": true, "style": true, "ping": true, "formaction": true}

// checkImported looks for front matter, script, and what is fetched from
// elsewhere.
func checkImported(t *testing.T, path, page string) {
	t.Helper()
	for _, raw := range []string{"\ncategories:", "burst_page_id", "autopostToMastodon", "javascript:", "<iframe", "<object", "<embed"} {
		if strings.Contains(page, raw) {
			t.Errorf("%s holds %q", path, raw)
		}
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range doc.Descendants() {
		for _, a := range node.Attr {
			if strings.HasPrefix(a.Key, "on") || fetching[a.Key] && elsewhere(a.Val) || node.Data == "link" && a.Key == "href" && node.Namespace == "" && fetchedLink(node) && elsewhere(a.Val) {
				t.Errorf("%s: <%s %s=%q>", path, node.Data, a.Key, a.Val)
			}
		}
	}
}

// elsewhere tells whether an address leaves the host of the page.
func elsewhere(address string) bool {
	u, err := url.Parse(strings.TrimSpace(strings.Fields(address + " x")[0]))
	return err != nil || u.Host != "" || u.Scheme != ""
}

// fetchedLink tells a <link> that a browser fetches from one that only names.
func fetchedLink(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "rel" {
			return a.Val != "canonical" && a.Val != "alternate"
		}
	}
	return true
}

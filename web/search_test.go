package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	path := n.permalink(n.publish("Uma manifestação <no> porto"))
	n.publish("Outra coisa")
	page := n.get("/search?q="+url.QueryEscape("manifestações máquinas")).want(t, http.StatusOK).Body
	htmltest.Check(t, page,
		htmltest.In(`a[href="`+path+`"]`, htmltest.HasText("Uma manifestação <no> porto")),
		htmltest.In("mark", htmltest.HasText("máquinas")),
		htmltest.In(`input[name="q"]`, htmltest.HasAttr("value", "manifestações máquinas")),
		htmltest.In(`meta[name="robots"]`, htmltest.HasAttr("content", "noindex")))
	lacks(t, page, "Outra coisa")
	lacks(t, n.ask(arHost, "/search?q=porto", nil).want(t, http.StatusOK).Body, path)
}

func TestSearchWithoutWords(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Porto")
	for _, path := range []string{"/search", "/search?q=", "/search?q=%00+%20"} {
		page := n.get(path).want(t, http.StatusOK).Body
		htmltest.Check(t, page, htmltest.In(`form[action="/search"] input[name="q"]`))
		lacks(t, page, "/articles/")
	}
	for _, path := range []string{"/search?q=porto&before=x", "/search?q=porto&order=x", "/search?q=porto&order=newest&before=x"} {
		n.get(path).want(t, http.StatusNotFound)
	}
	for _, text := range []string{"'); DROP TABLE article; --", `"`, strings.Repeat("-", 300), strings.Repeat("porto ", 2000), "\xff\xfe", "<script>alert(1)</script>"} {
		lacks(t, n.get("/search?q="+url.QueryEscape(text)).want(t, http.StatusOK).Body, "<script>alert")
	}
}

func TestSearchIsPaged(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.exec(`
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, words)
		SELECT $1, 'artigo', 'visible', 'pt', 'Artigo ' || n, '', '', 'text', '', '', 1, to_tsvector('portuguese', 'Artigo ' || n) FROM generate_series(1, 45) n`, n.pt.ID)
	for _, order := range []string{"best", "newest"} {
		path, seen := "/search?q=artigos&order="+order, map[string]bool{}
		pages := 0
		for ; path != "" && pages < 10; pages++ {
			page := n.get(path).want(t, http.StatusOK).Body
			for i := range 45 {
				if strings.Contains(page, fmt.Sprintf(">Artigo %d<", i+1)) {
					seen[fmt.Sprint(i)] = true
				}
			}
			path = ""
			if strings.Contains(page, `rel="next"`) {
				path = htmltest.Attr(t, page, `a[rel="next"]`, "href")
			}
		}
		if len(seen) != 45 || pages != 3 {
			t.Errorf("%s: %d articles on %d pages", order, len(seen), pages)
		}
	}
}

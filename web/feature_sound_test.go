package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// columnist is an editor, the answers to whom are kept in a gallery.
type columnist struct {
	*person
	g    *gallery
	slug string
}

func (c columnist) keeps(name string, a answer, status int) answer {
	c.t.Helper()
	a.want(c.t, status)
	c.g.pages[name+"-"+c.slug] = shown{c.host, a.Body}
	return a
}

// TestFeatureDeskIsSound has every page of the centre column's desk judged, in
// two directions of writing: empty, full, refused, frozen, and with words that do
// not fit.
func TestFeatureDeskIsSound(t *testing.T) {
	t.Parallel()
	g := &gallery{network: newNetwork(t, true), pages: map[string]shown{}}
	for st, word := range map[*site.Site]string{&g.pt: "Greve", &g.ar: "إضراب"} {
		c := columnist{g.editor(*st, "Inês "+word), g, st.Slug}
		c.keeps("desk-empty", c.get("/newsroom/features"), http.StatusOK)
		c.keeps("form-empty", c.get("/newsroom/features/new"), http.StatusOK)
		s := g.stock(*st, word)
		c.formPages(s)
		c.deskPages(s)
		c.frozenDesk(s)
	}
	g.validate()
	g.serveShown()
	for mode, o := range map[string]browsertest.Options{"light": {Width: 1440}, "dark and narrow": {Width: 360, Dark: true}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g.judge(t, strings.ReplaceAll(mode, " ", "-"), o)
		})
	}
}

func (c columnist) formPages(s stock) {
	c.t.Helper()
	const create = "/newsroom/features"
	desk := "/newsroom" + path.Dir(s.feature)
	c.keeps("form-begun", c.get(fmt.Sprintf("/newsroom/features/new?article=%d", s.id)), http.StatusOK)
	long := strings.Repeat(s.word, 200)
	all := url.Values{
		"ticket": {c.mint(s.site)}, "title": {long}, "summary": {long}, "language": {"xx"}, "alt": {"", long}, "upload": {"unknown"},
		"article": {s.article + "\nontem\nhttps://elsewhere.example/articles/1/" + strings.Repeat("a", 200)},
	}
	c.keeps("form-at-fault", c.post(create, all, upload{"a.svg", []byte("<svg/>")}, upload{strings.Repeat("b", 90) + ".jpg", photo(c.t, 40, 30)}), http.StatusUnprocessableEntity)
	text := url.Values{"ticket": {"forged"}, "title": {s.word}, "summary": {s.word}, "body": {"# " + s.word + "\n\n" + long}, "article": {s.article}, "alt": {s.word}}
	c.keeps("form-forged", c.post(create, text), http.StatusUnprocessableEntity)
	text.Set("ticket", c.mint(s.site))
	text.Set("action", "preview")
	c.keeps("form-preview", c.post(create, text, upload{"a.jpg", photo(c.t, 40, 30)}), http.StatusOK)
	text.Set("action", "save")
	id := c.listed(c.post(create, text, upload{"a.jpg", photo(c.t, 400, 300)[:500]}))
	c.waitForFiles()
	c.keeps("form-failed-picture", c.get(fmt.Sprintf("/newsroom/features/%d", id)), http.StatusOK)
	text.Set("title", "…")
	c.keeps("form-used", c.post(create, text), http.StatusConflict)

	c.keeps("edit", c.get(desk), http.StatusOK)
	edit := c.featureForm(desk)
	edit.Set("title", s.word+" 2")
	edit.Set("action", "save")
	c.listed(c.post(desk, edit, noFile))
	edit.Set("title", s.word+" 3")
	c.keeps("edit-conflict", c.post(desk, edit, noFile), http.StatusConflict)
	edit.Set("action", "preview")
	c.keeps("edit-preview", c.post(desk, edit, upload{"b.jpg", photo(c.t, 40, 30)}), http.StatusOK)
	c.keeps("discard", c.get(desk+"/discard"), http.StatusOK)
	c.keeps("discard-conflict", c.post(desk+"/discard", url.Values{"version": {"1"}}), http.StatusConflict)
}

func (c columnist) deskPages(s stock) {
	c.t.Helper()
	long := strings.Repeat(s.word, 180/len([]rune(s.word)))
	c.plainFeature(s.site, long, 2)
	for i := range feature.PageSize + 4 {
		c.plainFeature(s.site, fmt.Sprintf("%s %d", s.word, i), 0)
	}
	first := c.keeps("desk", c.get("/newsroom/features"), http.StatusOK).Body
	c.keeps("desk-older", c.get(htmltest.Attr(c.t, first, "a[rel=next]", "href")), http.StatusOK)
	id := path.Base(path.Dir(s.feature))
	c.keeps("desk-conflict", c.post("/newsroom/features/"+id+"/place", url.Values{"position": {"2"}, "version": {"1"}}), http.StatusConflict)
	for i := range feature.MaxPlaced - 2 {
		c.plainFeature(s.site, fmt.Sprintf("%s %s", s.word, strings.Repeat("w", i*3)), i+3)
	}
	c.keeps("desk-full", c.get("/newsroom/features"), http.StatusOK)
}

func (c columnist) frozenDesk(s stock) {
	c.t.Helper()
	if err := site.SetState(c.t.Context(), c.pools.Primary, modlog.ByOperator(), s.site.Slug, site.Frozen); err != nil {
		c.t.Fatal(err)
	}
	desk := "/newsroom" + path.Dir(s.feature)
	c.keeps("frozen-desk", c.get("/newsroom/features"), http.StatusOK)
	c.keeps("frozen-form", c.post("/newsroom/features", url.Values{"title": {s.word}, "body": {s.word}}), http.StatusForbidden)
	c.keeps("frozen-edit", c.get(desk), http.StatusOK)
	c.keeps("frozen-place", c.post(desk+"/place", url.Values{"position": {"2"}}), http.StatusForbidden)
	if err := site.SetState(c.t.Context(), c.pools.Primary, modlog.ByOperator(), s.site.Slug, site.Active); err != nil {
		c.t.Fatal(err)
	}
}

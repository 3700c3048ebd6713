package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// TestFurnishingIsSound judges the pages by which collectives are opened and
// furnished: as they are, at fault, overtaken by somebody else, and frozen.
func TestFurnishingIsSound(t *testing.T) {
	t.Parallel()
	g := &gallery{network: newNetwork(t, true), pages: map[string]shown{}}
	ada := g.admin(portalHost, "Ada de Mota")
	for st, word := range map[*site.Site]string{&g.pt: "Greve", &g.ar: "إضراب"} {
		g.exec("UPDATE site SET tagline = $1 WHERE id = $2", strings.Repeat(word+" ", 12), st.ID)
		g.stock(*st, word)
		f := furnisher{g.editor(*st, word+" Rita"), "/newsroom"}
		g.furnished(st.Slug, f, word)
		g.logos(st.Slug, f)
		g.refusedToFurnish(st.Slug, f, word)
	}
	g.see("settings-hub", ada, "/network/collectives/pt/settings", http.StatusOK)
	g.see("page-own-hub", ada, "/network/collectives/ar/pages/pagina-ar", http.StatusOK)
	g.collectives(ada)
	g.frozenToFurnish()
	g.validate()
	g.serveShown()
	for mode, o := range map[string]browsertest.Options{"light": {Width: 1440}, "dark and narrow": {Width: 360, Dark: true, Script: true}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g.judge(t, strings.ReplaceAll(mode, " ", "-"), o)
		})
	}
}

// furnished are the pages as somebody finds them.
func (g *gallery) furnished(name string, f furnisher, word string) {
	g.t.Helper()
	for _, part := range []string{"settings?saved=1", "topics", "look", "pages"} {
		page, _, _ := strings.Cut(part, "?")
		g.see(page+"-"+name, f.person, f.base+"/"+part, http.StatusOK)
	}
	g.see("page-own-"+name, f.person, f.base+"/pages/pagina-"+name, http.StatusOK)
	preview := url.Values{"accent": {"#0b5d3b"}, "action": {"preview"}}
	g.fill("look-preview-"+name, f.person, f.base+"/look", preview, http.StatusOK)
	draft := url.Values{"title": {word}, "slug": {"x"}, "language": {"pt"}, "body": {"## " + word + "\n\n- " + word}, "action": {"preview"}}
	g.fill("page-preview-"+name, f.person, f.base+"/pages", draft, http.StatusOK)
}

func (g *gallery) logos(name string, f furnisher) {
	g.t.Helper()
	logo := func(file upload, status int) answer {
		values := f.form("/look", logoForm)
		values.Set("action", "save")
		return f.post(f.base+"/look/logo", values, file).want(g.t, status)
	}
	g.pages["logo-at-fault-"+name] = shown{f.host, logo(upload{"a.svg", []byte("<svg/>")}, http.StatusUnprocessableEntity).Body}
	logo(upload{"a.jpg", photo(g.t, 300, 200)}, http.StatusSeeOther)
	g.waitForFiles()
	g.see("logo-"+name, f.person, f.base+"/look?saved=1", http.StatusOK)
	g.exec("UPDATE media SET state = 'failed', failure = 'file.broken' WHERE id = (SELECT logo FROM site WHERE slug = $1)", name)
	g.see("logo-failed-"+name, f.person, f.base+"/look", http.StatusOK)
}

// refusedToFurnish are the forms that come back.
func (g *gallery) refusedToFurnish(name string, f furnisher, word string) {
	g.t.Helper()
	long := strings.Repeat(word, 80)
	bad := url.Values{"name": {long}, "tagline": {long}, "language": {long, "qqqqqqqq"}, "time_zone": {"?"}}
	g.fill("settings-at-fault-"+name, f.person, f.base+"/settings", bad, http.StatusUnprocessableEntity)
	bad = url.Values{"version": {"another"}, "name": {word}, "language": {"pt"}, "time_zone": {"UTC"}}
	g.fill("settings-overtaken-"+name, f.person, f.base+"/settings", bad, http.StatusConflict)
	topics := f.form("/topics", topicsForm)
	topics["name"][0] = long
	topics.Set("new", long)
	g.fill("topics-at-fault-"+name, f.person, f.base+"/topics", topics, http.StatusUnprocessableEntity)
	topics = f.form("/topics", topicsForm)
	topics.Set("version", "another")
	topics.Set("new", word)
	g.fill("topics-overtaken-"+name, f.person, f.base+"/topics", topics, http.StatusConflict)
	g.fill("look-at-fault-"+name, f.person, f.base+"/look", url.Values{"accent": {"#ffcc00"}, "action": {"save"}}, http.StatusUnprocessableEntity)
	g.fill("look-overtaken-"+name, f.person, f.base+"/look", url.Values{"accent": {"#0b5d3b"}, "version": {"another"}}, http.StatusConflict)
	g.fill("pages-at-fault-"+name, f.person, f.base+"/pages", url.Values{"title": {long}, "slug": {long}, "language": {"?"}}, http.StatusUnprocessableEntity)
	page := url.Values{"title": {word}, "language": {"pt"}, "body": {word}, "version": {"another"}, "action": {"save"}}
	g.fill("page-overtaken-"+name, f.person, f.base+"/pages/pagina-"+name, page, http.StatusConflict)
}

// collectives are the pages of the network's admins.
func (g *gallery) collectives(ada *person) {
	g.t.Helper()
	g.see("network", ada, "/network", http.StatusOK)
	g.see("open", ada, "/network/collectives", http.StatusOK)
	bad := url.Values{"name": {strings.Repeat("Porto", 20)}, "slug": {"?"}, "language": {"qqqqqqqqqq"}, "host": {"https://a.example"}, "editor": {"?"}}
	g.fill("open-at-fault", ada, "/network/collectives", bad, http.StatusUnprocessableEntity)
	good := url.Values{"name": {"Porto desk"}, "slug": {"porto"}, "language": {"pt", "en"}, "editor": {"eva@example.org"}}
	g.fill("opened", ada, "/network/collectives", good, http.StatusCreated)
	g.fill("open-taken", ada, "/network/collectives", good, http.StatusConflict)
	good = url.Values{"name": {"دفتر الميناء"}, "slug": {"mina"}, "language": {"ar"}, "host": {strings.Repeat("a-long-host.", 8) + "example.org"}}
	g.fill("opened-without-editor", ada, "/network/collectives", good, http.StatusCreated)
	g.see("network-full", ada, "/network", http.StatusOK)
	g.see("collective", ada, "/network/collectives/mina", http.StatusOK)
	g.fill("hosts-at-fault", ada, "/network/collectives/pt", url.Values{"action": {"hosts"}, "host": {"https://a.example"}}, http.StatusUnprocessableEntity)
	g.fill("hosts-taken", ada, "/network/collectives/pt", url.Values{"action": {"hosts"}, "host": {"ar.localhost"}}, http.StatusConflict)
	overtaken := url.Values{"action": {"hosts"}, "version": {"another"}, "host": {"tejo.example.org"}}
	g.fill("hosts-overtaken", ada, "/network/collectives/mina", overtaken, http.StatusConflict)
	if err := site.SetState(g.t.Context(), g.pools.Primary, modlog.ByOperator(), "porto", site.Frozen); err != nil {
		g.t.Fatal(err)
	}
	g.see("collective-frozen", ada, "/network/collectives/porto", http.StatusOK)
}

// frozenToFurnish are a frozen collective's own pages.
func (g *gallery) frozenToFurnish() {
	g.t.Helper()
	if err := site.SetState(g.t.Context(), g.pools.Primary, modlog.ByOperator(), "ar", site.Frozen); err != nil {
		g.t.Fatal(err)
	}
	f := furnisher{g.editor(g.ar, "ليلى"), "/newsroom"}
	for _, part := range []string{"settings", "look", "pages/about"} {
		g.see("frozen-"+strings.ReplaceAll(part, "/", "-"), f.person, f.base+"/"+part, http.StatusOK)
	}
	g.fill("frozen-kept", f.person, f.base+"/settings", url.Values{"name": {"اسم آخر"}, "language": {"ar"}}, http.StatusForbidden)
}

package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// TestRarePagesAreSound judges what the sample collectives do not show: empty
// sites, refusals, what waits, what is frozen, and texts that do not fit.
func TestRarePagesAreSound(t *testing.T) {
	t.Parallel()
	g := &gallery{network: newNetwork(t, true), pages: map[string]shown{}}
	g.show("portal-empty", portalHost, "/", http.StatusOK)
	for st, word := range map[*site.Site]string{&g.pt: "Greve", &g.ar: "إضراب"} {
		g.emptyPages(*st)
		s := g.stock(*st, word)
		g.readersRarities(s)
		g.heldPages(s)
		g.refusedForms(s)
		g.frozenPages(s)
	}
	g.validate()
	g.serveShown()
	for mode, o := range map[string]browsertest.Options{"light": {}, "dark and narrow": {Width: 360, Dark: true}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g.judge(t, strings.ReplaceAll(mode, " ", "-"), o)
		})
	}
}

// validate has all pages judged by html-validate.
func (g *gallery) validate() {
	g.t.Helper()
	bodies := map[string]string{}
	for name, p := range g.pages {
		bodies[name] = p.body
	}
	for _, m := range browsertest.HTMLValidate(g.t, bodies) {
		g.t.Errorf("%s\n\t%s", m, lineOf(bodies[m.Page], m.Line))
	}
}

// serveShown serves the pages as they were kept, under the site's own policy,
// and whatever they load.
func (g *gallery) serveShown() {
	g.t.Helper()
	policy := g.ask(ptHost, "/", nil).Header.Get("Content-Security-Policy")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /shown/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write([]byte(g.pages[r.PathValue("name")].body))
	})
	mux.Handle("/", g.http)
	g.server = httptest.NewServer(mux)
	g.t.Cleanup(func() { g.server.Close(); g.server.Config.Handler = nil })
}

func (g *gallery) emptyPages(st site.Site) {
	g.t.Helper()
	for name, path := range map[string]string{
		"front": "/", "newswire": "/newswire", "features": "/features", "archive": "/archive", "topic": "/topics/" + st.Topics[0].Slug,
	} {
		g.show(name+"-empty-"+st.Slug, hostOf(st), path, http.StatusOK)
	}
}

func (g *gallery) readersRarities(s stock) {
	g.t.Helper()
	for name, path := range map[string]string{
		"front-small": "/", "topic": "/topics/" + s.site.Topics[0].Slug, "search": "/search", "search-none": "/search?q=xyzzy",
		"search-found": "/search?q=" + url.QueryEscape(s.word), "newswire-none": "/newswire?rank=global&media=image", "held-comment": s.article + "?held=1",
		"page": "/pages/" + s.page,
	} {
		g.show(name+"-"+s.site.Slug, s.host, path, http.StatusOK)
	}
	g.exec("UPDATE comment SET state = 'hidden', reason = $1 WHERE id = $2", s.word, s.comment)
	g.show("hidden-comment-"+s.site.Slug, s.host, s.article, http.StatusOK)
	g.exec("UPDATE media SET state = 'waiting' WHERE article_id = $1", s.id)
	g.show("waiting-picture-"+s.site.Slug, s.host, s.article, http.StatusOK)
	g.show("waiting-receipt-"+s.site.Slug, s.host, s.receipt, http.StatusOK)
	g.exec("UPDATE media SET state = 'ready' WHERE article_id = $1", s.id)
	g.send("method-"+s.site.Slug, s.host, "/archive", url.Values{}, http.StatusMethodNotAllowed)
	g.show("overlong-"+s.site.Slug, s.host, g.overlong(s), http.StatusOK)
	g.show("overlong-wire-"+s.site.Slug, s.host, "/newswire", http.StatusOK)
	g.show("removed-"+s.site.Slug, s.host, g.removed(s), http.StatusGone)
}

// overlong has words that no telephone is wide enough for.
func (g *gallery) overlong(s stock) string {
	g.t.Helper()
	long := strings.Repeat(s.word, 180/len([]rune(s.word)))
	body := strings.Join([]string{
		long, "https://example.org/" + strings.Repeat("a", 300), "    " + strings.Repeat("code ", 60), "`" + strings.Repeat("x", 200) + "`",
		"| a | b | c |\n|---|---|---|\n" + strings.Repeat("| "+s.word+strings.Repeat("w", 40)+" | "+strings.Repeat("w", 40)+" | "+strings.Repeat("w", 40)+" |\n", 3),
		"> > > " + long, "1. " + long + "\n   - " + long, "# " + s.word, "![](https://example.org/a.jpg)",
	}, "\n\n")
	at := g.articleOf(s.site, g.publishOn(s.site, url.Values{"title": {long}, "summary": {long}, "author": {long[:len(s.word)*10]}, "body": {body}}))
	g.commentOn(s.site, at, url.Values{"author": {long[:len(s.word)*10]}, "body": {body}})
	return at
}

func (g *gallery) removed(s stock) string {
	g.t.Helper()
	at := g.articleOf(s.site, g.publishOn(s.site, url.Values{"title": {s.word}, "body": {s.word}}))
	id := article.ID(g.count("SELECT max(id) FROM article"))
	act := article.Act{Site: s.site.ID, ID: id, By: modlog.Actor{Kind: modlog.Editor, Name: s.word}, Reason: s.word}
	if err := article.Remove(g.t.Context(), g.pools.Primary, g.queue, act); err != nil {
		g.t.Fatal(err)
	}
	return at
}

// heldPages are of a collective that looks at posts first.
func (g *gallery) heldPages(s stock) {
	g.t.Helper()
	g.exec("UPDATE site SET hold_articles = true, hold_comments = true WHERE id = $1", s.site.ID)
	g.show("publish-held-"+s.site.Slug, s.host, "/publish", http.StatusOK)
	g.show("reply-held-"+s.site.Slug, s.host, s.article, http.StatusOK)
	g.show("receipt-held-"+s.site.Slug, s.host, g.publishOn(s.site, url.Values{"title": {s.word}, "body": {s.word}}), http.StatusOK)
	g.exec("UPDATE site SET hold_articles = false, hold_comments = false WHERE id = $1", s.site.ID)
}

// refusedForms are the forms that come back, whatever was wrong.
func (g *gallery) refusedForms(s stock) {
	g.t.Helper()
	files := []upload{{"a.svg", []byte("<svg/>")}, {strings.Repeat("b", 90) + ".jpg", photo(g.t, 40, 30)}}
	used := url.Values{"ticket": {g.mint(s.site)}, "title": {s.word}, "body": {s.word}}
	g.postTo(s.host, "/publish", used).want(g.t, http.StatusSeeOther)
	used.Set("body", "…")
	g.send("ticket-used-"+s.site.Slug, s.host, "/publish", used, http.StatusConflict, files...)
	used.Set("ticket", "forged")
	g.send("ticket-forged-"+s.site.Slug, s.host, "/publish", used, http.StatusUnprocessableEntity)
	long := strings.Repeat(s.word, 200)
	all := url.Values{
		"ticket": {g.mint(s.site)}, "title": {long}, "summary": {long}, "format": {"x"}, "author": {long}, "language": {"xx"}, "topic": {"x"},
		"contact": {long}, "alt": {long, long}, "upload": {"unknown"},
	}
	g.send("all-at-fault-"+s.site.Slug, s.host, "/publish", all, http.StatusUnprocessableEntity, files...)
	all.Set("ticket", g.mint(s.site))
	g.send("edit-at-fault-"+s.site.Slug, s.host, s.receipt, all, http.StatusUnprocessableEntity, files...)
	g.send("edit-preview-"+s.site.Slug, s.host, s.receipt, url.Values{"title": {s.word}, "body": {s.word}, "action": {"preview"}}, http.StatusOK)
	reply := url.Values{"ticket": {g.mint(s.site)}, "kind": {"x"}, "author": {long}, "body": {""}, "upload": {"unknown"}}
	g.send("reply-at-fault-"+s.site.Slug, s.host, permalinkToComments(s.article), reply, http.StatusUnprocessableEntity, files...)
}

// frozenPages are of a collective that reads on and takes nothing new.
func (g *gallery) frozenPages(s stock) {
	g.t.Helper()
	setState := func(state site.State) {
		if err := site.SetState(g.t.Context(), g.pools.Primary, modlog.ByOperator(), s.site.Slug, state); err != nil {
			g.t.Fatal(err)
		}
	}
	setState(site.Frozen)
	text := url.Values{"title": {s.word}, "body": {s.word + "!"}}
	g.show("frozen-"+s.site.Slug, s.host, "/publish", http.StatusForbidden)
	g.send("frozen-publish-"+s.site.Slug, s.host, "/publish", text, http.StatusForbidden)
	g.show("frozen-article-"+s.site.Slug, s.host, s.article, http.StatusOK)
	g.send("frozen-reply-"+s.site.Slug, s.host, permalinkToComments(s.article), text, http.StatusForbidden)
	g.show("frozen-receipt-"+s.site.Slug, s.host, s.receipt, http.StatusOK)
	g.send("frozen-edit-"+s.site.Slug, s.host, s.receipt, text, http.StatusForbidden)
	g.show(fmt.Sprintf("frozen-portal-%s", s.site.Slug), portalHost, "/", http.StatusOK)
	setState(site.Active)
}

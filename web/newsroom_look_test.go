package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// TestNewsroomPagesAreSound judges what editors see of posts and comments, in
// every state, of two languages.
func TestNewsroomPagesAreSound(t *testing.T) {
	t.Parallel()
	g := &gallery{network: newNetwork(t, true), pages: map[string]shown{}}
	for st, word := range map[*site.Site]string{&g.pt: "Greve", &g.ar: "إضراب"} {
		p := g.editor(*st, map[string]string{"pt": "Inês Monteiro", "ar": "سامية"}[st.Slug])
		g.keep("desk-empty", p, p.get("/newsroom"), http.StatusOK)
		g.deskPages(p, g.stock(*st, word))
	}
	g.validate()
	g.serveShown()
	for mode, o := range map[string]browsertest.Options{"light": {Width: 1440, Script: true}, "dark and narrow": {Width: 360, Dark: true}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g.judge(t, strings.ReplaceAll(mode, " ", "-"), o)
		})
	}
}

// keep keeps an answer to somebody under a name.
func (g *gallery) keep(name string, p *person, a answer, status int) {
	g.t.Helper()
	g.pages[name+"-"+strings.SplitN(p.host, ".", 2)[0]] = shown{p.host, a.want(g.t, status).Body}
}

func (g *gallery) deskPages(p *person, s stock) {
	g.t.Helper()
	item, reply := fmt.Sprintf("/newsroom/articles/%d", s.id), fmt.Sprintf("/newsroom/comments/%d", s.comment)
	g.overlong(s)
	long := g.count("SELECT max(id) FROM article")
	g.exec("UPDATE article SET contact = 'signal: " + strings.Repeat("x", 80) + "' WHERE id = " + fmt.Sprint(s.id))
	for _, reason := range []string{s.word, strings.Repeat(s.word+" ", 50), strings.Repeat(s.word, 40)} {
		g.postTo(s.host, fmt.Sprintf("/articles/%d/reports", s.id), url.Values{"reason": {reason}}).want(g.t, http.StatusSeeOther)
	}
	p.post(item+"/rank", url.Values{"rank": {"global"}}).want(g.t, http.StatusSeeOther)
	g.keep("desk-item", p, p.get(item+"?done=rank&was=other"), http.StatusOK)
	hidden := p.post(fmt.Sprintf("/newsroom/articles/%d/hide", long), url.Values{"reason": {strings.Repeat(s.word+" ", 60)}, "back": {"/newsroom"}})
	to, _, _ := strings.Cut(hidden.want(g.t, http.StatusSeeOther).location(), "#")
	g.waitingOn(s)
	g.keep("desk-done", p, p.get(to), http.StatusOK)
	for _, list := range []string{"posts", "comments", "waiting", "reported", "hidden"} {
		g.keep("desk-"+list, p, p.get("/newsroom?show="+list), http.StatusOK)
	}
	g.keep("desk-left", p, p.get(strings.Replace(to, "/newsroom?", "/newsroom?show=waiting&", 1)), http.StatusOK)
	g.keep("desk-change", p, p.get(item), http.StatusOK)
	g.keep("desk-comment", p, p.get(reply), http.StatusOK)
	g.keep("desk-hidden", p, p.get(fmt.Sprintf("/newsroom/articles/%d", long)), http.StatusOK)
	g.keep("desk-remove", p, p.get(item+"/remove?back=/newsroom"), http.StatusOK)
	g.keep("desk-remove-comment", p, p.get(reply+"/remove"), http.StatusOK)
	g.refusedActs(p, s, item, reply)
}

// waitingOn has a post, a comment and a change wait for review.
func (g *gallery) waitingOn(s stock) {
	g.t.Helper()
	g.exec("UPDATE site SET hold_articles = true, hold_comments = true WHERE id = $1", s.site.ID)
	edit := url.Values{"title": {s.word + " 2"}, "summary": {s.word}, "body": {s.word + "\n\n> " + s.word}, "action": {"save"}}
	g.postTo(s.host, s.receipt, edit).want(g.t, http.StatusSeeOther)
	g.publishOn(s.site, url.Values{"title": {s.word + " 3"}, "body": {s.word}})
	g.postTo(s.host, permalinkToComments(s.article), url.Values{"body": {s.word + " …"}, "kind": {"addition"}}).want(g.t, http.StatusSeeOther)
	g.exec("UPDATE site SET hold_articles = false, hold_comments = false WHERE id = $1", s.site.ID)
}

// refusedActs are the forms that come back, whatever was wrong.
func (g *gallery) refusedActs(p *person, s stock, item, reply string) {
	g.t.Helper()
	long := strings.Repeat(s.word+" ", 400)
	g.keep("act-at-fault", p, p.post(item+"/hide", url.Values{"reason": {long}}), http.StatusUnprocessableEntity)
	g.keep("rank-at-fault", p, p.post(item+"/rank", url.Values{"rank": {"x"}}), http.StatusUnprocessableEntity)
	g.keep("remove-at-fault", p, p.post(item+"/remove", url.Values{"reason": {""}}), http.StatusUnprocessableEntity)
	g.keep("act-clash", p, p.post(item+"/remove", url.Values{"reason": {s.word}, "version": {"1"}}), http.StatusConflict)
	p.post(item+"/hide", url.Values{"reason": {s.word}}).want(g.t, http.StatusSeeOther)
	g.keep("act-not-possible", p, p.post(item+"/rank", url.Values{"rank": {"local"}, "reason": {s.word}}), http.StatusConflict)
	if err := site.SetState(g.t.Context(), g.pools.Primary, modlog.ByOperator(), s.site.Slug, site.Frozen); err != nil {
		g.t.Fatal(err)
	}
	g.keep("desk-frozen", p, p.get("/newsroom"), http.StatusOK)
	g.keep("act-frozen", p, p.post(item+"/show", url.Values{"reason": {s.word}}), http.StatusForbidden)
	g.keep("remove-frozen", p, p.get(item+"/remove"), http.StatusOK)
	if err := site.SetState(g.t.Context(), g.pools.Primary, modlog.ByOperator(), s.site.Slug, site.Active); err != nil {
		g.t.Fatal(err)
	}
	p.post(reply+"/remove", url.Values{"reason": {s.word}}).want(g.t, http.StatusSeeOther)
	g.keep("comment-removed", p, p.get(reply), http.StatusOK)
	g.keep("under-removed", p, g.ask(s.host, s.article, nil), http.StatusOK)
	gone := fmt.Sprintf("/newsroom/articles/%d", g.count("SELECT max(id) FROM article WHERE site_id = $1", s.site.ID))
	p.post(gone+"/remove", url.Values{"reason": {s.word}}).want(g.t, http.StatusSeeOther)
	g.keep("item-removed", p, p.get(gone+"?done=remove&was=hidden"), http.StatusOK)
}

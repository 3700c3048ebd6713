package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/site"
)

// TestPublicPagesAreSound judges the lists of what is hidden and of what was
// done, and the form by which readers report a post, empty, full and at fault.
func TestPublicPagesAreSound(t *testing.T) {
	t.Parallel()
	g := &gallery{network: newNetwork(t, true), pages: map[string]shown{}}
	for st, word := range map[*site.Site]string{&g.pt: "Greve", &g.ar: "إضراب"} {
		for _, path := range []string{"hidden", "moderation"} {
			g.show(path+"-empty-"+st.Slug, hostOf(*st), "/"+path, http.StatusOK)
		}
		s := g.stock(*st, word)
		g.reportPages(s)
		g.moderate(s)
		g.moderatedPages(s)
		g.logPages(s)
	}
	g.validate()
	g.serveShown()
	for mode, o := range map[string]browsertest.Options{"light": {Width: 1440}, "dark and narrow": {Width: 360, Dark: true, Script: true}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g.judge(t, strings.ReplaceAll(mode, " ", "-"), o)
		})
	}
}

func (g *gallery) reportPages(s stock) {
	g.t.Helper()
	to := reportsOf(s.article)
	g.show("article-"+s.site.Slug, s.host, s.article, http.StatusOK)
	g.show("reported-"+s.site.Slug, s.host, s.article+"?reported=1", http.StatusOK)
	g.send("report-empty-"+s.site.Slug, s.host, to, url.Values{"reason": {""}}, http.StatusUnprocessableEntity)
	g.send("report-long-"+s.site.Slug, s.host, to, url.Values{"reason": {strings.Repeat(s.word, report.MaxReason)}}, http.StatusUnprocessableEntity)
	frozen, err := site.BySlug(g.t.Context(), g.pools.Primary, s.site.Slug)
	if err != nil {
		g.t.Fatal(err)
	}
	g.exec("UPDATE site SET state = 'frozen' WHERE id = $1", frozen.ID)
	g.send("report-frozen-"+s.site.Slug, s.host, to, url.Values{"reason": {s.word}}, http.StatusForbidden)
	g.exec("UPDATE site SET state = 'active' WHERE id = $1", frozen.ID)
}

// moderate does to a site what editors, operators and rules do, with reasons
// that no telephone is wide enough for.
func (g *gallery) moderate(s stock) {
	g.t.Helper()
	must := func(err error) {
		g.t.Helper()
		if err != nil {
			g.t.Fatal(err)
		}
	}
	long := strings.Repeat(s.word, 20) + "\n" + s.word
	by := modlog.Actor{Kind: modlog.Editor, Name: s.word}
	act := article.Act{Site: s.site.ID, ID: article.ID(s.id), By: by, Reason: long}
	must(article.SetRank(g.t.Context(), g.pools.Primary, act, article.Global))
	must(comment.Hide(g.t.Context(), g.pools.Primary, comment.Act{Site: s.site.ID, ID: comment.ID(s.comment), By: modlog.ByOperator(), Reason: s.word}))
	must(article.Hide(g.t.Context(), g.pools.Primary, act))
	for i, e := range []modlog.Entry{
		{Actor: modlog.Actor{Kind: modlog.Rule, Name: "x"}, Act: modlog.Hide, Subject: modlog.Article, Reason: long},
		{Actor: by, Act: modlog.Place, Subject: modlog.Feature, Reason: "1"},
		{Actor: by, Act: modlog.Discard, Subject: modlog.Feature},
		{Actor: by, Act: modlog.Change, Subject: modlog.Site, Reason: "name accent hold_articles"},
		{Actor: by, Act: modlog.Grant, Subject: modlog.Account, Reason: "editor"},
		{Actor: by, Act: modlog.Invite, Subject: modlog.Invitation, Reason: "editor"},
	} {
		e.Site, e.SubjectID = int64(s.site.ID), int64(i+1)
		g.record(e)
	}
	for i := range modlog.PageSize {
		g.record(modlog.Entry{Site: int64(s.site.ID), Actor: by, Act: modlog.Show, Subject: modlog.Comment, SubjectID: int64(1000 + i), Reason: s.word})
	}
}

func (g *gallery) moderatedPages(s stock) {
	g.t.Helper()
	g.show("hidden-"+s.site.Slug, s.host, "/hidden", http.StatusOK)
	g.show("hidden-article-"+s.site.Slug, s.host, s.article, http.StatusOK)
	g.show("hidden-end-"+s.site.Slug, s.host, "/hidden?before="+cursorOf(1), http.StatusOK)
	g.show("wire-"+s.site.Slug, s.host, "/newswire", http.StatusOK)
	g.show("receipt-"+s.site.Slug, s.host, s.receipt, http.StatusOK)
	g.show("moderation-"+s.site.Slug, s.host, "/moderation", http.StatusOK)
	g.show("moderation-older-"+s.site.Slug, s.host, "/moderation?before="+cursorOf(g.newest("moderation_log")-modlog.PageSize+1), http.StatusOK)
	g.show("moderation-chosen-"+s.site.Slug, s.host, "/moderation?act=hide&subject=article", http.StatusOK)
	g.show("moderation-none-"+s.site.Slug, s.host, "/moderation?act=remove", http.StatusOK)
}

// logPages are for those who signed in.
func (g *gallery) logPages(s stock) {
	g.t.Helper()
	older := "?before=" + cursorOf(g.newest("moderation_log")-modlog.PageSize+1)
	editor := g.editor(s.site, s.word+" 2")
	g.pages["newsroom-log-"+s.site.Slug] = shown{s.host, editor.get("/newsroom/log"+older).want(g.t, http.StatusOK).Body}
	admin := g.admin(portalHost, fmt.Sprintf("%s 3", s.word))
	g.pages["network-log-"+s.site.Slug] = shown{portalHost, admin.get("/network/log").want(g.t, http.StatusOK).Body}
}

package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/site"
)

// TestPortalCarriesGlobalArticles ranks, hides, shows, edits and withdraws, and
// looks at the portal and its feed after each.
func TestPortalCarriesGlobalArticles(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publishOn(n.ar, url.Values{"title": {"Só da casa"}, "body": {"Texto."}})
	receipt := n.publish("Greve geral")
	at, id := n.permalink(receipt), article.ID(n.newest("article"))
	carried := func(after string, want bool) {
		t.Helper()
		page, feed := n.ask(portalHost, "/", nil).want(t, http.StatusOK).Body, n.ask(portalHost, "/feeds/newswire.atom", nil).want(t, http.StatusOK).Body
		count := 0
		if want {
			count = 1
		}
		htmltest.Check(t, page, htmltest.Count(".wire li", count), htmltest.Count(fmt.Sprintf(`.wire a[href="http://%s%s"]`, ptHost, at), count))
		if want {
			has(t, feed, "http://"+ptHost+at)
		} else {
			lacks(t, feed, "http://"+ptHost+at)
		}
		if t.Failed() {
			t.Fatalf("after it was %s", after)
		}
	}
	act := article.Act{Site: n.pt.ID, ID: id, By: inês(), Reason: "Falso."}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	carried("published", false)
	must(article.SetRank(t.Context(), n.pools.Primary, act, article.Local))
	carried("ranked local", false)
	must(article.SetRank(t.Context(), n.pools.Primary, act, article.Global))
	carried("ranked global", true)
	must(article.Hide(t.Context(), n.pools.Primary, act))
	carried("hidden", false)
	must(article.Show(t.Context(), n.pools.Primary, act))
	carried("shown again", true)
	edit := n.editForm(receipt)
	edit.Set("body", "Outro texto.")
	edit.Set("action", "save")
	n.post(receipt, edit).want(t, http.StatusSeeOther)
	carried("changed by its author", false)
	must(article.SetRank(t.Context(), n.pools.Primary, act, article.Global))
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	carried("withdrawn", false)
}

// TestPortalCarriesFeaturesOfAllSites writes features on two sites: whether they
// are placed is between a site and its own front page.
func TestPortalCarriesFeaturesOfAllSites(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	write := func(st site.Site, title string) feature.ID {
		t.Helper()
		made, err := feature.Create(t.Context(), n.pools.Primary, n.queue, st, inês(), nil, feature.Draft{Title: title, Summary: title, Body: title})
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	placed := write(n.pt, "Do Tejo")
	write(n.ar, "من الضفة")
	act := feature.Act{Site: n.pt, ID: placed, By: inês()}
	if err := feature.Place(t.Context(), n.pools.Primary, act, 1); err != nil {
		t.Fatal(err)
	}
	carried := func(features, front, list int) {
		t.Helper()
		page := n.ask(portalHost, "/", nil).want(t, http.StatusOK).Body
		htmltest.Check(t, page, htmltest.Count(".feature h2 a", features),
			htmltest.Count(fmt.Sprintf(`.feature h2 a[href="http://%s/features/%d/do-tejo"]`, ptHost, placed), features-1),
			htmltest.Count(fmt.Sprintf(`.feature h2 a[href^="http://%s/features/"]`, arHost), 1))
		htmltest.Check(t, n.get("/").want(t, http.StatusOK).Body, htmltest.Count(`.feature h2 a[href^="/features/"]`, front))
		htmltest.Check(t, n.get("/features").want(t, http.StatusOK).Body, htmltest.Count(`.feature h2 a[href^="/features/"]`, list))
	}
	carried(2, 1, 1)
	if err := feature.Unplace(t.Context(), n.pools.Primary, act); err != nil {
		t.Fatal(err)
	}
	carried(2, 0, 1)
	if err := feature.Discard(t.Context(), n.pools.Primary, n.queue, act); err != nil {
		t.Fatal(err)
	}
	carried(1, 0, 0)
}

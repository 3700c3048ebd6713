package web_test

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

func TestCollectiveIsOpened(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	ada := n.admin(portalHost, "Ada")
	values := htmltest.FormValues(t, ada.get("/network/collectives").want(t, http.StatusOK).Body, `main form`)
	values.Set("name", "Porto desk")
	values.Set("slug", "porto")
	values["language"] = []string{"Portuguese", "", "en"}
	values.Set("host", "Porto.Example.org")
	values.Set("editor", "Eva@Example.org")
	page := ada.post("/network/collectives", values).want(t, http.StatusCreated)
	link := htmltest.Attr(t, page.Body, "a.invite-link", "href")
	if !strings.HasPrefix(link, "http://porto.example.org:8080/invitations/") || page.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the link is %s, and %v", link, page.Header)
	}
	if got := n.acts(2); !slices.Equal(got, []string{"invite invitation", "open site"}) {
		t.Errorf("the log holds %q", got)
	}
	const host = "porto.example.org:8080"
	for _, path := range []string{"/", "/newswire", "/features", "/pages/about", "/publish", "/archive", "/search", "/sitemap.xml", "/feeds/newswire.atom", "/invitations/" + path.Base(link)} {
		n.get2(host, path)
	}
	eva := n.stranger(host)
	eva.post("/invitations/"+path.Base(link), url.Values{"name": {"Eva"}, "password": {password}}).want(t, http.StatusSeeOther)
	eva.get("/newsroom/settings").want(t, http.StatusOK)
	lacks(t, ada.get("/network").Body, path.Base(link)) // shown once

	back := ada.post("/network/collectives", values).want(t, http.StatusConflict).Body
	htmltest.Check(t, back, htmltest.In("#slug-fault"), htmltest.In("#editor", htmltest.HasAttr("value", "Eva@Example.org")))
	values.Set("slug", "porto2")
	back = ada.post("/network/collectives", values).want(t, http.StatusConflict).Body
	htmltest.Check(t, back, htmltest.In("#host-fault"), htmltest.NotIn("#slug-fault"))
	again := htmltest.FormValues(t, back, "main form")
	if !slices.Equal(again["language"][:2], []string{"Portuguese", "en"}) || again.Get("host") != "Porto.Example.org" {
		t.Errorf("it came back as %v", again)
	}
	if n.count("SELECT count(*) FROM site") != 3 || n.count("SELECT count(*) FROM invitation") != 1 {
		t.Error("what was refused left something behind")
	}
}

func TestCollectiveAtFaultComesBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	ada := n.admin(portalHost, "Ada")
	bad := url.Values{"name": {" "}, "slug": {"Não é"}, "language": {"qqqqqqqqqq"}, "host": {"https://a.example"}, "editor": {"nobody"}}
	back := ada.post("/network/collectives", bad).want(t, http.StatusUnprocessableEntity).Body
	for _, id := range []string{"name", "slug", "language", "host", "editor"} {
		htmltest.Check(t, back, htmltest.In("#"+id+"-fault"))
	}
	again := htmltest.FormValues(t, back, "main form")
	for name := range bad {
		if again.Get(name) != bad.Get(name) {
			t.Errorf("%s came back as %q", name, again.Get(name))
		}
	}
	// nobody need be invited, and no host named
	plain := url.Values{"name": {"Sado"}, "slug": {"sado"}, "language": {"pt"}}
	htmltest.Check(t, ada.post("/network/collectives", plain).want(t, http.StatusCreated).Body, htmltest.NotIn("a.invite-link"))
	n.get2("sado.localhost:8080", "/")
	if n.count("SELECT count(*) FROM invitation") != 0 {
		t.Error("somebody was invited")
	}
}

func TestNetworkListsCollectives(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.editor(n.pt, "Rita")
	n.publish("Hoje")
	ada := n.admin(portalHost, "Ada")
	if err := site.SetState(t.Context(), n.pools.Primary, modlog.ByOperator(), "ar", site.Frozen); err != nil {
		t.Fatal(err)
	}
	page := ada.get("/network").want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.Count(".register li", 2),
		htmltest.In(".register li", htmltest.HasText("Tejo livre"), htmltest.HasText("Rita"), htmltest.HasText("Portuguese, English"), htmltest.In("time")),
		htmltest.In(".register li", htmltest.HasText("الضفة الحرة"), htmltest.HasText("frozen"), htmltest.HasText("no posts yet"), htmltest.HasText("no editors yet"), htmltest.HasText("ar.localhost")))
	ada.get(htmltest.Attr(t, page, ".register a.name", "href")).want(t, http.StatusOK)
}

func TestHostsAreChanged(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	ada := n.admin(portalHost, "Ada")
	const at, form = "/network/collectives/pt", `form:has(#host)`
	fill := func() url.Values {
		values := htmltest.FormValues(t, ada.get(at).want(t, http.StatusOK).Body, form)
		values.Set("action", "hosts")
		return values
	}
	first := fill()
	first.Set("host", "tejo.example.org\r\n\r\n Tejo.onion \r\n")
	for range 2 { // pressed twice
		ada.post(at, first).want(t, http.StatusSeeOther)
	}
	n.get2("tejo.onion", "/")
	n.do(http.MethodGet, ptHost, "/", "", nil).want(t, http.StatusNotFound)
	if got := n.acts(2); got[0] != "change site" || got[1] == "change site" {
		t.Errorf("the log holds %q", got)
	}
	late := first
	late.Set("host", "late.example.org")
	back := ada.post(at, late).want(t, http.StatusConflict).Body
	htmltest.Check(t, back, htmltest.In("main .notice", htmltest.HasText("tejo.onion")), htmltest.In("#host", htmltest.HasText("late.example.org")))
	taken := fill()
	taken.Set("host", "ar.localhost")
	htmltest.Check(t, ada.post(at, taken).want(t, http.StatusConflict).Body, htmltest.In("#host-fault"), htmltest.In("#host", htmltest.HasText("ar.localhost")))
	taken.Set("host", "tejo.onion\nhttps://x.example/")
	htmltest.Check(t, ada.post(at, taken).want(t, http.StatusUnprocessableEntity).Body, htmltest.In("#host-fault", htmltest.HasText("https://x.example/")), htmltest.In("#host", htmltest.HasText("https://x.example/")))
	none := fill()
	none.Set("host", "")
	ada.post(at, none).want(t, http.StatusSeeOther)
	n.get2(ptHost, "/")
}

func TestFreezingInTheBrowser(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	ada := n.admin(portalHost, "Ada")
	const at = "/network/collectives/pt"
	for _, act := range []string{"freeze", "freeze", "thaw", "thaw"} {
		ada.post(at, url.Values{"action": {act}}).want(t, http.StatusSeeOther)
		status, other := http.StatusForbidden, "thaw"
		if act == "thaw" {
			status, other = http.StatusOK, "freeze"
		}
		n.get("/publish").want(t, status)
		htmltest.Check(t, ada.get(at).Body, htmltest.In(`button[value="`+other+`"]`), htmltest.NotIn(`button[value="`+act+`"]`))
	}
	if got := n.acts(3); !slices.Equal(got[:2], []string{"thaw site", "freeze site"}) || strings.HasSuffix(got[2], "site") && got[2] != "open site" {
		t.Errorf("the log holds %q", got)
	}
	ada.post(at, url.Values{"action": {"nothing"}}).want(t, http.StatusUnprocessableEntity)
	n.signedIn(portalHost, n.editor(n.pt, "Rita").account).post(at, url.Values{"action": {"freeze"}}).want(t, http.StatusForbidden)
}

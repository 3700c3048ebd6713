package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/demo"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// shown is a page as it was answered. Answers to forms are shown again as they
// were, since a browser cannot be sent to them by address.
type shown struct{ host, body string }

// gallery is a network of the sample collectives, and a page of every kind.
type gallery struct {
	*network
	pages  map[string]shown
	server *httptest.Server
}

const enHost = "en.localhost:8080"

func newGallery(t *testing.T) *gallery {
	t.Helper()
	n := newNetwork(t, true)
	n.exec("UPDATE site SET slug = slug || '-empty'") // the sample collectives want these names
	fill := demo.Filler{Pool: n.pools.Primary, Store: n.store, Queue: n.queue, Now: n.now}
	if err := fill.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	g := &gallery{network: n, pages: map[string]shown{}}
	g.waitForPhotos()
	g.readerPages()
	g.reporterPages()
	g.playerPages()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /shown/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(g.pages[r.PathValue("name")].body))
	})
	mux.Handle("/", n.http)
	g.server = httptest.NewServer(mux)
	t.Cleanup(func() { g.server.Close(); g.server.Config.Handler = nil })
	return g
}

func (g *gallery) waitForPhotos() {
	g.t.Helper()
	for end := time.Now().Add(6 * time.Minute); g.count("SELECT count(*) FROM media WHERE state = 'waiting'") > 0; {
		if time.Now().After(end) {
			g.t.Fatal("photos are still waiting after six minutes")
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// show keeps a page under a name.
func (g *gallery) show(name, host, path string, status int) string {
	g.t.Helper()
	a := g.do(http.MethodGet, host, path, "", nil).want(g.t, status)
	g.pages[name] = shown{host, a.Body}
	return a.Body
}

// send keeps the answer to a form under a name.
func (g *gallery) send(name, host, path string, values url.Values, status int, files ...upload) answer {
	g.t.Helper()
	body, kind := multipartBody(g.t, values, files...)
	a := g.do(http.MethodPost, host, path, kind, body).want(g.t, status)
	g.pages[name] = shown{host, a.Body}
	return a
}

func (g *gallery) readerPages() {
	g.t.Helper()
	for lang, host := range map[string]string{"en": enHost, "pt": ptHost, "ar": arHost} {
		front := g.show("front-"+lang, host, "/", http.StatusOK)
		g.show("feature-"+lang, host, htmltest.Attr(g.t, front, ".feature h2 a", "href"), http.StatusOK)
		g.show("article-"+lang, host, htmltest.Attr(g.t, front, ".wire li:first-child h3 a", "href"), http.StatusOK)
		g.show("archive-"+lang, host, "/archive", http.StatusOK)
		g.show("publish-"+lang, host, "/publish", http.StatusOK)
	}
	g.show("portal", portalHost, "/", http.StatusOK)
	g.show("older", enHost, htmltest.Attr(g.t, g.show("newswire", enHost, "/newswire", http.StatusOK), "a[rel=next]", "href"), http.StatusOK)
	g.show("filtered", arHost, "/newswire?rank=local", http.StatusOK)
	g.show("features", enHost, "/features", http.StatusOK)
	g.show("month", ptHost, htmltest.Attr(g.t, g.pages["archive-pt"].body, ".year li a", "href"), http.StatusOK)
	g.show("about", arHost, "/pages/about", http.StatusOK)
	g.show("search", ptHost, "/search?q=a", http.StatusOK)
	g.show("not-found", enHost, "/nowhere", http.StatusNotFound)
	g.show("empty", "pt-empty.localhost:8080", "/", http.StatusOK)
	g.show("hidden", enHost, g.hiddenArticle(), http.StatusOK)
	g.send("comment-at-fault", enHost, regexp.MustCompile(`/articles/\d+/comments`).FindString(g.pages["article-en"].body), url.Values{"kind": {"addition"}}, http.StatusUnprocessableEntity)
}

// playerPages have a file of each kind and in each state, in three places.
func (g *gallery) playerPages() {
	g.t.Helper()
	form := htmltest.FormValues(g.t, g.pages["publish-ar"].body, "form#post")
	delete(form, "alt")
	for name, value := range map[string]string{"ticket": g.mint(g.siteOf("ar")), "title": "فيلم من الشارع", "body": "نص", "action": "publish"} {
		form.Set(name, value)
	}
	receipt := g.postTo(arHost, "/publish", form).want(g.t, http.StatusSeeOther).location()
	at := strings.TrimPrefix(htmltest.Attr(g.t, g.ask(arHost, receipt, nil).Body, "a.permalink", "href"), "http://"+arHost)
	g.plant(at, film("المسيرة"), captions("a.ar.vtt"), sound("نشيد"), sound(""), pdf("بيان"),
		planted{kind: media.Video, state: media.Waiting, name: "b.mp4", percent: 40},
		planted{kind: media.Audio, state: media.Arriving, name: "c.mp3"},
		planted{kind: media.Document, state: media.Waiting, name: "d.pdf"},
		planted{kind: media.Video, state: media.Failed, name: strings.Repeat("long", 30) + ".mp4", failure: media.FailureNotPrepared, kept: true})
	g.show("player", arHost, at, http.StatusOK)
	g.show("player-receipt", arHost, receipt, http.StatusOK)
	g.show("wire-by-kind", arHost, "/newswire?media=video", http.StatusOK)
}

func (g *gallery) siteOf(slug string) site.Site {
	g.t.Helper()
	st, err := site.BySlug(g.t.Context(), g.pools.Primary, slug)
	if err != nil {
		g.t.Fatal(err)
	}
	return st
}

func (g *gallery) hiddenArticle() string {
	g.t.Helper()
	var path string
	const sql = `SELECT '/articles/' || a.id || '/' || a.slug FROM article a JOIN site s ON s.id = a.site_id WHERE a.state = 'hidden' AND s.slug = 'en'`
	if err := g.pools.Primary.QueryRow(g.t.Context(), sql).Scan(&path); err != nil {
		g.t.Fatal(err)
	}
	return path
}

// reporterPages are what a reporter meets on the way, from a form at fault to
// what is left of a withdrawn post.
func (g *gallery) reporterPages() {
	g.t.Helper()
	form := htmltest.FormValues(g.t, g.pages["publish-ar"].body, "form#post")
	delete(form, "alt")
	form.Set("author", strings.Repeat("ا", 120))
	g.send("publish-at-fault", arHost, "/publish", form, http.StatusUnprocessableEntity, upload{"a.svg", []byte("<svg/>")}, upload{"b.jpg", photo(g.t, 640, 480)})
	for name, value := range map[string]string{"title": "عنوان", "body": "نص **قوي**", "author": "سامي", "action": "preview"} {
		form.Set(name, value)
	}
	g.send("preview", arHost, "/publish", form, http.StatusOK)
	form.Set("action", "publish")
	receipt := g.send("published", arHost, "/publish", form, http.StatusSeeOther, upload{"a.svg", []byte("<svg/>")}, upload{"b.jpg", photo(g.t, 640, 480)}).location()
	delete(g.pages, "published") // leads elsewhere
	g.waitForPhotos()
	g.show("receipt", arHost, receipt, http.StatusOK)
	edit := url.Values{"version": {"99"}, "title": {"عنوان"}, "body": {"نص آخر"}, "action": {"save"}}
	g.send("conflict", arHost, receipt, edit, http.StatusConflict)
	g.show("ask", arHost, "/receipts", http.StatusOK)
	g.send("wrong-code", arHost, "/receipts", url.Values{"code": {"nothing"}}, http.StatusNotFound)
	g.withdrawnPages()
}

// withdrawnPages are of a post of its own: its photos would be gone for others.
func (g *gallery) withdrawnPages() {
	g.t.Helper()
	form := htmltest.FormValues(g.t, g.do(http.MethodGet, arHost, "/publish", "", nil).Body, "form#post")
	delete(form, "alt")
	form.Set("title", "إلى حين")
	form.Set("body", "نص يُسحب.")
	receipt := g.send("withdrawn", arHost, "/publish", form, http.StatusSeeOther).location()
	permalink, err := url.Parse(htmltest.Attr(g.t, g.show("withdrawn", arHost, receipt, http.StatusOK), "a.permalink", "href"))
	if err != nil {
		g.t.Fatal(err)
	}
	g.send("withdrawn", arHost, receipt, url.Values{"action": {"withdraw"}}, http.StatusSeeOther)
	g.show("withdrawn", arHost, receipt, http.StatusOK)
	g.show("gone", arHost, permalink.Path, http.StatusGone)
}

// TestEveryPageKindIsSound has every kind of page judged by html-validate, by
// axe-core at WCAG 2.2 AA, and by its width on a telephone.
func TestEveryPageKindIsSound(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	bodies := map[string]string{}
	for name, p := range g.pages {
		bodies[name] = p.body
	}
	for _, m := range browsertest.HTMLValidate(t, bodies) {
		t.Errorf("%s\n\t%s", m, lineOf(bodies[m.Page], m.Line))
	}
	modes := map[string]browsertest.Options{"light": {Width: 1440}, "narrow": {Width: 360, Dark: true, Script: true}}
	if os.Getenv("SCREENSHOTS") != "" { // people look at these too
		modes["dark"], modes["narrow-light"] = browsertest.Options{Width: 1440, Dark: true}, browsertest.Options{Width: 360}
	}
	for mode, o := range modes {
		t.Run(mode, func(t *testing.T) { g.judge(t, mode, o) })
	}
}

// judge opens every page in one kind of browser. In the dark without script only
// the look of it is judged, for each page is judged by daylight too. With SCREENSHOTS=FOLDER it
// leaves pictures for people to look at.
func (g *gallery) judge(t *testing.T, mode string, o browsertest.Options) {
	b := browsertest.New(t, o)
	axe := b.Axe
	if o.Dark && !o.Script {
		axe = b.AxeLook
	}
	port := g.server.URL[strings.LastIndexByte(g.server.URL, ':'):]
	for name, p := range g.pages {
		host, _, _ := strings.Cut(p.host, ":")
		b.Open("http://" + host + port + "/shown/" + name)
		for _, v := range axe() {
			t.Errorf("%s: %s", name, v)
		}
		if wide := b.Overflow(); wide > 0 {
			t.Errorf("%s: %d pixels wider than the window", name, wide)
		}
		if folder := os.Getenv("SCREENSHOTS"); folder != "" {
			b.Screenshot(filepath.Join(folder, name+"-"+mode+".png"))
		}
	}
	for _, p := range b.Problems() {
		t.Error(p)
	}
}

func lineOf(body string, number int) string {
	lines := bytes.Split([]byte(body), []byte("\n"))
	if number < 1 || number > len(lines) {
		return ""
	}
	return string(lines[number-1])
}

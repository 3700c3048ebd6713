package browsertest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const good = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A good page</title>
<style>:root{color-scheme:light dark}body{margin:0}a{color:inherit}</style></head>
<body><header><a href="#main">Skip to the text</a></header>
<main id="main"><h1>A good page</h1><p id="script">off</p>
<form action="/sent" method="post"><label for="title">Title</label> <input id="title" name="title" type="text">
<button type="submit">Send</button></form></main>
<script src="/on.js"></script></body></html>`

const bad = `<!doctype html>
<html><head><meta charset="utf-8"><title>A bad page</title></head>
<body><h1>Bad<h3>page</h1><p style="color:#ccc;background:#fff">pale</p>
<img src="/x.png"><form action="/sent"><input name="title"></form>
<p id="a">one</p><p id="a">two</p><div style="width:3000px">wide</div>
<script>document.title = 'inline'</script></body></html>`

// site serves the pages under a policy as strict as ours.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	serve := func(pattern, kind, policy, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Security-Policy", policy)
			_, _ = w.Write([]byte(body))
		})
	}
	const html = "text/html; charset=utf-8"
	serve("GET /good", html, "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; form-action 'self'", good)
	serve("GET /bad", html, "default-src 'self'; style-src 'unsafe-inline'", bad)
	serve("GET /on.js", "text/javascript", "default-src 'none'", `document.getElementById('script').textContent = 'on'`)
	serve("GET /away", html, "", `<!doctype html><title>x</title><img src="http://example.org/spy.png" alt="">`)
	mux.HandleFunc("POST /sent", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/good?"+r.FormValue("title"), http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestScriptOnAndOff(t *testing.T) {
	t.Parallel()
	address := site(t)
	for want, script := range map[string]bool{"on": true, "off": false} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			b := New(t, Options{Script: script, Width: 360})
			if status := b.Open(address + "/good"); status != http.StatusOK {
				t.Errorf("status %d, want 200", status)
			}
			if got := Run(b, chromedp.Text(chromedp.CSS("#script"))); got != want {
				t.Errorf("script is %q, want %q", got, want)
			}
			b.Do(chromedp.SendKeys(chromedp.CSS("#title"), "greve"))
			b.Follow("button")
			if got := b.Location(); got != address+"/good?greve" {
				t.Errorf("after sending the form at %q", got)
			}
			if problems := b.Problems(); len(problems) > 0 {
				t.Errorf("problems: %q", problems)
			}
			if got := b.Overflow(); got != 0 {
				t.Errorf("%d pixels too wide", got)
			}
		})
	}
}

func TestAxe(t *testing.T) {
	t.Parallel()
	address := site(t)
	for _, o := range []Options{{}, {Script: true, Dark: true}} {
		b := New(t, o)
		b.Open(address + "/good")
		for _, v := range b.Axe() {
			t.Errorf("%+v: a good page is said to be bad: %v", o, v)
		}
		if got := Run(b, chromedp.Text(chromedp.CSS("#script"))); got == "on" && !o.Script {
			t.Error("axe woke the page's script")
		}
		b.Open(address + "/bad")
		var found []string
		for _, v := range b.Axe() {
			found = append(found, v.ID)
		}
		for _, want := range []string{"color-contrast", "image-alt", "html-has-lang", "label", "landmark-one-main"} {
			if !slices.Contains(found, want) {
				t.Errorf("%+v: %s was not found in a bad page, only %v", o, want, found)
			}
		}
	}
}

func TestProblemsAndOverflow(t *testing.T) {
	t.Parallel()
	b := New(t, Options{Script: true, Width: 360})
	address := site(t)
	b.Open(address + "/bad")
	if problems := strings.Join(b.Problems(), "\n"); !strings.Contains(problems, "Content Security Policy") {
		t.Errorf("problems %q do not name the blocked script", problems)
	}
	if got := b.Overflow(); got < 2600 {
		t.Errorf("a page of 3000 pixels is %d too wide for 360", got)
	}
	b.Open(address + "/away")
	if !slices.Contains(b.Requests(), "http://example.org/spy.png") {
		t.Errorf("requests %q do not tell of the foreign picture", b.Requests())
	}
	if status := b.Open(address + "/none"); status != http.StatusNotFound {
		t.Errorf("a page that is not there answers %d", status)
	}
}

func TestDarkAndScreenshot(t *testing.T) {
	t.Parallel()
	address := site(t)
	pictures := map[bool][]byte{}
	for _, dark := range []bool{false, true} {
		b := New(t, Options{Dark: dark})
		b.Open(address + "/good")
		path := filepath.Join(t.TempDir(), "new", "page.png")
		b.Screenshot(path)
		var err error
		if pictures[dark], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(pictures[true], []byte("\x89PNG")) {
		t.Error("the screenshot is no PNG")
	}
	if bytes.Equal(pictures[true], pictures[false]) {
		t.Error("the dark page looks like the light one")
	}
}

func TestHTMLValidate(t *testing.T) {
	t.Parallel()
	if mistakes := HTMLValidate(t, map[string]string{"good": good}); len(mistakes) > 0 {
		t.Errorf("a good page is said to be bad: %v", mistakes)
	}
	mistakes := HTMLValidate(t, map[string]string{"good": good, "bad": bad})
	for _, rule := range []string{"close-order", "no-dup-id", "wcag/h37", "element-required-attributes"} {
		found := slices.ContainsFunc(mistakes, func(m Mistake) bool { return m.Rule == rule && m.Page == "bad" && m.Line > 0 })
		if !found {
			t.Errorf("%s was not found in a bad page, only %v", rule, mistakes)
		}
	}
}

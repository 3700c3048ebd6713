package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestTextSurvivesAnOutage takes the primary away between the form and its
// sending: what was written comes back, with its files where they were kept.
func TestTextSurvivesAnOutage(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Antes da avaria")
	comments := permalinkToComments(n.permalink(receipt))
	form, edit := n.filled("Durante a avaria"), n.editForm(receipt)
	form.Set("action", "preview")
	kept := htmltest.FormValues(t, n.post("/publish", form, upload{"a.jpg", photo(t, 40, 40)}).Body, "form#post")
	kept.Set("action", "publish")
	n.pools.Primary.Close()

	back := n.post("/publish", kept, upload{"b.jpg", photo(t, 50, 50)}).want(t, http.StatusServiceUnavailable)
	again := htmltest.FormValues(t, back.Body, "form#post")
	if again.Get("title") != "Durante a avaria" || again.Get("ticket") != kept.Get("ticket") || len(again["upload"]) != 1 || again["upload"][0] != kept["upload"][0] {
		t.Errorf("the form came back as %v", again)
	}
	has(t, back.Body, "b.jpg") // it could not be kept, and is named
	if back.Header.Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}

	edit.Set("body", "Texto novo durante a avaria.")
	edit.Set("action", "save")
	back = n.post(receipt, edit).want(t, http.StatusServiceUnavailable)
	htmltest.Check(t, back.Body, htmltest.In(`form#post[action="`+receipt+`"]`, htmltest.HasText("Texto novo durante a avaria.")))

	back = n.post(comments, url.Values{"body": {"Resposta durante a avaria"}}).want(t, http.StatusServiceUnavailable)
	if again := htmltest.FormValues(t, back.Body, "form#reply"); again.Get("body") != "Resposta durante a avaria" {
		t.Errorf("the comment came back as %v", again)
	}
	n.get("/").want(t, http.StatusOK)
}

// TestTextSurvivesWithoutAnyDatabase takes away even what the site itself is
// read from.
func TestTextSurvivesWithoutAnyDatabase(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Antes da avaria")
	form, edit := n.filled("Durante a avaria"), n.editForm(receipt)
	n.pools.Primary.Close()
	n.pools.Replica.Close()

	back := n.post("/publish", form).want(t, http.StatusServiceUnavailable)
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Durante a avaria" || again.Get("ticket") != form.Get("ticket") {
		t.Errorf("the form came back as %v", again)
	}
	edit.Set("body", "Texto novo durante a avaria.")
	edit.Set("action", "save")
	has(t, n.post(receipt, edit).want(t, http.StatusServiceUnavailable).Body, "Texto novo durante a avaria.")
	comments := permalinkToComments("/articles/1/x")
	has(t, n.post(comments, url.Values{"body": {"Resposta sem base"}}).want(t, http.StatusServiceUnavailable).Body, "Resposta sem base</textarea>")
	n.get("/publish").want(t, http.StatusOK)
	n.get("/").want(t, http.StatusServiceUnavailable)
	n.do(http.MethodGet, "nobody.example", "/", "", nil).want(t, http.StatusServiceUnavailable)
}

// TestTextSurvivesTheEnd sends texts to an article that its author has withdrawn.
func TestTextSurvivesTheEnd(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Retirado")
	comments, edit := permalinkToComments(n.permalink(receipt)), n.editForm(receipt)
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)

	has(t, n.post(comments, url.Values{"body": {"Resposta tardia"}}).want(t, http.StatusGone).Body, "Resposta tardia</textarea>")
	lacks(t, n.get(receipt).want(t, http.StatusOK).Body, "<textarea")
	edit.Set("body", "Texto tardio")
	edit.Set("action", "save")
	has(t, n.post(receipt, edit).want(t, http.StatusConflict).Body, "Texto tardio</textarea>")
}

// TestFrozenShowsThePreview has a text looked at that cannot be saved now.
func TestFrozenShowsThePreview(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Gelado")
	edit := n.editForm(receipt)
	n.exec("UPDATE site SET state = 'frozen'")
	edit.Set("body", "Texto no gelo")
	edit.Set("action", "preview")
	has(t, n.post(receipt, edit).want(t, http.StatusOK).Body, "Texto no gelo</textarea>")
}

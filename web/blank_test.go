package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestTextThatBecomesNothing refuses what nobody could read, as if it were empty.
func TestTextThatBecomesNothing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	comments := permalinkToComments(n.permalink(n.publish("Com respostas")))
	for _, body := range []string{"<script>x</script>", "---", "<!-- x -->"} {
		form := n.filled("Sem texto")
		form.Set("body", body)
		back := n.post("/publish", form).want(t, http.StatusUnprocessableEntity)
		htmltest.Check(t, back.Body, htmltest.In("#body-fault"))
		if got := htmltest.FormValues(t, back.Body, "form#post").Get("body"); got != body {
			t.Errorf("the text came back as %q, want %q", got, body)
		}
		back = n.post(comments, url.Values{"body": {body}}).want(t, http.StatusUnprocessableEntity)
		htmltest.Check(t, back.Body, htmltest.In("#reply-body-fault"))
	}
	if articles, replies := n.count("SELECT count(*) FROM article"), n.count("SELECT count(*) FROM comment"); articles != 1 || replies != 0 {
		t.Errorf("%d articles and %d comments, want 1 and 0", articles, replies)
	}
}

// TestArticleMayStayInItsLanguage edits an article in a language that the site
// does not have, as imported ones may be.
func TestArticleMayStayInItsLanguage(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Protest")
	n.exec("UPDATE article SET language = 'cy'")
	n.exec("UPDATE article_revision SET language = 'cy'")
	edit := n.editForm(receipt)
	if got := edit.Get("language"); got != "cy" {
		t.Fatalf("the form is in %q, want cy", got)
	}
	edit.Set("body", "Mae'r gweithwyr ar streic.")
	edit.Set("action", "save")
	n.post(receipt, edit).want(t, http.StatusSeeOther)
	if n.count("SELECT count(*) FROM article WHERE language = 'cy' AND source LIKE 'Mae%'") != 1 {
		t.Error("the edit was not saved in the article's language")
	}
	edit = n.editForm(receipt)
	edit.Set("language", "eu") // neither the site's nor the article's
	edit.Set("action", "save")
	htmltest.Check(t, n.post(receipt, edit).want(t, http.StatusUnprocessableEntity).Body, htmltest.In("#language-fault"))
}

package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

func TestComment(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	path := n.permalink(n.publish("Com respostas"))
	to := permalinkToComments(path)
	form := url.Values{"author": {"Rui"}, "body": {"O turno da noite juntou-se."}, "kind": {"addition"}, "alt": {"o portão"}}
	led := n.post(to, form, upload{"p.jpg", photo(t, 500, 300)}).want(t, http.StatusSeeOther).location()
	if !strings.HasPrefix(led, path+"#comment-") {
		t.Fatalf("led to %q", led)
	}
	n.waitFor("/receipts") // any page: it waits for the files
	anchor := led[strings.IndexByte(led, '#'):]
	htmltest.Check(t, n.get(path).Body,
		htmltest.In(anchor, htmltest.HasText("O turno da noite"), htmltest.HasText("Rui")),
		htmltest.In(anchor+" img", htmltest.HasAttr("alt", "o portão")))
	again := n.post(to, form, upload{"p.jpg", photo(t, 500, 300)}).want(t, http.StatusSeeOther).location()
	if again != led || n.count("SELECT count(*) FROM comment") != 1 {
		t.Errorf("the same comment led to %q, want %q", again, led)
	}
}

func TestSameCommentAtOnceIsOne(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	to := permalinkToComments(n.permalink(n.publish("Muitas vezes")))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { n.post(to, url.Values{"body": {"Presente!"}}) })
	}
	all.Wait()
	if got := n.count("SELECT count(*) FROM comment"); got != 1 {
		t.Errorf("%d comments, want 1", got)
	}
	if got := n.count("SELECT comment_count FROM article"); got != 1 {
		t.Errorf("the article says %d comments", got)
	}
}

func TestCommentAtFaultComesBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	path := n.permalink(n.publish("Com respostas"))
	to := permalinkToComments(path)
	back := n.post(to, url.Values{"author": {"Rui"}, "body": {strings.Repeat("a", 20_001)}}, upload{"p.jpg", photo(t, 50, 30)}).want(t, http.StatusUnprocessableEntity)
	again := htmltest.FormValues(t, back.Body, "form#reply")
	if again.Get("author") != "Rui" || len(again["upload"]) != 1 || len(again.Get("body")) != 20_001 {
		t.Fatalf("came back with author %q and uploads %v", again.Get("author"), again["upload"])
	}
	again.Set("body", "Mais curto.")
	n.post(to, again).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM media WHERE comment_id IS NOT NULL"); got != 1 {
		t.Errorf("the file did not go along: %d", got)
	}
	if form := htmltest.FormValues(t, n.get(path).Body, "form#reply"); form.Get("ticket") != "" {
		t.Error("the article's page holds a ticket, so that it is another for everybody")
	}
}

func TestHeldComment(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.exec("UPDATE site SET hold_comments = true WHERE slug = 'pt'")
	path := n.permalink(n.publish("Com respostas"))
	led := n.post(permalinkToComments(path), url.Values{"body": {"À espera de ser lida"}}).want(t, http.StatusSeeOther).location()
	if led != path+"?held=1#comments" {
		t.Errorf("led to %q", led)
	}
	lacks(t, n.get(path+"?held=1").Body, "À espera de ser lida")
}

func TestCommentBeyondTheFirstPageIsFound(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	path := n.permalink(n.publish("Muito comentado"))
	n.exec(`INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version)
		SELECT site_id, id, 'comment', 'visible', '', 'x', '<p>x</p>', 1 FROM article, generate_series(1, 205)`)
	n.exec("UPDATE comment SET state = 'hidden' WHERE id % 10 = 0") // they stand there yet, and do not count
	n.exec("UPDATE article SET comment_count = (SELECT count(*) FROM comment WHERE state = 'visible')")
	led := n.post(permalinkToComments(path), url.Values{"body": {"O duzentos e seis"}}).want(t, http.StatusSeeOther).location()
	anchor := led[strings.IndexByte(led, '#'):]
	htmltest.Check(t, n.get(strings.TrimSuffix(led, anchor)).Body, htmltest.In(anchor, htmltest.HasText("O duzentos e seis")))
	has(t, n.get("/feeds/comments.atom").Body, strings.ReplaceAll(led, "&", "&amp;"))
	more := htmltest.Attr(t, n.get(path).Body, `a[rel="next"]`, "href")
	has(t, n.get(more[:strings.IndexByte(more, '#')]).Body, "O duzentos e seis")
}

func TestHiddenCommentCanBeReadWithItsReason(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	path := n.permalink(n.publish("Com uma resposta escondida"))
	n.post(permalinkToComments(path), url.Values{"body": {"Compre já!"}}).want(t, http.StatusSeeOther)
	n.exec("UPDATE comment SET state = 'hidden', reason = 'É publicidade.'")
	htmltest.Check(t, n.get(path).Body,
		htmltest.In(".comment details", htmltest.HasText("Compre já!")),
		htmltest.In(".comment", htmltest.HasText("É publicidade.")))
}

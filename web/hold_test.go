package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/htmltest"
)

// besideStandby is a node beside a standby, which becomes the primary when the
// test says so.
func besideStandby(t *testing.T) (n *network, pair *dbtest.Pair) {
	t.Helper()
	pair = dbtest.NewPair(t, 0)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Both(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	n = networkOn(t, pools, false)
	n.replayed() // or its sites are unknown there
	return n, pair
}

// replayed waits until the standby has all that was written.
func (n *network) replayed() {
	n.t.Helper()
	at, err := db.Position(n.t.Context(), n.pools.Primary)
	if err != nil {
		n.t.Fatal(err)
	}
	waitFor(n.t, func() bool {
		var there bool
		err := n.pools.Replica.QueryRow(n.t.Context(), "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", at.String()).Scan(&there)
		return err == nil && there
	})
}

// TestWhatIsSentWithoutAPrimaryWaitsForOne and is there once: a post with its
// photo, a comment, an edit, a report, an act of an editor, somebody who signs in
// and one who signs out. Who is signed in reads on meanwhile.
func TestWhatIsSentWithoutAPrimaryWaitsForOne(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	receipt := n.publish("Antes")
	article, hidden := n.permalink(receipt), n.permalink(n.publish("Para ocultar"))
	ines, rui := n.editor(n.pt, "Inês"), n.editor(n.pt, "Rui")
	admin := n.admin(portalHost, "Rede")
	n.exec("INSERT INTO node VALUES ('b', true, 'v1', 0, '0', 0, 1, 1, 0, 0, now() - interval '1 hour')")
	form, edit := n.filled("Durante"), n.editForm(receipt)
	edit.Set("body", "Emendado durante a avaria.")
	edit.Set("action", "save")
	hide := "/newsroom" + hidden[:strings.LastIndexByte(hidden, '/')] + "/hide"
	n.replayed()
	pair.StopPrimary()

	sent := map[string]func() answer{
		"post":    func() answer { return n.post("/publish", form, upload{"a.jpg", photo(t, 40, 40)}) },
		"again":   func() answer { return n.post("/publish", form, upload{"a.jpg", photo(t, 40, 40)}) },
		"comment": func() answer { return n.post(permalinkToComments(article), url.Values{"body": {"Resposta"}}) },
		"edit":    func() answer { return n.post(receipt, edit) },
		"report": func() answer {
			return n.post(article[:strings.LastIndexByte(article, '/')]+"/reports", url.Values{"reason": {"Falso."}})
		},
		"hide":     func() answer { return ines.post(hide, url.Values{"reason": {"Insulto."}}) },
		"sign in":  func() answer { return n.signIn(ines.account.Email) },
		"sign out": func() answer { return rui.post("/sign-out", nil) },
	}
	type outcome struct {
		name string
		answer
	}
	done := make(chan outcome)
	for name, send := range sent {
		go func() { done <- outcome{name, send()} }()
	}
	waitFor(t, n.pools.Away)
	for _, path := range []string{"/newsroom", "/newsroom/features", "/account"} {
		if a := ines.reads(path); a.StatusCode != http.StatusOK {
			t.Errorf("%s while there is no primary: status %d", path, a.StatusCode)
		}
	}
	n.get(receipt).want(t, http.StatusOK)
	nodes := admin.get("/network/nodes").want(t, http.StatusOK).Body
	htmltest.Check(t, nodes, htmltest.In(".notice li", htmltest.HasText("No primary can be reached")), htmltest.NotIn(".node.silent"), htmltest.In("main", htmltest.HasText("How it stood on")))
	select {
	case early := <-done:
		t.Fatalf("%s was answered with %d while there was no primary", early.name, early.StatusCode)
	case <-time.After(time.Second):
	}
	pair.Promote()
	for range sent {
		if o := <-done; o.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: status %d, body:\n%.600s", o.name, o.StatusCode, o.Body)
		}
	}
	for what, sql := range map[string]string{
		"posts":       "SELECT count(*) FROM article WHERE title = 'Durante'",
		"photos":      "SELECT count(*) FROM media WHERE article_id = (SELECT id FROM article WHERE title = 'Durante')",
		"comments":    "SELECT count(*) FROM comment",
		"edits":       "SELECT count(*) FROM article WHERE source = 'Emendado durante a avaria.' AND revision = 2",
		"reports":     "SELECT count(*) FROM report",
		"hidden":      "SELECT count(*) FROM article WHERE state = 'hidden'",
		"acts of one": "SELECT count(*) FROM moderation_log WHERE act = 'hide'",
	} {
		if got := n.count(sql); got != 1 {
			t.Errorf("%s: %d, want one", what, got)
		}
	}
	if a := rui.get("/newsroom"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("who signed out meets status %d", a.StatusCode)
	}
}

// TestPatienceWithoutAPrimaryEnds with the text, and a word that it can be sent
// again.
func TestPatienceWithoutAPrimaryEnds(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	n.hold = 500 * time.Millisecond
	n.serve()
	article := n.permalink(n.publish("Antes"))
	ines := n.editor(n.pt, "Inês")
	form := n.filled("Durante")
	feature := ines.filledFeature("Destaque durante a avaria")
	n.replayed()
	pair.StopPrimary()
	back := n.post("/publish", form).want(t, http.StatusServiceUnavailable)
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Durante" || again.Get("ticket") != form.Get("ticket") {
		t.Errorf("the form came back as %v", again)
	}
	has(t, n.post(permalinkToComments(article), url.Values{"body": {"Resposta"}}).want(t, http.StatusServiceUnavailable).Body, "Resposta</textarea>")
	has(t, ines.post("/newsroom/features", feature, upload{"a.jpg", photo(t, 40, 40)}).want(t, http.StatusServiceUnavailable).Body, "Destaque durante a avaria")
	pair.Promote()
	waitFor(t, func() bool { return !n.pools.Away() })
	n.post("/publish", form).want(t, http.StatusSeeOther)
}

// TestHeldAreAnsweredWhenTheNodeStops, with the text, rather than cut.
func TestHeldAreAnsweredWhenTheNodeStops(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	n.hold = time.Hour
	n.serve()
	form := n.filled("Durante")
	n.replayed()
	pair.StopPrimary()
	done := make(chan answer)
	go func() { done <- n.post("/publish", form) }()
	waitFor(t, n.pools.Away)
	n.pools.Release()
	back := (<-done).want(t, http.StatusServiceUnavailable)
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Durante" {
		t.Errorf("the form came back as %v", again)
	}
	n.post("/publish", form).want(t, http.StatusServiceUnavailable) // who comes yet is not held either
}

// reads is get for who does not keep the cookies of an answer.
func (p *person) reads(path string) answer {
	alone := *p
	return alone.get(path)
}

// signIn sends the form of somebody who has not signed in.
func (n *network) signIn(email string) answer {
	return n.stranger(ptHost).post("/sign-in", url.Values{"email": {email}, "password": {password}})
}

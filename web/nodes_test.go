package web_test

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/htmltest"
)

// twoNodes are a node beside the primary and one beside a standby that lags by
// far more than anybody is made to wait. Both share one media store.
func twoNodes(t *testing.T, lag time.Duration) (a, b *network, pair *dbtest.Pair) {
	t.Helper()
	pair = dbtest.NewPair(t, lag)
	pools := func(s db.Settings) *db.Pools {
		p, err := db.Open(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		return p
	}
	a = networkOn(t, pools(db.Settings{Primary: pair.Primary()}), false)
	standing := *a
	b = &standing
	b.pools = pools(db.Settings{Primary: pair.Primary(), Replica: pair.Standby()})
	b.serve()
	return a, b, pair
}

// at is a person's way to another node, with the same cookies.
func (p *person) at(n *network) *person {
	moved := *p
	moved.network = n
	return &moved
}

// TestAuthorsSeeTheirPostThroughALaggingNode at once, and other readers get that
// node's own pages.
func TestAuthorsSeeTheirPostThroughALaggingNode(t *testing.T) {
	t.Parallel()
	a, b, pair := twoNodes(t, 6*time.Second)
	waitFor(t, func() bool { return b.get("/").StatusCode == http.StatusOK }) // the site has come to the standby
	author := a.stranger(ptHost)
	receipt := author.post("/publish", a.filled("Visto por quem escreveu")).want(t, http.StatusSeeOther).location()
	if len(author.cookies) != 1 || author.cookies[0].Name != "wal" {
		t.Fatalf("who wrote carries the cookies %v", author.cookies)
	}
	c := author.cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 30 || c.Domain != "" || c.Secure {
		t.Errorf("the cookie is %v", c)
	}
	there := author.at(b)
	htmltest.Check(t, there.get(receipt).want(t, http.StatusOK).Body, htmltest.In("a.permalink"))
	has(t, there.get("/newswire").want(t, http.StatusOK).Body, "Visto por quem escreveu")
	lacks(t, b.get("/newswire").want(t, http.StatusOK).Body, "Visto por quem escreveu")
	forged := b.stranger(ptHost)
	forged.cookies = []*http.Cookie{{Name: "wal", Value: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}
	lacks(t, forged.get("/newswire").want(t, http.StatusOK).Body, "Visto por quem escreveu")

	pair.StopPrimary()
	page := there.get("/newswire").want(t, http.StatusOK)
	has(t, page.Body, `role="status">A rede está à espera`)
	lacks(t, b.get("/newswire").want(t, http.StatusOK).Body, "A rede está à espera")
}

// TestReadersGetNoCookie, nor who only opened a form or was refused.
func TestReadersGetNoCookie(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	for _, path := range []string{"/", "/newswire", "/publish", "/receipts"} {
		if a := n.get(path).want(t, http.StatusOK); len(a.Cookies()) != 0 {
			t.Errorf("%s set %v", path, a.Cookies())
		}
	}
	if a := n.post("/publish", url.Values{"title": {"Sem bilhete"}}).want(t, http.StatusUnprocessableEntity); len(a.Cookies()) != 0 {
		t.Errorf("what was refused set %v", a.Cookies())
	}
}

// TestOneTicketThroughBothNodes at once is one article.
func TestOneTicketThroughBothNodes(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t, 0)
	waitFor(t, func() bool { return b.get("/").StatusCode == http.StatusOK })
	form := a.filled("Uma vez só")
	answers := make(chan answer, 6)
	for i := range cap(answers) {
		body, kind := multipartBody(t, form)
		go func() { answers <- []*network{a, b}[i%2].do(http.MethodPost, ptHost, "/publish", kind, body) }()
	}
	var receipts []string
	for range cap(answers) {
		got := <-answers
		if got.StatusCode != http.StatusSeeOther {
			t.Errorf("status %d", got.StatusCode)
		}
		receipts = append(receipts, got.location())
	}
	if len(slices.Compact(receipts)) != 1 || a.count("SELECT count(*) FROM article WHERE title = 'Uma vez só'") != 1 {
		t.Errorf("led to %v", receipts)
	}
}

// TestUploadGoesOnThroughAnyNode by turns, though one lags, and each tells the
// offset as it is.
func TestUploadGoesOnThroughAnyNode(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t, 6*time.Second)
	waitFor(t, func() bool { return b.get("/").StatusCode == http.StatusOK })
	here := &sender{network: a, server: a.listen(), host: ptHost, ticket: a.openForm().Get("ticket")}
	there := &sender{network: b, server: b.listen(), host: ptHost, ticket: here.ticket}
	photo := smallPhoto(t)
	at, parts := here.create(len(photo)), 6
	for i := range parts {
		from, to := i*len(photo)/parts, (i+1)*len(photo)/parts
		next := []*sender{there, here}[i%2]
		if got := next.offset(at); got != strconv.Itoa(from) {
			t.Fatalf("part %d: it stands at %s, want %d", i, got, from)
		}
		next.patch(at, from, photo[from:to]).want(t, http.StatusNoContent)
	}
	form := b.filled("Enviada por duas portas")
	form.Set("ticket", here.ticket)
	form["upload"], form["alt"] = []string{path.Base(at)}, []string{"", "Um cais"}
	b.stranger(ptHost).post("/publish", form).want(t, http.StatusSeeOther)
	if n := a.count("SELECT count(*) FROM media WHERE state = 'waiting'"); n != 1 {
		t.Errorf("%d photos of the post, want one", n)
	}
}

// TestSessionIsUsedAndEndedOnAnyNode, however far the node's own server lags.
func TestSessionIsUsedAndEndedOnAnyNode(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t, time.Second)
	here := a.editor(a.pt, "Rosa")
	waitFor(t, func() bool { return b.get("/").StatusCode == http.StatusOK })
	there := here.at(b)
	there.get("/newsroom").want(t, http.StatusOK)
	form := htmltest.FormValues(t, there.get("/account").want(t, http.StatusOK).Body, `form[action="/sign-out"]`)
	there.post("/sign-out", form).want(t, http.StatusSeeOther)
	if got := here.get("/newsroom"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("ended on one node, the session gets %d on the other", got.StatusCode)
	}
}

func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the standby does not follow")
		}
	}
}

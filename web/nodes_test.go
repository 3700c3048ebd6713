package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/blob/s3test"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/htmltest"
)

// twoNodes are a node beside the primary and one beside a standby that lags by
// far more than anybody is made to wait. Each has its own cache of one bucket. Both
// know the sites.
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
	bucket := s3test.Start(t)
	a = networkWith(t, pools(db.Settings{Primary: pair.Primary()}), cacheOf(t, bucket), false)
	standing := *a
	standing.pools = pools(db.Settings{Primary: pair.Primary(), Replica: pair.Standby()})
	b = standing.beside(bucket)
	waitFor(t, func() bool { return b.get("/").StatusCode == http.StatusOK })
	return a, b, pair
}

// cacheOf is a node's media store: its own cache of a bucket.
func cacheOf(t *testing.T, bucket *s3test.Server) *blob.Store {
	t.Helper()
	store, err := blob.OpenBucket(t.TempDir(), bucket.Bucket())
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// beside is another node, with a cache of its own of the bucket.
func (n *network) beside(bucket *s3test.Server) *network {
	n.t.Helper()
	other := *n
	other.store, other.uploads = cacheOf(n.t, bucket), nil
	other.serve()
	return &other
}

// in is the network as a subtest has it.
func (n *network) in(t *testing.T) *network {
	same := *n
	same.t = t
	return &same
}

// at is a person's way to another node, with the same cookies.
func (p *person) at(n *network) *person {
	moved := *p
	moved.network = n
	return &moved
}

// TestThroughALaggingNode is what people notice of a node whose own server is six
// seconds behind: nothing.
func TestThroughALaggingNode(t *testing.T) {
	t.Parallel()
	a, b, pair := twoNodes(t, 6*time.Second)
	t.Run("nodes", func(t *testing.T) {
		for name, test := range map[string]func(t *testing.T, a, b *network){
			"own post": authorsSeeTheirPost, "session": sessionIsOfBoth, "ended session": endedSessionIsEndedOnBoth, "ticket": oneTicketIsOneArticle, "upload": uploadTakesTurns,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, a.in(t), b.in(t))
			})
		}
	})
	author := a.stranger(ptHost)
	author.post("/publish", a.filled("A última")).want(t, http.StatusSeeOther)
	pair.StopPrimary()
	page := author.at(b).get("/newswire").want(t, http.StatusOK)
	has(t, page.Body, `role="status">A rede está à espera`)
	lacks(t, b.get("/newswire").want(t, http.StatusOK).Body, "A rede está à espera")
}

// authorsSeeTheirPost at once, and other readers get the node's own pages.
func authorsSeeTheirPost(t *testing.T, a, b *network) {
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
	for _, page := range []string{a.permalink(receipt), "/newswire", "/", "/feeds/newswire.atom"} {
		has(t, there.get(page).want(t, http.StatusOK).Body, "Visto por quem escreveu")
	}
	lacks(t, b.get("/newswire").want(t, http.StatusOK).Body, "Visto por quem escreveu")
	forged := b.stranger(ptHost)
	forged.cookies = []*http.Cookie{{Name: "wal", Value: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}
	lacks(t, forged.get("/newswire").want(t, http.StatusOK).Body, "Visto por quem escreveu")
}

// oneTicketIsOneArticle though it comes to both nodes at once, and again.
func oneTicketIsOneArticle(t *testing.T, a, b *network) {
	form := a.filled("Uma vez só")
	answers := make(chan answer, 6)
	for i := range cap(answers) {
		body, kind := multipartBody(t, form)
		go func() { answers <- []*network{a, b}[i%2].do(http.MethodPost, ptHost, "/publish", kind, body) }()
	}
	receipts := []string{b.post("/publish", form).location()}
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

// uploadTakesTurns between the nodes, and each tells the offset as it is.
func uploadTakesTurns(t *testing.T, a, b *network) {
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
	var key string
	if err := a.pools.Primary.QueryRow(t.Context(), "SELECT original_key FROM media WHERE state = 'waiting'").Scan(&key); err != nil {
		t.Fatal(err)
	}
	name, done, err := a.store.Original(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if kept, err := os.ReadFile(name); err != nil || !bytes.Equal(kept, photo) {
		t.Errorf("%d bytes are kept, other than the %d that were sent: %v", len(kept), len(photo), err)
	}
}

// sessionIsOfBoth, before the node's own server has heard of it.
func sessionIsOfBoth(t *testing.T, a, b *network) {
	here := a.editor(a.pt, "Rosa")
	there := here.at(b)
	there.get("/newsroom").want(t, http.StatusOK)
	var known int
	if err := b.pools.Replica.QueryRow(t.Context(), "SELECT count(*) FROM account WHERE name = 'Rosa'").Scan(&known); err != nil || known != 0 {
		t.Errorf("the standby knows of the account already, and this test shows nothing: %d, %v", known, err)
	}
	form := htmltest.FormValues(t, there.get("/account").want(t, http.StatusOK).Body, `form[action="/sign-out"]`)
	stolen := here.at(a)
	there.post("/sign-out", form).want(t, http.StatusSeeOther)
	for name, left := range map[string]*person{"the other": stolen, "the same": stolen.at(b)} {
		if got := left.get("/newsroom"); got.StatusCode != http.StatusSeeOther {
			t.Errorf("ended on one node, the session gets %d on %s", got.StatusCode, name)
		}
	}
}

// endedSessionIsEndedOnBoth, though the node's own server still has it.
func endedSessionIsEndedOnBoth(t *testing.T, a, b *network) {
	here := a.editor(a.pt, "Inês")
	const has = "SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id WHERE a.name = 'Inês'"
	known := func() (n int) {
		if err := b.pools.Replica.QueryRow(t.Context(), has).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	waitFor(t, func() bool { return known() == 1 })
	there := here.at(b)
	here.post("/sign-out", nil).want(t, http.StatusSeeOther)
	got := there.get("/newsroom")
	if known() != 1 {
		t.Error("the standby knows of the end already, and this test shows nothing")
	}
	if got.StatusCode != http.StatusSeeOther {
		t.Errorf("the ended session gets %d", got.StatusCode)
	}
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

func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the standby does not follow")
		}
	}
}

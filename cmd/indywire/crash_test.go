package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/media"
)

const (
	crashRounds = 12
	fewestRound = 6 // on a machine too slow for all in time
	crashTime   = 35 * time.Second
)

// TestKilledWhilePublishing kills the server, and PostgreSQL with it now and
// then, at all moments of a post. Each time all of the article is there or
// nothing, and the same form sent again leads to the same receipt.
func TestKilledWhilePublishing(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	var receipts []string
	for round := 0; round < crashRounds && (round < fewestRound || time.Since(c.begun) < crashTime); round++ {
		receipts = append(receipts, c.round(round))
	}
	c.photosBecomeReady()
	for round, receipt := range receipts {
		if got := c.reporter.get(receipt); got.status != http.StatusOK || !strings.Contains(got.body, title(round)) {
			t.Errorf("round %d: the receipt answers %d", round, got.status)
		}
	}
	c.nothingIsLeftOver()
	t.Logf("%d rounds in %v, acknowledged before the kill: %d, whole without: %d", len(receipts), time.Since(c.begun).Round(time.Second), c.acknowledged, c.whole)
}

// crash is a node that is killed again and again.
type crash struct {
	*node
	begun               time.Time
	reporter            *visitor
	pool                *pgxpool.Pool
	acknowledged, whole int
}

func newCrash(t *testing.T) *crash {
	t.Helper()
	n := newNode(t)
	n.serve()
	n.must(nil, "site", "create", "news", "--name", "News", "--language", "en", "--topic", "Port", "--topic", "City")
	return &crash{node: n, begun: time.Now(), reporter: n.visit("news.localhost", "127.0.0.1"), pool: n.database()}
}

// title is a word of its own, which no other title holds.
func title(round int) string { return fmt.Sprintf("Round%dEnd", round) }

// round sends a form, kills, starts again, looks and sends the form again.
func (c *crash) round(round int) (receipt string) {
	f := c.reporter.blank()
	f.Set("title", title(round))
	f.Set("body", "What happened.")
	f.Set("topic", ask[string](c.node, c.pool, "SELECT slug FROM site_topic ORDER BY id")[0])
	f.Set("action", "publish")
	for n := range 2 {
		f.files = append(f.files, formFile{name: fmt.Sprintf("%d.jpg", n), content: picture(c.t, uint8(2*round+n), "")})
	}
	first := c.killed(round, f)
	c.serve()
	found := c.wholeOrNothing(round)
	if first != "" && !found {
		c.t.Errorf("round %d: the reporter has a receipt, and the article is gone", round)
	}
	if first != "" {
		c.acknowledged++
	} else if found {
		c.whole++
	}
	receipt = c.reporter.post("/publish", f).must(c.t, http.StatusSeeOther).location
	if first != "" && first != receipt {
		c.t.Errorf("round %d: the same form led to two receipts", round)
	}
	if !c.wholeOrNothing(round) {
		c.t.Errorf("round %d: sent again, the article is not there", round)
	}
	return receipt
}

// killed sends the form and kills: in the middle of the upload, at any moment
// after it was sent, or once it was answered. The receipt is empty where no
// answer came.
func (c *crash) killed(round int, f form) (receipt string) {
	contentType, text := f.encode(c.t)
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	sent, stalls := make(chan struct{}), round%4 == 0
	if stalls {
		text = text[:len(text)*(1+rand.IntN(3))/4]
	}
	body := io.MultiReader(strings.NewReader(text), &afterwards{ctx, sent, stalls})
	answered := make(chan reply, 1)
	go func() {
		got, _ := c.reporter.do(ctx, http.MethodPost, "/publish", contentType, body)
		answered <- got
	}()
	<-sent
	var got reply
	switch round % 4 {
	case 3:
		got = <-answered
	case 1: // about when the transaction is
		time.Sleep(rand.N(15 * time.Millisecond))
	default: // about when the photos are being cleaned
		time.Sleep(rand.N(600 * time.Millisecond))
	}
	if round%3 == 1 {
		c.killPostgres()
	}
	if c.stop(syscall.SIGKILL) != -1 {
		c.t.Error("kill -9 did not kill")
	}
	if round%3 == 2 {
		c.killPostgres()
	}
	cancel() // an answer that is not here by now does not come
	if got.status == 0 {
		got = <-answered
	}
	if got.status != 0 && got.status != http.StatusSeeOther && round%3 != 1 {
		c.t.Errorf("round %d: answered %d:\n%.500s", round, got.status, got.body)
	}
	if got.status == http.StatusSeeOther {
		return got.location
	}
	return ""
}

// afterwards is the end of a body: it tells when all before it is on its way
// and, where it stalls, never comes to an end itself.
type afterwards struct {
	ctx    context.Context
	sent   chan<- struct{}
	stalls bool
}

func (a *afterwards) Read([]byte) (int, error) {
	if a.sent != nil {
		close(a.sent)
		a.sent = nil
	}
	if a.stalls {
		<-a.ctx.Done()
	}
	return 0, io.EOF
}

// wholeOrNothing holds that there is one article with all that belongs to it,
// or none and nothing of it.
func (c *crash) wholeOrNothing(round int) bool {
	c.t.Helper()
	got := ask[string](c.node, c.pool, `
		SELECT concat_ws(' ', state, title <> '' AND html <> '' AND words <> '' AND receipt_hash IS NOT NULL,
		       (SELECT count(*) FROM article_revision r WHERE r.article_id = a.id),
		       (SELECT count(*) FROM article_topic p WHERE p.article_id = a.id),
		       (SELECT count(*) FROM media m WHERE m.article_id = a.id),
		       (SELECT count(*) FROM media m JOIN river_job j ON j.kind = 'media_process' AND j.args->>'media' = m.id
		        WHERE m.article_id = a.id AND j.state NOT IN ('cancelled', 'discarded')))
		FROM article a
		WHERE title = $1`, title(round))
	if len(got) > 1 || (len(got) == 1 && got[0] != "visible t 1 1 2 2") {
		c.t.Errorf("round %d: articles %q, want one that is visible and has 1 revision, 1 topic, 2 files and 2 jobs, or none", round, got)
	}
	if stray := ask[int](c.node, c.pool, "SELECT count(*)::int FROM media WHERE article_id IS NULL")[0]; stray != 0 {
		c.t.Errorf("round %d: %d files of no article", round, stray)
	}
	return len(got) == 1
}

// photosBecomeReady waits less than the queue would for a job that it counts as
// stuck.
func (c *crash) photosBecomeReady() {
	c.t.Helper()
	const others = "SELECT state || ' ' || failure FROM media WHERE state <> 'ready'"
	end := time.Now().Add(25 * time.Second)
	for len(ask[string](c.node, c.pool, others)) > 0 && time.Now().Before(end) {
		time.Sleep(100 * time.Millisecond)
	}
	if left := ask[string](c.node, c.pool, others); len(left) > 0 {
		jobs := ask[string](c.node, c.pool, "SELECT concat_ws(' ', kind, state, attempt, errors::text) FROM river_job WHERE state <> 'completed'")
		c.t.Errorf("after the last start there are files that are %q; jobs: %q", left, jobs)
	}
}

// nothingIsLeftOver lets two days pass for what forms left behind that never
// came to an end, and holds that the sweeper finds all of it.
func (c *crash) nothingIsLeftOver() {
	c.t.Helper()
	past := time.Now().Add(-49 * time.Hour)
	for _, path := range c.filesBelow("media", "uploads") {
		if err := os.Chtimes(path, past, past); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(c.data(), "media", "uploads"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries { // folders, after what is in them
		if err := os.Chtimes(filepath.Join(c.data(), "media", "uploads", e.Name()), past, past); err != nil {
			c.t.Fatal(err)
		}
	}
	ask[int](c.node, c.pool, "UPDATE upload SET expires_at = now() - interval '1 minute' RETURNING 1")
	store, err := blob.OpenDir(filepath.Join(c.data(), "media"))
	if err != nil {
		c.t.Fatal(err)
	}
	if err := (&media.Sweeper{DB: c.pool, Store: store}).Work(c.t.Context(), nil); err != nil {
		c.t.Fatal(err)
	}
	if left := c.filesBelow("media", "uploads"); len(left) != 0 {
		c.t.Errorf("uploads that nobody takes away: %q", left)
	}
	if left := ask[string](c.node, c.pool, "SELECT name FROM upload"); len(left) != 0 {
		c.t.Errorf("rows of uploads that nobody takes away: %q", left)
	}
	kept := map[string]bool{}
	for _, key := range ask[string](c.node, c.pool, "SELECT DISTINCT blob FROM rendition") {
		kept[key] = true
	}
	for _, path := range c.filesBelow("media", "blobs") {
		if !kept[filepath.Base(path)] {
			c.t.Errorf("a picture that no file shows: %s", filepath.Base(path))
		}
		delete(kept, filepath.Base(path))
	}
	if len(kept) != 0 {
		c.t.Errorf("pictures whose bytes are gone: %v", kept)
	}
}

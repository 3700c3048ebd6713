package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db/dbtest"
)

// eventually tries until it holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in a minute not: %s", what)
		}
	}
}

// inDatabase is the same servers' other database.
func inDatabase(name, url string) string {
	return strings.Replace(url, "///postgres?", "///"+name+"?", 1)
}

func poolOf(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func createDatabase(t *testing.T, pair *dbtest.Pair, name string) {
	t.Helper()
	one, err := pgx.Connect(t.Context(), pair.Primary())
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close(t.Context())
	if _, err := one.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
}

// TestStartWithoutAPrimary serves readers from the node's own standby, holds what
// is sent, and does what a start does once there is a primary.
func TestStartWithoutAPrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	n := newNode(t, "--database", pair.Both(), "--replica", pair.Standby())
	n.must(nil, "site", "create", "news", "--name", "Night desk", "--language", "en")
	standby := poolOf(t, pair.Standby())
	eventually(t, "the standby has the site", func() bool { return ask[int](n, standby, "SELECT count(*)::int FROM site")[0] == 1 })
	pair.StopPrimary()

	n.serve()
	defer n.stop(syscall.SIGTERM)
	if !strings.Contains(n.said.String(), "Night desk") {
		t.Errorf("it does not say that it serves the site:\n%s", n.said)
	}
	n.visit("news.localhost", "127.0.0.1").get("/").must(t, http.StatusOK)
	if answer, body := n.fetch(n.ops, "localhost", "/readyz"); answer.StatusCode != http.StatusOK ||
		!strings.Contains(body, `"standby"`) || !strings.Contains(body, `"primary":false`) || !strings.Contains(body, `"publishing":false`) {
		t.Errorf("/readyz answers %d, %s", answer.StatusCode, body)
	}
	eventually(t, "it says that there is no primary", func() bool { return strings.Contains(n.logged.String(), "there is no primary") })
	if strings.Contains(n.said.String(), "setup:") {
		t.Errorf("a link that no primary knows is offered:\n%s", n.said)
	}

	// commands that only read say what there is, and others what is wrong
	var sites []siteJSON
	if n.must(&sites, "site", "list", "--json"); len(sites) != 1 {
		t.Errorf("the sites are %+v", sites)
	}
	n.must(nil, "account", "list")
	n.must(nil, "node", "list")
	n.refused(exitFailure, "the database cannot be reached", "site", "freeze", "news")

	reporter := n.visit("news.localhost", "127.0.0.1")
	reporter.client.Timeout = time.Minute
	f := reporter.blank()
	for name, value := range map[string]string{"title": "While it was away", "body": "What I saw.", "action": "publish"} {
		f.Set(name, value)
	}
	f.files = append(f.files, formFile{name: "a.jpg", content: picture(t, 7, "")})
	sent := make(chan reply, 1)
	go func() { sent <- reporter.post("/publish", f) }()
	time.Sleep(500 * time.Millisecond) // it is held by now, or fails
	pair.Promote()
	(<-sent).must(t, http.StatusSeeOther)

	if n.setup() == "" {
		t.Errorf("no link for the first admin is offered:\n%s", n.said)
	}
	const ready = "SELECT count(*)::int FROM media WHERE state = 'ready'"
	eventually(t, "jobs are done", func() bool { return ask[int](n, standby, ready)[0] == 1 })
	const listens = "SELECT count(*)::int FROM pg_stat_activity WHERE query = 'LISTEN upload_lock'"
	eventually(t, "other nodes are heard", func() bool { return ask[int](n, standby, listens)[0] == 1 })
	eventually(t, "the node reports itself", func() bool { return ask[int](n, standby, "SELECT count(*)::int FROM node")[0] == 1 })
}

// TestStartOnAnOlderSchema waits for a primary, says so, and is ready only then.
func TestStartOnAnOlderSchema(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	createDatabase(t, pair, "older") // it has not even the first step
	standby := poolOf(t, pair.Standby())
	n := newNode(t, "--database", inDatabase("older", pair.Both()), "--replica", inDatabase("older", pair.Standby()))
	eventually(t, "the standby has the database", func() bool {
		return ask[int](n, standby, "SELECT count(*)::int FROM pg_database WHERE datname = 'older'")[0] == 1
	})
	pair.StopPrimary()

	n.launch()
	defer n.stop(syscall.SIGTERM)
	eventually(t, "it says what it waits for", func() bool {
		return strings.Contains(n.logged.String(), "this node's own database is older than this version needs, and the database cannot be reached")
	})
	if answer, _ := n.fetch(n.ops, "localhost", "/healthz"); answer.StatusCode != http.StatusOK {
		t.Errorf("/healthz answers %d", answer.StatusCode)
	}
	if answer, body := n.fetch(n.ops, "localhost", "/readyz"); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, `"primary":false`) {
		t.Errorf("/readyz answers %d, %s", answer.StatusCode, body)
	}
	if c, err := net.Dial("tcp", "127.0.0.1:"+n.port); err == nil {
		_ = c.Close()
		t.Error("browsers are taken in, and do not try another node")
	}
	pair.Promote()
	n.serves()
	n.visit("localhost", "127.0.0.1").get("/").must(t, http.StatusOK)
	if answer, body := n.fetch(n.ops, "localhost", "/readyz"); answer.StatusCode != http.StatusOK || !strings.Contains(body, `"primary":true`) {
		t.Errorf("/readyz answers %d, %s", answer.StatusCode, body)
	}
}

// TestStartBesideAStandbyThatLags right after the database was made: commands find
// the primary, and the server waits until its own PostgreSQL has the schema.
func TestStartBesideAStandbyThatLags(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 5*time.Second)
	createDatabase(t, pair, "later")
	n := newNode(t, "--database", inDatabase("later", pair.Both()), "--replica", inDatabase("later", pair.Standby()))
	n.must(nil, "site", "create", "news", "--name", "Night desk", "--language", "en")
	standby := poolOf(t, pair.Standby())
	eventually(t, "the standby has the database", func() bool {
		return ask[int](n, standby, "SELECT count(*)::int FROM pg_database WHERE datname = 'later'")[0] == 1
	})
	n.serve()
	eventually(t, "the site answers", func() bool { return n.visit("news.localhost", "127.0.0.1").get("/").status == http.StatusOK })
	if status := n.stop(os.Interrupt); status != 0 {
		t.Errorf("told to stop it ended with status %d:\n%s", status, n.logged)
	}
}

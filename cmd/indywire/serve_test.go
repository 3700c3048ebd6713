package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db/dbtest"
)

// siteJSON is what programs may rely on in the JSON of a site.
type siteJSON struct {
	Slug, Name, State string
	Hosts, Languages  []string
}

// TestLifeOfANode goes through what an operator does, on a private PostgreSQL.
func TestLifeOfANode(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.serve()

	var ready struct {
		Node, Role          string
		LagBytes            *float64 `json:"lag_bytes"`
		Primary, Publishing bool
	}
	answer, body := n.fetch(n.ops, "localhost", "/readyz")
	if err := json.Unmarshal([]byte(body), &ready); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("not ready: %d %s", answer.StatusCode, body)
	}
	if host, _ := os.Hostname(); ready.Node == "" || ready.Node == host || ready.Role != "primary" || ready.LagBytes == nil || !ready.Primary || !ready.Publishing {
		t.Errorf("ready: %s", body)
	}

	t.Run("the node is on the list", func(t *testing.T) {
		var nodes []struct {
			Node, Role, Version string
			LastSeen            time.Time `json:"last_seen"`
			LagBytes            *int64    `json:"lag_bytes"`
		}
		for end := time.Now().Add(30 * time.Second); len(nodes) == 0 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			n.must(&nodes, "node", "list", "--json")
		}
		if len(nodes) != 1 || nodes[0].Node != ready.Node || nodes[0].Role != "primary" || nodes[0].Version == "" || nodes[0].LagBytes == nil || time.Since(nodes[0].LastSeen) > time.Minute {
			t.Errorf("the nodes are %+v", nodes)
		}
		n.must(nil, "node", "list")
		if out, errs, _ := n.run("node", "status"); !strings.Contains(out, ready.Node) { // the disk may be full, which is told
			t.Errorf("the status is %q, %q", out, errs)
		}
		if _, metrics := n.fetch(n.ops, "localhost", "/metrics"); !strings.Contains(metrics, "indywire_node_disk_free_bytes ") || !strings.Contains(metrics, "indywire_primary_away 0") {
			t.Error("the metrics do not tell of the node")
		}
	})
	t.Run("a new site answers at once", func(t *testing.T) {
		var made siteJSON
		n.must(&made, "site", "create", "news", "--name", "Night desk", "--language", "pt", "--language", "en", "--json")
		if made.Slug != "news" || made.Name != "Night desk" || made.State != "active" || strings.Join(made.Languages, " ") != "pt en" || len(made.Hosts) != 1 || made.Hosts[0] != "news.localhost" {
			t.Errorf("created %+v", made)
		}
		answer, body := n.get("news.localhost:"+n.port, "/")
		if answer.StatusCode != http.StatusOK || !strings.Contains(body, "Night desk") {
			t.Errorf("the new site answers %d", answer.StatusCode)
		}
		if by := answer.Header.Get("X-Served-By"); by != ready.Node {
			t.Errorf("served by %q, ready is %q", by, ready.Node)
		}
		if answer, _ := n.get("other.localhost:"+n.port, "/"); answer.StatusCode != http.StatusNotFound {
			t.Errorf("an unknown host answers %d", answer.StatusCode)
		}
	})
	t.Run("with hosts of its own", func(t *testing.T) {
		n.must(nil, "site", "create", "own", "--name", "Own", "--language", "en", "--host", "own.example", "--host", "www.own.example")
		if answer, _ := n.get("www.own.example", "/"); answer.StatusCode != http.StatusOK {
			t.Errorf("a host of the site answers %d", answer.StatusCode)
		}
		n.refused(exitFailure, "--host", "site", "create", "own2", "--name", "Own", "--language", "en", "--host", "own.example")
		n.refused(exitFailure, "SLUG", "site", "create", "own", "--name", "Own", "--language", "en")
	})
	t.Run("freeze and thaw", func(t *testing.T) {
		var s siteJSON
		n.must(nil, "site", "freeze", "news")
		if n.must(&s, "site", "show", "news", "--json"); s.State != "frozen" {
			t.Errorf("state %q", s.State)
		}
		n.refused(exitFailure, "thaw", "import", "markdown", t.TempDir(), "--site", "news")
		n.must(nil, "site", "thaw", "news")
		if n.must(&s, "site", "show", "news", "--json"); s.State != "active" {
			t.Errorf("state %q", s.State)
		}
		n.refused(exitFailure, "no site nowhere", "site", "freeze", "nowhere")
	})
	t.Run("import", func(t *testing.T) { testImport(t, n) })
	t.Run("the address in use", func(t *testing.T) {
		n.refused(exitFailure, "--listen", "serve", "--ops-listen", "127.0.0.1:0")
	})

	// killed, joined by a command, started again
	if n.stop(syscall.SIGKILL) != -1 {
		t.Error("kill -9 did not kill")
	}
	var sites []siteJSON
	if n.must(&sites, "site", "list", "--json"); len(sites) != 2 || sites[0].Slug != "news" {
		t.Errorf("without a server there are the sites %+v", sites)
	}
	n.serve()
	if answer, body := n.get("news.localhost", "/"); !strings.Contains(body, "Imported headline") || answer.Header.Get("X-Served-By") != ready.Node {
		t.Errorf("after kill -9 the site answers %d, by %q", answer.StatusCode, answer.Header.Get("X-Served-By"))
	}
	if status := n.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("told to stop it ended with status %d:\n%s", status, n.logged)
	}
	if _, err := os.Stat(filepath.Join(n.flags[1], "postgres", "data", "postmaster.pid")); !os.IsNotExist(err) {
		t.Errorf("PostgreSQL was left running: %v", err)
	}
}

func testImport(t *testing.T, n *node) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good.md":   "---\ntitle: Imported headline\ndate: 2024-02-03\nurl: /old/address/\n---\nText.\n",
		"broken.md": "no front matter",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var result struct {
		Read, Imported, Known, Failed *int
		Failures                      []struct{ File, Error string }
	}
	for run, imported := range []int{1, 0} {
		out := n.refused(exitFailure, "1 of 2 files", "import", "markdown", dir, "--site", "news", "--rank", "local", "--json")
		if err := json.Unmarshal([]byte(out), &result); err != nil || result.Read == nil || result.Imported == nil || result.Known == nil || result.Failed == nil {
			t.Fatalf("import --json: %v in %s", err, out)
		}
		if *result.Read != 2 || *result.Imported != imported || *result.Known != 1-imported || *result.Failed != 1 ||
			len(result.Failures) != 1 || result.Failures[0].File != "broken.md" || result.Failures[0].Error == "" {
			t.Errorf("run %d: %s", run+1, out)
		}
	}
	answer, _ := n.get("news.localhost", "/old/address/")
	if answer.StatusCode != http.StatusMovedPermanently || !strings.HasPrefix(answer.Header.Get("Location"), "/articles/") {
		t.Errorf("the old address answers %d, %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	if _, body := n.get("news.localhost", "/newswire?rank=local"); !strings.Contains(body, "Imported headline") {
		t.Error("the imported article has not the rank that was asked for")
	}
}

// TestDemo holds that the samples are there when the server says that it serves.
func TestDemo(t *testing.T) {
	t.Parallel()
	n := newNode(t, "--database", dbtest.EmptyURL(t))
	for range 2 { // the second start adds nothing
		n.serve("--demo")
		for _, host := range []string{"en.localhost", "pt.localhost", "ar.localhost", "localhost"} {
			if answer, body := n.get(host, "/"); answer.StatusCode != http.StatusOK || len(body) < 5000 {
				t.Errorf("the front page of %s answers %d with %d bytes", host, answer.StatusCode, len(body))
			}
			if !strings.Contains(n.said.String(), "http://"+host+":"+n.port) {
				t.Errorf("the server does not say that it serves %s:\n%s", host, n.said)
			}
		}
		if status := n.stop(os.Interrupt); status != 0 {
			t.Errorf("Ctrl-C ended it with status %d:\n%s", status, n.logged)
		}
	}
	var sites []siteJSON
	if n.must(&sites, "site", "list", "--json"); len(sites) != 3 {
		t.Errorf("sites %+v", sites)
	}
}

// TestStop stops a server while somebody's form is on its way.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		again   bool
		status  int
		atLeast time.Duration
		atMost  time.Duration
	}{
		{"once: what is on its way gets some seconds", false, 0, 2 * time.Second, 10 * time.Second},
		{"twice: at once", true, -1, 0, 2 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, "--database", dbtest.EmptyURL(t))
			n.serve("--sandbox", "none")
			if !strings.Contains(n.logged.String(), "without a sandbox") {
				t.Error("the server does not say that it works without a sandbox")
			}
			n.must(nil, "site", "create", "news", "--name", "News", "--language", "en")
			n.slowRequest("news.localhost")
			start := time.Now()
			if tt.again {
				if err := n.process.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				for !strings.Contains(n.logged.String(), "stopping") && time.Since(start) < 5*time.Second {
					time.Sleep(5 * time.Millisecond)
				}
			}
			status := n.stop(os.Interrupt)
			if took := time.Since(start); status != tt.status || took < tt.atLeast || took > tt.atMost {
				t.Errorf("ended with status %d after %v:\n%s", status, took, n.logged)
			}
		})
	}
}

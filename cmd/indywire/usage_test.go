package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	for _, tt := range []struct {
		args string
		part string
	}{
		{"", "expected one of"},
		{"bake", "bake"},
		{"serve --nope", "--nope"},
		{"serve --sandbox=chroot", "--sandbox"},
		{"serve --media ftp://x", "--media"},
		{"serve --public-url example.org", "--public-url"},
		{"serve --portal localhost:80", "--portal"},
		{"serve --trusted-proxy here", "--trusted-proxy"},
		{"serve --ops-listen nowhere", "--ops-listen"},
		{"site show", "<slug>"},
		{"site create x --language pt", "--name"},
		{"site create x --name X", "--language"},
		{"site create x --name X --language !!", "--language"},
		{"site list --database :nonsense:", "--database"},
		{"import markdown /nowhere-at-all --site pt", "/nowhere-at-all"},
		{"import markdown . --site pt --rank best", "--rank"},
		{"migrate", "expected one of"},
	} {
		n.refused(exitUsage, tt.part, strings.Fields(tt.args)...)
	}
}

// TestCommandsAlone works without a server: each command starts the private
// PostgreSQL for its moment, and the flags come from the environment.
func TestCommandsAlone(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	var steps []struct {
		Version int
		Name    string
		Applied string
	}
	n.must(nil, "migrate", "up")
	if n.must(&steps, "migrate", "status", "--json"); len(steps) == 0 || steps[0].Version != 1 || steps[0].Name == "" || steps[0].Applied == "" {
		t.Errorf("migrate status --json: %+v", steps)
	}
	n.refused(exitUsage, "--accent", "site", "create", "pale", "--name", "Pale", "--language", "en", "--accent", "#ffff00")
	n.refused(exitUsage, "SLUG", "site", "create", "Pale!", "--name", "Pale", "--language", "en")
	n.must(nil, "site", "create", "pt", "--name", "Maré", "--language", "pt", "--topic", "Terra, mar", "--topic", "Casa", "--time-zone", "Europe/Lisbon")
	c := n.command("site", "show", "pt", "--json")
	c.Args = c.Args[:len(c.Args)-len(n.flags)]
	c.Env = append(c.Env, "INDYWIRE_DATA="+n.flags[1], "INDYWIRE_PUBLIC_URL=https://ignored.example:8443")
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var shown struct {
		URL    string
		Topics []string
	}
	if err := json.Unmarshal(out, &shown); err != nil || shown.URL != "https://pt.localhost:8443" || strings.Join(shown.Topics, "|") != "Terra, mar|Casa" {
		t.Errorf("site show --json by environment: %v in %s", err, out)
	}
	if out := n.must(nil, "version"); !strings.HasPrefix(out, "indywire ") {
		t.Errorf("version says %q", out)
	}
}

func TestUnreachableDatabase(t *testing.T) {
	t.Parallel()
	n := newNode(t, "--database", "postgres://127.0.0.1:1/indywire?connect_timeout=2")
	n.refused(exitFailure, "--database", "site", "list")
}

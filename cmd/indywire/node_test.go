package main

import (
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
)

// TestNodesAreToldOfWithoutAPrimary by what this node's own server has: that is
// when somebody asks.
func TestNodesAreToldOfWithoutAPrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Primary(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	defer pools.Close()
	if _, err := pools.Primary.Exec(t.Context(), `INSERT INTO node VALUES
		('a', false, 'v1', 0, '0', 0, 1, 1, 0, 0, now()), ('b', true, 'v1', 0, '0', 0, 1, 1, 0, 0, now()),
		('old', true, 'v1', 0, '0', 0, 1, 1, 0, 0, now() - interval '2 hours')`); err != nil {
		t.Fatal(err)
	}
	n := newNode(t)
	at := []string{"--database", pair.Both(), "--replica", pair.Standby()}
	command := func(args ...string) (string, string, int) { return n.run(append(args, at...)...) }
	if out, _, status := command("node", "status"); status != exitFailure || !strings.Contains(out, "Node old has not replied for 2 h. Last known: standby.") {
		t.Errorf("with a primary: %d %q", status, out)
	}
	if _, errs, status := command("node", "forget", "old"); status != 0 {
		t.Errorf("forget: %d %q", status, errs)
	}
	if _, errs, status := command("node", "forget", "old"); status != exitFailure || !strings.Contains(errs, "no node old") {
		t.Errorf("forgotten twice: %d %q", status, errs)
	}
	if out, errs, status := command("node", "status"); status != 0 {
		t.Errorf("with nothing wrong: %d %q %q", status, out, errs)
	}
	for known := 3; known != 2; {
		if err := pools.Replica.QueryRow(t.Context(), "SELECT count(*) FROM node").Scan(&known); err != nil {
			t.Fatal(err)
		}
	}
	pair.StopPrimary()
	if out, _, status := command("node", "status"); status != exitFailure || !strings.Contains(out, "No primary can be reached from here.") {
		t.Errorf("without a primary: %d %q", status, out)
	}
	if out, errs, status := command("node", "list"); status != 0 || !strings.Contains(out, "standby") {
		t.Errorf("the list without a primary: %d %q %q", status, out, errs)
	}
}

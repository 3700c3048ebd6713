package cluster_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

func kinds(s cluster.State) string {
	var list []string
	for _, t := range s.Troubles() {
		list = append(list, strings.TrimSpace(t.Kind+" "+t.Node.Name))
	}
	return strings.Join(list, ", ")
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	a := cluster.Node{Name: "a", Version: "1", DiskFree: 50, DiskSize: 100}
	b := cluster.Node{Name: "b", Version: "1", DiskFree: 50, DiskSize: 100, Standby: true}
	with := func(n cluster.Node, change func(*cluster.Node)) cluster.Node {
		change(&n)
		return n
	}
	silent := func(n *cluster.Node) { n.Silent = 40 * time.Second }
	for want, s := range map[string]cluster.State{
		"":                        {Nodes: []cluster.Node{a, b}},
		"no_reply a":              {Nodes: []cluster.Node{with(a, silent), b}},
		"no_reply b, no_standby":  {Nodes: []cluster.Node{a, with(b, silent)}},
		"no_reply a, no_standby":  {Nodes: []cluster.Node{with(a, silent), with(b, func(n *cluster.Node) { n.Standby = false })}},
		"no_server b, no_standby": {Nodes: []cluster.Node{a, with(b, func(n *cluster.Node) { n.LagBytes = -1 })}},
		"no_primary":              {Nodes: []cluster.Node{with(a, silent), with(b, silent)}, Away: true},
		"no_primary, no_reply b":  {Nodes: []cluster.Node{with(a, silent), with(b, func(n *cluster.Node) { silent(n); n.SeenAt = n.SeenAt.Add(-time.Minute) })}, Away: true},
		"no_reply a,":             {Nodes: []cluster.Node{with(a, silent), b}, Settled: 16 * time.Second},
		"behind b":                {Nodes: []cluster.Node{a, with(b, func(n *cluster.Node) { n.LagBytes = 1 << 30 })}},
		"behind b,":               {Nodes: []cluster.Node{a, with(b, func(n *cluster.Node) { n.Lag = 3 * time.Minute })}},
		"disk a":                  {Nodes: []cluster.Node{with(a, func(n *cluster.Node) { n.DiskFree = 2 }), b}},
		"versions":                {Nodes: []cluster.Node{a, with(b, func(n *cluster.Node) { n.Version = "2" })}},
		"queue":                   {Nodes: []cluster.Node{a, b}, JobsWaiting: 1000},
	} {
		if got := kinds(s); got != strings.TrimSuffix(want, ",") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := kinds(cluster.State{Nodes: []cluster.Node{a}}); got != "" {
		t.Errorf("a network of one node: %q", got)
	}
	if got := kinds(cluster.State{}); got != "" {
		t.Errorf("a network of which nothing is known: %q", got)
	}
}

// TestTroublesAfterAFailover: a primary is just found, by c, which was a standby, and
// the others have yet to report to it. One of them was silent before.
func TestTroublesAfterAFailover(t *testing.T) {
	t.Parallel()
	now := time.Now()
	said := func(name string, standby bool, ago time.Duration) cluster.Node {
		return cluster.Node{Name: name, Standby: standby, SeenAt: now.Add(-ago), Silent: ago}
	}
	s := cluster.State{Nodes: []cluster.Node{
		said("a", false, 32*time.Second), said("c", false, time.Second), said("b", true, 29*time.Second), said("d", true, 5*time.Minute),
	}, Settled: 3 * time.Second}
	if got := kinds(s); got != "no_reply d" || !s.Settling() {
		t.Errorf("%q, and it is settling: %v", got, s.Settling())
	}
	if n := s.InOrder()[0]; n.Name != "c" || s.Before(n) {
		t.Errorf("%s stands first", n.Name)
	}
	for i := range s.Nodes {
		s.Nodes[i].Silent += 14 * time.Second
	}
	s.Settled += 14 * time.Second
	s.Nodes[1] = said("c", false, 0)
	if got := kinds(s); got != "no_reply a, no_reply b, no_reply d, no_standby" || s.Settling() {
		t.Errorf("a while later: %q, and it is settling: %v", got, s.Settling())
	}
}

func reporter(t *testing.T, name string, s db.Settings) *cluster.Reporter {
	t.Helper()
	pools, err := db.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	return &cluster.Reporter{
		Pools: pools, Name: name, Version: "1", Log: slog.New(slog.DiscardHandler),
		Disk: func() (int64, int64, error) { return 7, 9, nil }, Cached: func() (int64, error) { return 5, nil },
	}
}

// report has a node report, and answers what is known of it then.
func report(t *testing.T, r *cluster.Reporter) cluster.Node {
	t.Helper()
	if err := r.Report(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := cluster.StateOf(t.Context(), r.Pools.Primary)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(s.Nodes, func(n cluster.Node) bool { return n.Name == r.Name })
	if at < 0 {
		t.Fatalf("node %s is not among %v", r.Name, s.Nodes)
	}
	return s.Nodes[at]
}

// TestNodeWhoseServerIsGoneSaysSo though it reads on, from another node's.
func TestNodeWhoseServerIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	b := reporter(t, "b", db.Settings{Primary: pair.Primary(), Replica: pair.Both()}) // the standby first
	if n := report(t, b); !n.Standby || n.ServerAway() {
		t.Fatalf("beside its standby: %+v", n)
	}
	pair.StopStandby()
	b.Pools.Replica.Close()
	b = reporter(t, "b", db.Settings{Primary: pair.Primary(), Replica: pair.Both()})
	if _, err := b.Pools.Replica.Exec(t.Context(), "SELECT FROM node"); err != nil {
		t.Fatalf("it does not read on: %v", err)
	}
	for range 2 {
		if n := report(t, b); !n.Standby || !n.ServerAway() {
			t.Errorf("beside nothing: %+v", n)
		}
	}
	if n, known := b.Last(); !known || !n.ServerAway() {
		t.Errorf("of itself it knows %+v", n)
	}
}

// TestClocksMayDiffer between servers: one that died does not seem to live by that.
func TestClocksMayDiffer(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	a := reporter(t, "a", db.Settings{Primary: pools.Primary.Config().ConnString()})
	if _, err := pools.Primary.Exec(t.Context(), "INSERT INTO node SELECT 'ahead', true, '1', 0, '0', 0, 0, 0, 0, 0, now() + interval '1 hour'"); err != nil {
		t.Fatal(err)
	}
	report(t, a)
	if _, err := pools.Primary.Exec(t.Context(), "UPDATE node SET seen_at = seen_at - interval '40 seconds'"); err != nil {
		t.Fatal(err)
	}
	s, err := cluster.StateOf(t.Context(), pools.Primary)
	if err != nil || kinds(s) != "no_reply a, no_reply ahead, no_standby" {
		t.Errorf("%s, %v", kinds(s), err)
	}
	if err := cluster.Forget(t.Context(), pools.Primary, "ahead"); err != nil {
		t.Error(err)
	}
	if err := cluster.Forget(t.Context(), pools.Primary, "ahead"); !fault.Is(err, fault.NotFound) {
		t.Errorf("forgotten twice: %v", err)
	}
	report(t, a)
	if s, err := cluster.StateOf(t.Context(), pools.Primary); err != nil || kinds(s) != "" {
		t.Errorf("%s, %v", kinds(s), err)
	}
}

// TestTwoNodesOfOneName are told of, not a node that was only started anew.
func TestTwoNodesOfOneName(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	said := &strings.Builder{}
	a := reporter(t, "a", db.Settings{Primary: pools.Primary.Config().ConnString()})
	a.Log = slog.New(slog.NewTextHandler(said, nil))
	again := reporter(t, "a", db.Settings{Primary: pools.Primary.Config().ConnString()})
	report(t, a)
	report(t, again)
	report(t, a)
	report(t, a)
	if said.Len() > 0 {
		t.Errorf("after a start: %s", said)
	}
	for range 3 {
		report(t, again)
		report(t, a)
	}
	if n := strings.Count(said.String(), "another node reports under this node's name"); n != 1 {
		t.Errorf("said %d times: %s", n, said)
	}
}

// TestNodesReport from beside a primary and beside a standby that lags.
func TestNodesReport(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, time.Hour)
	a := reporter(t, "a", db.Settings{Primary: pair.Primary()})
	b := reporter(t, "b", db.Settings{Primary: pair.Both(), Replica: pair.Standby()})
	if _, known := b.Last(); known {
		t.Error("something is known before anything was measured")
	}
	if _, err := a.Pools.Primary.Exec(t.Context(), "INSERT INTO node SELECT 'old', true, '1', 0, '0', 0, 0, 0, 0, 0, now() - interval '31 days'"); err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	if err := b.Report(t.Context()); err != nil {
		t.Fatal(err)
	}
	var nodes []cluster.Node
	for end := time.Now().Add(30 * time.Second); len(nodes) != 2; time.Sleep(50 * time.Millisecond) {
		s, err := cluster.StateOf(t.Context(), a.Pools.Primary)
		if err != nil || time.Now().After(end) {
			t.Fatalf("%v: %v", s.Nodes, err)
		}
		nodes = slices.DeleteFunc(s.Nodes, func(n cluster.Node) bool { return n.Name == "old" })
	}
	if n := nodes[0]; n.Name != "a" || n.Role() != "primary" || n.LagBytes != 0 || n.DiskFree != 7 || n.DiskSize != 9 || n.Silent > time.Minute {
		t.Errorf("%+v", n)
	}
	if n := nodes[1]; n.Name != "b" || n.Role() != "standby" || n.LagBytes <= 0 || n.Version != "1" {
		t.Errorf("%+v", n)
	}
	pair.StopPrimary()
	if err := b.Report(t.Context()); err == nil {
		t.Error("a report got through without a primary")
	}
	if n, known := b.Last(); !known || !n.Standby {
		t.Errorf("measured %+v, %v", n, known)
	}
}

package jobs_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/jobs"
)

// queueNode is a node that works.
type queueNode struct {
	pools *db.Pools
	queue *jobs.Client
	ran   chan string
	die   context.CancelFunc // as good as: without a primary it can tell nobody
}

// newQueueNode starts one beside a server. It has a job that is due every second,
// which the leader of all nodes puts into the queue.
func newQueueNode(t *testing.T, name string, s db.Settings) *queueNode {
	t.Helper()
	n := &queueNode{ran: make(chan string, 1000)}
	var err error
	if n.pools, err = db.Open(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.pools.Close)
	workers := river.NewWorkers()
	river.AddWorker(workers, runner{ran: n.ran})
	regular := river.NewPeriodicJob(river.PeriodicInterval(time.Second),
		func() (river.JobArgs, *river.InsertOpts) { return errand{"regular"}, nil }, nil)
	n.queue, err = jobs.NewWorker(n.pools.Primary, slog.New(slog.DiscardHandler), name, workers, []*river.PeriodicJob{regular}, 2)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n.die = cancel
	if err := n.queue.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); <-n.queue.Stopped() })
	return n
}

func (n *queueNode) put(t *testing.T, name string) error {
	t.Helper()
	return db.InTx(t.Context(), n.pools.Primary, func(tx pgx.Tx) error {
		_, err := n.queue.InsertTx(t.Context(), tx, errand{name}, nil)
		return err
	})
}

// does waits until the node does a job.
func (n *queueNode) does(t *testing.T, name string) {
	t.Helper()
	for end := time.After(90 * time.Second); ; {
		select {
		case got := <-n.ran:
			if got == name {
				return
			}
		case <-end:
			t.Fatalf("%q was not done", name)
		}
	}
}

// leads tells whether a node of the name is the queue's leader.
func (n *queueNode) leads(t *testing.T, name string) bool {
	t.Helper()
	var leader bool
	err := n.pools.Primary.QueryRow(t.Context(), "SELECT starts_with(leader_id, $1) FROM river_leader", name+"/").Scan(&leader)
	return err == nil && leader
}

// TestQueueFollowsThePrimary: the node that leads dies with the primary beside it,
// which comes back as a standby where it was. The other node does what was put
// into the queue after that, leads, and has done what is due regularly.
func TestQueueFollowsThePrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	first := newQueueNode(t, "node-a", db.Settings{Primary: pair.First()})
	eventually(t, "somebody leads", func() bool { return first.leads(t, "node-a") })
	other := newQueueNode(t, "node-b", db.Settings{Primary: pair.First(), Replica: pair.Standby()})
	if err := other.put(t, "before"); err != nil {
		t.Fatal(err)
	}
	pair.StopPrimary()
	first.die()
	time.Sleep(500 * time.Millisecond) // the other looks for work, and finds no server
	pair.Promote()
	pair.Rejoin()
	eventually(t, "the new primary takes jobs", func() bool { return other.put(t, "after") == nil })
	other.does(t, "after")
	eventually(t, "leadership moves", func() bool { return other.leads(t, "node-b") })
	for len(other.ran) > 0 {
		<-other.ran
	}
	other.does(t, "regular")
	var left int
	if err := other.pools.Primary.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE state IN ('available', 'retryable') AND args ->> 'name' = 'before'").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d jobs of before were left, %v", left, err)
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in a minute: %s", what)
		}
	}
}

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

type errand struct {
	Name string `json:"name"`
}

func (errand) Kind() string { return "errand" }

// runner says which errands it ran.
type runner struct {
	river.WorkerDefaults[errand]
	ran chan string
}

func (r runner) Work(_ context.Context, job *river.Job[errand]) error {
	r.ran <- job.Args.Name
	return nil
}

// atWork puts a job into the queue that a client was at when it was killed.
func atWork(t *testing.T, pools *db.Pools, name, client string, attempt int) {
	t.Helper()
	queue, err := jobs.NewInserter(pools.Primary, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), pools.Primary, func(tx pgx.Tx) error {
		made, err := queue.InsertTx(t.Context(), tx, errand{name}, &river.InsertOpts{MaxAttempts: 3})
		if err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), `
			UPDATE river_job SET state = 'running', attempt = $2, attempted_at = now(), attempted_by = ARRAY['node-c/1', $3]
			WHERE id = $1`, made.Job.ID, attempt, client)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReclaim(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	atWork(t, pools, "ours", "node-a/1", 1)
	atWork(t, pools, "another node's", "node-ab/1", 1)
	atWork(t, pools, "ours before, another node's now", "node-b/1", 2)
	atWork(t, pools, "out of tries", "node-a/1", 3)

	r := runner{ran: make(chan string, 9)}
	workers := river.NewWorkers()
	river.AddWorker(workers, r)
	client, err := jobs.NewWorker(pools.Primary, slog.New(slog.DiscardHandler), "node-a", workers, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := jobs.Reclaim(t.Context(), pools.Primary, "node-a"); n != 1 || err != nil {
		t.Errorf("Reclaim = %d, %v; want 1", n, err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case name := <-r.ran:
		if name != "ours" {
			t.Errorf("the worker ran %q", name)
		}
	case <-time.After(20 * time.Second):
		t.Error("the job that a killed server was at is not taken up")
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	if err := client.Stop(stop); err != nil {
		t.Error(err)
	}
	var by string
	err = pools.Primary.QueryRow(t.Context(), "SELECT attempted_by[cardinality(attempted_by)] FROM river_job WHERE state = 'completed'").Scan(&by)
	if err != nil || len(by) <= len("node-a/") || by[:7] != "node-a/" || by == "node-a/1" {
		t.Errorf("done by %q, %v; want node-a, at this start of it", by, err)
	}
	if len(r.ran) > 0 {
		t.Errorf("the worker ran %q too", <-r.ran)
	}
}

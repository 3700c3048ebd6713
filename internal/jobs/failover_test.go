package jobs_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/jobs"
)

// TestQueueFollowsThePrimary: a worker beside a standby works on what was put
// into the queue before the primary went, and what is put in after.
func TestQueueFollowsThePrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Both(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	ran := make(chan string, 8)
	workers := river.NewWorkers()
	river.AddWorker(workers, runner{ran: ran})
	client, err := jobs.NewWorker(pools.Primary, slog.New(slog.DiscardHandler), "node-b", workers, nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string) error {
		return db.InTx(t.Context(), pools.Primary, func(tx pgx.Tx) error {
			_, err := client.InsertTx(t.Context(), tx, errand{name}, nil)
			return err
		})
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	expect(t, ran, "before")
	pair.StopPrimary()
	time.Sleep(500 * time.Millisecond) // it looks for work, and finds no server
	pair.Promote()
	for end := time.Now().Add(30 * time.Second); put("after") != nil; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing can be put into the queue of the new primary")
		}
	}
	expect(t, ran, "after")
}

func expect(t *testing.T, ran <-chan string, name string) {
	t.Helper()
	select {
	case got := <-ran:
		if got != name {
			t.Errorf("%q was done, want %q", got, name)
		}
	case <-time.After(90 * time.Second):
		t.Fatalf("%q was not done", name)
	}
}

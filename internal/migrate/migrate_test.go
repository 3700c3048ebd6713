package migrate_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/migrate"
)

func empty(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pools, err := db.Open(context.Background(), db.Settings{Primary: dbtest.EmptyURL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	return pools.Primary
}

func TestUpTwice(t *testing.T) {
	t.Parallel()
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	pool := empty(t)
	before, err := migrate.Status(ctx, pool, log)
	if err != nil || len(before) == 0 || !before[0].Applied.IsZero() {
		t.Fatalf("before: %v, error %v", before, err)
	}
	if n, err := migrate.Missing(ctx, pool); err != nil || n <= len(before) {
		t.Errorf("%d steps are missing, %v; there are %d without the queue's", n, err, len(before))
	}
	for range 2 {
		if err := migrate.Up(ctx, pool, log); err != nil {
			t.Fatal(err)
		}
	}
	after, err := migrate.Status(ctx, pool, log)
	if err != nil || len(after) != len(before) {
		t.Fatalf("after: %v, error %v", after, err)
	}
	for i, e := range after {
		if e.Applied.IsZero() {
			t.Errorf("%s is pending", e.Name)
		}
		if i > 0 && e.Version <= after[i-1].Version {
			t.Errorf("%s is out of order", e.Name)
		}
	}
	if n, err := migrate.Missing(ctx, pool); err != nil || n != 0 {
		t.Errorf("%d steps are missing, %v", n, err)
	}
	var queue bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('river_job') IS NOT NULL").Scan(&queue); err != nil || !queue {
		t.Errorf("the job queue's tables are missing: %v", err)
	}
}

func TestUpAtTheSameTime(t *testing.T) {
	t.Parallel()
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	pool := empty(t)
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = migrate.Up(ctx, pool, log) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	var applied, different int
	const query = "SELECT count(*), count(DISTINCT version_id) FROM goose_db_version WHERE is_applied"
	if err := pool.QueryRow(ctx, query).Scan(&applied, &different); err != nil || applied != different {
		t.Errorf("%d steps, %d different ones, error %v", applied, different, err)
	}
}

func TestUpWaitsForTheLockAndGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	pool := empty(t)
	conn, err := pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	const gooseLock = 4097083626
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", gooseLock); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- migrate.Up(ctx, pool, slog.New(slog.DiscardHandler)) }()
	var there bool
	for range 20 {
		if err := conn.QueryRow(ctx, "SELECT to_regclass('goose_db_version') IS NOT NULL").Scan(&there); err != nil || there {
			t.Fatalf("migrated in spite of the lock: %v, error %v", there, err)
		}
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("Up came back without the lock and without an error")
	}
}

func TestFingerprintIsStable(t *testing.T) {
	t.Parallel()
	a, errA := migrate.Fingerprint()
	b, errB := migrate.Fingerprint()
	if a != b || len(a) != 16 || errA != nil || errB != nil {
		t.Errorf("%q and %q, errors %v, %v", a, b, errA, errB)
	}
}

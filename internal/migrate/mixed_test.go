package migrate_test

import (
	"context"
	"io/fs"
	"log/slog"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/migrate"
	"github.com/indywire/indywire/migrations"
)

// nextRelease is our steps and one more.
func nextRelease(t *testing.T, step string) fs.FS {
	t.Helper()
	steps := fstest.MapFS{"99998_next.sql": {Data: []byte("-- +goose Up\n" + step + "\n")}}
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		steps[name] = &fstest.MapFile{Data: text}
	}
	return steps
}

func wantMissing(t *testing.T, pool *pgxpool.Pool, steps fs.FS, want int) {
	t.Helper()
	if n, err := migrate.MissingWith(t.Context(), pool, steps); err != nil || n != want {
		t.Errorf("%d steps are missing, %v; want %d", n, err, want)
	}
}

// TestOlderBinaryOnANewerSchema takes what it does not know for given: it starts,
// changes nothing, and names its own steps.
func TestOlderBinaryOnANewerSchema(t *testing.T) {
	t.Parallel()
	log, pool := slog.New(slog.DiscardHandler), dbtest.New(t).Primary
	newer := nextRelease(t, "ALTER TABLE site ADD COLUMN next text NOT NULL DEFAULT 'kept';")
	wantMissing(t, pool, newer, 1)
	if err := migrate.UpWith(t.Context(), pool, newer, log); err != nil {
		t.Fatal(err)
	}
	wantMissing(t, pool, newer, 0)
	wantMissing(t, pool, migrations.FS, 0)
	if err := migrate.Up(t.Context(), pool, log); err != nil {
		t.Errorf("an older binary does not start: %v", err)
	}
	list, err := migrate.Status(t.Context(), pool, log)
	if err != nil || len(list) == 0 || list[len(list)-1].Version == 99998 {
		t.Errorf("an older binary lists %v, %v", list, err)
	}
	wantMissing(t, pool, newer, 0)
	if _, err := pool.Exec(t.Context(), "SELECT next FROM site"); err != nil {
		t.Errorf("the newer step is undone: %v", err)
	}
}

// TestOlderAndNewerStartAtOnce on an empty database: each step is applied once.
func TestOlderAndNewerStartAtOnce(t *testing.T) {
	t.Parallel()
	log, pool := slog.New(slog.DiscardHandler), empty(t)
	newer := nextRelease(t, "CREATE TABLE next (n int);")
	var wg sync.WaitGroup
	for range 2 {
		for _, steps := range []fs.FS{migrations.FS, newer} {
			wg.Go(func() {
				if err := migrate.UpWith(t.Context(), pool, steps, log); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	wantMissing(t, pool, newer, 0)
	var twice int
	const query = "SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version"
	if err := pool.QueryRow(t.Context(), query).Scan(&twice); err != nil || twice != 0 {
		t.Errorf("%d steps were applied twice, %v", twice, err)
	}
}

// TestStepGivesWayToReaders: a node of the older version is in the middle of
// something with the table that a step changes, and others read it meanwhile.
func TestStepGivesWayToReaders(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).Primary
	busy, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := busy.Exec(t.Context(), "SELECT FROM site"); err != nil {
		t.Fatal(err)
	}
	newer, done := nextRelease(t, "ALTER TABLE site ADD COLUMN next text;"), make(chan error, 1)
	go func() { done <- migrate.UpWith(t.Context(), pool, newer, slog.New(slog.DiscardHandler)) }()
	const waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'site'::regclass AND NOT granted)"
	for queued := false; !queued; time.Sleep(5 * time.Millisecond) {
		if len(done) > 0 {
			t.Fatalf("the step did not wait: %v", <-done)
		}
		if err := pool.QueryRow(t.Context(), waiting).Scan(&queued); err != nil {
			t.Fatal(err)
		}
	}
	reading, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := pool.Exec(reading, "SELECT FROM site"); err != nil {
		t.Errorf("readers stand behind the step: %v", err)
	}
	if err := busy.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the step was not tried again: %v", err)
	}
	wantMissing(t, pool, newer, 0)
}

// Package dbtest gives tests a real PostgreSQL with our schema: a transaction
// that is rolled back, or a database of their own. Where PostgreSQL is missing
// the test fails; it is never skipped.
package dbtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/postmaster"
)

// patience bounds what a test waits for the server, a first initdb included.
const patience = 90 * time.Second

// Tx opens a transaction in a migrated database, and rolls it back when the test
// ends. It serves as db.Querier and, with savepoints, as db.Beginner; a pgx
// transaction is one connection, so it is not for use by several goroutines.
func Tx(t testing.TB) pgx.Tx {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s := running(ctx, t)
	tx, err := s.shared.Begin(ctx)
	if err != nil {
		t.Fatalf("begin a test's transaction: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := tx.Rollback(ctx); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("roll back a test's transaction: %v", err)
		}
	})
	return tx
}

// New opens a migrated database of the test's own, for tests that need several
// connections. It is dropped when the test ends.
func New(t testing.TB) *db.Pools {
	t.Helper()
	pools, err := db.Open(context.Background(), db.Settings{Primary: URL(t)})
	if err != nil {
		t.Fatalf("open a test's database: %v", err)
	}
	t.Cleanup(pools.Close)
	return pools
}

// URL makes a migrated database of the test's own and gives its connection
// string, for tests that start the real program. It is dropped when the test
// ends, whoever is still connected.
func URL(t testing.TB) string {
	t.Helper()
	return database(t, true)
}

// EmptyURL is URL without the schema, for tests of the migrations themselves.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return database(t, false)
}

func database(t testing.TB, migrated bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s := running(ctx, t)
	template := "template0"
	if migrated {
		template = s.template
	}
	name, err := s.clone(ctx, template)
	if err != nil {
		t.Fatalf("make a test's database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.drop(ctx, name); err != nil {
			t.Errorf("drop a test's database: %v", err)
		}
	})
	return postmaster.URL(s.socket, name)
}

func running(ctx context.Context, t testing.TB) *server {
	t.Helper()
	s, err := process.start(ctx)
	if err != nil {
		t.Fatalf("tests need a PostgreSQL of their own: %v", err)
	}
	return s
}

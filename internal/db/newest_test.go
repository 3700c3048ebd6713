package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

// TestWritesWaitForRoom on the primary's disk, and are told at once that there is
// none where nobody is held.
func TestWritesWaitForRoom(t *testing.T) {
	t.Parallel()
	pools, err := db.Open(t.Context(), db.Settings{Primary: dbtest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	tries := 0
	write := func(ctx context.Context) error {
		return db.InTx(ctx, pools.Waiting(), func(tx pgx.Tx) error {
			tries++
			if tries%3 == 0 {
				return nil // somebody has made room
			}
			_, err := tx.Exec(ctx, "DO $$ BEGIN RAISE 'no room' USING ERRCODE = 'disk_full'; END $$")
			return err
		})
	}
	if err := write(t.Context()); !fault.Is(err, fault.Busy) || tries != 1 {
		t.Errorf("nobody is held: %v after %d tries", err, tries)
	}
	held, hold := db.Held(t.Context(), time.Minute)
	if err := write(held); err != nil || tries != 3 || !hold.Met() {
		t.Errorf("held: %v after %d tries", err, tries)
	}
	if pools.Away() {
		t.Error("a primary without room is said to be away")
	}
}

// TestNewestDoesNotWaitForASilentPrimary: nothing ever comes by the connections
// there are to it, and who reads is answered by the node's own server.
func TestNewestDoesNotWaitForASilentPrimary(t *testing.T) {
	t.Parallel()
	way := dbtest.NewProxy(t)
	pools, err := db.Open(t.Context(), db.Settings{Primary: way.URL(), Replica: dbtest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of somebody who has much patience
	t.Cleanup(cancel)
	ways := map[string]func(db.Querier) (n int, err error){
		"Query": func(q db.Querier) (int, error) {
			rows, err := q.Query(ctx, "SELECT n FROM generate_series(1, 3) AS n")
			if err != nil {
				return 0, err
			}
			all, err := pgx.CollectRows(rows, pgx.RowTo[int])
			return len(all), err
		},
		"QueryRow": func(q db.Querier) (n int, err error) {
			err = q.QueryRow(ctx, "SELECT 3").Scan(&n)
			return n, err
		},
	}
	for name, ask := range ways {
		waitUntil(t, func() bool { return !pools.Away() })
		several(t, pools.Newest(), 2)
		if n, err := ask(pools.Newest()); err != nil || n != 3 {
			t.Fatalf("%s of a primary that answers: %d, %v", name, n, err)
		}
		way.Stand()
		if n, err := ask(pools.Newest()); err != nil || n != 3 {
			t.Errorf("%s of a silent primary: %d, %v", name, n, err)
		}
	}
}

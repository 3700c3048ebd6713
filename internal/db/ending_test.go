package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
)

// noting is an ending that notes its number in the table note.
type noting int64

// Order implements db.Ending.
func (n noting) Order() int64 { return int64(n) }

// End implements db.Ending.
func (n noting) End(ctx context.Context, tx pgx.Tx) error { return note(ctx, tx, int64(n)) }

func note(ctx context.Context, tx pgx.Tx, n int64) error {
	_, err := tx.Exec(ctx, "INSERT INTO note (n) VALUES ($1)", n)
	return err
}

// TestEndingsComeLast and once, in their order, whoever asked for them and when;
// what a savepoint took back is not done.
func TestEndingsComeLast(t *testing.T) {
	t.Parallel()
	ctx, pools := t.Context(), dbtest.New(t)
	if _, err := pools.Primary.Exec(ctx, "CREATE TABLE note (at bigint GENERATED ALWAYS AS IDENTITY, n bigint)"); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	within := func(outer pgx.Tx, n noting, result error) error {
		return db.InTx(ctx, outer, func(tx pgx.Tx) error {
			return errors.Join(db.AtEnd(ctx, tx, n), note(ctx, tx, 100+int64(n)), result)
		})
	}
	err := db.InTx(ctx, pools.Primary, func(tx pgx.Tx) error {
		if err := within(tx, 3, refused); !errors.Is(err, refused) {
			t.Errorf("the savepoint gave %v", err)
		}
		return errors.Join(within(tx, 2, nil), db.AtEnd(ctx, tx, noting(1)), db.AtEnd(ctx, tx, noting(2)), note(ctx, tx, 200))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := noted(t, pools), []int64{102, 200, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("done in the order %v, want %v", got, want)
	}
}

// TestEndingOutsideInTx is done at once: nobody else would do it.
func TestEndingOutsideInTx(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	if _, err := tx.Exec(t.Context(), "CREATE TABLE note (n bigint)"); err != nil {
		t.Fatal(err)
	}
	if err := db.AtEnd(t.Context(), tx, noting(1)); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM note").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d notes, error %v", n, err)
	}
}

// TestFailedEnding takes everything back.
func TestFailedEnding(t *testing.T) {
	t.Parallel()
	ctx, pools := t.Context(), dbtest.New(t)
	if _, err := pools.Primary.Exec(ctx, "CREATE TABLE note (at bigint GENERATED ALWAYS AS IDENTITY, n bigint CHECK (n > 0))"); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(ctx, pools.Primary, func(tx pgx.Tx) error { return errors.Join(note(ctx, tx, 5), db.AtEnd(ctx, tx, noting(-1))) })
	if got := noted(t, pools); err == nil || len(got) != 0 {
		t.Errorf("error %v, and %v was kept", err, got)
	}
}

func noted(t *testing.T, pools *db.Pools) []int64 {
	t.Helper()
	rows, err := pools.Primary.Query(t.Context(), "SELECT n FROM note ORDER BY at")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	return got
}

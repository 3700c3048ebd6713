package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
)

// TestReadersSeeWhatTheyWrote through a node whose own server lags by far more
// than anybody is made to wait; others get that server's own, older state.
func TestReadersSeeWhatTheyWrote(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, time.Hour)
	pools := open(t, pair)
	if _, err := pools.Primary.Exec(t.Context(), "CREATE TABLE note (n int)"); err != nil {
		t.Fatal(err)
	}
	wrote := &db.Written{}
	if err := db.InTx(db.WatchWrites(t.Context(), wrote), pools.Primary, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO note VALUES (7)")
		return err
	}); err != nil || !wrote.Load() {
		t.Fatalf("wrote %v, %v", wrote.Load(), err)
	}
	at, err := db.Position(t.Context(), pools.Primary)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := notes(t.Context(), pools.Replica); err == nil {
		t.Errorf("the standby shows %v already: it does not lag, and this test shows nothing", n)
	}
	after, reading := db.After(t.Context(), at)
	for range 40 { // more often than there are connections: each is given back
		n, err := notes(after, pools.Replica)
		if err != nil || len(n) != 1 || n[0] != 7 {
			t.Fatalf("who wrote it sees %v, %v", n, err)
		}
		var one int
		if err := pools.Replica.QueryRow(after, "SELECT n FROM note").Scan(&one); err != nil || one != 7 {
			t.Fatalf("who wrote it sees %d, %v", one, err)
		}
	}
	if reading.Behind() {
		t.Error("who sees it is said to be behind")
	}
	pair.StopPrimary()
	after, reading = db.After(t.Context(), at)
	var standby bool
	if err := pools.Replica.QueryRow(after, "SELECT pg_is_in_recovery()").Scan(&standby); err != nil || !standby {
		t.Errorf("with no primary: a standby answers %v, %v", standby, err)
	}
	if !reading.Behind() {
		t.Error("nothing says that what is shown may be old")
	}
}

// TestStandbyThatHasItAnswers itself, as soon as it has replayed the write.
func TestStandbyThatHasItAnswers(t *testing.T) {
	t.Parallel()
	pools := open(t, dbtest.NewPair(t, 0))
	if _, err := pools.Primary.Exec(t.Context(), "CREATE TABLE note (n int)"); err != nil {
		t.Fatal(err)
	}
	at, err := db.Position(t.Context(), pools.Primary)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the standby answers", func() bool {
		after, _ := db.After(t.Context(), at)
		var standby bool
		err := pools.Replica.QueryRow(after, "SELECT pg_is_in_recovery() FROM (SELECT count(*) FROM note) AS n").Scan(&standby)
		if err != nil {
			t.Fatal(err)
		}
		return standby
	})
}

func open(t *testing.T, pair *dbtest.Pair) *db.Pools {
	t.Helper()
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Primary(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	return pools
}

func notes(ctx context.Context, q db.Querier) ([]int, error) {
	rows, err := q.Query(ctx, "SELECT n FROM note")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int])
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in 20 s: %s", what)
		}
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"} {
		if at, err := db.ParseLSN(text); err != nil || at.String() != text {
			t.Errorf("%s was read as %s, %v", text, at, err)
		}
	}
	for _, text := range []string{"", "16", "/", "G/1", "1/123456789", "-1/0"} {
		if at, err := db.ParseLSN(text); err == nil {
			t.Errorf("%q was read as %s", text, at)
		}
	}
}

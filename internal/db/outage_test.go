package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

// failover is a primary, a standby, and the pools of a node beside the standby.
type failover struct {
	*testing.T
	pair  *dbtest.Pair
	pools *db.Pools
}

func newFailover(t *testing.T) *failover {
	t.Helper()
	f := &failover{T: t, pair: dbtest.NewPair(t, 0)}
	var err error
	if f.pools, err = db.Open(t.Context(), db.Settings{Primary: f.pair.Both(), Replica: f.pair.Standby()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.pools.Close)
	if _, err := f.pools.Primary.Exec(t.Context(), "CREATE TABLE note (n int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool {
		_, err := f.pools.Replica.Exec(t.Context(), "SELECT FROM note")
		return err == nil
	})
	return f
}

// write inserts a number, once however often it runs.
func (f *failover) write(ctx context.Context, b db.Beginner, n int) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO note VALUES ($1) ON CONFLICT DO NOTHING", n)
		return err
	})
}

func (f *failover) notes() int {
	f.Helper()
	var n int
	if err := f.pools.Primary.QueryRow(f.Context(), "SELECT count(*) FROM note").Scan(&n); err != nil {
		f.Fatal(err)
	}
	return n
}

func waitUntil(t *testing.T, there func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !there(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited for a minute")
		}
	}
}

// TestWritesWaitForAPrimary while one server is gone and the other not promoted
// yet. Who has no patience is told at once, and who reads reads on.
func TestWritesWaitForAPrimary(t *testing.T) {
	t.Parallel()
	f := newFailover(t)
	if got := f.pools.Settled(); got < 24*time.Hour {
		t.Errorf("it settled %s ago, with a primary that always was", got)
	}
	f.pair.StopPrimary()
	if err := f.write(t.Context(), f.pools.Waiting(), 0); !fault.Is(err, fault.Busy) || !f.pools.Away() {
		t.Fatalf("without patience: %v, away %v", err, f.pools.Away())
	}
	if got := f.pools.Settled(); got != 0 {
		t.Errorf("it settled %s ago, without a primary", got)
	}
	if _, err := f.pools.Newest().Exec(t.Context(), "SELECT FROM note"); err != nil {
		t.Errorf("nothing can be read: %v", err)
	}
	short, _ := db.Held(t.Context(), 300*time.Millisecond)
	if err := f.write(short, f.pools.Waiting(), 0); !fault.Is(err, fault.Busy) {
		t.Errorf("with too little patience: %v", err)
	}
	done := make(chan error)
	for n := range 20 { // more than there are connections
		go func() {
			held, _ := db.Held(t.Context(), time.Minute)
			done <- f.write(held, f.pools.Waiting(), n)
		}()
	}
	time.Sleep(500 * time.Millisecond)
	f.pair.Promote()
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := f.notes(); got != 20 || f.pools.Away() {
		t.Errorf("%d notes; away %v", got, f.pools.Away())
	}
	if got := f.pools.Settled(); got <= 0 || got > 24*time.Hour {
		t.Errorf("it settled %s ago, after a failover", got)
	}
}

// TestPoolFollowsThePrimary though its connections lead to a server that answers
// yet, and takes no writes any more.
func TestPoolFollowsThePrimary(t *testing.T) {
	t.Parallel()
	f := newFailover(t)
	if err := f.write(t.Context(), f.pools.Primary, 1); err != nil {
		t.Fatal(err)
	}
	// What a demotion by a restart would do to new sessions, seen on an open one.
	if _, err := f.pools.Primary.Exec(t.Context(), "SET default_transaction_read_only = on"); err != nil {
		t.Fatal(err)
	}
	held, hold := db.Held(t.Context(), time.Minute)
	_, err := f.pools.Primary.Exec(held, "INSERT INTO note VALUES (2)")
	if pg := (*pgconn.PgError)(nil); !errors.As(err, &pg) || pg.Code != "25006" || !hold.Met() {
		t.Fatalf("a server that takes no writes: %v, met %v", err, hold.Met())
	}
	if !f.pools.Again(held) {
		t.Fatal("there is a primary, and nobody finds it")
	}
	if err := f.write(t.Context(), f.pools.Primary, 2); err != nil || f.notes() != 2 {
		t.Errorf("through the same pool: %v", err)
	}
}

// TestPoolPassesOverADemotedPrimary that is back as a standby where it was, named
// first, and answers: a pool that was open all the time writes to the other.
func TestPoolPassesOverADemotedPrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.First(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	f := &failover{T: t, pair: pair, pools: pools}
	if _, err := pools.Primary.Exec(t.Context(), "CREATE TABLE note (n int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return f.write(t.Context(), pools.Primary, 1) == nil })
	pair.StopPrimary()
	pair.Promote()
	pair.Rejoin()
	// Nobody has noticed yet: the first who writes meets connections that are gone.
	held, _ := db.Held(t.Context(), time.Minute)
	if err := f.write(held, pools.Waiting(), 2); err != nil {
		t.Errorf("after the roles changed: %v", err)
	}
	if err := f.write(t.Context(), pools.Primary, 3); err != nil || f.notes() != 3 {
		t.Errorf("through the same pool: %v", err)
	}
	var standby bool
	if err := pools.Replica.QueryRow(t.Context(), "SELECT pg_is_in_recovery()").Scan(&standby); err != nil || standby {
		t.Errorf("this node's own server is the primary now: standby %v, %v", standby, err)
	}
}

// TestTroubleThatIsNoOutage leaves the pool as it is.
func TestTroubleThatIsNoOutage(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	ctx, hold := db.Held(t.Context(), time.Minute)
	for _, sql := range []string{"SELECT 1/0", "SELECT nothing", "SET statement_timeout = 1; SELECT pg_sleep(1)"} {
		if _, err := pools.Primary.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err == nil {
			t.Errorf("%s was taken", sql)
		}
	}
	hasty, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := pools.Primary.Exec(hasty, "SELECT pg_sleep(5)"); err == nil {
		t.Error("nobody ended it")
	}
	if hold.Met() || pools.Away() {
		t.Errorf("met %v, away %v", hold.Met(), pools.Away())
	}
}

// TestCommitOfUnknownOutcome loses the answer to a commit that went through: what
// runs again meets what it wrote.
func TestCommitOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	proxy := dbtest.NewProxy(t)
	pools, err := db.Open(t.Context(), db.Settings{Primary: proxy.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	if _, err := pools.Primary.Exec(t.Context(), "CREATE TABLE note (n int)"); err != nil {
		t.Fatal(err)
	}
	held, _ := db.Held(t.Context(), time.Minute)
	runs, already := 0, 0
	proxy.LoseAnswerTo("commit")
	err = db.InTx(held, pools.Waiting(), func(tx pgx.Tx) error {
		runs++
		if err := tx.QueryRow(held, "SELECT count(*) FROM note").Scan(&already); err != nil || already > 0 {
			return err
		}
		_, err := tx.Exec(held, "INSERT INTO note VALUES (1)")
		return err
	})
	if err != nil || runs != 2 || already != 1 {
		t.Errorf("%v after %d runs; the second met %d", err, runs, already)
	}
	proxy.LoseAnswerTo("commit")
	err = db.InTx(held, pools.Primary, func(tx pgx.Tx) error {
		_, err := tx.Exec(held, "INSERT INTO note VALUES (2)")
		return err
	})
	if !fault.Is(err, fault.Busy) {
		t.Errorf("what must not run twice ended with %v", err)
	}
}

// TestServerThatStandsStill keeps its connections open and answers nothing: who
// is held gives it up, and gets through to what answers.
func TestServerThatStandsStill(t *testing.T) {
	t.Parallel()
	proxy := dbtest.NewProxy(t)
	pools, err := db.Open(t.Context(), db.Settings{Primary: proxy.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	if _, err := pools.Primary.Exec(t.Context(), "CREATE TABLE note (n int)"); err != nil {
		t.Fatal(err)
	}
	held, _ := db.Held(t.Context(), time.Minute)
	runs := 0
	err = db.InTx(held, pools.Waiting(), func(tx pgx.Tx) error {
		if runs++; runs == 1 {
			proxy.Stand()
		}
		_, err := tx.Exec(held, "INSERT INTO note VALUES (1)")
		return err
	})
	var n int
	if scan := pools.Primary.QueryRow(t.Context(), "SELECT count(*) FROM note").Scan(&n); err != nil || scan != nil || runs != 2 || n != 1 {
		t.Errorf("%v, %v: %d notes after %d runs", err, scan, n, runs)
	}
}

// TestSeek supposes that there is no primary until one is found.
func TestSeek(t *testing.T) {
	t.Parallel()
	for url, there := range map[string]bool{dbtest.URL(t): true, "postgres://nobody@127.0.0.1:1/nowhere?sslmode=disable": false} {
		pools, err := db.Open(t.Context(), db.Settings{Primary: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pools.Close)
		patience := 30 * time.Second
		if !there {
			patience = 500 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		pools.Seek()
		if found := pools.Found(ctx); found != there || pools.Away() == there {
			t.Errorf("where there is one %v: found %v, away %v", there, found, pools.Away())
		}
	}
}

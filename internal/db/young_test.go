package db_test

import (
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

// TestDatabaseThatAStandbyHasNotYet was made on the primary just now: the standby,
// which is named first, is passed over as one that is not there.
func TestDatabaseThatAStandbyHasNotYet(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, time.Hour)
	first := open(t, pair)
	if _, err := first.Primary.Exec(t.Context(), "CREATE DATABASE later"); err != nil {
		t.Fatal(err)
	}
	later := func(url string) string { return strings.Replace(url, "///postgres?", "///later?", 1) }
	pools, err := db.Open(t.Context(), db.Settings{Primary: later(pair.Both()), Replica: later(pair.Both())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	if err := pools.Primary.Ping(t.Context()); err != nil {
		t.Errorf("the primary is not found: %v", err)
	}
	var standby bool
	if err := pools.Replica.QueryRow(t.Context(), "SELECT pg_is_in_recovery()").Scan(&standby); err != nil || standby {
		t.Errorf("a reader is answered by a standby %v, %v", standby, err)
	}

	alone, err := db.Open(t.Context(), db.Settings{Primary: later(pair.Both()), Replica: later(pair.Standby())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(alone.Close)
	err = db.Fault(alone.Replica.QueryRow(t.Context(), "SELECT pg_is_in_recovery()").Scan(&standby))
	if !fault.Is(err, fault.Busy) || !strings.Contains(err.Error(), "later") {
		t.Errorf("where nobody else is named: %v", err)
	}
}

package db_test

import (
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
)

// TestPrimaryOfTheNewestTimeline is the primary, though an older one, which is named
// first, does not know that it is none any more: its keeper died, and it takes writes
// that nobody confirms.
func TestPrimaryOfTheNewestTimeline(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	old, standby := hostOf(t, pair.Primary()), hostOf(t, pair.Standby())
	both := strings.Replace(pair.Both(), standby+","+old, old+","+standby, 1)
	pools, err := db.Open(t.Context(), db.Settings{Primary: both})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	reaches := func(c db.Querier) (host string) {
		if err := c.QueryRow(t.Context(), `SELECT trim('"' FROM current_setting('unix_socket_directories'))`).Scan(&host); err != nil {
			t.Fatal(err)
		}
		return host
	}
	if at := reaches(pools.Primary); at != old {
		t.Fatalf("the primary is at %s, want %s", at, old)
	}
	pair.Promote()
	held, _ := db.Held(t.Context(), time.Minute)
	if _, err := pools.Primary.Exec(held, "SELECT pg_terminate_backend(pg_backend_pid())"); err == nil {
		t.Fatal("the connection lives on")
	}
	if !pools.Again(held) {
		t.Fatal("no primary was found")
	}
	if at := reaches(pools.Primary); at != standby {
		t.Errorf("the primary is at %s, want %s", at, standby)
	}
	alone, err := pools.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = alone.Close(t.Context()) }()
	if at := reaches(alone); at != standby {
		t.Errorf("a connection of one's own leads to %s, want %s", at, standby)
	}
}

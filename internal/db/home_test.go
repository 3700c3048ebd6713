package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
)

// TestReadersComeHome to the node's own server, which was away when they began.
// Here the primary is that, so that the two can be told apart.
func TestReadersComeHome(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	home, err := os.MkdirTemp("", "home") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	own := hostOf(t, pair.Primary())
	way := filepath.Join(home, "own")
	pools, err := db.Open(t.Context(), db.Settings{
		Primary: pair.Both(),
		Replica: "host=" + way + "," + hostOf(t, pair.Standby()) + " dbname=postgres user=" + userOf(t, pair.Primary()),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	abroad := func() (standby bool) {
		if err := pools.Replica.QueryRow(t.Context(), "SELECT pg_is_in_recovery()").Scan(&standby); err != nil {
			t.Fatal(err)
		}
		return standby
	}
	if !abroad() {
		t.Fatal("the own server answers though there is no way to it")
	}
	if err := os.Symlink(own, way); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return !abroad() })
	if err := os.Remove(way); err != nil { // and it goes once more
		t.Fatal(err)
	}
	endAll(t, pair.Primary())
	waitUntil(t, abroad)
	if err := os.Symlink(own, way); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return !abroad() })
}

func settingsOf(t *testing.T, url string) *pgx.ConnConfig {
	t.Helper()
	settings, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

func hostOf(t *testing.T, url string) string { t.Helper(); return settingsOf(t, url).Host }
func userOf(t *testing.T, url string) string { t.Helper(); return settingsOf(t, url).User }

// endAll ends the connections of others, as a server does that is stopped.
func endAll(t *testing.T, url string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), `
		SELECT pg_terminate_backend(pid)
		FROM pg_stat_activity
		WHERE application_name = 'indywire' AND pid <> pg_backend_pid() AND datname = current_database()`)
	if err != nil {
		t.Fatal(err)
	}
}

// TestReadersDoNotSeeTheirServerEnd: whatever they ask for is asked for again on
// another connection, of several that have ended all.
func TestReadersDoNotSeeTheirServerEnd(t *testing.T) {
	t.Parallel()
	pools, err := db.Open(t.Context(), db.Settings{Primary: dbtest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	q := pools.Replica
	ways := map[string]func() (n int, err error){
		"Query": func() (int, error) {
			rows, err := q.Query(t.Context(), "SELECT n FROM generate_series(1, 3) AS n")
			if err != nil {
				return 0, err
			}
			all, err := pgx.CollectRows(rows, pgx.RowTo[int])
			return len(all), err
		},
		"QueryRow": func() (n int, err error) {
			err = q.QueryRow(t.Context(), "SELECT 3").Scan(&n)
			return n, err
		},
		"Exec": func() (int, error) {
			tag, err := q.Exec(t.Context(), "SELECT FROM generate_series(1, 3)")
			return int(tag.RowsAffected()), err
		},
	}
	for name, ask := range ways {
		several(t, q, 4)
		endAll(t, pools.Primary.Config().ConnString())
		if n, err := ask(); err != nil || n != 3 {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

// several has the pool make more than one connection.
func several(t *testing.T, q db.Querier, n int) {
	t.Helper()
	rows, err := q.Query(t.Context(), "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if n > 1 {
		several(t, q, n-1)
	}
}

package dbtest_test

import (
	"context"
	"testing"

	"github.com/indywire/indywire/internal/db/dbtest"
)

func TestTxIsRolledBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("writes", func(t *testing.T) {
		tx := dbtest.Tx(t)
		if _, err := tx.Exec(ctx, "CREATE TABLE left_behind ()"); err != nil {
			t.Fatal(err)
		}
	})
	var there bool
	err := dbtest.Tx(t).QueryRow(ctx, "SELECT to_regclass('left_behind') IS NOT NULL").Scan(&there)
	if err != nil || there {
		t.Errorf("a table made in another test: there %v, error %v", there, err)
	}
}

func TestTxAndNewAreMigrated(t *testing.T) {
	t.Parallel()
	const query = "SELECT count(*) FROM pg_tables WHERE tablename IN ('goose_db_version', 'river_job')"
	for name, row := range map[string]interface{ Scan(...any) error }{
		"Tx":  dbtest.Tx(t).QueryRow(context.Background(), query),
		"New": dbtest.New(t).Replica.QueryRow(context.Background(), query),
	} {
		var n int
		if err := row.Scan(&n); err != nil || n != 2 {
			t.Errorf("%s: %d of 2 tables, error %v", name, n, err)
		}
	}
}

func TestNewIsAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a, b := dbtest.New(t), dbtest.New(t)
	if _, err := a.Primary.Exec(ctx, "CREATE TABLE mine ()"); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := a.Replica.QueryRow(ctx, "SELECT to_regclass('mine') IS NOT NULL").Scan(&there); err != nil || !there {
		t.Errorf("not seen through the other pool: %v", err)
	}
	if err := b.Primary.QueryRow(ctx, "SELECT to_regclass('mine') IS NOT NULL").Scan(&there); err != nil || there {
		t.Errorf("seen in another test's database: %v", err)
	}
}

func TestDatabasesAreDropped(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var name string
	t.Run("a test", func(t *testing.T) {
		if err := dbtest.New(t).Primary.QueryRow(ctx, "SELECT current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var n int
	err := dbtest.Tx(t).QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&n)
	if err != nil || name == "" || n != 0 {
		t.Errorf("database %q is still there: %d, error %v", name, n, err)
	}
}

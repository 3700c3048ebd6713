package web_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/site"
)

// fill gives a site n articles as a collective has them after years: of the
// length that the articles of living sites have, most of them as posted, some
// hidden, some ranked, filed, with photos and comments, and features made from
// them. It is SQL, because the verbs would take an hour for what is needed here.
//
// "greve" is a common word in them, and "pomar" a rare one, in one of 500.
func fill(tb testing.TB, pool *pgxpool.Pool, st site.Site, n int) {
	tb.Helper()
	sql, err := os.ReadFile("testdata/fill.sql")
	if err != nil {
		tb.Fatal(err)
	}
	ctx := context.Background()
	cfg := pool.Config().ConnConfig
	cfg.RuntimeParams["synchronous_commit"] = "on" // VACUUM marks as visible to all only what has reached the disk
	cfg.RuntimeParams["statement_timeout"] = "0"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE TEMP TABLE wanted ON COMMIT DROP AS SELECT $1::bigint AS site, $2::integer AS n", st.ID, n); err != nil {
			return err
		}
		_, err := conn.PgConn().Exec(ctx, string(sql)).ReadAll()
		return err
	})
	if err != nil {
		tb.Fatalf("fill a site: %v", err)
	}
	// what autovacuum does on a real server, and dbtest's has none
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		tb.Fatal(err)
	}
}

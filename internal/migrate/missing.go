package migrate

import (
	"context"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/migrations"
)

// Missing counts the steps of this binary that a server has not, the job queue's
// too. It only reads, so that a standby can be asked while there is no primary.
// Steps of a newer binary do not count: older ones go on with them.
func Missing(ctx context.Context, q db.Querier) (int, error) {
	return missing(ctx, q, migrations.FS)
}

func missing(ctx context.Context, q db.Querier, steps fs.FS) (int, error) {
	own, err := versions(steps)
	if err != nil {
		return 0, err
	}
	queue, err := newQueue(nil, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	var theirs []int64
	for _, m := range queue.AllVersions() {
		theirs = append(theirs, int64(m.Version))
	}
	lacking, err := lacks(ctx, q, "goose_db_version", "SELECT version_id FROM goose_db_version WHERE is_applied", own)
	if err != nil {
		return 0, err
	}
	queued, err := lacks(ctx, q, "river_migration", "SELECT version FROM river_migration WHERE line = 'main'", theirs)
	return lacking + queued, err
}

func versions(steps fs.FS) ([]int64, error) {
	names, err := fs.Glob(steps, "*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]int64, 0, len(names))
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// lacks counts those of the wanted versions that a table does not name. Without
// the table all are lacking.
func lacks(ctx context.Context, q db.Querier, table, query string, wanted []int64) (int, error) {
	var there bool
	if err := q.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&there); err != nil {
		return 0, db.Fault(err)
	}
	has := map[int64]bool{}
	if there {
		rows, err := q.Query(ctx, query)
		if err != nil {
			return 0, db.Fault(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return 0, db.Fault(err)
		}
		for _, v := range list {
			has[v] = true
		}
	}
	n := 0
	for _, v := range wanted {
		if !has[v] {
			n++
		}
	}
	return n, nil
}

package cluster

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
)

// forgetAfter is when a node is taken off the list that says nothing more.
const forgetAfter = 30 * 24 * time.Hour

// StateOf reads how the network stands, as far as a server has it.
func StateOf(ctx context.Context, q db.Querier) (State, error) {
	rows, err := q.Query(ctx, `
		SELECT name, standby, version, lag_bytes, lag, load, disk_free, disk_size, cache_bytes, jobs_running, seen_at,
		       greatest(now() - seen_at, interval '0') AS silent
		FROM node
		ORDER BY standby, name`)
	if err != nil {
		return State{}, db.Fault(err)
	}
	var s State
	if s.Nodes, err = pgx.CollectRows(rows, pgx.RowToStructByName[Node]); err != nil {
		return State{}, db.Fault(err)
	}
	// by river_job_state_and_finalized_at_index
	err = q.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE state = 'available'").Scan(&s.JobsWaiting)
	return s, db.Fault(err)
}

// standing asks a server what it is, how far it has come, and how old that is.
func standing(ctx context.Context, q db.Querier) (standby bool, at string, lag time.Duration, err error) {
	err = q.QueryRow(ctx, `
		SELECT pg_is_in_recovery(),
		       CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_insert_lsn() END::text,
		       CASE WHEN pg_is_in_recovery() THEN coalesce(greatest(now() - pg_last_xact_replay_timestamp(), interval '0'), interval '0') ELSE interval '0' END`).
		Scan(&standby, &at, &lag)
	return standby, at, lag, db.Fault(err)
}

// upsertNode writes a report; at is how far the node's own server has come. Nobody
// waits until others have it, too.
func upsertNode(ctx context.Context, tx pgx.Tx, n Node, at string) error {
	if _, err := tx.Exec(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		return db.Fault(err)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO node (name, standby, version, lag_bytes, lag, load, disk_free, disk_size, cache_bytes, jobs_running, seen_at)
		VALUES (@name, @standby, @version, CASE WHEN @standby THEN greatest(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), @at::text::pg_lsn), 0) ELSE 0 END,
		        @lag, @load, @free, @size, @cache,
		        (SELECT count(*) FROM river_job WHERE state = 'running' AND starts_with(attempted_by[array_upper(attempted_by, 1)], @name || '/')),
		        now())
		ON CONFLICT (name) DO UPDATE
		SET standby = excluded.standby, version = excluded.version, lag_bytes = excluded.lag_bytes, lag = excluded.lag, load = excluded.load,
		    disk_free = excluded.disk_free, disk_size = excluded.disk_size, cache_bytes = excluded.cache_bytes,
		    jobs_running = excluded.jobs_running, seen_at = excluded.seen_at`,
		pgx.StrictNamedArgs{
			"name": n.Name, "standby": n.Standby, "version": n.Version, "at": at, "lag": n.Lag, "load": n.Load,
			"free": n.DiskFree, "size": n.DiskSize, "cache": n.CacheBytes,
		})
	return db.Fault(err)
}

func deleteOldNodes(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "DELETE FROM node WHERE seen_at < now() - $1::interval", forgetAfter)
	return db.Fault(err)
}

// progress asks a server what it is, and how far it has come with what it has got.
func progress(ctx context.Context, q db.Querier) (s Standing, replayed, received db.LSN, err error) {
	var did, got string
	err = q.QueryRow(ctx, `
		SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn(), '0/0')::text,
		       coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0')::text`).Scan(&s.Standby, &did, &got)
	if err != nil {
		return s, 0, 0, db.Fault(err)
	}
	if replayed, err = db.ParseLSN(did); err == nil {
		received, err = db.ParseLSN(got)
	}
	return s, replayed, received, err
}

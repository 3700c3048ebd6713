package cluster

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
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

// standing is what a server is and how far it has come: what it replayed last, and
// when that was committed, by the clock of the primary.
type standing struct {
	standby bool
	at      string
	of      *time.Time
}

func standingOf(ctx context.Context, q db.Querier) (st standing, lag time.Duration, err error) {
	err = q.QueryRow(ctx, `
		SELECT pg_is_in_recovery(),
		       CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_insert_lsn() END::text,
		       pg_last_xact_replay_timestamp(),
		       CASE WHEN pg_is_in_recovery() THEN coalesce(greatest(now() - pg_last_xact_replay_timestamp(), interval '0'), interval '0') ELSE interval '0' END`).
		Scan(&st.standby, &st.at, &st.of, &lag)
	return st, lag, db.Fault(err)
}

// clockAndReport is the primary's clock, and when a node reported last.
func clockAndReport(ctx context.Context, tx pgx.Tx, name string) (now, reported time.Time, err error) {
	err = tx.QueryRow(ctx, "SELECT now(), coalesce((SELECT seen_at FROM node WHERE name = $1), 'epoch')", name).Scan(&now, &reported)
	return now, reported, db.Fault(err)
}

// upsertNode writes a report; st is nil where the node's own server does not answer,
// which stays what it was. Nobody waits until others have the report, too. The lag
// is by the primary's clock alone: those of servers differ.
func upsertNode(ctx context.Context, tx pgx.Tx, n Node, st *standing) error {
	if _, err := tx.Exec(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		return db.Fault(err)
	}
	away := st == nil
	if away {
		st = &standing{}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO node (name, standby, version, lag_bytes, lag, load, disk_free, disk_size, cache_bytes, jobs_running, seen_at)
		VALUES (@name, @standby, @version,
		        CASE WHEN @away THEN @none WHEN @standby THEN greatest(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), @at::text::pg_lsn), 0) ELSE 0 END,
		        CASE WHEN @standby THEN greatest(now() - coalesce(@of::timestamptz, now()), interval '0') ELSE interval '0' END,
		        @load, @free, @size, @cache,
		        (SELECT count(*) FROM river_job WHERE state = 'running' AND starts_with(attempted_by[array_upper(attempted_by, 1)], @name || '/')),
		        now())
		ON CONFLICT (name) DO UPDATE
		SET standby = CASE WHEN @away THEN node.standby ELSE excluded.standby END, version = excluded.version, lag_bytes = excluded.lag_bytes, lag = excluded.lag, load = excluded.load,
		    disk_free = excluded.disk_free, disk_size = excluded.disk_size, cache_bytes = excluded.cache_bytes,
		    jobs_running = excluded.jobs_running, seen_at = excluded.seen_at`,
		pgx.StrictNamedArgs{
			"name": n.Name, "standby": st.standby, "version": n.Version, "away": away, "none": serverAway, "at": st.at, "of": st.of, "load": n.Load,
			"free": n.DiskFree, "size": n.DiskSize, "cache": n.CacheBytes,
		})
	return db.Fault(err)
}

// keepUp has no node's last word lie in the future: one that died with the primary
// before, whose clock was ahead, would seem to live until this one's has come there.
func keepUp(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "UPDATE node SET seen_at = now() WHERE seen_at > now()")
	return db.Fault(err)
}

// Forget takes a node off the list that has left the network, or has another name
// now. One that reports is there again with its next report. fault.NotFound where
// there is none of the name.
func Forget(ctx context.Context, b db.Beginner, name string) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "DELETE FROM node WHERE name = $1", name)
		if err == nil && tag.RowsAffected() == 0 {
			return fault.New(fault.NotFound, "node")
		}
		return db.Fault(err)
	})
}

func deleteOldNodes(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "DELETE FROM node WHERE seen_at < now() - $1::interval", forgetAfter)
	return db.Fault(err)
}

func progressOf(ctx context.Context, q db.Querier) (p progress, err error) {
	var replayed, received string
	err = q.QueryRow(ctx, `
		SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn(), '0/0')::text,
		       coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0')::text`).Scan(&p.standby, &replayed, &received)
	if err != nil {
		return p, db.Fault(err)
	}
	if p.replayed, err = db.ParseLSN(replayed); err == nil {
		p.received, err = db.ParseLSN(received)
	}
	return p, err
}

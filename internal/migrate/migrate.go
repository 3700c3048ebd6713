// Package migrate brings the database up to this binary's schema: our own steps
// with goose, then the job queue's, one process at a time.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/indywire/indywire/migrations"
)

// lockPatience is for how long, in seconds, a process waits for another that
// migrates; one failed step of a node's update must not stop the others for ever.
const lockPatience = 600

// A step that changes a table waits for whoever uses it, and all who come after
// wait behind the step: the readers of every running node. So it waits for a
// moment only, lets them through, and tries again.
const (
	tablePatience = time.Second
	tablePause    = 2 * time.Second
)

// Entry is one of our own steps and when it was applied; Applied is the zero
// time while it is pending.
type Entry struct {
	Version int64     `json:"version"`
	Name    string    `json:"name"`
	Applied time.Time `json:"applied,omitzero"`
}

// Up applies all pending steps, under a session lock of the primary's, so that
// several processes and nodes may start at once. The pool must lead to the
// primary: a lock taken on a standby keeps nobody out. Steps applied before a
// failing one stay.
func Up(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) error {
	return up(ctx, pool, migrations.FS, log)
}

func up(ctx context.Context, pool *pgxpool.Pool, steps fs.FS, log *slog.Logger) error {
	own, err := patientPool(ctx, pool)
	if err != nil {
		return err
	}
	defer own.Close()
	provider, done, err := newProvider(own, steps, log)
	if err != nil {
		return err
	}
	defer done()
	queue, err := newQueue(own, log)
	if err != nil {
		return err
	}
	return locked(ctx, own, func() error {
		err := givingWay(ctx, log, func() error { _, err := provider.Up(ctx); return err })
		if err != nil {
			return fmt.Errorf("migrate the schema: %w", err)
		}
		err = givingWay(ctx, log, func() error { _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); return err })
		if err != nil {
			return fmt.Errorf("migrate the job queue: %w", err)
		}
		return nil
	})
}

// givingWay runs the pending steps, and those that are left again where a table
// was in use. A step is a transaction: one that gives up has changed nothing.
func givingWay(ctx context.Context, log *slog.Logger, run func() error) error {
	end := time.Now().Add(lockPatience * time.Second)
	for told := false; ; told = true {
		err := run()
		if said, ok := errors.AsType[*pgconn.PgError](err); !ok || said.Code != "55P03" || time.Now().After(end) {
			return err
		}
		if !told {
			log.WarnContext(ctx, "a change of the schema waits for a table that is in use")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(tablePause):
		}
	}
}

// Status lists our own steps in order, applied or not.
func Status(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) ([]Entry, error) {
	provider, done, err := newProvider(pool, migrations.FS, log)
	if err != nil {
		return nil, err
	}
	defer done()
	list, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema's status: %w", err)
	}
	entries := make([]Entry, 0, len(list))
	for _, s := range list {
		entries = append(entries, Entry{Version: s.Source.Version, Name: s.Source.Path, Applied: s.AppliedAt})
	}
	return entries, nil
}

// locked runs fn while one session of the pool holds goose's lock. The lock is
// tried again every second rather than waited for in one statement: such a wait
// holds a snapshot, on which CREATE INDEX CONCURRENTLY waits in turn.
func locked(ctx context.Context, pool *pgxpool.Pool, fn func() error) (err error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockPatience))
	if err != nil {
		return fmt.Errorf("make the migration lock: %w", err)
	}
	sqlDB := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, sqlDB.Close()) }()
	conn, err := sqlDB.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := locker.SessionLock(ctx, conn); err != nil {
		return fmt.Errorf("take the migration lock: %w", err)
	}
	defer func() { err = errors.Join(err, unlock(ctx, locker, conn)) }()
	return fn()
}

func unlock(ctx context.Context, locker lock.SessionLocker, conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := locker.SessionUnlock(ctx, conn); err != nil {
		return fmt.Errorf("release the migration lock: %w", err)
	}
	return nil
}

// patientPool is a small pool to the same server without the limits of time
// that fit pages: building an index may take an hour.
func patientPool(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Pool, error) {
	cfg := pool.Config()
	cfg.MinConns, cfg.MaxConns = 0, 3
	cfg.ConnConfig.RuntimeParams["statement_timeout"] = "0"
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = fmt.Sprint(tablePatience.Milliseconds())
	cfg.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	own, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open a pool to migrate: %w", err)
	}
	return own, nil
}

func newProvider(pool *pgxpool.Pool, steps fs.FS, log *slog.Logger) (*goose.Provider, func(), error) {
	sqlDB := stdlib.OpenDBFromPool(pool)
	provider, err := goose.NewProvider(goose.DialectPostgres, sqlDB, steps,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(log), goose.WithVerbose(false))
	if err != nil {
		_ = sqlDB.Close() // it holds no connection yet
		return nil, nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, func() { _ = provider.Close() }, nil // gives connections back to the pool
}

func newQueue(pool *pgxpool.Pool, log *slog.Logger) (*rivermigrate.Migrator[pgx.Tx], error) {
	queue, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("read the job queue's migrations: %w", err)
	}
	return queue, nil
}

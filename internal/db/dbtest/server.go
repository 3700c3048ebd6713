package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db/postmaster"
	"github.com/indywire/indywire/internal/migrate"
)

// server is this test process's PostgreSQL. Test processes do not share one:
// the kernel ends it with its process (Options.DieWithUs), however that ends,
// so nothing has to be counted or swept. Its files are kept in a slot for the
// next process, which makes the start fast.
type server struct {
	// slot is kept: a lock's file that nothing refers to is closed by the garbage
	// collector, and another process would end this server
	slot     *slot
	admin    *pgxpool.Pool // connected to the database postgres
	shared   *pgxpool.Pool // for Tx
	socket   string
	template string // the migrated database that others are cloned from
}

// process is the one variable of the package: a test has no other place to keep
// what outlives it.
var process once

type once struct {
	mu     sync.Mutex
	server *server
	err    error
}

// start starts the server at the first call. A failure is kept: the other tests
// would only fail more slowly.
func (o *once) start(ctx context.Context) (*server, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.server == nil && o.err == nil {
		o.server, o.err = startServer(ctx)
	}
	return o.server, o.err
}

func startServer(ctx context.Context) (*server, error) {
	slot, err := takeSlot(ctx)
	if err != nil {
		return nil, err
	}
	if err := slot.launch(ctx); err != nil {
		// Its files may be broken by an earlier crash of the machine.
		if err := slot.wipe(); err != nil {
			return nil, err
		}
		if err := slot.launch(ctx); err != nil {
			return nil, err
		}
	}
	s := &server{slot: slot, socket: slot.socket()}
	if s.admin, err = pool(ctx, s.socket, "postgres", 4); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	name, err := s.clone(ctx, s.template)
	if err != nil {
		return nil, err
	}
	s.shared, err = pool(ctx, s.socket, name, 40)
	return s, err
}

func pool(ctx context.Context, socket, database string, conns int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(postmaster.URL(socket, database))
	if err != nil {
		return nil, fmt.Errorf("a test's address: %w", err)
	}
	cfg.MaxConns = conns
	// Two tests may wait for each other where the server cannot see it: one of
	// them holds a lock in a transaction and is idle in it.
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = strconv.FormatInt(patience.Milliseconds(), 10)
	p, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open a test's pool: %w", err)
	}
	return p, nil
}

// prepare makes the template of today's schema, unless the slot has it, and
// drops what earlier processes left.
func (s *server) prepare(ctx context.Context) error {
	fingerprint, err := migrate.Fingerprint()
	if err != nil {
		return err
	}
	s.template = "template_" + fingerprint
	rows, err := s.admin.Query(ctx, "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')")
	if err != nil {
		return fmt.Errorf("list the databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list the databases: %w", err)
	}
	have := false
	for _, name := range names {
		if name == s.template {
			have = true
		} else if err := s.drop(ctx, name); err != nil {
			return err
		}
	}
	if have {
		return nil
	}
	return s.makeTemplate(ctx)
}

// makeTemplate migrates under another name first, so that one of the right name
// is always whole.
func (s *server) makeTemplate(ctx context.Context) (err error) {
	name, err := s.clone(ctx, "template0")
	if err != nil {
		return err
	}
	p, err := pool(ctx, s.socket, name, 4)
	if err != nil {
		return err
	}
	err = migrate.Up(ctx, p, slog.New(slog.DiscardHandler))
	p.Close()
	if err != nil {
		return errors.Join(err, s.drop(ctx, name))
	}
	_, err = s.admin.Exec(ctx, "ALTER DATABASE "+name+" RENAME TO "+s.template)
	if err != nil {
		return fmt.Errorf("name the template: %w", err)
	}
	return nil
}

func (s *server) clone(ctx context.Context, template string) (string, error) {
	name := "test_" + strings.ToLower(rand.Text())
	_, err := s.admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
	if err != nil {
		return "", fmt.Errorf("clone a database: %w", err)
	}
	return name, nil
}

func (s *server) drop(ctx context.Context, name string) error {
	_, err := s.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
	if err != nil {
		return fmt.Errorf("drop a database: %w", err)
	}
	return nil
}

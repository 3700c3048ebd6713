package db

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Replica reads from this node's own server. With a context of After it reads
// there only what that server has replayed in time, and the rest from the
// primary. It is safe for use by several goroutines.
type Replica struct {
	local, primary *pgxpool.Pool
	away           func() bool // whether there is known to be no primary; nil: nobody knows
}

// NewReplica reads from local, and from primary what local has yet to replay.
func NewReplica(local, primary *pgxpool.Pool) *Replica {
	return &Replica{local: local, primary: primary}
}

// Patience with servers, for who has to see a certain write.
const (
	replayPatience  = 200 * time.Millisecond // for the local server to replay it
	replayPause     = 10 * time.Millisecond  // between two looks
	primaryPatience = 2 * time.Second        // for a connection to the primary
)

// Reading is how what one reader asked for is read.
type Reading struct {
	want  LSN
	mu    sync.Mutex
	until time.Time       // the local server is waited for; zero: not begun
	has   map[string]bool // servers that have replayed it, by address
	from  source
}

type source int

const (
	undecided source = iota
	fromPrimary
	fromLocalAnyway
)

type readingKey struct{}

// After gives a context with which a Replica shows all that was written before
// the position, and the Reading that tells whether it could.
func After(ctx context.Context, want LSN) (context.Context, *Reading) {
	r := &Reading{want: want, has: map[string]bool{}}
	return context.WithValue(ctx, readingKey{}, r), r
}

// Wrote tells whether a context is one of After: of somebody who has just written.
func Wrote(ctx context.Context) bool {
	r, _ := ctx.Value(readingKey{}).(*Reading)
	return r != nil
}

// Anyhow is the context of somebody who takes what the local server has.
func Anyhow(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingKey{}, (*Reading)(nil))
}

// Behind tells whether something was read that may lack the write: the local
// server had not replayed it, and there was no primary.
func (r *Reading) Behind() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from == fromLocalAnyway
}

// Close waits for the connections in use to be given back and ends them all. The
// primary's stay open.
func (p *Replica) Close() { p.local.Close() }

func (p *Replica) query(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	c, err := p.acquire(ctx)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return p.local.Query(ctx, sql, args...)
	}
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		c.Release()
		return nil, err
	}
	return &ownedRows{Rows: rows, c: c}, nil
}

func (p *Replica) queryRow(ctx context.Context, sql string, args []any) pgx.Row {
	c, err := p.acquire(ctx)
	if err != nil {
		return failedRow{err}
	}
	if c == nil {
		return p.local.QueryRow(ctx, sql, args...)
	}
	return ownedRow{row: c.QueryRow(ctx, sql, args...), c: c}
}

func (p *Replica) exec(ctx context.Context, sql string, args []any) (pgconn.CommandTag, error) {
	c, err := p.acquire(ctx)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	if c == nil {
		return p.local.Exec(ctx, sql, args...)
	}
	defer c.Release()
	return c.Exec(ctx, sql, args...)
}

// acquire gives a connection to a server that has what the reader has to see;
// none where any will do. The server is asked on the very connection that then
// answers: behind a pool of several hosts there are several servers.
func (p *Replica) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	r, _ := ctx.Value(readingKey{}).(*Reading)
	if r == nil {
		return nil, nil
	}
	switch r.source() {
	case undecided:
		if c := p.caughtUp(ctx, r); c != nil {
			return c, nil
		}
	case fromLocalAnyway:
		return nil, nil
	}
	return p.fromPrimary(ctx, r)
}

func (r *Reading) source() source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from
}

func (r *Reading) decide(s source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.from = s
}

// caughtUp is a connection to the local server if that has replayed the write,
// or does while it is waited for.
func (p *Replica) caughtUp(ctx context.Context, r *Reading) *pgxpool.Conn {
	c, err := p.local.Acquire(ctx)
	if err != nil {
		return nil
	}
	if r.reached(ctx, c.Conn()) {
		return c
	}
	c.Release()
	return nil
}

// reached waits, as long as the reader's patience lasts, for the server behind
// a connection to replay what is wanted.
func (r *Reading) reached(ctx context.Context, c *pgx.Conn) bool {
	server := c.PgConn().Conn().RemoteAddr().String()
	known, until := r.known(server)
	for !known {
		var there bool
		err := c.QueryRow(ctx, "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::text::pg_lsn", r.want.String()).Scan(&there)
		if err != nil {
			return false
		}
		if there {
			r.note(server)
			return true
		}
		if time.Now().After(until) || !pause(ctx, replayPause) {
			return false
		}
	}
	return true
}

func (r *Reading) known(server string) (known bool, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until.IsZero() {
		r.until = time.Now().Add(replayPatience)
	}
	return r.has[server], r.until
}

func (r *Reading) note(server string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.has[server] = true
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// fromPrimary is a connection to the primary; none, and the reader is behind,
// where there is no primary.
func (p *Replica) fromPrimary(ctx context.Context, r *Reading) (*pgxpool.Conn, error) {
	if p.away != nil && p.away() { // else each page of theirs would take seconds more
		r.decide(fromLocalAnyway)
		return nil, nil
	}
	patient, cancel := context.WithTimeout(ctx, primaryPatience)
	defer cancel()
	c, err := p.living(patient)
	if err == nil {
		r.decide(fromPrimary)
		return c, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	r.decide(fromLocalAnyway)
	return nil, nil
}

// living is a connection on which the primary has just answered: the pool may
// hold some to a server that has gone since they were last used.
func (p *Replica) living(ctx context.Context) (*pgxpool.Conn, error) {
	c, err := p.primary.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.Ping(ctx); err == nil {
		return c, nil
	}
	c.Release()
	p.primary.Reset()
	return p.primary.Acquire(ctx) // a new one, which has just been made
}

// ownedRows give their connection back when they are closed.
type ownedRows struct {
	pgx.Rows
	c    *pgxpool.Conn
	once sync.Once
}

func (r *ownedRows) Close() {
	r.Rows.Close()
	r.once.Do(r.c.Release)
}

func (r *ownedRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *ownedRows) Scan(dest ...any) error {
	err := r.Rows.Scan(dest...)
	if err != nil {
		r.Close()
	}
	return err
}

type ownedRow struct {
	row pgx.Row
	c   *pgxpool.Conn
}

func (r ownedRow) Scan(dest ...any) error {
	defer r.c.Release()
	return r.row.Scan(dest...)
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

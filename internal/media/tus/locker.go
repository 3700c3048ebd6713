package tus

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/tus/tusd/v2/pkg/handler"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
)

// Bounds of the locker.
const (
	lockPatience  = 5 * time.Second        // for a holder to let go
	lockPause     = 100 * time.Millisecond // between two tries for what another node holds
	lockStatement = 3 * time.Second        // one statement on the primary
	lockPulse     = 2 * time.Second        // between two signs of life of the connection
)

// lockChannel is where nodes ask one another to let go. What is sent names a
// lock, by a number that says nothing of the upload's address.
const lockChannel = "upload_lock"

// Locker gives an upload to one request of the whole network at a time, by
// advisory locks of sessions on the primary (PostgreSQL, section 13.3.5): those
// of a node that dies end with its connection. All locks of a node are held by
// one connection. It implements handler.Locker.
type Locker struct {
	// Connect opens a connection to the primary.
	Connect func(ctx context.Context) (*pgx.Conn, error)
	Log     *slog.Logger

	mu   sync.Mutex // held, and conn's use
	conn *pgx.Conn
	held map[int64]*hold

	stop context.CancelFunc
	done sync.WaitGroup
}

// hold is a lock that a request of this node has.
type hold struct {
	letGo    func()
	released chan struct{}
}

// Start listens for nodes that ask for locks of this one.
func (l *Locker) Start(ctx context.Context) error {
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.done.Go(func() { l.listen(ctx) })
	l.done.Go(func() { l.pulse(ctx) })
	return nil
}

// Stop lets go of everything.
func (l *Locker) Stop() {
	l.stop()
	l.done.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop()
}

// NewLock implements handler.Locker.
func (l *Locker) NewLock(id string) (handler.Lock, error) {
	return &lock{l: l, key: lockKey(id)}, nil
}

// lockKey is the number of an upload's lock. Two uploads that shared one, by a
// chance of 2^-64, would wait for each other.
func lockKey(id string) int64 {
	sum := sha256.Sum256([]byte("indywire upload lock " + id))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

type lock struct {
	l    *Locker
	key  int64
	hold *hold
}

// Lock implements handler.Lock: it asks whoever holds the upload to let go, and
// answers handler.ErrFileLocked where that is not done within lockPatience.
func (k *lock) Lock(ctx context.Context, letGo func()) error {
	if c := claimOf(ctx); c != nil {
		asked := letGo
		letGo = func() { c.interrupted.Store(true); asked() }
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		there, err := k.try(ctx, letGo)
		if err != nil || k.hold != nil {
			return err
		}
		if there != nil {
			there.letGo()
		}
		if !wait(ctx, there) {
			return handler.ErrFileLocked
		}
	}
}

// wait until a holder of this node has let go, or for a moment for one of another.
func wait(ctx context.Context, there *hold) bool {
	var released <-chan struct{}
	pause := lockPause
	if there != nil {
		released, pause = there.released, lockPatience
	}
	select {
	case <-ctx.Done():
		return false
	case <-released:
	case <-time.After(pause):
	}
	return true
}

// try takes the lock, or tells which request of this node holds it. A holder on
// another node is asked to let go.
func (k *lock) try(ctx context.Context, letGo func()) (*hold, error) {
	l := k.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if there := l.held[k.key]; there != nil {
		return there, nil
	}
	taken, err := l.take(ctx, k.key)
	if err != nil {
		return nil, err
	}
	if taken {
		k.hold = &hold{letGo: letGo, released: make(chan struct{})}
		l.held[k.key] = k.hold
	}
	return nil, nil
}

// take is one try at the primary's lock.
func (l *Locker) take(ctx context.Context, key int64) (taken bool, err error) {
	err = l.run(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `
			WITH try AS MATERIALIZED (SELECT pg_try_advisory_lock($1) AS taken)
			SELECT try.taken FROM try LEFT JOIN LATERAL (SELECT pg_notify($2, $3) WHERE NOT try.taken) AS asked ON true`,
			key, lockChannel, strconv.FormatInt(key, 10)).Scan(&taken)
	})
	return taken, err
}

// Unlock implements handler.Lock.
func (k *lock) Unlock() error {
	l := k.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.hold == nil {
		return nil
	}
	mine := k.hold
	k.hold = nil
	close(mine.released)
	if l.held[k.key] != mine {
		return nil // lost with its connection
	}
	delete(l.held, k.key)
	return l.run(context.Background(), func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT pg_advisory_unlock($1)", k.key)
		return err
	})
}

// run runs a statement on the connection that holds the locks, which is opened
// where there is none. One that fails is given up, and with it all locks.
func (l *Locker) run(ctx context.Context, statement func(ctx context.Context, c *pgx.Conn) error) error {
	// not cut short by a request that ends: that would cost all others their locks
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockStatement)
	defer cancel()
	if l.conn == nil {
		c, err := l.Connect(ctx)
		if err != nil {
			return fault.Wrap(fault.Busy, "connect to the primary for locks", db.Fault(err))
		}
		l.conn, l.held = c, map[int64]*hold{}
	}
	if err := statement(ctx, l.conn); err != nil {
		l.drop()
		return fault.Wrap(fault.Busy, "lock an upload", db.Fault(err))
	}
	return nil
}

// drop gives up the connection. Whoever had a lock by it is told to stop, for
// the next may have it by now.
func (l *Locker) drop() {
	if l.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.conn.Close(ctx) // it may be broken
	for _, h := range l.held {
		h.letGo()
	}
	l.conn, l.held = nil, map[int64]*hold{}
}

// pulse finds out that the connection is broken while nobody uses it.
func (l *Locker) pulse(ctx context.Context) {
	for sleep(ctx, lockPulse) {
		l.mu.Lock()
		if len(l.held) > 0 {
			_ = l.run(ctx, func(ctx context.Context, c *pgx.Conn) error { return c.Ping(ctx) }) // run has dropped it
		}
		l.mu.Unlock()
	}
}

// listen passes on what other nodes ask, on a connection of its own, until ctx
// ends. One that breaks is opened anew.
func (l *Locker) listen(ctx context.Context) {
	for {
		err := l.hear(ctx)
		if ctx.Err() != nil {
			return
		}
		l.Log.Warn("nobody hears for a moment that another node asks for an upload", "reason", db.Fault(err))
		if !sleep(ctx, time.Second) {
			return
		}
	}
}

func (l *Locker) hear(ctx context.Context) error {
	c, err := l.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = c.Close(ctx)
	}()
	if _, err := c.Exec(ctx, "LISTEN "+lockChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		pulse, cancel := context.WithTimeout(ctx, 10*time.Second)
		n, err := c.WaitForNotification(pulse)
		cancel()
		switch {
		case err == nil:
			l.ask(n.Payload)
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			if err := c.Ping(ctx); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// ask asks the holder of a lock, if it is of this node, to let go.
func (l *Locker) ask(payload string) {
	key, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		return // not ours
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.held[key]; h != nil {
		h.letGo()
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

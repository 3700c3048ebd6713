package tus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/indywire/indywire/internal/db"
)

// lockChannel is where nodes ask one another to let go. What is sent names a
// lock, by a number that says nothing of the upload's address.
const lockChannel = "upload_lock"

// listen passes on what other nodes ask, on a connection of its own, until ctx
// ends. One that breaks is opened anew; that it broke is said once, not for every
// try while there is no primary.
func (l *Locker) listen(ctx context.Context) {
	told := false
	for {
		err := l.hear(ctx, func() { told = false })
		if ctx.Err() != nil {
			return
		}
		if !told {
			told = true
			l.Log.Warn("nobody hears for a moment that another node asks for an upload", "reason", db.Fault(err))
		}
		if !sleep(ctx, time.Second) {
			return
		}
	}
}

// hear listens until the connection breaks; heard is told when it stands.
func (l *Locker) hear(ctx context.Context, heard func()) error {
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
	heard()
	for {
		pulse, cancel := context.WithTimeout(ctx, 10*time.Second)
		n, err := c.WaitForNotification(pulse)
		cancel()
		switch {
		case err == nil:
			l.pass(n)
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

// pass asks the holder of a lock, if it is of this node, to let go. What this
// node asked itself comes back to it, and one that waits for the lock has none
// to let go of.
func (l *Locker) pass(n *pgconn.Notification) {
	key, err := strconv.ParseInt(n.Payload, 10, 64)
	if err != nil || n.PID == l.pid.Load() {
		return // not ours, or our own
	}
	l.mu.Lock()
	h := l.held[key]
	if h != nil && h.session == nil {
		h = nil
	}
	l.mu.Unlock()
	if h != nil {
		h.ask()
	}
}

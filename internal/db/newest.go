package db

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// newest reads from the primary as long as that answers, and else from this
// node's own server. Whose cable is pulled is silent for some seconds before a
// connection notices; who is signed in does not wait for that with each page.
type newest struct{ *Pools }

// Query implements Querier.
func (n newest) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if n.Away() {
		return n.Replica.Query(ctx, sql, args...)
	}
	w := newWait(ctx)
	rows, err := n.Primary.Query(w.ctx, sql, args...)
	if err != nil {
		w.end()
		if n.gone(ctx, w, err) {
			return n.Replica.Query(ctx, sql, args...)
		}
		return nil, err
	}
	return &awaitedRows{wait: w, rereadRows: rereadRows{Rows: rows, again: func(err error) (pgx.Rows, bool) {
		if !n.gone(ctx, w, err) {
			return nil, false
		}
		rows, err := n.Replica.Query(ctx, sql, args...)
		return rows, err == nil
	}}}, nil
}

// QueryRow implements Querier.
func (n newest) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if n.Away() {
		return n.Replica.QueryRow(ctx, sql, args...)
	}
	w := newWait(ctx)
	return awaitedRow{row: n.Primary.QueryRow(w.ctx, sql, args...), wait: w, again: func(err error) (pgx.Row, bool) {
		if !n.gone(ctx, w, err) {
			return nil, false
		}
		return n.Replica.QueryRow(ctx, sql, args...), true
	}}
}

// Exec implements Querier. It may write, so it is not tried elsewhere.
func (n newest) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if n.Away() {
		return n.Replica.Exec(ctx, sql, args...)
	}
	return n.Primary.Exec(ctx, sql, args...)
}

// gone tells whether a failure is that of the primary, and has another looked for.
func (n newest) gone(ctx context.Context, w *wait, err error) bool {
	if err == nil || ctx.Err() != nil || !w.over.Load() && !away(ctx, err) {
		return false
	}
	n.outage.meet()
	return true
}

// wait is for a first answer, and no longer than primaryPatience.
type wait struct {
	ctx   context.Context //nolint:containedctx // of the one statement that is waited for
	end   context.CancelFunc
	timer *time.Timer
	over  atomic.Bool
}

func newWait(ctx context.Context) *wait {
	w := &wait{}
	w.ctx, w.end = context.WithCancel(ctx)
	w.timer = time.AfterFunc(primaryPatience, func() {
		w.over.Store(true)
		w.end()
	})
	return w
}

type awaitedRows struct {
	rereadRows
	wait *wait
}

func (r *awaitedRows) Next() bool {
	next := r.rereadRows.Next()
	r.wait.timer.Stop() // it answers
	return next
}

func (r *awaitedRows) Close() {
	r.rereadRows.Close()
	r.wait.timer.Stop()
	r.wait.end()
}

type awaitedRow struct {
	row   pgx.Row
	wait  *wait
	again func(error) (pgx.Row, bool)
}

func (r awaitedRow) Scan(dest ...any) error {
	err := r.row.Scan(dest...)
	r.wait.timer.Stop()
	r.wait.end()
	if errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if row, ok := r.again(err); ok {
		return row.Scan(dest...)
	}
	return err
}

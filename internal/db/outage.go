package db

import (
	"context"
	"errors"
	"math"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"github.com/indywire/indywire/internal/fault"
)

// outage is what is known of the primary's absence. The first statement that
// meets it begins it: connections that lead to a server that is gone, or that
// takes no writes any more, are all dropped, for a pool looks at a server's role
// on connecting only. From then on one look at a time is taken at all
// servers, whoever waits, until there is a primary again.
type outage struct {
	pool     *pgxpool.Pool          // set before it is used first
	primary  atomic.Pointer[server] // that was found last
	ended    context.Context        // with the pools
	end      context.CancelFunc
	mu       sync.Mutex
	over     chan struct{} // closed when there is a primary again; nil while there is one
	last     time.Time     // when the last one ended; zero: there was none
	looker   sync.WaitGroup
	free     chan struct{} // closed when nobody is to wait any more
	freeOnce sync.Once
}

// Patience with a primary that is away.
const (
	lookEvery  = 200 * time.Millisecond // for another
	lookFor    = 10 * time.Second       // at all servers that may be it, at once
	lookAround = 500 * time.Millisecond // at the others, once one says that it is
)

func newOutage() *outage {
	o := &outage{free: make(chan struct{})}
	o.ended, o.end = context.WithCancel(context.Background())
	return o
}

// meet notes that a statement met the primary's absence.
func (o *outage) meet() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over != nil || o.ended.Err() != nil {
		return
	}
	o.over = make(chan struct{})
	o.pool.Reset()
	o.looker.Go(o.look)
}

func (o *outage) look() {
	for !o.found() {
		if !pause(o.ended, lookEvery) {
			return
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pool.Reset() // what was made while the roles changed
	close(o.over)
	o.over, o.last = nil, time.Now()
}

// waited is closed when the outage is over; nil while there is none.
func (o *outage) waited() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.over
}

func (o *outage) close() {
	o.end()
	o.looker.Wait()
}

// away tells from other errors those of a primary that is gone, on its way or no
// primary any more, with which the same may work on another: what was not
// committed is not there, and a commit that was under way may be.
func away(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || errors.Is(err, puddle.ErrClosedPool) {
		return false
	}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		switch pg.Code {
		case "25006", "57P01", "57P02", "57P03", "57P05":
			return true
		}
		return pg.Code[:min(2, len(pg.Code))] == "08"
	}
	return errors.Is(err, errUnconfirmed) || unreachable(err)
}

// full tells of a primary whose disk is: it lives and takes nothing, until somebody
// makes room, or its log finds none either and it ends, so that another takes over.
func full(ctx context.Context, err error) bool {
	var pg *pgconn.PgError
	return ctx.Err() == nil && errors.As(err, &pg) && pg.Code == "53100"
}

// errUnconfirmed is a commit that a second server has not confirmed.
var errUnconfirmed = fault.New(fault.Busy, "the commit was not confirmed by a second server")

// Away tells whether there is known to be no primary.
func (p *Pools) Away() bool { return p.outage != nil && p.outage.waited() != nil }

// Seek supposes that there is no primary until one is found, which takes a moment
// where there is one. A node that has just started knows of none.
func (p *Pools) Seek() {
	if p.outage != nil {
		p.outage.meet()
	}
}

// Found waits until there is a primary; false where ctx ends before.
func (p *Pools) Found(ctx context.Context) bool {
	if !p.Away() {
		return true
	}
	over := p.outage.waited()
	if over == nil { // found meanwhile
		return true
	}
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}

// Settled is for how long there has been a primary, as far as is known: 0 while
// there is none, and a very long time where there always was one.
func (p *Pools) Settled() time.Duration {
	if p.outage == nil {
		return math.MaxInt64
	}
	p.outage.mu.Lock()
	defer p.outage.mu.Unlock()
	switch {
	case p.outage.over != nil:
		return 0
	case p.outage.last.IsZero():
		return math.MaxInt64
	}
	return time.Since(p.outage.last)
}

// Newest reads from the primary, and while there is none, or none that answers
// soon, from this node's own server.
func (p *Pools) Newest() Querier {
	if p.outage == nil {
		return p.Primary
	}
	return newest{p}
}

// Hold is how long somebody who writes is kept waiting for a primary, and what
// they met. It is for one request.
type Hold struct {
	patience time.Duration
	mu       sync.Mutex
	until    time.Time // zero: not begun
	met      bool
	tried    bool                 // before
	made     map[reflect.Type]any // for all attempts
}

type holdKey struct{}

// Held gives a context with which Await waits, for up to patience in all, counted
// from when it is first needed.
func Held(ctx context.Context, patience time.Duration) (context.Context, *Hold) {
	h := &Hold{patience: patience}
	return context.WithValue(ctx, holdKey{}, h), h
}

func meetOutage(ctx context.Context) {
	if h, ok := ctx.Value(holdKey{}).(*Hold); ok {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.met = true
	}
}

// Met tells whether a statement with the context met the primary's absence since
// Met was last asked.
func (h *Hold) Met() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	met := h.met
	h.met = false
	return met
}

// left is for how long there is patience yet.
func (h *Hold) left() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.until.IsZero() {
		h.until = time.Now().Add(h.patience)
	}
	return time.Until(h.until)
}

// Await returns true once there is a primary, at once mostly; false when the
// patience of ctx, which Held gave it, is over.
func (p *Pools) Await(ctx context.Context) bool {
	if !p.Away() {
		return true
	}
	h, held := ctx.Value(holdKey{}).(*Hold)
	if !held {
		return false
	}
	timer := time.NewTimer(h.left())
	defer timer.Stop()
	over := p.outage.waited()
	if over == nil {
		return true
	}
	select {
	case <-over:
		return true
	case <-p.outage.free:
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// Release ends the patience of all who are held, for a program that is about to
// stop: they get an answer rather than a line that is cut.
func (p *Pools) Release() {
	if p.outage != nil {
		p.outage.freeOnce.Do(func() { close(p.outage.free) })
	}
}

// Again is Await for who has met an outage and tries once more.
func (p *Pools) Again(ctx context.Context) bool {
	h, held := ctx.Value(holdKey{}).(*Hold)
	if !held || h.left() <= 0 || !pause(ctx, lookEvery) || !p.Await(ctx) {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tried = true
	return true
}

// Waiting opens transactions on the primary, and InTx runs them again where the
// primary goes away under them. It is for what may run twice: what was committed
// without our knowing has to be met by its key.
func (p *Pools) Waiting() Beginner { return waiting{p} }

type waiting struct{ *Pools }

// Begin implements Beginner.
func (w waiting) Begin(ctx context.Context) (pgx.Tx, error) {
	w.Await(ctx) // without a primary it fails as ever
	return w.Primary.Begin(ctx)
}

package cluster

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/indywire/indywire/internal/db"
)

// Gauge measures how a node's own server stands against the primary. It keeps what
// each said last: a standby that is cut off has replayed all that it received, and
// looks well by itself, and one that is gone says nothing.
type Gauge struct {
	end atomic.Uint64 // of the primary's log
	own atomic.Pointer[progress]
}

// gaugePatience is for one server: who asks /readyz asks whether this node serves
// readers, and does not wait long.
const gaugePatience = 700 * time.Millisecond

// Standing is how a node's own server stands, or stood when it last answered.
type Standing struct {
	Standby  bool
	LagBytes int64 // of the primary's log that it has not replayed; without a primary, of what is known of that log
	Primary  bool  // it was reached
}

// progress is what a server is, and how far it has come with what it has got.
type progress struct {
	standby            bool
	replayed, received db.LSN
}

// Measure asks the node's own server and the primary, which is nil where there is
// known to be none.
func (g *Gauge) Measure(ctx context.Context, own, primary db.Querier) Standing {
	if p, err := bounded(ctx, own, progressOf); err == nil {
		g.own.Store(&p)
	}
	p := progress{}
	if last := g.own.Load(); last != nil {
		p = *last
	}
	s := Standing{Standby: p.standby}
	end := max(p.received, db.LSN(g.end.Load()))
	if primary != nil {
		if at, err := bounded(ctx, primary, db.Position); err == nil {
			s.Primary, end = true, at
			g.end.Store(uint64(at))
		}
	}
	if s.Standby && end > p.replayed {
		s.LagBytes = int64(end - p.replayed)
	}
	return s
}

func bounded[T any](ctx context.Context, q db.Querier, ask func(context.Context, db.Querier) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, gaugePatience)
	defer cancel()
	return ask(ctx, q)
}

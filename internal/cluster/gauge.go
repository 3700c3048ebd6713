package cluster

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/indywire/indywire/internal/db"
)

// Gauge measures how a node's own server stands against the primary. It keeps
// where the primary's log ended when it was last reached: a standby that is cut
// off has replayed all that it received, and looks well by itself.
type Gauge struct{ end atomic.Uint64 }

const primaryPatience = time.Second

// Standing is how a node's own server stands.
type Standing struct {
	Standby  bool
	LagBytes int64 // of the primary's log that it has not replayed; without a primary, of what is known of that log
	Primary  bool  // it was reached
}

// Measure asks the node's own server and the primary, which is nil where there is
// known to be none. It fails where the own server does not answer.
func (g *Gauge) Measure(ctx context.Context, own, primary db.Querier) (Standing, error) {
	s, replayed, received, failed := progress(ctx, own)
	end := max(received, db.LSN(g.end.Load()))
	if primary != nil {
		if at, err := position(ctx, primary); err == nil {
			s.Primary, end = true, at
			g.end.Store(uint64(at))
		}
	}
	if s.Standby && end > replayed {
		s.LagBytes = int64(end - replayed)
	}
	return s, failed
}

// position is the primary's, which is not waited for long: who asks /readyz asks
// whether this node serves readers.
func position(ctx context.Context, primary db.Querier) (db.LSN, error) {
	ctx, cancel := context.WithTimeout(ctx, primaryPatience)
	defer cancel()
	return db.Position(ctx, primary)
}

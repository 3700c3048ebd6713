package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
)

// Reporter has a node say of itself, every few seconds, how it stands.
type Reporter struct {
	Pools   *db.Pools
	Name    string
	Version string
	Disk    func() (free, size int64, err error)
	Cached  func() (int64, error) // bytes; it may take a while
	Log     *slog.Logger

	last   atomic.Pointer[Node]
	wrote  time.Time // the last report, by the primary's clock
	other  int       // reports in a row before which somebody else had reported by the name
	astray bool      // this machine's clock
	cached atomic.Int64
	stop   context.CancelFunc
	done   sync.WaitGroup
}

const (
	reportEvery    = 5 * time.Second
	reportPatience = 6 * time.Second
	ownPatience    = 3 * time.Second  // of that, for the own server
	measureEvery   = 10 * time.Minute // the cache
)

// Start begins to report.
func (r *Reporter) Start(ctx context.Context) error {
	ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	r.done.Go(func() { r.repeat(ctx) })
	r.done.Go(func() {
		every(ctx, measureEvery, func() {
			if n, err := r.Cached(); err == nil {
				r.cached.Store(n)
			}
		})
	})
	return nil
}

// Stop ends it. What was reported last stays on the list until the node reports
// again, or is forgotten.
func (r *Reporter) Stop() {
	r.stop()
	r.done.Wait()
}

// Last is what was measured last, whether or not it could be reported; nothing
// before the first time.
func (r *Reporter) Last() (Node, bool) {
	if n := r.last.Load(); n != nil {
		return *n, true
	}
	return Node{}, false
}

// repeat says once that reports do not get through, and once that they do again.
func (r *Reporter) repeat(ctx context.Context) {
	failing := false
	every(ctx, reportEvery, func() {
		err := r.Report(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil && !failing:
			r.Log.WarnContext(ctx, "this node's reports do not get through", "reason", err)
		case err == nil && failing:
			r.Log.InfoContext(ctx, "this node's reports get through again")
		}
		failing = err != nil
	})
}

// Report measures and reports once.
func (r *Reporter) Report(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reportPatience)
	defer cancel()
	n := Node{Name: r.Name, Version: r.Version, CacheBytes: r.cached.Load(), Load: load()}
	var err error
	if n.DiskFree, n.DiskSize, err = r.Disk(); err != nil {
		return err
	}
	st := r.own(ctx, &n)
	r.last.Store(&n)
	return db.InTx(ctx, r.Pools.Primary, func(tx pgx.Tx) error {
		now, before, err := clockAndReport(ctx, tx, n.Name)
		if err != nil {
			return err
		}
		r.doubt(ctx, now, before)
		if err := upsertNode(ctx, tx, n, st); err != nil {
			return err
		}
		if err := keepUp(ctx, tx); err != nil {
			return err
		}
		return deleteOldNodes(ctx, tx)
	})
}

// own is how the node's own server stands; nil where it does not answer, which is
// worth a report more than anything.
func (r *Reporter) own(ctx context.Context, n *Node) *standing {
	ctx, cancel := context.WithTimeout(ctx, ownPatience)
	defer cancel()
	st, lag, err := standingOf(ctx, r.Pools.Own())
	if err != nil {
		n.LagBytes = serverAway
		if before, known := r.Last(); known {
			n.Standby = before.Standby
		}
		return nil
	}
	n.Standby, n.Lag = st.standby, lag
	return &st
}

// Bounds of what is told of.
const (
	clockAstray  = 10 * time.Second // between this machine and the primary's
	otherReports = 3
)

// doubt warns, once each, of what makes all that is shown of a node wrong: a clock
// that is off, and another node of the same name.
func (r *Reporter) doubt(ctx context.Context, now, before time.Time) {
	if off := time.Until(now).Abs() > clockAstray; off != r.astray {
		if r.astray = off; off {
			r.Log.WarnContext(ctx, "the clocks of this node and of the primary's server differ: look at both", "seconds", int(time.Since(now).Seconds()))
		}
	}
	if r.wrote.IsZero() || !before.After(r.wrote) {
		r.other = 0
	} else if r.other++; r.other == otherReports {
		r.Log.WarnContext(ctx, "another node reports under this node's name: give each a --node of its own", "node", r.Name)
	}
	r.wrote = now
}

func every(ctx context.Context, pause time.Duration, do func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// load is the machine's load over a minute (proc(5), /proc/loadavg); 0 where that
// is not told.
func load() (l float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err == nil {
		_, _ = fmt.Sscan(string(text), &l)
	}
	return l
}

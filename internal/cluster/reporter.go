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
	cached atomic.Int64
	stop   context.CancelFunc
	done   sync.WaitGroup
}

const (
	reportEvery    = 5 * time.Second
	reportPatience = 4 * time.Second
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
	at := ""
	if n.Standby, at, n.Lag, err = standing(ctx, r.Pools.Replica); err != nil {
		return err
	}
	r.last.Store(&n)
	return db.InTx(ctx, r.Pools.Primary, func(tx pgx.Tx) error {
		if err := upsertNode(ctx, tx, n, at); err != nil {
			return err
		}
		return deleteOldNodes(ctx, tx)
	})
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

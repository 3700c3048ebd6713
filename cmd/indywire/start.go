package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/migrate"
)

// Patience at a start.
const (
	schemaPause   = time.Second     // between two tries for a schema that is not there yet
	primaryMoment = time.Second     // in which a primary that is there is found
	storeMoment   = 3 * time.Second // in which a store says whether it has the bucket; readers wait for it
	primaryGrace  = 5 * time.Second // before it is said that there is none
)

// openToServe opens the database for a server. Where this node's own has the
// schema already nothing waits for the primary, and readers are served at once,
// also in the middle of a failover. Where it has not, nobody can be served:
// waiting is called, and it is tried until there is a primary that has, and the
// node's own server has followed it.
func (p *program) openToServe(ctx context.Context, waiting func()) (*database, error) {
	d, err := p.openPools(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.awaitSchema(ctx, d, waiting); err != nil {
		return nil, errors.Join(err, d.close())
	}
	d.Seek()
	return d, nil
}

func (p *program) awaitSchema(ctx context.Context, d *database, waiting func()) error {
	for told := ""; ; {
		missing, answers := d.missing(ctx)
		if answers && missing == 0 {
			return nil
		}
		err := p.bringUp(ctx, d)
		switch {
		case err == nil && (!answers || d.follows(ctx)):
			return nil // where it does not answer, /readyz tells when it does
		case err != nil && (!answers || !d.Away()):
			return err
		}
		if why := whyNoSchema(err); why != told {
			told = why
			p.log.Warn("nobody is served yet", "reason", why, "missing_steps", missing)
			waiting()
		}
		if !sleep(ctx, schemaPause) {
			return ctx.Err()
		}
	}
}

// missing counts what this node's own server lacks of the schema, if it answers.
func (d *database) missing(ctx context.Context) (steps int, answers bool) {
	steps, err := migrate.Missing(ctx, d.Replica)
	return steps, err == nil
}

// follows gives this node's own server a moment to have what the primary's schema
// has got.
func (d *database) follows(ctx context.Context) bool {
	for range 30 {
		if missing, answers := d.missing(ctx); answers && missing == 0 {
			return true
		}
		if !sleep(ctx, 100*time.Millisecond) {
			break
		}
	}
	return false
}

func whyNoSchema(err error) string {
	if err == nil {
		return "this node's own database has yet to replay what the primary's schema has got"
	}
	return "this node's own database is older than this version needs, and " + err.Error()
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// read reads from this node's own server, or from the primary while that is away.
func (d *database) read(do func(q db.Querier) error) error {
	err := do(d.Replica)
	if fault.Is(err, fault.Busy) {
		return do(d.Primary)
	}
	return err
}

// arrival is what a server does when it finds the primary, be that at its start
// or hours later: it brings the schema up to date, and offers the first admin's
// link.
type arrival struct {
	p *program
	d *database

	stop context.CancelFunc
	done sync.WaitGroup
}

// Start begins to wait.
func (a *arrival) Start(ctx context.Context) error {
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.done.Go(func() { a.arrive(ctx) })
	return nil
}

// Stop gives up.
func (a *arrival) Stop() {
	a.stop()
	a.done.Wait()
}

func (a *arrival) arrive(ctx context.Context) {
	a.complain(ctx)
	for _, do := range []func() error{
		func() error { return migrate.Up(ctx, a.d.Primary, a.p.log) },
		func() error { return a.p.offerSetup(ctx, a.d) },
	} {
		if err := a.persist(ctx, do); err != nil && ctx.Err() == nil {
			a.p.log.Error("part of the start was not done", "error", err)
		}
	}
}

// complain says that there is no primary, and that there is one then.
func (a *arrival) complain(ctx context.Context) {
	grace, cancel := context.WithTimeout(ctx, primaryGrace)
	defer cancel()
	if a.d.Found(grace) || ctx.Err() != nil {
		return
	}
	a.p.log.Warn("there is no primary: readers are served from this node's own database, what is sent is held, jobs wait", "reason", a.reason(ctx))
	if a.d.Found(ctx) {
		a.p.log.Info("there is a primary now")
	}
}

func (a *arrival) reason(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, primaryGrace)
	defer cancel()
	if err := a.d.Primary.Ping(ctx); err != nil {
		return inFewWords(err)
	}
	return "it answers only now"
}

// persist does something on the primary, again as long as that is away.
func (a *arrival) persist(ctx context.Context, do func() error) error {
	for a.d.Found(ctx) {
		err := do()
		if err == nil || !a.d.Away() && !fault.Is(err, fault.Busy) {
			return err
		}
		if !sleep(ctx, schemaPause) {
			break
		}
	}
	return ctx.Err()
}

// opsFront answers the operator from the first moment on, so that it can be told
// that the process lives and serves nobody yet.
type opsFront struct{ handler atomic.Pointer[http.Handler] }

func (f *opsFront) put(h http.Handler) { f.handler.Store(&h) }

// ServeHTTP implements http.Handler.
func (f *opsFront) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*f.handler.Load()).ServeHTTP(w, r)
}

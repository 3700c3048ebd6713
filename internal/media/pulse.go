package media

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
)

// pulseEvery is how often a worker says that it lives, and how far it is.
const pulseEvery = 10 * time.Second

// errNotAwaited ends the preparation of a file that nobody waits for any more:
// it was withdrawn, or another server was quicker.
var errNotAwaited = errors.New("nobody waits for the file any more")

// pulse is the sign of life of somebody who prepares a file.
type pulse struct {
	percent atomic.Int64
	scratch atomic.Pointer[[]string] // what must not look left behind
	cancel  context.CancelCauseFunc
	beating sync.WaitGroup
}

// beat begins to write signs of life. The context ends with errNotAwaited when
// nobody waits for the file any more. stop is waited for before the file settles.
func (p *Processor) beat(ctx context.Context, id ID) (context.Context, *pulse) {
	ctx, cancel := context.WithCancelCause(ctx)
	b := &pulse{cancel: cancel}
	every := p.Pulse
	if every <= 0 {
		every = pulseEvery
	}
	b.beating.Go(func() {
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
			if !p.alive(ctx, id, b) {
				cancel(errNotAwaited)
				return
			}
		}
	})
	return ctx, b
}

// alive writes one sign of life down. A database that is away for a moment is no
// reason to stop.
func (p *Processor) alive(ctx context.Context, id ID, b *pulse) bool {
	if used := b.scratch.Load(); used != nil {
		now := time.Now()
		for _, name := range *used {
			_ = os.Chtimes(name, now, now) // the sweeper asks how old it is
		}
	}
	awaited := true
	err := db.InTx(ctx, p.DB, func(tx pgx.Tx) (err error) {
		awaited, err = updateProgress(ctx, tx, id, int(b.percent.Load()))
		return err
	})
	return err != nil || awaited
}

// progress notes how far the preparation is. 100 is for what is done.
func (b *pulse) progress(percent int) { b.percent.Store(int64(min(max(percent, 0), 99))) }

// stop ends the signs of life.
func (b *pulse) stop() {
	b.cancel(nil)
	b.beating.Wait()
}

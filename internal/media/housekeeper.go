package media

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/blob"
)

// Housekeeper keeps what this node has of a bucket to what the sites still show:
// what is removed leaves the disks of all nodes, not only of the one that did it.
type Housekeeper struct {
	DB    *pgxpool.Pool
	Store *blob.Store
	Log   *slog.Logger

	stop context.CancelFunc
	done sync.WaitGroup
}

const tidyEvery = 10 * time.Minute

// Start begins to look through the cache from time to time.
func (h *Housekeeper) Start(ctx context.Context) error {
	ctx, h.stop = context.WithCancel(context.WithoutCancel(ctx))
	h.done.Go(func() {
		tick := time.NewTicker(tidyEvery)
		defer tick.Stop()
		for {
			if err := h.Tidy(ctx); err != nil && ctx.Err() == nil {
				h.Log.WarnContext(ctx, "the media cache was not looked through", "reason", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return nil
}

// Stop ends it.
func (h *Housekeeper) Stop() {
	h.stop()
	h.done.Wait()
}

// Tidy looks once.
func (h *Housekeeper) Tidy(ctx context.Context) error {
	return h.Store.Tidy(ctx, strayAge, blobBatch, func(keys []blob.Key) ([]blob.Key, error) { return unnamed(ctx, h.DB, keys) })
}

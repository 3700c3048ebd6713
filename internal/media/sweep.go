package media

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
)

// SweepArgs asks for the deletion of what nobody will ask for again.
type SweepArgs struct{}

// Kind names the job.
func (SweepArgs) Kind() string { return "media_sweep" }

// Sweeper deletes uploads that no post took in time, bytes included, and what
// servers left that were killed; files that no job will clean any more become
// Failed, so that nobody waits for them and their originals go.
type Sweeper struct {
	river.WorkerDefaults[SweepArgs]
	DB    *pgxpool.Pool
	Store *blob.Store
	// Settled is as the Processor's.
	Settled func(ctx context.Context, tx pgx.Tx, m Media) error
}

const (
	// strayAge is for how long an upload that no row names may not have been
	// written to before it counts as left by a server that was killed. What is on
	// its way is written to all the time, and no job takes that long.
	strayAge = time.Hour
	// abandonedAge is how long a file may wait with no job to clean it, as when
	// a server dies in the last try.
	abandonedAge = 24 * time.Hour
	// failedAge is how long what was sent stays after its preparation failed, for
	// another try.
	failedAge = 48 * time.Hour
	// unnamedAge is how old a blob is that no rendition names before it counts as
	// left between its making and its recording, which are minutes apart.
	unnamedAge = 48 * time.Hour
	// blobBatch bounds the locks that one transaction takes.
	blobBatch = 200
)

// errAbandoned is why a file became Failed that the sweeper found.
var errAbandoned = errors.New("no job is left to clean the file")

// Work implements river.Worker. What goes wrong in one part keeps none of the
// others from its turn.
func (s *Sweeper) Work(ctx context.Context, _ *river.Job[SweepArgs]) error {
	return errors.Join(s.expired(ctx), s.strays(ctx), s.abandoned(ctx), s.failed(ctx), s.unnamed(ctx))
}

func (s *Sweeper) expired(ctx context.Context) error {
	var expired []string
	err := db.InTx(ctx, s.DB, func(tx pgx.Tx) (err error) {
		expired, err = deleteExpired(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range expired {
		if err := s.Store.DeleteUpload(ctx, key); err != nil {
			return err
		}
	}
	return s.overdue(ctx)
}

// overdue gives up uploads that a post waits for and whose time is over.
func (s *Sweeper) overdue(ctx context.Context) error {
	arrivals := Arrivals{DB: s.DB, Settled: s.Settled}
	ids, err := overdue(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, id := range ids {
		key, err := arrivals.GiveUp(ctx, id)
		if err == nil && key != "" {
			err = s.Store.DeleteUpload(ctx, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Sweeper) strays(ctx context.Context) error {
	stray, err := s.Store.StrayUploads(ctx, strayAge)
	for _, key := range stray { // one that cannot be deleted keeps none of the others
		err = errors.Join(err, db.InTx(ctx, s.DB, func(tx pgx.Tx) error {
			kept, err := originalKept(ctx, tx, key)
			if err != nil || kept {
				return err
			}
			return s.Store.DeleteUpload(ctx, key)
		}))
	}
	return err
}

func (s *Sweeper) abandoned(ctx context.Context) error {
	var ids []ID
	err := db.InTx(ctx, s.DB, func(tx pgx.Tx) (err error) {
		ids, err = abandoned(ctx, tx, abandonedAge)
		return err
	})
	if err != nil {
		return err
	}
	p := Processor{DB: s.DB, Store: s.Store, Settled: s.Settled}
	for _, id := range ids {
		if err := p.giveUp(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// failed deletes what was sent of files that failed and that nobody tried again.
// The row is locked meanwhile, so that nobody begins to.
func (s *Sweeper) failed(ctx context.Context) error {
	ids, err := overdueFailures(ctx, s.DB, failedAge)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := db.InTx(ctx, s.DB, func(tx pgx.Tx) error {
			m, original, err := lockMedia(ctx, tx, id)
			if err != nil || m.State != Failed || original == "" {
				return err
			}
			if err := s.Store.DeleteUpload(ctx, original); err != nil {
				return err
			}
			return forgetOriginal(ctx, tx, id)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unnamed deletes blobs under the locks of those who record them.
func (s *Sweeper) unnamed(ctx context.Context) error {
	return s.Store.Old(ctx, unnamedAge, blobBatch, func(keys []blob.Key) error {
		return db.InTx(ctx, s.DB, func(tx pgx.Tx) error {
			left, err := unnamed(ctx, tx, keys)
			if err != nil {
				return err
			}
			return release(ctx, tx, s.Store, left)
		})
	})
}

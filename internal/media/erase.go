package media

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
)

// EraseArgs asks for the deletion of one file's bytes.
type EraseArgs struct {
	Media ID `json:"media"`
}

// Kind names the job.
func (EraseArgs) Kind() string { return "media_erase" }

// Erase takes the files of a post away in the transaction that deletes it:
// nobody is served them once it commits, and a job deletes the bytes.
func Erase(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, owner Owner) error {
	ids, err := markGone(ctx, tx, owner)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := queue.InsertTx(ctx, tx, EraseArgs{Media: id}, nil); err != nil {
			return fault.Wrap(fault.Internal, "enqueue erasure", db.Fault(err))
		}
	}
	return nil
}

// Disown is Erase for a post whose own row is about to be deleted: its files do
// not name it any more, those that were erased before included.
func Disown(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, owner Owner) error {
	if err := Erase(ctx, tx, queue, owner); err != nil {
		return err
	}
	return disown(ctx, tx, owner)
}

// Eraser deletes the bytes of files that are Gone.
type Eraser struct {
	river.WorkerDefaults[EraseArgs]
	DB    db.Beginner
	Store *blob.Store
}

// Work implements river.Worker. A blob that another file shows too stays.
func (e *Eraser) Work(ctx context.Context, job *river.Job[EraseArgs]) error {
	return db.InTx(ctx, e.DB, func(tx pgx.Tx) error {
		m, original, err := lockMedia(ctx, tx, job.Args.Media)
		if fault.Is(err, fault.NotFound) || (err == nil && m.State != Gone) {
			return nil
		}
		if err != nil {
			return err
		}
		keys, err := deleteRenditions(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		if err := release(ctx, tx, e.Store, keys); err != nil {
			return err
		}
		if err := e.eraseAwaited(ctx, tx, m.ID); err != nil || original == "" {
			return err
		}
		return e.Store.DeleteUpload(ctx, original)
	})
}

// eraseAwaited forgets the upload of a file whose bytes were still coming: the
// next part of it finds nothing to go on with.
func (e *Eraser) eraseAwaited(ctx context.Context, tx pgx.Tx, id ID) error {
	uploads, err := awaitedBy(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, u := range uploads {
		if err := deleteUpload(ctx, tx, u); err != nil {
			return err
		}
	}
	return nil
}

// release deletes the blobs that nothing refers to any more.
func release(ctx context.Context, tx pgx.Tx, store *blob.Store, keys []blob.Key) error {
	if err := lockBlobs(ctx, tx, keys); err != nil {
		return err
	}
	for _, key := range keys {
		needed, err := blobNeeded(ctx, tx, key)
		if err != nil {
			return err
		}
		if needed {
			continue
		}
		if err := store.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

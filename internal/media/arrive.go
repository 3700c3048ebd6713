package media

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/site"
)

// NewUploadID makes an id that nobody can guess.
func NewUploadID() UploadID { return UploadID(randomID()) }

// Arrivals keeps the books of uploads that come in parts, perhaps while the post
// they belong to stands already.
type Arrivals struct {
	DB    *pgxpool.Pool // the primary
	Queue jobs.Inserter
	// Settled is as the Processor's.
	Settled func(ctx context.Context, tx pgx.Tx, m Media) error
	Room    *Room
}

// Begin notes an upload whose first byte is yet to come, of which most may lie
// under one ticket: fault.TooLarge beyond, fault.Busy where there is no room for it.
func (a Arrivals) Begin(ctx context.Context, st site.ID, ticketHash []byte, u Upload, expires time.Time, most int) error {
	return a.Room.begin(ctx, a.DB, st, ticketHash, u, expires, most)
}

// Find looks up an upload of a site: fault.NotFound where there is none,
// fault.Gone where its time is over or it was refused.
func (a Arrivals) Find(ctx context.Context, st site.ID, id UploadID) (Upload, error) {
	if !id.Valid() {
		return Upload{}, fault.New(fault.NotFound, "upload")
	}
	rows, err := a.DB.Query(ctx, "SELECT "+uploadColumns+" FROM upload WHERE site_id = $1 AND id = $2", st, id)
	if err != nil {
		return Upload{}, db.Fault(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Upload])
	switch {
	case err != nil:
		return Upload{}, db.Fault(err)
	case u.Expired || u.State == Refused:
		return u, fault.New(fault.Gone, "upload")
	}
	return u, nil
}

// NoteReceived writes down how far an upload is.
func (a Arrivals) NoteReceived(ctx context.Context, id UploadID, received int64) error {
	return updateReceived(ctx, a.DB, id, received)
}

// Grow writes down a size that was not known when the upload began: fault.Busy
// where there is no room for it.
func (a Arrivals) Grow(ctx context.Context, st site.ID, u Upload) error {
	return db.InTx(ctx, a.DB, func(tx pgx.Tx) error {
		if err := a.Room.admit(ctx, tx, st, u); err != nil {
			return err
		}
		return updateSize(ctx, tx, u.ID, u.Size)
	})
}

// Finish is for an upload whose bytes are all here and safe: found is what they
// are, or failure why they are refused. A file of a post that waits for it is
// cleaned from now on. To finish twice changes nothing. It answers whether the
// bytes are still needed.
func (a Arrivals) Finish(ctx context.Context, id UploadID, found Sniffed, failure string) (needed bool, err error) {
	err = a.withUpload(ctx, id, func(tx pgx.Tx, u Upload, m *Media) error {
		needed = u.State == Complete
		if u.State != Receiving {
			return nil
		}
		u.State, u.Failure, u.Type, u.Width, u.Height = Complete, failure, found.Type, found.Width, found.Height
		if failure != "" {
			u.State = Refused
		}
		needed = u.State == Complete
		if m != nil && m.State != Arriving { // withdrawn meanwhile
			needed = false
			return deleteUpload(ctx, tx, id)
		}
		if err := updateFinished(ctx, tx, u); err != nil || m == nil {
			return err
		}
		return a.arrive(ctx, tx, *m, u, found.Kind)
	})
	return needed, err
}

// arrive has a file that waited for its upload wait for its cleaning, or fail.
func (a Arrivals) arrive(ctx context.Context, tx pgx.Tx, m Media, u Upload, kind Kind) error {
	if kind != "" {
		m.Kind = kind
	}
	m.State, m.Failure = Waiting, u.Failure
	if u.State == Refused {
		m.State = Failed
	}
	if err := updateArrived(ctx, tx, m, u); err != nil {
		return err
	}
	if m.State == Waiting {
		if err := enqueue(ctx, tx, a.Queue, m); err != nil {
			return err
		}
	} else if a.Settled != nil {
		if err := a.Settled(ctx, tx, m); err != nil {
			return err
		}
	}
	return site.Bump(ctx, tx, m.SiteID)
}

// GiveUp forgets an upload that was ended by its sender or whose time is over. A
// file of a post that waits for it fails. It answers what the store knows the
// bytes by, nothing where a file still needs them.
func (a Arrivals) GiveUp(ctx context.Context, id UploadID) (key string, err error) {
	err = a.withUpload(ctx, id, func(tx pgx.Tx, u Upload, m *Media) error {
		key = u.StoreKey
		if err := deleteUpload(ctx, tx, id); err != nil || m == nil {
			return err
		}
		if m.State != Arriving {
			if u.State == Complete {
				key = "" // the file's, or its eraser's
			}
			return nil
		}
		m.State, m.Failure = Failed, FailureNeverCame
		if err := forgetOriginal(ctx, tx, m.ID); err != nil {
			return err
		}
		if err := updateSettled(ctx, tx, *m); err != nil {
			return err
		}
		if a.Settled != nil {
			if err := a.Settled(ctx, tx, *m); err != nil {
				return err
			}
		}
		return site.Bump(ctx, tx, m.SiteID)
	})
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return key, err
}

// withUpload locks an upload, and before it the file that waits for it and the
// article of that, in the order in which verbs do.
func (a Arrivals) withUpload(ctx context.Context, id UploadID, do func(tx pgx.Tx, u Upload, m *Media) error) error {
	for {
		var again bool
		err := db.InTx(ctx, a.DB, func(tx pgx.Tx) error {
			var awaited *ID
			if err := tx.QueryRow(ctx, "SELECT media_id FROM upload WHERE id = $1", id).Scan(&awaited); err != nil {
				return db.Fault(err)
			}
			m, err := lockAwaiting(ctx, tx, awaited)
			if err != nil {
				return err
			}
			u, err := lockAnyUpload(ctx, tx, id)
			if err != nil {
				return err
			}
			if (u.MediaID == nil) != (awaited == nil) { // a post took it in between
				again = true
				return nil
			}
			return do(tx, u, m)
		})
		if err != nil || !again {
			return err
		}
	}
}

func lockAwaiting(ctx context.Context, tx pgx.Tx, id *ID) (*Media, error) {
	if id == nil {
		return nil, nil
	}
	if err := lockOwner(ctx, tx, *id); err != nil {
		return nil, err
	}
	m, _, err := lockMedia(ctx, tx, *id)
	return &m, err
}

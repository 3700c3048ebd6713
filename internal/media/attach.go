package media

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/site"
)

// Attach makes the chosen uploads of a ticket files of a post, in their order,
// and enqueues their cleaning, all in the post's transaction. A refused upload
// becomes a failed file, so that the receipt can name it. fault.Invalid where
// an upload is unknown, of another ticket, or taken already, and where the post
// would have more than MaxFiles. The caller holds a post locked that has files
// already.
func Attach(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.ID, ticketHash []byte, owner Owner, chosen []Chosen) error {
	present, first, err := filesOf(ctx, tx, owner)
	if err != nil {
		return err
	}
	if present+len(chosen) > MaxFiles {
		return fault.InvalidFields(tooMany())
	}
	for i, c := range chosen {
		if _, err := attachOne(ctx, tx, queue, st, ticketHash, owner, first+i, c); err != nil {
			return err
		}
	}
	return nil
}

// AttachLogo makes an upload the logo of a site; pages show it once it is
// cleaned. The errors are those of Attach.
func AttachLogo(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.ID, ticketHash []byte, upload UploadID) error {
	id, err := attachOne(ctx, tx, queue, st, ticketHash, Owner{}, 1, Chosen{ID: upload})
	if err != nil {
		return err
	}
	return site.SetLogo(ctx, tx, st, string(id))
}

func attachOne(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.ID, ticketHash []byte, owner Owner, position int, c Chosen) (ID, error) {
	u, err := takeUpload(ctx, tx, st, ticketHash, c.ID)
	if err != nil {
		return "", unknownUpload(err)
	}
	m := Media{ID: ID(randomID()), SiteID: st, Name: u.Name, Alt: c.Alt, State: Waiting, Failure: u.Failure}
	if u.State == Refused {
		m.State = Failed
	}
	if err := insertMedia(ctx, tx, m, owner, position, u); err != nil {
		return "", err
	}
	if m.State == Failed {
		return m.ID, nil
	}
	_, err = queue.InsertTx(ctx, tx, ProcessArgs{Media: m.ID}, nil)
	return m.ID, fault.Wrap(fault.Internal, "enqueue cleaning", db.Fault(err))
}

func unknownUpload(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidFields(fault.Field{Name: "file", Message: "error.upload_unknown"})
	}
	return err
}

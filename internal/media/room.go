package media

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// Room is what uploads may take up, all together; nil: as much as they like.
type Room struct {
	Store  *blob.Store
	Budget int64 // bytes, half of them for one collective; 0: all but a tenth of the disk
}

// begin notes an upload whose first byte is yet to come, of a size that may not be
// known yet. most is how many may lie under its ticket: fault.TooLarge beyond;
// fault.Busy where there is no room, for that passes. Both hold also where many
// begin at once.
func (r *Room) begin(ctx context.Context, conn db.Beginner, st site.ID, ticketHash []byte, u Upload, expires time.Time, most int) error {
	u.Name, u.State = cleanName(u.Name), Receiving
	return db.InTx(ctx, conn, func(tx pgx.Tx) error {
		if err := lockTicket(ctx, tx, ticketHash); err != nil {
			return err
		}
		lying, err := underTicket(ctx, tx, st, ticketHash)
		if err != nil {
			return err
		}
		if lying >= most {
			return &fault.Error{Kind: fault.TooLarge, Message: "number of files", Fields: []fault.Field{tooMany(most)}}
		}
		if err := r.admit(ctx, tx, st, u); err != nil {
			return err
		}
		return insertUpload(ctx, tx, st, ticketHash, u, expires)
	})
}

// admit has room for an upload, of which Received bytes are here already, until
// the transaction ends. One that comes while there is no other is taken whatever
// Budget says, or it never would be.
func (r *Room) admit(ctx context.Context, tx pgx.Tx, st site.ID, u Upload) error {
	if r == nil {
		return nil
	}
	if err := lockRoom(ctx, tx); err != nil {
		return err
	}
	b, err := burdenBeside(ctx, tx, st, u.ID)
	if err != nil {
		return err
	}
	free, err := r.free(b)
	if err != nil {
		return err
	}
	budget := r.Budget
	if budget <= 0 {
		budget = b.network + u.Received + free
	}
	switch {
	case u.Size-u.Received > free, b.network > 0 && b.network+u.Size > budget, b.site > 0 && b.site+u.Size > budget/2:
		return &fault.Error{Kind: fault.Busy, Message: "no room for more uploads", Fields: []fault.Field{{Name: "file", Message: "error.upload_room"}}}
	}
	return nil
}

// burden is what uploads take up, in bytes, that are on their way or that no post
// has taken yet: in the end those of the network and of a site, and so far those
// of the network.
type burden struct{ network, site, stored int64 }

// keepFree is the part of the disk that uploads leave to everything else.
const keepFree = 0.1

// free is how many bytes the disk has for further uploads, once those that are on
// their way are here.
func (r *Room) free(b burden) (int64, error) {
	free, size, err := r.Store.Disk()
	if err != nil {
		return 0, err
	}
	return free - int64(keepFree*float64(size)) - (b.network - b.stored), nil
}

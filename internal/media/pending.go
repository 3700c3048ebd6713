package media

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

// Pending is an upload as whoever holds its ticket comes back to it.
type Pending struct {
	ID      UploadID
	Name    string
	Type    string
	Size    int64
	Offset  int64 // bytes of it that are here
	State   UploadState
	Failure string // message key
	Taken   bool   // by a post, which waits for it
}

// PendingOf lists the uploads of a ticket, the oldest first: those that no post
// has taken, and those that still arrive for one.
func PendingOf(ctx context.Context, q db.Querier, st site.ID, ticketHash []byte) ([]Pending, error) {
	// by upload_ticket
	rows, err := q.Query(ctx, `
		SELECT id, name, type, size, received AS "offset", state, failure, media_id IS NOT NULL AS taken
		FROM upload
		WHERE site_id = $1 AND ticket_hash = $2 AND expires_at > now()
		ORDER BY created_at, id`, st, ticketHash)
	if err != nil {
		return nil, db.Fault(err)
	}
	uploads, err := pgx.CollectRows(rows, pgx.RowToStructByName[Pending])
	return uploads, db.Fault(err)
}

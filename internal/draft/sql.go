package draft

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

func sealedOf(ctx context.Context, q db.Querier, st site.ID, ticketHash []byte) ([]byte, error) {
	var sealed []byte
	err := q.QueryRow(ctx, `
		SELECT sealed
		FROM draft
		WHERE site_id = $1 AND ticket_hash = $2 AND expires_at > now()`, st, ticketHash).Scan(&sealed)
	return sealed, db.Fault(err)
}

// lock makes those who keep a draft and those who publish it take turns.
func lock(ctx context.Context, tx pgx.Tx, ticketHash []byte) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('draft:' || encode($1, 'hex'), 0))", ticketHash)
	return db.Fault(err)
}

func upsert(ctx context.Context, tx pgx.Tx, st site.ID, ticketHash, sealed []byte, expires time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO draft (site_id, ticket_hash, sealed, expires_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (site_id, ticket_hash) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
		st, ticketHash, sealed, expires)
	return db.Fault(err)
}

func deleteOf(ctx context.Context, q db.Querier, st site.ID, ticketHash []byte) error {
	_, err := q.Exec(ctx, "DELETE FROM draft WHERE site_id = $1 AND ticket_hash = $2", st, ticketHash)
	return db.Fault(err)
}

func deleteExpired(ctx context.Context, q db.Querier) error {
	// by draft_expires
	_, err := q.Exec(ctx, "DELETE FROM draft WHERE expires_at <= now()")
	return db.Fault(err)
}

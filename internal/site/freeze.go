package site

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
)

// SetState freezes or thaws the site with the slug; fault.NotFound where there
// is none. Setting the state it has changes nothing.
func SetState(ctx context.Context, b db.Beginner, slug string, state State) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		id, err := setState(ctx, tx, slug, state)
		if err != nil {
			return err
		}
		return Bump(ctx, tx, id)
	})
}

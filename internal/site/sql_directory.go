package site

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
)

// stamp is a site and the version that it has.
type stamp struct {
	ID      ID
	Version int64
}

// stamps lists the versions of all sites, in the order of All.
func stamps(ctx context.Context, q db.Querier) ([]stamp, error) {
	rows, err := q.Query(ctx, `
		SELECT id, version
		FROM site
		ORDER BY lower(name), id`)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[stamp])
	return found, db.Fault(err)
}

func byIDs(ctx context.Context, q db.Querier, ids []ID) ([]Site, error) {
	rows, err := q.Query(ctx, "SELECT "+columns+"\nFROM site s\nWHERE s.id = ANY($1)", ids)
	if err != nil {
		return nil, db.Fault(err)
	}
	sites, err := pgx.CollectRows(rows, pgx.RowToStructByName[Site])
	return sites, db.Fault(err)
}

package modlog

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

func insert(ctx context.Context, tx pgx.Tx, e Entry) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO moderation_log (site_id, actor_kind, actor_name, act, subject, subject_id, reason)
		VALUES (@site, @kind, @name, @act, @subject, @id, @reason)`,
		pgx.StrictNamedArgs{
			"site": e.Site, "kind": e.Actor.Kind, "name": e.Actor.Name, "act": e.Act,
			"subject": e.Subject, "id": e.SubjectID, "reason": e.Reason,
		})
	return db.Fault(err)
}

// Of lists what was done to one thing, oldest first.
func Of(ctx context.Context, q db.Querier, st site.ID, subject Subject, id int64) ([]Record, error) {
	// by moderation_log_subject
	rows, err := q.Query(ctx, `
		SELECT at, actor_kind, actor_name, act, reason
		FROM moderation_log
		WHERE site_id = $1 AND subject = $2 AND subject_id = $3
		ORDER BY id`, st, subject, id)
	if err != nil {
		return nil, db.Fault(err)
	}
	records, err := pgx.CollectRows(rows, pgx.RowToStructByName[Record])
	return records, db.Fault(err)
}

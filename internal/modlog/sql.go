package modlog

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/paging"
)

// PageSize is how many entries a page of the log holds.
const PageSize = 50

const columns = "id, at, actor_kind, actor_name, actor_id, act, subject, subject_id, reason"

func insert(ctx context.Context, tx pgx.Tx, e Entry) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO moderation_log (site_id, actor_kind, actor_name, actor_id, act, subject, subject_id, reason, public)
		VALUES (nullif(@site::bigint, 0), @kind, @name, nullif(@actor::bigint, 0), @act, @subject, @id, @reason, @public)`,
		pgx.StrictNamedArgs{
			"site": e.Site, "kind": e.Actor.Kind, "name": e.Actor.Name, "actor": e.Actor.ID, "act": e.Act,
			"subject": e.Subject, "id": e.SubjectID, "reason": e.Reason, "public": e.Subject.Tells(e.Act),
		})
	return db.Fault(err)
}

// Of lists what was done to one thing of a site, oldest first.
func Of(ctx context.Context, q db.Querier, site int64, subject Subject, id int64) ([]Record, error) {
	// by moderation_log_subject
	return records(q.Query(ctx, "SELECT "+columns+`
		FROM moderation_log
		WHERE site_id = $1 AND subject = $2 AND subject_id = $3
		ORDER BY id`, site, subject, id))
}

// LastReason is the reason for which the act of e was last done to its subject;
// empty where it never was.
func LastReason(ctx context.Context, q db.Querier, e Entry) (reason string, err error) {
	// by moderation_log_subject
	err = q.QueryRow(ctx, `
		SELECT coalesce((
			SELECT reason FROM moderation_log
			WHERE site_id = $1 AND subject = $2 AND subject_id = $3 AND act = $4
			ORDER BY id DESC
			LIMIT 1), '')`, e.Site, e.Subject, e.SubjectID, e.Act).Scan(&reason)
	return reason, db.Fault(err)
}

// Filter narrows the log down; the zero value is all that everyone may read.
type Filter struct {
	Act      Act
	Subject  Subject
	Internal bool // what was done to rights and settings as well
	Before   paging.Cursor
}

// List reads a page of a site's log, newest first; site 0 is the log of the
// network. What authors did to their own posts is not in it.
func List(ctx context.Context, q db.Querier, site int64, f Filter) (paging.Page[Record], error) {
	// by moderation_log_public or moderation_log_site, or by the index of the filter
	where, args := []string{"site_id = @site"}, pgx.StrictNamedArgs{"site": site, "limit": PageSize + 1}
	if site == 0 {
		where, args = []string{"site_id IS NULL"}, pgx.StrictNamedArgs{"limit": PageSize + 1}
	}
	where = append(where, "actor_kind <> 'author'")
	if !f.Internal {
		where = append(where, "public")
	}
	if f.Act != "" {
		where, args["act"] = append(where, "act = @act"), f.Act
	}
	if f.Subject != "" {
		where, args["subject"] = append(where, "subject = @subject"), f.Subject
	}
	if !f.Before.IsZero() {
		where, args["before"] = append(where, "(at, id) < (SELECT at, id FROM moderation_log WHERE "+where[0]+" AND id = @before)"), int64(f.Before)
	}
	found, err := records(q.Query(ctx, "SELECT "+columns+`
		FROM moderation_log
		WHERE `+strings.Join(where, "\n\t\t  AND ")+`
		ORDER BY at DESC, id DESC
		LIMIT @limit`, args))
	if err != nil {
		return paging.Page[Record]{}, err
	}
	return paging.Cut(found, PageSize, func(r Record) paging.Cursor { return paging.Cursor(r.ID) }), nil
}

func records(rows pgx.Rows, err error) ([]Record, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Record])
	return found, db.Fault(err)
}

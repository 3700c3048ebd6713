package report

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

// OfArticle lists the open reports of an article of a site, newest first. It is
// for editors only. An article that is gone has none, whatever is yet to be
// deleted.
func OfArticle(ctx context.Context, q db.Querier, st site.ID, id article.ID) ([]Report, error) {
	// by report_article_id_reason_hash_key
	rows, err := q.Query(ctx, `
		SELECT r.id, r.article_id, r.reason, r.created_at
		FROM report r
		JOIN article a ON a.id = r.article_id AND a.state IN ('visible', 'pending', 'hidden')
		WHERE r.site_id = $1 AND r.article_id = $2 AND r.state = 'open'
		ORDER BY r.created_at DESC, r.id DESC`, st, id)
	if err != nil {
		return nil, db.Fault(err)
	}
	reports, err := pgx.CollectRows(rows, pgx.RowToStructByName[Report])
	return reports, db.Fault(err)
}

func isKnown(ctx context.Context, tx pgx.Tx, id article.ID, hash []byte) (known bool, err error) {
	// by report_article_id_reason_hash_key
	err = tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM report WHERE article_id = $1 AND reason_hash = $2)", id, hash).Scan(&known)
	return known, db.Fault(err)
}

func countOpen(ctx context.Context, tx pgx.Tx, id article.ID) (open int, err error) {
	err = tx.QueryRow(ctx, "SELECT count(*) FROM report WHERE article_id = $1 AND state = 'open'", id).Scan(&open)
	return open, db.Fault(err)
}

func insert(ctx context.Context, tx pgx.Tx, st site.ID, id article.ID, d Draft) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO report (site_id, article_id, reason, reason_hash)
		VALUES ($1, $2, $3, $4)`, st, id, d.Reason, d.hash())
	return db.Fault(err)
}

func closeAll(ctx context.Context, tx pgx.Tx, id article.ID) error {
	_, err := tx.Exec(ctx, "UPDATE report SET state = 'closed', closed_at = now() WHERE article_id = $1 AND state = 'open'", id)
	return db.Fault(err)
}

func deleteClosed(ctx context.Context, q db.Querier, age time.Duration) error {
	// by report_closed
	_, err := q.Exec(ctx, "DELETE FROM report WHERE state = 'closed' AND closed_at < now() - $1::interval", age)
	return db.Fault(err)
}

func deleteOf(ctx context.Context, q db.Querier, id article.ID) error {
	_, err := q.Exec(ctx, "DELETE FROM report WHERE article_id = $1", id)
	return db.Fault(err)
}

func deleteOfGone(ctx context.Context, q db.Querier) error {
	_, err := q.Exec(ctx, `
		DELETE FROM report r
		USING article a
		WHERE a.id = r.article_id AND a.state IN ('withdrawn', 'removed')`)
	return db.Fault(err)
}

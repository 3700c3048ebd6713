package article

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

const columns = `
	a.id, a.site_id, a.slug, a.state, a.rank, a.reason, a.contact, a.revision, a.version, a.comment_count,
	a.published_at, a.edited_at, a.created_at,
	a.language, a.title, a.summary, a.author, a.format, a.source, a.html`

// ItemColumns are the columns of Item for queries over article AS a. They leave
// the text out.
const ItemColumns = `
	a.id, a.site_id, a.slug, a.title, a.summary, a.author, a.language, a.rank, a.comment_count,
	a.published_at, a.edited_at, a.media_kinds`

func one(ctx context.Context, q db.Querier, where string, args ...any) (Article, error) {
	rows, err := q.Query(ctx, "SELECT "+columns+"\nFROM article a\n"+where, args...)
	if err != nil {
		return Article{}, db.Fault(err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Article])
	return a, db.Fault(err)
}

// ByID finds an article of a site in whatever state; CheckReadable says whether
// readers may have it.
func ByID(ctx context.Context, q db.Querier, st site.ID, id ID) (Article, error) {
	return one(ctx, q, "WHERE a.site_id = $1 AND a.id = $2", st, id)
}

// ByReceipt finds the article that a receipt belongs to.
func ByReceipt(ctx context.Context, q db.Querier, st site.ID, r Receipt) (Article, error) {
	// by article_receipt
	return one(ctx, q, "WHERE a.site_id = $1 AND a.receipt_hash = $2", st, r.Hash())
}

func lockByID(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Article, error) {
	return one(ctx, tx, "WHERE a.site_id = $1 AND a.id = $2\nFOR UPDATE", st, id)
}

func lockByReceipt(ctx context.Context, tx pgx.Tx, st site.ID, r Receipt) (Article, error) {
	return one(ctx, tx, "WHERE a.site_id = $1 AND a.receipt_hash = $2\nFOR UPDATE", st, r.Hash())
}

// Posted is what became of a ticket: the content it was used for.
type Posted struct {
	ID         ID
	ContentMAC []byte // nil once the article is deleted
}

// ByTicket finds what a ticket was used for; fault.NotFound for a fresh one.
func ByTicket(ctx context.Context, q db.Querier, st site.ID, t Ticket) (Posted, error) {
	// by article_ticket
	rows, err := q.Query(ctx, "SELECT id, content_mac FROM article WHERE site_id = $1 AND ticket_hash = $2", st, t.Hash())
	if err != nil {
		return Posted{}, db.Fault(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Posted])
	return p, db.Fault(err)
}

// ByRedirect finds where an address of an earlier system leads now.
func ByRedirect(ctx context.Context, q db.Querier, st site.ID, path string) (ID, error) {
	var id ID
	err := q.QueryRow(ctx, "SELECT article_id FROM article_redirect WHERE site_id = $1 AND path = $2", st, path).Scan(&id)
	return id, db.Fault(err)
}

// TopicsOf lists the topics an article is filed under, by slug.
func TopicsOf(ctx context.Context, q db.Querier, id ID) ([]site.Topic, error) {
	return siteTopics(q.Query(ctx, `
		SELECT t.id, t.slug, t.name
		FROM article_topic at
		JOIN site_topic t ON t.id = at.topic_id
		WHERE at.article_id = $1
		ORDER BY t.position, t.id`, id))
}

func siteTopics(rows pgx.Rows, err error) ([]site.Topic, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	topics, err := pgx.CollectRows(rows, pgx.RowToStructByName[site.Topic])
	return topics, db.Fault(err)
}

// TicketKeyOf reads the key that signs tickets, which the first migration made.
func TicketKeyOf(ctx context.Context, q db.Querier) (TicketKey, error) {
	var key []byte
	err := q.QueryRow(ctx, "SELECT secret FROM signing_key WHERE purpose = 'ticket'").Scan(&key)
	return key, db.Fault(err)
}

// Lock gives an article of a site that a comment is about to be added to, so
// that two verbs on one article take turns.
func Lock(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Article, error) {
	return lockByID(ctx, tx, st, id)
}

package comment

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
)

// PerPage bounds the comments that an article's page shows at once.
const PerPage = 200

// onPage are the states of the comments that stand under an article: visible and
// hidden ones, and what is left of removed ones.
const onPage = "('visible', 'hidden', 'removed')"

// OfArticle lists the comments that everybody may see, oldest first, from the
// one after the given id on, at most PerPage.
func OfArticle(ctx context.Context, q db.Querier, st site.ID, id article.ID, after ID) ([]Reply, error) {
	// by comment_article
	rows, err := q.Query(ctx, `
		SELECT id, article_id, kind, state, reason, author, html, created_at
		FROM comment
		WHERE site_id = $1 AND article_id = $2 AND id > $3 AND state IN `+onPage+`
		ORDER BY id
		LIMIT $4`, st, id, after, PerPage)
	if err != nil {
		return nil, db.Fault(err)
	}
	replies, err := pgx.CollectRows(rows, pgx.RowToStructByName[Reply])
	return replies, db.Fault(err)
}

// Recent is a comment as a feed carries it, with the article it belongs to.
type Recent struct {
	Reply
	ArticleSlug     string
	ArticleTitle    string
	ArticleLanguage locale.Tag
	Place           int // among the comments of the article, from 1 on
}

// Newest lists the newest visible comments under visible articles of a site.
func Newest(ctx context.Context, q db.Querier, st site.ID, limit int) ([]Recent, error) {
	// by comment_recent
	rows, err := q.Query(ctx, `
		SELECT c.id, c.article_id, c.kind, c.state, c.reason, c.author, c.html, c.created_at,
		       a.slug AS article_slug, a.title AS article_title, a.language AS article_language,
		       `+placeOf("c.article_id", "c.id")+` AS place
		FROM comment c
		JOIN article a ON a.id = c.article_id AND a.state = 'visible'
		WHERE c.site_id = $1 AND c.state = 'visible'
		ORDER BY c.created_at DESC, c.id DESC
		LIMIT $2`, st, limit)
	if err != nil {
		return nil, db.Fault(err)
	}
	recent, err := pgx.CollectRows(rows, pgx.RowToStructByName[Recent])
	return recent, db.Fault(err)
}

// ByID finds a comment of a site in whatever state, for its editors.
func ByID(ctx context.Context, q db.Querier, st site.ID, id ID) (Full, error) {
	return one(ctx, q, "WHERE c.site_id = $1 AND c.id = $2", st, id)
}

func lockByID(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Full, error) {
	return one(ctx, tx, "WHERE c.site_id = $1 AND c.id = $2\nFOR UPDATE OF c", st, id)
}

func one(ctx context.Context, q db.Querier, where string, args ...any) (Full, error) {
	rows, err := q.Query(ctx, `
		SELECT c.id, c.article_id, c.kind, c.state, c.reason, c.author, c.html, c.created_at, c.version,
		       a.slug AS article_slug, a.title AS article_title, a.language AS article_language, a.state AS article_state,
		       `+placeOf("c.article_id", "c.id")+` AS place
		FROM comment c
		JOIN article a ON a.id = c.article_id
		`+where, args...)
	if err != nil {
		return Full{}, db.Fault(err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Full])
	return c, db.Fault(err)
}

func insert(ctx context.Context, tx pgx.Tx, st site.ID, a article.ID, state article.State, d Draft, html string) (ID, error) {
	var id ID
	err := tx.QueryRow(ctx, `
		INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version, content_hash)
		VALUES (@site, @article, @kind, @state, @author, @source, @html, @markup, @hash)
		RETURNING id`,
		pgx.StrictNamedArgs{
			"site": st, "article": a, "kind": d.Kind, "state": state, "author": d.Author, "source": d.Body,
			"html": html, "markup": markup.Version, "hash": d.hash(),
		}).Scan(&id)
	return id, db.Fault(err)
}

// sameAs finds the same comment under an article, sent within RepeatLife.
func sameAs(ctx context.Context, tx pgx.Tx, a article.ID, hash []byte) (Posted, error) {
	p := Posted{Repeated: true}
	// by comment_article
	err := tx.QueryRow(ctx, `
		SELECT id, state = 'pending'
		FROM comment
		WHERE article_id = $1 AND content_hash = $2 AND created_at > now() - $3::interval
		ORDER BY id DESC
		LIMIT 1`, a, hash, RepeatLife).Scan(&p.ID, &p.Held)
	return p, db.Fault(err)
}

func setState(ctx context.Context, tx pgx.Tx, id ID, to article.State, reason string) error {
	_, err := tx.Exec(ctx, "UPDATE comment SET state = $2, reason = $3, version = version + 1 WHERE id = $1", id, to, reason)
	return db.Fault(err)
}

// erase deletes what a comment held.
func erase(ctx context.Context, tx pgx.Tx, id ID, to article.State, reason string) error {
	_, err := tx.Exec(ctx, `
		UPDATE comment
		SET state = $2, reason = $3, author = '', source = '', html = '', content_hash = NULL, version = version + 1
		WHERE id = $1`, id, to, reason)
	return db.Fault(err)
}

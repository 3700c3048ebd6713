package feature

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// PageSize is how many features a page of the list holds.
const PageSize = 20

const itemColumns = `
	f.id, f.site_id, f.slug, f.language, f.title, f.summary, f.picture, f.published_at,
	(SELECT count(*) FROM feature_article fa JOIN article a ON a.id = fa.article_id
	 WHERE fa.feature_id = f.id AND a.state = 'visible') AS articles`

func byID(ctx context.Context, q db.Querier, st site.ID, id ID) (Feature, error) {
	rows, err := q.Query(ctx, `
		SELECT id, site_id, slug, language, title, summary, html, picture, position, published_at
		FROM feature
		WHERE site_id = $1 AND id = $2`, st, id)
	if err != nil {
		return Feature{}, db.Fault(err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Feature])
	return f, db.Fault(err)
}

// Placed lists the features on a site's front page, the lead first.
func Placed(ctx context.Context, q db.Querier, st site.ID) ([]Item, error) {
	// by feature_placed
	return items(q.Query(ctx, "SELECT "+itemColumns+`
		FROM feature f
		WHERE f.site_id = $1 AND f.position IS NOT NULL
		ORDER BY f.position, f.id
		LIMIT 12`, st))
}

// List reads a page of all features of a site, newest first.
func List(ctx context.Context, q db.Querier, st site.ID, before paging.Cursor) (paging.Page[Item], error) {
	after, args := "", pgx.StrictNamedArgs{"site": st, "limit": PageSize + 1}
	if !before.IsZero() {
		// a condition of its own: "from the start, or after this one" could not go by the index
		after, args["before"] = "\n\t\t  AND (f.published_at, f.id) < (SELECT published_at, id FROM feature WHERE site_id = @site AND id = @before)", int64(before)
	}
	// by feature_site
	found, err := items(q.Query(ctx, "SELECT "+itemColumns+`
		FROM feature f
		WHERE f.site_id = @site`+after+`
		ORDER BY f.published_at DESC, f.id DESC
		LIMIT @limit`, args))
	return cut(found), err
}

// ListAll reads the newest features of all sites, for the portal.
func ListAll(ctx context.Context, q db.Querier, limit int) ([]Item, error) {
	// by feature_all
	return items(q.Query(ctx, "SELECT "+itemColumns+`
		FROM feature f
		ORDER BY f.published_at DESC, f.id DESC
		LIMIT $1`, limit))
}

func cut(found []Item) paging.Page[Item] {
	return paging.Cut(found, PageSize, func(i Item) paging.Cursor { return paging.Cursor(i.ID) })
}

func items(rows pgx.Rows, err error) ([]Item, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Item])
	return found, db.Fault(err)
}

// ArticlesOf lists the visible articles a feature is made from.
func ArticlesOf(ctx context.Context, q db.Querier, st site.ID, id ID) ([]article.Item, error) {
	rows, err := q.Query(ctx, "SELECT "+article.ItemColumns+`
		FROM feature_article fa
		JOIN article a ON a.id = fa.article_id
		WHERE fa.feature_id = $2 AND a.site_id = $1 AND a.state = 'visible'
		ORDER BY fa.position`, st, id)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[article.Item])
	return found, db.Fault(err)
}

func insert(ctx context.Context, tx pgx.Tx, st site.ID, slug string, d Draft, html string) (ID, error) {
	var published *time.Time
	if !d.PublishedAt.IsZero() {
		published = &d.PublishedAt
	}
	var id ID
	err := tx.QueryRow(ctx, `
		INSERT INTO feature (site_id, slug, language, title, summary, source, html, markup_version, position, published_at)
		VALUES (@site, @slug, @language, @title, @summary, @source, @html, @markup, nullif(@position::integer, 0), coalesce(@published::timestamptz, now()))
		RETURNING id`,
		pgx.StrictNamedArgs{
			"site": st, "slug": slug, "language": d.Language, "title": d.Title, "summary": d.Summary, "source": d.Body,
			"html": html, "markup": markup.Version, "position": d.Position, "published": published,
		}).Scan(&id)
	return id, db.Fault(err)
}

func linkArticles(ctx context.Context, tx pgx.Tx, st site.ID, id ID, articles []article.ID) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO feature_article (feature_id, article_id, position)
		SELECT $2, a.id, l.n
		FROM unnest($3::bigint[]) WITH ORDINALITY AS l (id, n)
		JOIN article a ON a.id = l.id AND a.site_id = $1`, st, id, articles)
	return db.Fault(err)
}

func setPicture(ctx context.Context, tx pgx.Tx, st site.ID, id ID) error {
	_, err := tx.Exec(ctx, `
		UPDATE feature
		SET picture = (SELECT id FROM media WHERE feature_id = $2 ORDER BY position LIMIT 1), version = version + 1
		WHERE site_id = $1 AND id = $2`, st, id)
	return db.Fault(err)
}

package feature

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// PageSize is how many features a page of a list holds.
const PageSize = 20

const itemColumns = `
	f.id, f.site_id, f.slug, f.language, f.title, f.summary, f.picture, f.position, f.version, f.published_at,
	(SELECT count(*) FROM feature_article fa JOIN article a ON a.id = fa.article_id
	 WHERE fa.feature_id = f.id AND a.state = 'visible') AS articles`

// ByID finds a feature of a site: fault.NotFound where there never was one,
// fault.Gone where it was discarded.
func ByID(ctx context.Context, q db.Querier, st site.ID, id ID) (Feature, error) {
	return one(ctx, q, st, id, "")
}

func lockByID(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Feature, error) {
	return one(ctx, tx, st, id, "FOR UPDATE")
}

func one(ctx context.Context, q db.Querier, st site.ID, id ID, locking string) (Feature, error) {
	rows, err := q.Query(ctx, `
		SELECT id, site_id, slug, language, title, summary, source, html, picture, position, version, published_at, edited_version
		FROM feature
		WHERE site_id = $1 AND id = $2
		`+locking, st, id)
	if err != nil {
		return Feature{}, db.Fault(err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Feature])
	if err = db.Fault(err); fault.Is(err, fault.NotFound) {
		return Feature{}, absent(ctx, q, st, id, err)
	}
	return f, err
}

// absent tells a feature that was discarded, which only the log knows of, from
// one that never was.
func absent(ctx context.Context, q db.Querier, st site.ID, id ID, notFound error) error {
	acts, err := modlog.Of(ctx, q, int64(st), modlog.Feature, int64(id))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(acts, func(r modlog.Record) bool { return r.Act == modlog.Discard }) {
		return fault.New(fault.Gone, "feature")
	}
	return notFound
}

// Placed lists the features on a site's front page, the lead first.
func Placed(ctx context.Context, q db.Querier, st site.ID) ([]Item, error) {
	// by feature_position
	return items(q.Query(ctx, "SELECT "+itemColumns+`
		FROM feature f
		WHERE f.site_id = $1 AND f.position IS NOT NULL
		ORDER BY f.position
		LIMIT $2`, st, MaxPlaced))
}

// List reads a page of all features of a site, newest first.
func List(ctx context.Context, q db.Querier, st site.ID, before paging.Cursor) (paging.Page[Item], error) {
	return list(ctx, q, st, "", before)
}

// ListUnplaced is List of those that are not on the front page.
func ListUnplaced(ctx context.Context, q db.Querier, st site.ID, before paging.Cursor) (paging.Page[Item], error) {
	return list(ctx, q, st, "\n\t\t  AND f.position IS NULL", before)
}

func list(ctx context.Context, q db.Querier, st site.ID, where string, before paging.Cursor) (paging.Page[Item], error) {
	args := pgx.StrictNamedArgs{"site": st, "limit": PageSize + 1}
	if !before.IsZero() {
		// a condition of its own: "from the start, or after this one" could not go by the index
		where += "\n\t\t  AND (f.published_at, f.id) < (SELECT published_at, id FROM feature WHERE site_id = @site AND id = @before)"
		args["before"] = int64(before)
	}
	// by feature_site
	found, err := items(q.Query(ctx, "SELECT "+itemColumns+`
		FROM feature f
		WHERE f.site_id = @site`+where+`
		ORDER BY f.published_at DESC, f.id DESC
		LIMIT @limit`, args))
	return paging.Cut(found, PageSize, func(i Item) paging.Cursor { return paging.Cursor(i.ID) }), err
}

// ListAll reads the newest features of all sites, for the portal.
func ListAll(ctx context.Context, q db.Querier, limit int) ([]Item, error) {
	// by feature_all
	return items(q.Query(ctx, "SELECT "+itemColumns+`
		FROM feature f
		ORDER BY f.published_at DESC, f.id DESC
		LIMIT $1`, limit))
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
	return articles(q.Query(ctx, "SELECT "+article.ItemColumns+`
		FROM feature_article fa
		JOIN article a ON a.id = fa.article_id
		WHERE fa.feature_id = $2 AND a.site_id = $1 AND a.state = 'visible'
		ORDER BY fa.position`, st, id))
}

// LinkedTo lists all articles a feature is made from, those included that
// readers do not see just now; deleted ones are left out.
func LinkedTo(ctx context.Context, q db.Querier, st site.ID, id ID) ([]article.Item, error) {
	return articles(q.Query(ctx, "SELECT "+article.ItemColumns+`
		FROM feature_article fa
		JOIN article a ON a.id = fa.article_id
		WHERE fa.feature_id = $2 AND a.site_id = $1 AND a.state NOT IN ('withdrawn', 'removed')
		ORDER BY fa.position`, st, id))
}

// Linkable lists those of the ids that a feature of the site can be made from,
// in the order asked for.
func Linkable(ctx context.Context, q db.Querier, st site.ID, ids []article.ID) ([]article.Item, error) {
	return articles(q.Query(ctx, "SELECT "+article.ItemColumns+`
		FROM article a
		WHERE a.site_id = $1 AND a.id = ANY($2) AND a.state NOT IN ('withdrawn', 'removed')
		ORDER BY array_position($2::bigint[], a.id)`, st, ids))
}

func articles(rows pgx.Rows, err error) ([]article.Item, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[article.Item])
	return found, db.Fault(err)
}

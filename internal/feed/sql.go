package feed

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// text is what a list leaves out and a feed carries.
type text struct {
	ID     int64
	HTML   string
	Topics []string // names
}

// articleTexts reads the texts of visible articles, by id.
func articleTexts(ctx context.Context, q db.Querier, ids []int64) (map[int64]text, error) {
	// by article_pkey
	return texts(q.Query(ctx, `
		SELECT a.id, a.html,
		       ARRAY(SELECT t.name
		             FROM article_topic at
		             JOIN site_topic t ON t.id = at.topic_id
		             WHERE at.article_id = a.id
		             ORDER BY t.position, t.id) AS topics
		FROM article a
		WHERE a.id = ANY($1) AND a.state = 'visible'`, ids))
}

// featureTexts reads the texts of features, by id.
func featureTexts(ctx context.Context, q db.Querier, ids []int64) (map[int64]text, error) {
	// by feature_pkey
	return texts(q.Query(ctx, "SELECT id, html, ARRAY[]::text[] AS topics FROM feature WHERE id = ANY($1)", ids))
}

func texts(rows pgx.Rows, err error) (map[int64]text, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[text])
	if err != nil {
		return nil, db.Fault(err)
	}
	byID := make(map[int64]text, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	return byID, nil
}

// owner is the column that says what a file belongs to.
type owner string

const (
	ofArticle owner = "article_id" // by media_article
	ofComment owner = "comment_id" // by media_comment
	ofFeature owner = "feature_id" // by media_feature
)

// file is what a feed hands on of a post's file: of an image the largest JPEG,
// which every reader can show, of a video the largest MP4, of a recording the
// MP3.
type file struct {
	Owner    int64
	ID       string
	Kind     string
	Alt      string
	Name     string
	Type     string
	Width    int
	Height   int
	Bytes    int64
	Duration time.Duration
	Poster   string // name of a picture that stands for a video
}

// files reads those of several posts, each in its order, by the posts' ids. What
// is not ready is not among them.
func files(ctx context.Context, q db.Querier, of owner, ids []int64) (map[int64][]file, error) {
	rows, err := q.Query(ctx, `
		SELECT m.`+string(of)+` AS owner, m.id, m.kind, m.alt, r.name, r.type, r.width, r.height, r.bytes,
		       m.duration_ms * interval '1 millisecond' AS duration,
		       CASE m.kind WHEN 'video' THEN coalesce(
		           (SELECT name FROM rendition WHERE media_id = m.id AND type = 'image/jpeg' ORDER BY width DESC LIMIT 1), '')
		       ELSE '' END AS poster
		FROM media m
		CROSS JOIN LATERAL (
			SELECT name, type, width, height, bytes
			FROM rendition
			WHERE media_id = m.id
			  AND type = CASE m.kind
			      WHEN 'image' THEN 'image/jpeg' WHEN 'video' THEN 'video/mp4' WHEN 'audio' THEN 'audio/mpeg' WHEN 'document' THEN 'application/pdf' END
			ORDER BY width DESC, name
			LIMIT 1) r
		WHERE m.`+string(of)+` = ANY($1) AND m.state = 'ready'
		ORDER BY m.position, m.id`, ids)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[file])
	if err != nil {
		return nil, db.Fault(err)
	}
	byOwner := map[int64][]file{}
	for _, f := range found {
		byOwner[f.Owner] = append(byOwner[f.Owner], f)
	}
	return byOwner, nil
}

// stood is a page that a sitemap lists; without an id it is a static one.
type stood struct {
	ID      int64
	Slug    string
	Changed time.Time
}

func standing(ctx context.Context, q db.Querier, st site.ID) ([]stood, error) {
	// by site_page_pkey and feature_site
	return places(q.Query(ctx, `
		(SELECT 0::bigint AS id, slug, updated_at AS changed FROM site_page WHERE site_id = $1 ORDER BY slug)
		UNION ALL
		(SELECT id, slug, published_at FROM feature WHERE site_id = $1 ORDER BY published_at DESC, id DESC LIMIT $2)`, st, SitemapSize))
}

// sitemapArticles reads from an article on, that one included, oldest first.
func sitemapArticles(ctx context.Context, q db.Querier, st site.ID, from paging.Cursor) ([]stood, error) {
	where := ""
	args := pgx.StrictNamedArgs{"site": st, "size": SitemapSize}
	if !from.IsZero() {
		where = "\n\t\t  AND (published_at, id) >= (SELECT published_at, id FROM article WHERE site_id = @site AND id = @from)"
		args["from"] = int64(from)
	}
	// by article_wire, from its far end
	return places(q.Query(ctx, `
		SELECT id, slug, greatest(published_at, edited_at) AS changed
		FROM article
		WHERE site_id = @site AND state = 'visible'`+where+`
		ORDER BY published_at, id
		LIMIT @size`, args))
}

func places(rows pgx.Rows, err error) ([]stood, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[stood])
	return found, db.Fault(err)
}

func sitemapStarts(ctx context.Context, q db.Querier, st site.ID) ([]paging.Cursor, error) {
	// an index-only scan of article_wire
	rows, err := q.Query(ctx, `
		SELECT id
		FROM (SELECT id, row_number() OVER (ORDER BY published_at, id) AS n
		      FROM article
		      WHERE site_id = $1 AND state = 'visible') counted
		WHERE n % $2 = 1
		ORDER BY n`, st, SitemapSize)
	if err != nil {
		return nil, db.Fault(err)
	}
	starts, err := pgx.CollectRows(rows, pgx.RowTo[paging.Cursor])
	return starts, db.Fault(err)
}

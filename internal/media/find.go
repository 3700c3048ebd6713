package media

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

const columns = `
	m.id, m.site_id, m.article_id, m.comment_id, m.feature_id, m.kind, m.type, m.name, m.alt, m.width, m.height,
	m.duration_ms * interval '1 millisecond' AS duration, m.state, m.failure,
	m.state = 'failed' AND m.original IS NOT NULL AS retryable,
	CASE m.state
		WHEN 'arriving' THEN coalesce((SELECT 100 * u.received / greatest(u.size, 1) FROM upload u WHERE u.media_id = m.id), 0)::integer
		ELSE m.progress END AS progress,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'type', r.type, 'width', r.width,
	        'height', r.height, 'bytes', r.bytes, 'blob', r.blob) ORDER BY r.width, r.name), '[]')
	 FROM rendition r WHERE r.media_id = m.id) AS renditions`

func list(ctx context.Context, q db.Querier, where string, args ...any) ([]Media, error) {
	rows, err := q.Query(ctx, "SELECT "+columns+"\nFROM media m\n"+where, args...)
	if err != nil {
		return nil, db.Fault(err)
	}
	files, err := pgx.CollectRows(rows, pgx.RowToStructByName[Media])
	return files, db.Fault(err)
}

// OfArticle lists the files of an article, in their order, whatever their state.
func OfArticle(ctx context.Context, q db.Querier, st site.ID, article int64) ([]Media, error) {
	// by media_article
	return list(ctx, q, "WHERE m.site_id = $1 AND m.article_id = $2 AND m.state <> 'gone'\nORDER BY m.position", st, article)
}

// OfKind lists the ready files of a kind that several articles have, in the
// order of each.
func OfKind(ctx context.Context, q db.Querier, st site.ID, articles []int64, kind Kind) ([]Media, error) {
	// by media_article
	return list(ctx, q, "WHERE m.site_id = $1 AND m.article_id = ANY($2) AND m.kind = $3 AND m.state = 'ready'\nORDER BY m.article_id, m.position", st, articles, kind)
}

// OfComments lists the files of several comments, in the order of each.
func OfComments(ctx context.Context, q db.Querier, st site.ID, comments []int64) ([]Media, error) {
	// by media_comment
	return list(ctx, q, "WHERE m.site_id = $1 AND m.comment_id = ANY($2) AND m.state <> 'gone'\nORDER BY m.comment_id, m.position", st, comments)
}

// OfFeature lists the files of a feature, whatever their state: its picture.
func OfFeature(ctx context.Context, q db.Querier, st site.ID, feature int64) ([]Media, error) {
	// by media_feature
	return list(ctx, q, "WHERE m.site_id = $1 AND m.feature_id = $2 AND m.state <> 'gone'\nORDER BY m.position", st, feature)
}

// ByIDs lists ready files by their ids: pictures of features, of any site.
func ByIDs(ctx context.Context, q db.Querier, ids []ID) ([]Media, error) {
	return list(ctx, q, "WHERE m.id = ANY($1) AND m.state = 'ready'", ids)
}

// Served is what stands behind an address /media/{id}/{rendition}.
type Served struct {
	State State
	Type  string
	Blob  blob.Key
}

// Find looks up a rendition of a site's file: fault.NotFound where there never
// was one, fault.Gone where it was deleted with its post.
func Find(ctx context.Context, q db.Querier, st site.ID, id ID, rendition string) (Served, error) {
	if !id.Valid() {
		return Served{}, fault.New(fault.NotFound, "media")
	}
	rows, err := q.Query(ctx, `
		SELECT m.state, coalesce(r.type, '') AS type, coalesce(r.blob, '') AS blob
		FROM media m
		LEFT JOIN rendition r ON r.media_id = m.id AND r.name = $3
		WHERE m.site_id = $1 AND m.id = $2`, st, id, rendition)
	if err != nil {
		return Served{}, db.Fault(err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Served])
	switch {
	case err != nil:
		return Served{}, db.Fault(err)
	case s.State == Gone:
		return Served{}, fault.New(fault.Gone, "media")
	case s.Blob == "":
		return Served{}, fault.New(fault.NotFound, "rendition")
	}
	return s, nil
}

// SiteOf tells whose file it is, for pictures that the portal shows.
func SiteOf(ctx context.Context, q db.Querier, id ID) (site.ID, error) {
	var st site.ID
	err := q.QueryRow(ctx, "SELECT site_id FROM media WHERE id = $1", id).Scan(&st)
	return st, db.Fault(err)
}

const uploadColumns = `id, ` + storeKey + ` AS store_key, name, type, width, height,
	size, deferred, declared, received, sha256, state, failure, expires_at, expires_at < now() AS expired, media_id`

// Uploads lists those of the given uploads that lie under the ticket's hash and
// that no post has taken, in the order asked for.
func Uploads(ctx context.Context, q db.Querier, st site.ID, ticketHash []byte, ids []UploadID) ([]Upload, error) {
	rows, err := q.Query(ctx, `
		SELECT `+uploadColumns+`
		FROM upload
		WHERE site_id = $1 AND ticket_hash = $2 AND id = ANY($3) AND media_id IS NULL
		ORDER BY array_position($3::text[], id)`, st, ticketHash, ids)
	if err != nil {
		return nil, db.Fault(err)
	}
	uploads, err := pgx.CollectRows(rows, pgx.RowToStructByName[Upload])
	return uploads, db.Fault(err)
}

// AnyWaiting tells whether a file of a post still waits for its cleaning.
func AnyWaiting(ctx context.Context, q db.Querier, st site.ID, o Owner) (bool, error) {
	var waiting bool
	// by media_article, media_comment, media_feature
	err := q.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM media
			WHERE site_id = $1 AND state = 'waiting'
			  AND (article_id = nullif($2::bigint, 0) OR comment_id = nullif($3::bigint, 0) OR feature_id = nullif($4::bigint, 0)))`,
		st, o.Article, o.Comment, o.Feature).Scan(&waiting)
	return waiting, db.Fault(err)
}

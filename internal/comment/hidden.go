package comment

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// HiddenPerPage is how much of what is hidden a page of the list holds.
const HiddenPerPage = 50

// Hidden is an article or a comment that the editors hid, with why, and with
// who and when where the log tells. Slug, title and language are the article's.
type Hidden struct {
	Article   article.ID
	Slug      string
	Title     string
	Language  locale.Tag
	Comment   ID  // 0: it is the article itself
	Place     int // of the comment among those of its article, from 1 on
	Reason    string
	PostedAt  time.Time
	HiddenAt  *time.Time
	ActorKind *modlog.ActorKind
	ActorName *string
}

// Anchor is where it stands, behind the path of its article.
func (h Hidden) Anchor() string {
	if h.Comment == 0 {
		return ""
	}
	return Anchor(h.Comment, h.Place)
}

// cursor tells the two kinds apart, whose ids are each their own.
func (h Hidden) cursor() paging.Cursor {
	if h.Comment == 0 {
		return paging.Cursor(2 * h.Article)
	}
	return paging.Cursor(2*h.Comment + 1)
}

// AllHidden reads a page of all that the editors hid on a site, articles and
// comments, what was posted last first.
func AllHidden(ctx context.Context, q db.Querier, st site.ID, before paging.Cursor) (paging.Page[Hidden], error) {
	args := pgx.StrictNamedArgs{"site": st, "limit": HiddenPerPage + 1}
	articles, comments := "", ""
	if !before.IsZero() {
		last := "(SELECT published_at FROM article WHERE site_id = @site AND id = @last)"
		if before%2 == 1 {
			last = "(SELECT created_at FROM comment WHERE site_id = @site AND id = @last)"
		}
		// the ids of either kind whose cursors are smaller than this one
		args["last"], args["articles"], args["comments"] = int64(before/2), int64(before/2+before%2), int64(before/2)
		articles = "\n\t\t\t  AND (published_at, id) < (" + last + ", @articles)"
		comments = "\n\t\t\t  AND (c.created_at, c.id) < (" + last + ", @comments)"
	}
	// by article_hidden and comment_hidden; who hid it by moderation_log_subject
	rows, err := q.Query(ctx, `
		WITH article_list AS (
			SELECT id AS article, 0::bigint AS comment, reason, published_at AS posted_at, 2 * id AS cursor
			FROM article
			WHERE site_id = @site AND state = 'hidden'`+articles+`
			ORDER BY published_at DESC, id DESC
			LIMIT @limit
		), comment_list AS (
			SELECT c.article_id, c.id, c.reason, c.created_at, 2 * c.id + 1
			FROM comment c
			JOIN article a ON a.id = c.article_id AND a.state IN ('visible', 'hidden')
			WHERE c.site_id = @site AND c.state = 'hidden'`+comments+`
			ORDER BY c.created_at DESC, c.id DESC
			LIMIT @limit
		), hidden AS (
			SELECT *
			FROM (TABLE article_list UNION ALL TABLE comment_list) merged
			ORDER BY posted_at DESC, cursor DESC
			LIMIT @limit
		)
		SELECT h.article, a.slug, a.title, a.language, h.comment, `+placeOf("h.article", "h.comment")+` AS place,
		       h.reason, h.posted_at, l.at AS hidden_at, l.actor_kind, l.actor_name
		FROM hidden h
		JOIN article a ON a.id = h.article
		LEFT JOIN LATERAL (
			SELECT at, actor_kind, actor_name
			FROM moderation_log
			WHERE subject = CASE h.comment WHEN 0 THEN 'article' ELSE 'comment' END
			  AND subject_id = CASE h.comment WHEN 0 THEN h.article ELSE h.comment END
			  AND act = 'hide'
			ORDER BY id DESC
			LIMIT 1) l ON true
		ORDER BY h.posted_at DESC, h.cursor DESC`, args)
	if err != nil {
		return paging.Page[Hidden]{}, db.Fault(err)
	}
	hidden, err := pgx.CollectRows(rows, pgx.RowToStructByName[Hidden])
	if err != nil {
		return paging.Page[Hidden]{}, db.Fault(err)
	}
	return paging.Cut(hidden, HiddenPerPage, Hidden.cursor), nil
}

// placeOf counts a comment and those before it that its article shows, as far
// as it matters: on the first page, or beyond.
func placeOf(article, comment string) string {
	return `(
		SELECT count(*)
		FROM (SELECT
		      FROM comment p
		      WHERE p.article_id = ` + article + ` AND p.id <= ` + comment + ` AND p.state IN ` + onPage + `
		      LIMIT ` + strconv.Itoa(PerPage+1) + `) p)`
}

// Spot is where a comment stands.
type Spot struct {
	ID      ID
	Article article.ID
	Place   int // among the comments of its article, from 1 on
}

// Anchor is that spot behind the path of the article.
func (s Spot) Anchor() string { return Anchor(s.ID, s.Place) }

// Spots finds where comments of a site stand. Those that it does not have, and
// those whose article is gone, are not among them.
func Spots(ctx context.Context, q db.Querier, st site.ID, ids []ID) (map[ID]Spot, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	// by comment_pkey, and for the places by comment_article
	rows, err := q.Query(ctx, `
		SELECT c.id, c.article_id AS article, `+placeOf("c.article_id", "c.id")+` AS place
		FROM comment c
		JOIN article a ON a.id = c.article_id AND a.state IN ('visible', 'pending', 'hidden')
		WHERE c.site_id = @site AND c.id = ANY(@ids)`,
		pgx.StrictNamedArgs{"site": st, "ids": ids})
	if err != nil {
		return nil, db.Fault(err)
	}
	spots, err := pgx.CollectRows(rows, pgx.RowToStructByName[Spot])
	found := make(map[ID]Spot, len(spots))
	for _, s := range spots {
		found[s.ID] = s
	}
	return found, db.Fault(err)
}

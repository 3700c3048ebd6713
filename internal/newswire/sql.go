package newswire

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// List reads a page of a site's wire, newest first.
func List(ctx context.Context, q db.Querier, st site.ID, f Filter) (paging.Page[article.Item], error) {
	sql, args := f.query(st)
	return page(ctx, q, sql, args)
}

// query leans on article_wire, or on the index of its filter; a topic is paged
// by article_topic_wire.
func (f Filter) query(st site.ID) (string, pgx.StrictNamedArgs) {
	args := pgx.StrictNamedArgs{"site": st, "limit": PageSize + 1}
	from, at, where := "article a", "a.published_at, a.id", []string{"a.site_id = @site", "a.state = 'visible'"}
	only := func(cond, name string, value any) {
		where, args[name] = append(where, cond), value
	}
	if f.Topic != 0 {
		from, at = "article_topic w JOIN article a ON a.id = w.article_id", "w.published_at, w.article_id"
		only("w.topic_id = @topic", "topic", f.Topic)
	}
	if f.Rank != "" {
		only("a.rank = @rank", "rank", f.Rank)
		if f.Rank != article.Other {
			where = append(where, "a.rank <> 'other'") // so that the partial index fits
		}
	}
	if f.Language != "" {
		only("a.language = @language", "language", f.Language)
	}
	if f.Media != "" {
		only("a.media_kinds <> '{}' AND @media = ANY(a.media_kinds)", "media", f.Media)
	}
	if f.Plays {
		where = append(where, "a.media_kinds <> '{}' AND a.media_kinds && ARRAY['audio', 'video']")
	}
	if !f.From.IsZero() {
		only("a.published_at >= @from", "from", f.From)
	}
	if !f.To.IsZero() {
		only("a.published_at < @to", "to", f.To)
	}
	if !f.Before.IsZero() {
		only("("+at+") < (SELECT published_at, id FROM article WHERE site_id = @site AND id = @before)", "before", int64(f.Before))
	}
	order := strings.ReplaceAll(at, ",", " DESC,") + " DESC"
	return "SELECT " + article.ItemColumns + "\nFROM " + from + "\nWHERE " + strings.Join(where, "\n  AND ") +
		"\nORDER BY " + order + "\nLIMIT @limit", args
}

// ListGlobal reads a page of all sites' global articles, newest first.
func ListGlobal(ctx context.Context, q db.Querier, before paging.Cursor) (paging.Page[article.Item], error) {
	sql, args := "", pgx.StrictNamedArgs{"limit": PageSize + 1}
	if !before.IsZero() {
		sql, args["before"] = "\n  AND (a.published_at, a.id) < (SELECT published_at, id FROM article WHERE id = @before)", int64(before)
	}
	// by article_global
	return page(ctx, q, "SELECT "+article.ItemColumns+`
		FROM article a
		WHERE a.state = 'visible' AND a.rank = 'global'`+sql+`
		ORDER BY a.published_at DESC, a.id DESC
		LIMIT @limit`, args)
}

func page(ctx context.Context, q db.Querier, sql string, args pgx.StrictNamedArgs) (paging.Page[article.Item], error) {
	rows, err := q.Query(ctx, sql, args)
	if err != nil {
		return paging.Page[article.Item]{}, db.Fault(err)
	}
	items, err := pgx.CollectRows(rows, pgx.RowToStructByName[article.Item])
	if err != nil {
		return paging.Page[article.Item]{}, db.Fault(err)
	}
	return paging.Cut(items, PageSize, func(i article.Item) paging.Cursor { return paging.Cursor(i.ID) }), nil
}

// Month is one month of the archive and how much it holds.
type Month struct {
	Start time.Time // its first instant in the collective's time zone
	Count int
}

// Span tells when the oldest and the newest article that everyone may see came
// onto a site's wire: the zero time twice where there is none.
func Span(ctx context.Context, q db.Querier, st site.ID) (oldest, newest time.Time, err error) {
	var ends [2]*time.Time // by both ends of article_wire
	err = q.QueryRow(ctx, `
		SELECT min(published_at), max(published_at)
		FROM article
		WHERE site_id = @site AND state = 'visible'`, pgx.StrictNamedArgs{"site": st}).Scan(&ends[0], &ends[1])
	if err != nil || ends[0] == nil || ends[1] == nil {
		return time.Time{}, time.Time{}, db.Fault(err)
	}
	return *ends[0], *ends[1], nil
}

// Months lists the months in which a site published, newest first.
func Months(ctx context.Context, q db.Querier, st site.Site) ([]Month, error) {
	// From each month's start to the newest article before it, by article_wire, and then index-only counts: four times as
	// fast as to cut the time of each article down to its month.
	rows, err := q.Query(ctx, `
		WITH RECURSIVE month AS (
			SELECT date_trunc('month', max(published_at), @zone) AS start
			FROM article
			WHERE site_id = @site AND state = 'visible'
			UNION ALL
			SELECT date_trunc('month', (SELECT max(published_at)
			                            FROM article
			                            WHERE site_id = @site AND state = 'visible' AND published_at < m.start), @zone)
			FROM month m
			WHERE m.start IS NOT NULL
		)
		SELECT m.start, (SELECT count(*)
		                 FROM article
		                 WHERE site_id = @site AND state = 'visible' AND published_at >= m.start
		                   AND published_at < (m.start AT TIME ZONE @zone + interval '1 month') AT TIME ZONE @zone) AS count
		FROM month m
		WHERE m.start IS NOT NULL
		ORDER BY m.start DESC`, pgx.StrictNamedArgs{"site": st.ID, "zone": st.Zone().String()})
	if err != nil {
		return nil, db.Fault(err)
	}
	months, err := pgx.CollectRows(rows, pgx.RowToStructByName[Month])
	return months, db.Fault(err)
}

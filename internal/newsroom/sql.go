package newsroom

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// Read reads a page of a list. fault.NotFound for what is no list, and for a
// cursor of another one.
func Read(ctx context.Context, q db.Querier, st site.ID, l List, before paging.Cursor) (paging.Page[Item], error) {
	args := pgx.StrictNamedArgs{"site": st, "limit": PageSize + 1, "codes": int64(sourceCodes)}
	listed, err := l.sql(before, args)
	if err != nil {
		return paging.Page[Item]{}, err
	}
	// the body is looked at for comments only, and no further than a row shows
	rows, err := q.Query(ctx, `
		WITH listed AS (`+listed+`)
		SELECT l.article_id, l.comment_id, l.at, l.key * @codes + l.code AS place,
		       coalesce(c.state, a.state) AS state, coalesce(c.version, a.version) AS version,
		       coalesce(c.reason, a.reason) AS reason, coalesce(c.author, a.author) AS author,
		       CASE WHEN c.id IS NULL THEN a.media_kinds
		            ELSE ARRAY(SELECT DISTINCT kind FROM media WHERE comment_id = c.id AND state = 'ready' AND kind <> 'captions' ORDER BY kind) END AS media_kinds,
		       a.title, a.slug, a.language, a.rank, a.comment_count,
		       (SELECT count(*) FROM report WHERE article_id = a.id AND state = 'open') AS reports,
		       (SELECT coalesce(max(id), 0) FROM report WHERE article_id = a.id AND state = 'open') AS newest_report,
		       coalesce((SELECT left(reason, 300) FROM report WHERE article_id = a.id AND state = 'open' ORDER BY id DESC LIMIT 1), '') AS told,
		       EXISTS (SELECT FROM article_revision WHERE article_id = a.id AND n = a.revision AND state = 'waiting') AS change_waiting,
		       coalesce(c.kind = 'addition', false) AS addition, coalesce(left(c.source, 300), '') AS begins
		FROM listed l
		JOIN article a ON a.id = l.article_id
		LEFT JOIN comment c ON c.id = l.comment_id
		ORDER BY l.at DESC, l.code DESC, l.key DESC
		LIMIT @limit`, args)
	if err != nil {
		return paging.Page[Item]{}, db.Fault(err)
	}
	items, err := pgx.CollectRows(rows, pgx.RowToStructByName[Item])
	if err != nil {
		return paging.Page[Item]{}, db.Fault(err)
	}
	return paging.Cut(items, PageSize, Item.cursor), nil
}

// sql are the rows of a list, from all its sources.
func (l List) sql(before paging.Cursor, args pgx.StrictNamedArgs) (string, error) {
	sources := l.sources()
	var after *source
	if !before.IsZero() {
		for _, s := range sources {
			if s.code == int64(before)%sourceCodes {
				after, args["key"] = &s, int64(before)/sourceCodes
			}
		}
	}
	if len(sources) == 0 || after == nil && !before.IsZero() {
		return "", fault.New(fault.NotFound, "list")
	}
	parts := make([]string, 0, len(sources))
	for _, s := range sources {
		parts = append(parts, s.sql(after))
	}
	return strings.Join(parts, "\nUNION ALL\n"), nil
}

// Count tells how much waits for the editors of a site. It reads each source in
// its order, so that what is much is read no further than it is counted.
func Count(ctx context.Context, q db.Querier, st site.ID) (Counts, error) {
	args := pgx.StrictNamedArgs{"site": st, "limit": MostCounted}
	waiting, err := Waiting.sql(0, args)
	if err != nil {
		return Counts{}, err
	}
	reported, err := Reported.sql(0, args)
	if err != nil {
		return Counts{}, err
	}
	var c Counts
	err = q.QueryRow(ctx, `
		SELECT (SELECT least(count(*), @limit) FROM (`+waiting+`) w),
		       (SELECT least(count(*), @limit) FROM (`+reported+`) r)`, args).Scan(&c.Waiting, &c.Reported)
	return c, db.Fault(err)
}

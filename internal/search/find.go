package search

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// Find reads a page of the visible articles of a site that match. A query
// without words finds nothing and is no error, nor is one that only says what
// must not stand there: it finds the rest.
//
// fault.Invalid is an order or a cursor that was not of our making.
func Find(ctx context.Context, q db.Querier, st site.Site, query Query) (paging.Page[Hit], error) {
	query = query.Clean()
	if err := checkOrder(query.Order); err != nil {
		return paging.Page[Hit]{}, err
	}
	if query.Order == Newest {
		return findNewest(ctx, q, st, query)
	}
	return findBest(ctx, q, st, query)
}

// spoken are the configurations of all that stands on the wire of a site:
// imported articles may be in languages that the site itself does not have.
// Each language costs one look into article_wire_language, however many
// articles it has.
func spoken(ctx context.Context, q db.Querier, st site.Site) ([]tongue, error) {
	rows, err := q.Query(ctx, `
		WITH RECURSIVE spoken AS (
			SELECT min(language) AS language
			FROM article
			WHERE site_id = @site AND state = 'visible'
			UNION ALL
			SELECT (SELECT min(language)
			        FROM article
			        WHERE site_id = @site AND state = 'visible' AND language > s.language)
			FROM spoken s
			WHERE s.language IS NOT NULL
		)
		SELECT language
		FROM spoken
		WHERE language IS NOT NULL`, pgx.StrictNamedArgs{"site": st.ID})
	if err != nil {
		return nil, db.Fault(err)
	}
	languages, err := pgx.CollectRows(rows, pgx.RowTo[locale.Tag])
	return tongues(languages), db.Fault(err)
}

func findNewest(ctx context.Context, q db.Querier, st site.Site, query Query) (paging.Page[Hit], error) {
	before, err := paging.Parse(query.Before)
	if err != nil || query.Text == "" {
		return paging.Page[Hit]{}, err
	}
	in, err := spoken(ctx, q, st)
	if err != nil || len(in) == 0 {
		return paging.Page[Hit]{}, err
	}
	hits, err := hits(ctx, q, newest(st, in, query.words(), before))
	return paging.Cut(hits, PageSize, func(h Hit) paging.Cursor { return paging.Cursor(h.ID) }), err
}

func findBest(ctx context.Context, q db.Querier, st site.Site, query Query) (paging.Page[Hit], error) {
	before, err := paging.ParseRank(query.Before)
	if err != nil || query.Text == "" {
		return paging.Page[Hit]{}, err
	}
	in, err := spoken(ctx, q, st)
	if err != nil || len(in) == 0 {
		return paging.Page[Hit]{}, err
	}
	hits, err := hits(ctx, q, best(st, in, query.words(), before))
	return paging.Cut(hits, PageSize, func(h Hit) paging.RankCursor {
		return paging.RankCursor{Rank: h.score, ID: int64(h.ID)}
	}), err
}

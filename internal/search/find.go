package search

import (
	"context"

	"github.com/indywire/indywire/internal/db"
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

func findNewest(ctx context.Context, q db.Querier, st site.Site, query Query) (paging.Page[Hit], error) {
	before, err := paging.Parse(query.Before)
	if err != nil || query.Text == "" {
		return paging.Page[Hit]{}, err
	}
	hits, err := hits(ctx, q, newest(st, query.words(), before))
	return paging.Cut(hits, PageSize, func(h Hit) paging.Cursor { return paging.Cursor(h.ID) }), err
}

func findBest(ctx context.Context, q db.Querier, st site.Site, query Query) (paging.Page[Hit], error) {
	before, err := paging.ParseRank(query.Before)
	if err != nil || query.Text == "" {
		return paging.Page[Hit]{}, err
	}
	hits, err := hits(ctx, q, best(st, query.words(), before))
	return paging.Cut(hits, PageSize, func(h Hit) paging.RankCursor {
		return paging.RankCursor{Rank: h.score, ID: int64(h.ID)}
	}), err
}

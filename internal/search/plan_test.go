package search_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/search"
	"github.com/indywire/indywire/internal/site"
)

// explainer notes how PostgreSQL goes about each query.
type explainer struct {
	db.Querier
	plan string
}

func (e *explainer) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := e.Querier.Query(ctx, "EXPLAIN "+sql, args...)
	if err != nil {
		return nil, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	e.plan = strings.Join(lines, "\n")
	return e.Querier.Query(ctx, sql, args...)
}

// fill writes n articles by one statement. "strike" stands in each of them,
// "orchard" in one of five hundred.
func fill(t testing.TB, q db.Querier, st site.Site, n int) {
	t.Helper()
	_, err := q.Exec(context.Background(), `
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at, words)
		SELECT $1, 'report', 'visible', language, title, '', '', 'markdown', body, '<p>' || body || '</p>', 1,
		       timestamptz '2026-01-01' + n * interval '7 minutes',
		       setweight(to_tsvector(CASE language WHEN 'en' THEN 'english' ELSE 'portuguese' END::regconfig, title), 'A') ||
		       setweight(to_tsvector(CASE language WHEN 'en' THEN 'english' ELSE 'portuguese' END::regconfig, body), 'D')
		FROM (SELECT n, CASE n % 3 WHEN 0 THEN 'pt' ELSE 'en' END AS language,
		             'Report ' || n || CASE n % 500 WHEN 0 THEN ' from the orchard' ELSE '' END AS title,
		             repeat('A strike of ' || n || ' people, and ' || md5(n::text) || ' of them went on. ', 1 + n % 5) AS body
		      FROM generate_series(1, $2) n) made`, st.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Exec(context.Background(), "ANALYZE article"); err != nil {
		t.Fatal(err)
	}
}

func TestPlans(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pools := dbtest.New(t)
	st, err := site.Create(ctx, pools.Primary, modlog.ByOperator(), site.Draft{Slug: "here", Name: "Here", Languages: []locale.Tag{"en", "pt"}})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, pools.Primary, st, 50_000)
	for name, test := range map[string]struct {
		query search.Query
		index string // some index, at least
	}{
		"a rare word, best":      {search.Query{Text: "orchards"}, "article_words"},
		"a rare word, newest":    {search.Query{Text: "orchards", Order: search.Newest}, "article_words"},
		"a common word, best":    {search.Query{Text: "strike"}, "article_w"},
		"a common word, newest":  {search.Query{Text: "strike", Order: search.Newest}, "article_wire"},
		"a rare among common":    {search.Query{Text: "strike orchard"}, "article_words"},
		"without a word, newest": {search.Query{Text: "-orchard", Order: search.Newest}, "article_wire"},
	} {
		e := &explainer{Querier: pools.Replica}
		page, err := search.Find(ctx, e, st, test.query)
		if err != nil || len(page.Items) < search.PageSize {
			t.Errorf("%s: %d found, error %v", name, len(page.Items), err)
		}
		if !strings.Contains(e.plan, test.index) || strings.Contains(e.plan, "Seq Scan on article") {
			t.Errorf("%s: want a scan of %s:\n%s", name, test.index, e.plan)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	pools := dbtest.New(b)
	st, err := site.Create(context.Background(), pools.Primary, modlog.ByOperator(), site.Draft{Slug: "here", Name: "Here", Languages: []locale.Tag{"en", "pt"}})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, pools.Primary, st, 100_000)
	for _, text := range []string{"orchards", "strike", "-orchard", "strike people went on"} {
		for _, order := range []search.Order{search.Best, search.Newest} {
			b.Run(text+"/"+string(order), func(b *testing.B) {
				for b.Loop() {
					if _, err := search.Find(context.Background(), pools.Replica, st, search.Query{Text: text, Order: order}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

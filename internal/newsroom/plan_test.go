package newsroom_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newsroom"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// explainer notes how PostgreSQL went about each query.
type explainer struct {
	db.Querier
	plan string
}

func (e *explainer) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := e.explain(ctx, sql, args...); err != nil {
		return nil, err
	}
	return e.Querier.Query(ctx, sql, args...)
}

func (e *explainer) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	_ = e.explain(ctx, sql, args...) // without a plan the test fails
	return e.Querier.QueryRow(ctx, sql, args...)
}

func (e *explainer) explain(ctx context.Context, sql string, args ...any) error {
	rows, err := e.Querier.Query(ctx, "EXPLAIN (ANALYZE, TIMING OFF) "+sql, args...)
	if err != nil {
		return err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	e.plan = strings.Join(lines, "\n")
	return err
}

var scan = regexp.MustCompile(`Scan (?:Backward )?using (\w+)|Bitmap Index Scan on (\w+)`)

// indexes are those that the plan goes by.
func (e *explainer) indexes() []string {
	var names []string
	for _, m := range scan.FindAllStringSubmatch(e.plan, -1) {
		names = append(names, m[1]+m[2])
	}
	return names
}

// fill gives a site n articles as years leave them: most of them visible, one of
// a hundred hidden, the newest few held, with comments and some reports.
func fill(t *testing.T, q db.Querier, st site.ID, n int) {
	t.Helper()
	for _, sql := range []string{`
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at, created_at)
		SELECT $1, 'relato', CASE WHEN i % 101 = 0 THEN 'hidden' WHEN i > $2 - 200 AND i % 2 = 0 THEN 'pending' ELSE 'visible' END,
		       'pt', 'Relato ' || i, '', '', 'text', repeat(md5(i::text), 30), repeat(md5(i::text), 30), 1, made.at, made.at
		FROM generate_series(1, $2) i, LATERAL (SELECT timestamptz '2026-01-01' + i * interval '7 minutes' AS at) made
		ORDER BY i`, `
		INSERT INTO article_revision (article_id, n, state, language, title, summary, author, format, source, html, created_at)
		SELECT id, 1, CASE WHEN id % 501 = 0 THEN 'waiting' ELSE 'approved' END, 'pt', title, '', '', 'text', '', '', created_at
		FROM article
		WHERE site_id = $1 AND $2 > 0`, `
		INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version, created_at)
		SELECT site_id, id, 'comment', CASE WHEN (id + k) % 97 = 0 THEN 'hidden' WHEN (id + k) % 211 = 0 THEN 'pending' ELSE 'visible' END,
		       '', repeat('Palavra ', 60), '', 1, created_at + k * interval '1 minute'
		FROM article, generate_series(1, 3) k
		WHERE site_id = $1 AND $2 > 0
		ORDER BY id, k`, `
		INSERT INTO report (site_id, article_id, reason, reason_hash, state, created_at)
		SELECT site_id, id, '', decode(md5(k::text), 'hex'), CASE WHEN id % 4 = 0 THEN 'open' ELSE 'closed' END, created_at + k * interval '1 hour'
		FROM article, generate_series(1, 3) k
		WHERE site_id = $1 AND $2 > 0 AND id % 3 = 0`, `
		INSERT INTO media (id, site_id, comment_id, state)
		SELECT md5(id::text), site_id, id, 'ready'
		FROM comment
		WHERE site_id = $1 AND $2 > 0 AND id % 7 = 0`,
	} {
		if _, err := q.Exec(t.Context(), sql, st, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := q.Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// TestPlans reads each list of a site with a past, at its beginning and further
// down: by its own indexes, and never through a whole table.
func TestPlans(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).Primary
	var at site.ID
	for _, slug := range []string{"here", "there"} {
		st, err := site.Create(t.Context(), pool, modlog.ByOperator(), site.Draft{Slug: slug, Name: "Tejo", Languages: []locale.Tag{"pt"}})
		if err != nil {
			t.Fatal(err)
		}
		fill(t, pool, st.ID, 12_000)
		at = st.ID
	}
	for list, want := range map[newsroom.List][]string{
		newsroom.Posts:    {"article_desk"},
		newsroom.Comments: {"comment_desk"},
		newsroom.Waiting:  {"article_pending", "comment_pending", "article_revision_waiting"},
		newsroom.Reported: {"report_open"},
		newsroom.Hidden:   {"article_hidden", "comment_hidden"},
	} {
		var before paging.Cursor
		for page := range 2 {
			e := &explainer{Querier: pool}
			found, err := newsroom.Read(t.Context(), e, at, list, before)
			if err != nil || len(found.Items) != newsroom.PageSize {
				t.Fatalf("%s: %d rows, %v", list, len(found.Items), err)
			}
			e.check(t, string(list), page, want)
			if before, err = paging.Parse(found.Next); err != nil {
				t.Fatal(err)
			}
		}
	}
	e := &explainer{Querier: pool}
	if counts, err := newsroom.Count(t.Context(), e, at); err != nil || counts.Reported != newsroom.MostCounted || counts.Waiting == 0 {
		t.Errorf("counts %+v, %v", counts, err)
	}
	e.check(t, "counts", 0, []string{"article_pending", "comment_pending", "article_revision_waiting", "report_open"})
}

func (e *explainer) check(t *testing.T, name string, page int, want []string) {
	t.Helper()
	for _, index := range want {
		if !slices.Contains(e.indexes(), index) {
			t.Errorf("%s, page %d: want a scan of %s:\n%s", name, page, index, e.plan)
		}
	}
	if whole := regexp.MustCompile(`Seq Scan on (article|article_revision|comment|report|media)\b`).FindString(e.plan); whole != "" {
		t.Errorf("%s, page %d: %s:\n%s", name, page, whole, e.plan)
	}
}

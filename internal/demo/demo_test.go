package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/demo"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
)

func filler(t *testing.T) (demo.Filler, *db.Pools) {
	t.Helper()
	pools := dbtest.New(t)
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	queue, err := jobs.NewInserter(pools.Primary, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return demo.Filler{Pool: pools.Primary, Store: store, Queue: queue, Now: time.Now}, pools
}

func count(t *testing.T, q db.Querier, sql string) int {
	t.Helper()
	var n int
	if err := q.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFill fills from two servers at once and then once more, and looks whether
// every page would be full, and nothing there twice.
func TestFill(t *testing.T) {
	t.Parallel()
	f, pools := filler(t)
	var group errgroup.Group
	for range 2 {
		group.Go(func() error { return f.Fill(context.WithoutCancel(t.Context())) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	jobsBefore := count(t, pools.Primary, "SELECT count(*) FROM river_job")
	if err := f.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, pools.Primary, "SELECT count(*) FROM river_job"); n != jobsBefore {
		t.Errorf("filling again made %d jobs", n-jobsBefore)
	}
	if n := count(t, pools.Primary, "SELECT count(*) FROM river_job WHERE kind = 'media_process' AND priority IN (3, 4)"); n != jobsBefore || n < 60 {
		t.Errorf("%d of %d jobs clean sample pictures and wait for everybody else's", n, jobsBefore)
	}
	for _, slug := range []string{"en", "pt", "ar"} {
		t.Run(slug, func(t *testing.T) { checkCollective(t, pools, slug) })
	}
}

func checkCollective(t *testing.T, pools *db.Pools, slug string) {
	st, err := site.BySlug(t.Context(), pools.Replica, slug)
	if err != nil {
		t.Fatal(err)
	}
	if string(st.Language()) != slug || len(st.Languages) != 2 || len(st.Topics) != 6 || len(st.Hosts) != 0 || st.Tagline == "" {
		t.Errorf("site %+v", st)
	}
	checkWire(t, pools, st)
	checkFeatures(t, pools, st)
	var hidden, comments, additions int
	err = pools.Replica.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM article a JOIN moderation_log l ON l.subject_id = a.id AND l.subject = 'article' AND l.act = 'hide'
		        WHERE a.site_id = $1 AND a.state = 'hidden' AND a.reason <> ''),
		       (SELECT count(*) FROM comment WHERE site_id = $1 AND kind = 'comment'),
		       (SELECT count(*) FROM comment WHERE site_id = $1 AND kind = 'addition')`, st.ID).Scan(&hidden, &comments, &additions)
	if err != nil || hidden != 1 || comments < 4 || additions < 3 {
		t.Errorf("%d hidden with a reason in the log, %d comments, %d additions (%v)", hidden, comments, additions, err)
	}
}

func checkWire(t *testing.T, pools *db.Pools, st site.Site) {
	first, err := newswire.List(t.Context(), pools.Replica, st.ID, newswire.Filter{})
	if err != nil || first.Next == "" || len(first.Items) != newswire.PageSize {
		t.Errorf("the wire's first page holds %d and says %q is next (%v)", len(first.Items), first.Next, err)
	}
	for _, filter := range []newswire.Filter{
		{Rank: article.Local}, {Rank: article.Global}, {Language: st.Languages[1]},
		{Topic: st.Topics[0].ID}, {Topic: st.Topics[5].ID},
	} {
		if page, err := newswire.List(t.Context(), pools.Replica, st.ID, filter); err != nil || len(page.Items) < 3 {
			t.Errorf("filter %+v finds %d articles (%v)", filter, len(page.Items), err)
		}
	}
	if months, err := newswire.Months(t.Context(), pools.Replica, st); err != nil || len(months) < 5 {
		t.Errorf("%d months in the archive (%v)", len(months), err)
	}
	if n := first.Items[0].PublishedAt; n.After(time.Now()) || n.Second() != 0 {
		t.Errorf("the newest article is of %v", n)
	}
}

func checkFeatures(t *testing.T, pools *db.Pools, st site.Site) {
	placed, err := feature.Placed(t.Context(), pools.Replica, st.ID)
	if err != nil || len(placed) < 4 {
		t.Fatalf("%d features are placed (%v)", len(placed), err)
	}
	for _, f := range placed {
		if f.Picture == nil || f.Articles < 2 {
			t.Errorf("the feature %q has %d articles and the picture %v", f.Title, f.Articles, f.Picture)
		}
	}
	all, err := feature.List(t.Context(), pools.Replica, st.ID, 0)
	if err != nil || len(all.Items) <= len(placed) {
		t.Errorf("no feature but those on the front page (%v)", err)
	}
}

// TestFillLeavesWhatIsThere holds that a site of the same name is not touched.
func TestFillLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	f, pools := filler(t)
	mine, err := site.Create(t.Context(), pools.Primary, modlog.ByOperator(), site.Draft{Slug: "pt", Name: "Minha", Languages: []locale.Tag{"pt"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := site.BySlug(t.Context(), pools.Primary, "pt")
	if err != nil || after.Name != mine.Name || after.Version != mine.Version {
		t.Errorf("the site became %+v (%v)", after, err)
	}
}

// TestFillIsWholeOrNothing breaks the queue in the middle.
func TestFillIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	f, pools := filler(t)
	if _, err := pools.Primary.Exec(t.Context(), `
		CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF (SELECT count(*) FROM river_job) > 4 THEN RAISE EXCEPTION 'full'; END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER full_up BEFORE INSERT ON river_job FOR EACH ROW EXECUTE FUNCTION full_up()`); err != nil {
		t.Fatal(err)
	}
	if err := f.Fill(t.Context()); err == nil {
		t.Fatal("filled although no job could be enqueued")
	}
	if n := count(t, pools.Primary, "SELECT count(*) FROM site"); n != 0 {
		t.Errorf("%d sites were left half made", n)
	}
	if _, err := pools.Primary.Exec(t.Context(), "DROP TRIGGER full_up ON river_job"); err != nil {
		t.Fatal(err)
	}
	if err := f.Fill(t.Context()); err != nil {
		t.Errorf("cannot be filled afterwards: %v", err)
	}
}

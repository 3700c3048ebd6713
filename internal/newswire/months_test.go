package newswire_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
)

// put writes an article of a site, published at an instant.
func put(t *testing.T, tx pgx.Tx, st site.Site, state, at string) {
	t.Helper()
	_, err := tx.Exec(context.Background(), `
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at)
		VALUES ($1, 'report', $2, 'pt', 'Report', '', '', 'markdown', '', '', 1, $3)`, st.ID, state, at)
	if err != nil {
		t.Fatal(err)
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	tx := dbtest.Tx(t)
	made := func(slug string) site.Site {
		st, err := site.Create(ctx, tx, modlog.ByOperator(), site.Draft{Slug: slug, Name: slug, Languages: []locale.Tag{"pt"}, TimeZone: "Europe/Lisbon"})
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	here, other, empty := made("months-here"), made("months-other"), made("months-empty")
	for _, at := range []string{
		"2024-12-31 23:59:59.999999+00", // the last instant of December: Lisbon is at UTC in winter
		"2025-01-01 00:00:00+00",        // the first of January
		"2025-01-31 12:00:00+00",
		"2025-02-28 23:59:59+00", // nothing in March
		"2025-03-31 23:30:00+00", // in Lisbon half past midnight of 1 April: summer time
		"2025-04-30 22:59:59+00",
		"2025-04-30 23:00:00+00", // the first instant of May in Lisbon
	} {
		put(t, tx, here, "visible", at)
	}
	put(t, tx, here, "hidden", "2025-01-02 00:00:00+00")
	put(t, tx, here, "pending", "2025-06-02 00:00:00+00")
	put(t, tx, other, "visible", "2025-07-02 00:00:00+00")

	month := func(y int, m time.Month, count int) newswire.Month {
		return newswire.Month{Start: time.Date(y, m, 1, 0, 0, 0, 0, here.Zone()), Count: count}
	}
	want := []newswire.Month{month(2025, 5, 1), month(2025, 4, 2), month(2025, 2, 1), month(2025, 1, 2), month(2024, 12, 1)}
	got, err := newswire.Months(ctx, tx, here)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
	if got, err := newswire.Months(ctx, tx, empty); err != nil || len(got) != 0 {
		t.Errorf("a site without articles has the months %v, error %v", got, err)
	}
}

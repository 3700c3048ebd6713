package newsroom_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newsroom"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// desk is a site whose posts are made by SQL, for what is asked for here no form
// brings about: the same instant for several, and every state at once.
type desk struct {
	t  *testing.T
	tx pgx.Tx
	st site.ID
}

func newDesk(t *testing.T, tx pgx.Tx) *desk {
	t.Helper()
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), site.Draft{Slug: "s" + strings.ToLower(rand.Text()), Name: "Tejo", Languages: []locale.Tag{"pt"}})
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t, tx, st.ID}
}

func (d *desk) insert(sql string, args ...any) (id int64) {
	d.t.Helper()
	if err := d.tx.QueryRow(d.t.Context(), sql, args...).Scan(&id); err != nil {
		d.t.Fatal(err)
	}
	return id
}

// at is so many minutes after the beginning of all that is made here.
const at = "timestamptz '2026-01-01 12:00Z' + $2 * interval '1 minute'"

func (d *desk) article(state article.State, minute int) int64 {
	d.t.Helper()
	id := d.insert(`
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at, created_at)
		VALUES ($1, 'slug', $3, 'pt', 'Artigo', '', 'Ana', 'text', '', '', 1, `+at+`, `+at+`)
		RETURNING id`, d.st, minute, state)
	d.revision(id, 1, "approved", minute)
	return id
}

func (d *desk) revision(id int64, n int, state string, minute int) {
	d.t.Helper()
	d.insert(`
		INSERT INTO article_revision (article_id, n, state, language, title, summary, author, format, source, html, created_at)
		VALUES ($1, $3, $4, 'pt', 'Artigo', '', '', 'text', '', '', `+at+`)
		RETURNING article_id`, id, minute, n, state)
	d.insert("UPDATE article SET revision = $2 WHERE id = $1 RETURNING id", id, n)
}

func (d *desk) comment(under int64, state article.State, minute int) int64 {
	d.t.Helper()
	return d.insert(`
		INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version, created_at)
		VALUES ($1, $3, 'addition', $4, 'Rita', repeat('Palavra ', 100), '', 1, `+at+`)
		RETURNING id`, d.st, minute, under, state)
}

func (d *desk) report(about int64, state string, minute int) {
	d.t.Helper()
	d.insert(`
		INSERT INTO report (site_id, article_id, reason, reason_hash, state, created_at)
		VALUES ($1, $3, 'Falso', $5, $4, `+at+`)
		RETURNING id`, d.st, minute, about, state, []byte(rand.Text()))
}

// named writes an item as "article 5" or "comment 7".
func named(i newsroom.Item) string {
	if i.CommentID != nil {
		return fmt.Sprintf("comment %d", *i.CommentID)
	}
	return fmt.Sprintf("article %d", i.ArticleID)
}

func (d *desk) read(l newsroom.List) []newsroom.Item {
	d.t.Helper()
	var all []newsroom.Item
	var before paging.Cursor
	for range 20 {
		page, err := newsroom.Read(d.t.Context(), d.tx, d.st, l, before)
		if err != nil {
			d.t.Fatal(err)
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		if before, err = paging.Parse(page.Next); err != nil {
			d.t.Fatal(err)
		}
	}
	d.t.Fatalf("%s does not end", l)
	return nil
}

func (d *desk) names(l newsroom.List) []string {
	d.t.Helper()
	names := []string{}
	for _, i := range d.read(l) {
		names = append(names, named(i))
	}
	return names
}

// TestLists has one of everything, and says where each is to be found.
func TestLists(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	other := newDesk(t, tx)
	d := newDesk(t, tx)
	a := func(id int64) string { return fmt.Sprintf("article %d", id) }
	c := func(id int64) string { return fmt.Sprintf("comment %d", id) }

	visible, hidden, pending := d.article(article.Visible, 1), d.article(article.Hidden, 2), d.article(article.Pending, 3)
	gone := d.article(article.Removed, 4)
	d.article(article.Withdrawn, 5)
	changed, overtaken := d.article(article.Hidden, 6), d.article(article.Visible, 7)
	d.revision(changed, 2, "waiting", 30)
	d.revision(changed, 3, "waiting", 31)
	d.revision(overtaken, 2, "waiting", 32)
	d.revision(overtaken, 3, "approved", 33)
	said, folded, held := d.comment(visible, article.Visible, 10), d.comment(visible, article.Hidden, 11), d.comment(hidden, article.Pending, 12)
	d.comment(visible, article.Removed, 13)
	for _, state := range []article.State{article.Visible, article.Pending, article.Hidden} {
		d.comment(gone, state, 14)
	}
	d.report(visible, "open", 20)
	d.report(pending, "open", 21)
	d.report(visible, "open", 22)
	d.report(visible, "closed", 23)
	d.report(hidden, "closed", 24)
	d.report(gone, "open", 25)
	at := other.article(article.Pending, 3)
	other.comment(at, article.Pending, 3)
	other.comment(other.article(article.Hidden, 3), article.Hidden, 3)
	other.report(at, "open", 3)
	other.revision(other.article(article.Visible, 3), 2, "waiting", 3)

	for list, want := range map[newsroom.List][]string{
		newsroom.Posts:    {a(overtaken), a(changed), a(pending), a(hidden), a(visible)},
		newsroom.Comments: {c(held), c(folded), c(said)},
		newsroom.Waiting:  {a(changed), c(held), a(pending)},
		newsroom.Reported: {a(visible), a(pending)},
		newsroom.Hidden:   {c(folded), a(changed), a(hidden)},
	} {
		if diff := cmp.Diff(want, d.names(list)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", list, diff)
		}
	}
	counts, err := newsroom.Count(t.Context(), tx, d.st)
	if want := (newsroom.Counts{Waiting: 3, Reported: 2}); err != nil || counts != want {
		t.Errorf("counts %+v, %v; want %+v", counts, err, want)
	}
	d.checkRows(visible, changed, held)
}

// checkRows looks at what the rows tell.
func (d *desk) checkRows(visible, changed, held int64) {
	d.t.Helper()
	for _, i := range d.read(newsroom.Posts) {
		if want := map[int64]int{visible: 2}[int64(i.ArticleID)]; int64(i.ArticleID) == visible && i.Reports != want {
			d.t.Errorf("%s has %d open reports, want %d", named(i), i.Reports, want)
		}
		if want := int64(i.ArticleID) == changed; i.ChangeWaiting != want {
			d.t.Errorf("%s: a change waits: %v, want %v", named(i), i.ChangeWaiting, want)
		}
		if i.Author != "Ana" || i.Title != "Artigo" || i.Rank != article.Other || i.Version != 1 || i.Begins != "" {
			d.t.Errorf("%+v", i)
		}
	}
	i := slices.IndexFunc(d.read(newsroom.Waiting), func(i newsroom.Item) bool { return i.CommentID != nil })
	c := d.read(newsroom.Waiting)[i]
	if int64(*c.CommentID) != held || c.State != article.Pending || c.Author != "Rita" || c.Title != "Artigo" || !c.Addition || len(c.Begins) != 300 {
		d.t.Errorf("%+v", c)
	}
}

// TestPagingMeetsEachRowOnce pages through lists of several kinds, most of them
// of the same instant, with more than a page of each.
func TestPagingMeetsEachRowOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dbtest.Tx(t))
	const each = newsroom.PageSize + 20
	under := d.article(article.Visible, 0)
	want := map[newsroom.List]int{newsroom.Posts: 3*each + 1, newsroom.Comments: 2 * each, newsroom.Waiting: 3 * each, newsroom.Reported: each, newsroom.Hidden: 2 * each}
	for i := range each {
		minute := i / 40
		d.article(article.Pending, minute)
		d.revision(d.article(article.Visible, minute), 2, "waiting", minute)
		d.report(d.article(article.Hidden, minute), "open", minute)
		d.comment(under, article.Pending, minute)
		d.comment(under, article.Hidden, minute)
	}
	for list, count := range want {
		items, seen := d.read(list), map[string]bool{}
		for i, item := range items {
			if seen[named(item)] {
				t.Errorf("%s: %s comes twice", list, named(item))
			}
			seen[named(item)] = true
			if i > 0 && item.At.After(items[i-1].At) {
				t.Errorf("%s: %s is newer than the one before it", list, named(item))
			}
		}
		if len(items) != count {
			t.Errorf("%s: %d rows, want %d", list, len(items), count)
		}
	}
}

// TestPlaceOutlastsItsRow has an editor settle the last row of a page and then
// go on to the next one.
func TestPlaceOutlastsItsRow(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dbtest.Tx(t))
	const all = newsroom.PageSize + 5
	for i := range all {
		id := d.article(article.Visible, i)
		if i%2 == 0 {
			d.revision(id, 2, "waiting", i)
		} else {
			d.comment(id, article.Pending, i)
		}
	}
	page, err := newsroom.Read(t.Context(), d.tx, d.st, newsroom.Waiting, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"UPDATE article_revision w SET state = 'approved' FROM article a WHERE a.id = w.article_id AND a.site_id = $1 AND w.created_at >= $2",
		"UPDATE comment SET state = 'visible' WHERE site_id = $1 AND created_at >= $2",
	} {
		if _, err := d.tx.Exec(t.Context(), sql, d.st, page.Items[len(page.Items)-1].At); err != nil {
			t.Fatal(err)
		}
	}
	before, err := paging.Parse(page.Next)
	if err != nil {
		t.Fatal(err)
	}
	next, err := newsroom.Read(t.Context(), d.tx, d.st, newsroom.Waiting, before)
	if err != nil || len(next.Items) != all-newsroom.PageSize {
		t.Errorf("%d rows on the next page, %v; want %d", len(next.Items), err, all-newsroom.PageSize)
	}
}

func TestNoSuchList(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dbtest.Tx(t))
	for _, test := range []struct {
		list   newsroom.List
		before paging.Cursor
	}{{"none", 0}, {"", 0}, {newsroom.Posts, 5}, {newsroom.Waiting, 7}} {
		if _, err := newsroom.Read(t.Context(), d.tx, d.st, test.list, test.before); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q from %d: %v", test.list, test.before, err)
		}
	}
}

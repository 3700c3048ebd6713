package feed_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/mmcdole/gofeed"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/feed"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
)

// paper is a site and a press for it.
type paper struct {
	*testing.T
	feed.Press
	tx pgx.Tx
	st site.Site
	at time.Time
}

func newPaper(t *testing.T) *paper {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &paper{
		T: t, tx: dbtest.Tx(t), at: time.Date(2026, 3, 1, 12, 0, 30, 0, time.UTC),
		Press: feed.Press{Portal: "example.org", Origin: "http://abc.onion", Speech: catalog.Localizer("en")},
	}
	p.st = p.site("porto")
	return p
}

func (p *paper) site(slug string) site.Site {
	p.Helper()
	st, err := site.Create(context.Background(), p.tx, modlog.ByOperator(), site.Draft{
		Slug: slug, Name: "IMC " + slug, Tagline: "By all", Languages: []locale.Tag{"en", "ar"}, Topics: []string{"Labour", "Housing"},
	})
	if err != nil {
		p.Fatal(err)
	}
	return st
}

// post puts an article on the wire, each a minute after the one before.
func (p *paper) post(st site.Site, state article.State, rank article.Rank, d article.Draft) article.ID {
	p.Helper()
	p.at = p.at.Add(time.Minute)
	id, _, err := article.Create(context.Background(), p.tx, st, article.New{Draft: d.Clean(st), State: state, Rank: rank, PublishedAt: p.at})
	if err != nil {
		p.Fatal(err)
	}
	return id
}

// picture gives a post a photo in the given state, with renditions of which
// the last one is the largest JPEG.
func (p *paper) picture(column string, id int64, media, state string) {
	p.Helper()
	p.exec(`INSERT INTO media (id, site_id, `+column+`, position, alt, state) VALUES ($1, $2, $3, 1, 'A "crane"', $4)`, media, p.st.ID, id, state)
	for width, suffixes := range map[int][]string{480: {"jpg", "webp"}, 960: {"jpg", "webp"}} {
		for _, suffix := range suffixes {
			mime := strings.Replace("image/"+suffix, "jpg", "jpeg", 1)
			p.exec(`INSERT INTO rendition (media_id, name, type, width, height, bytes, blob) VALUES ($1, $2, $3, $4, 100, $5, '')`,
				media, fmt.Sprintf("%d.%s", width, suffix), mime, width, width*7)
		}
	}
}

func (p *paper) exec(sql string, args ...any) {
	p.Helper()
	if _, err := p.tx.Exec(context.Background(), sql, args...); err != nil {
		p.Fatal(err)
	}
}

// count counts the queries of a feed.
type count struct {
	db.Querier
	n int
}

func (c *count) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.n++
	return c.Querier.Query(ctx, sql, args...)
}

func (c *count) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	c.n++
	return c.Querier.QueryRow(ctx, sql, args...)
}

// must gives what a builder made, and holds it to few queries and to be read by
// other programs in each format.
func (p *paper) must(build func(q db.Querier) (feed.Feed, error)) feed.Feed {
	p.Helper()
	q := &count{Querier: p.tx}
	made, err := build(q)
	if err != nil {
		p.Fatal(err)
	}
	if q.n > 3 {
		p.Errorf("%d queries", q.n)
	}
	for format, write := range writers() {
		data, err := write(made)
		if err != nil {
			p.Fatal(err)
		}
		read, err := gofeed.NewParser().Parse(bytes.NewReader(data))
		if err != nil || len(read.Items) != len(made.Entries) {
			p.Errorf("%s: %v", format, err)
		}
	}
	return made
}

func (p *paper) newswire(f newswire.Filter) feed.Feed {
	p.Helper()
	return p.must(func(q db.Querier) (feed.Feed, error) { return p.Newswire(context.Background(), q, p.st, f) })
}

const crane = "0123456789abcdef0123456789abcdef"

func TestNewswire(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	id := p.post(p.st, article.Visible, article.Local, article.Draft{
		Title: "Cranes stand still", Summary: "For a day.", Author: "Ana", Contact: "ana@example.net", Topics: []string{"labour", "housing"},
		Body: "See [the policy](/pages/policy), [below](#end) and [elsewhere](https://example.net/).",
	})
	first := p.at
	p.exec("UPDATE article SET edited_at = $2 WHERE id = $1", id, first.Add(time.Hour))
	p.picture("article_id", int64(id), crane, "ready")
	p.picture("article_id", int64(id), strings.Repeat("f", 32), "waiting")
	second := first.Add(time.Minute)
	other := p.post(p.st, article.Visible, article.Other, article.Draft{Title: "إضراب", Body: "نص", Language: "ar"})
	for _, state := range []article.State{article.Pending, article.Hidden, article.Removed, article.Withdrawn} {
		p.post(p.st, state, article.Other, article.Draft{Title: "Not to be seen", Body: "x"})
	}
	p.post(p.site("lisboa"), article.Visible, article.Other, article.Draft{Title: "Elsewhere", Body: "x"})

	got := p.newswire(newswire.Filter{})
	page := fmt.Sprintf("http://abc.onion/articles/%d/cranes-stand-still", id)
	file := "http://abc.onion/media/" + crane + "/960.jpg"
	html := got.Entries[1].HTML
	for _, part := range []string{
		`<p>See <a href="http://abc.onion/pages/policy"`, `<a href="` + page + `#end"`, `<a href="https://example.net/"`,
		"</p>\n" + `<figure><img src="` + file + `" alt="A &#34;crane&#34;" width="960" height="100"></figure>`,
	} {
		if !strings.Contains(html, part) {
			t.Errorf("no %s in %s", part, html)
		}
	}
	want := feed.Feed{
		ID: "tag:example.org,2026:porto/feeds/newswire", Title: "IMC porto: Newswire", Description: "By all", Author: "IMC porto", Language: "en",
		Home: "http://abc.onion/newswire", Updated: p.st.CreatedAt,
		Self: feed.Self{Atom: "http://abc.onion/feeds/newswire.atom", RSS: "http://abc.onion/feeds/newswire.rss", JSON: "http://abc.onion/feeds/newswire.json"},
		Entries: []feed.Entry{
			{
				ID: fmt.Sprintf("tag:example.org,2026:porto/article/%d", other), URL: fmt.Sprintf("http://abc.onion/articles/%d/%s", other, p.slug(other)),
				Title: "إضراب", HTML: "<p>نص</p>", Language: "ar", Published: second, Updated: second, Topics: []string{},
			},
			{
				ID: fmt.Sprintf("tag:example.org,2026:porto/article/%d", id), URL: page, Title: "Cranes stand still", Author: "Ana", Summary: "For a day.",
				HTML: html, Language: "en", Published: first, Updated: first.Add(time.Hour), Topics: []string{"Labour", "Housing"},
				Enclosures: []feed.Enclosure{{URL: file, Type: "image/jpeg", Length: 960 * 7}},
			},
		},
	}
	same := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("newswire (-want +got):\n%s", diff)
	}
	if all, _ := feed.Atom(got); bytes.Contains(all, []byte("ana@")) {
		t.Error("the contact is in the feed")
	}
}

func (p *paper) slug(id article.ID) string {
	p.Helper()
	var slug string
	if err := p.tx.QueryRow(context.Background(), "SELECT slug FROM article WHERE id = $1", id).Scan(&slug); err != nil {
		p.Fatal(err)
	}
	return slug
}

func TestIDsAreTheSameOnEveryHost(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	p.post(p.st, article.Visible, article.Global, article.Draft{Title: "One", Body: "x"})
	onion := p.newswire(newswire.Filter{})
	p.Origin = "https://porto.example.org"
	clear := p.newswire(newswire.Filter{})
	if onion.ID != clear.ID || onion.Entries[0].ID != clear.Entries[0].ID {
		t.Errorf("ids differ: %q and %q, %q and %q", onion.ID, clear.ID, onion.Entries[0].ID, clear.Entries[0].ID)
	}
	data, err := feed.RSS(clear)
	if err != nil || strings.Contains(string(data), "onion") || onion.Entries[0].URL == clear.Entries[0].URL {
		t.Errorf("addresses of one host on another: %v", err)
	}
	portal := p.must(func(q db.Querier) (feed.Feed, error) {
		return p.Global(context.Background(), q, "All", []feed.Home{{Site: p.st, Origin: "https://porto.example.org:8080"}})
	})
	if e := portal.Entries[0]; e.ID != clear.Entries[0].ID || !strings.HasPrefix(e.URL, "https://porto.example.org:8080/articles/") {
		t.Errorf("on the portal: %+v", e)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	for i := range feed.Size + 2 {
		p.post(p.st, article.Visible, article.Other, article.Draft{Title: fmt.Sprint("Post ", i), Body: "x", Topics: []string{"labour"}})
	}
	p.post(p.st, article.Visible, article.Local, article.Draft{Title: "Local", Body: "x", Topics: []string{"housing"}})
	local := p.newswire(newswire.Filter{Rank: article.Local})
	if len(local.Entries) != 1 || local.Self.RSS != "http://abc.onion/feeds/newswire.rss?rank=local" || local.Home != "http://abc.onion/newswire?rank=local" {
		t.Errorf("local: %+v", local)
	}
	if all := p.newswire(newswire.Filter{}); len(all.Entries) != feed.Size || all.ID == local.ID {
		t.Errorf("%d entries, id %s", len(all.Entries), all.ID)
	}
	topic, err := p.st.Topic("housing")
	if err != nil {
		t.Fatal(err)
	}
	narrow := p.newswire(newswire.Filter{Topic: topic.ID, Language: "en"})
	if len(narrow.Entries) != 1 || narrow.Self.JSON != "http://abc.onion/feeds/newswire.json?language=en&topic=housing" {
		t.Errorf("a topic in a language: %+v", narrow)
	}
	housing := p.must(func(q db.Querier) (feed.Feed, error) { return p.Topic(context.Background(), q, p.st, topic) })
	if len(housing.Entries) != 1 || housing.Title != "IMC porto: Housing" || housing.Self.Atom != "http://abc.onion/topics/housing/feed.atom" ||
		housing.Home != "http://abc.onion/topics/housing" {
		t.Errorf("a topic: %+v", housing)
	}
}

func TestEmptyPress(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	for _, made := range []feed.Feed{
		p.newswire(newswire.Filter{}),
		p.must(func(q db.Querier) (feed.Feed, error) { return p.Features(context.Background(), q, p.st) }),
		p.must(func(q db.Querier) (feed.Feed, error) { return p.Comments(context.Background(), q, p.st) }),
	} {
		if len(made.Entries) != 0 || !made.Updated.Equal(p.st.CreatedAt) {
			t.Errorf("%+v", made)
		}
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	id := p.post(p.st, article.Visible, article.Other, article.Draft{Title: "Strike", Body: "x"})
	hidden := p.post(p.st, article.Hidden, article.Other, article.Draft{Title: "Hidden", Body: "x"})
	first := p.comment(id, comment.Draft{Body: "See [the top](#top)", Author: "Rui"})
	p.picture("comment_id", int64(first), crane, "ready")
	second := p.comment(id, comment.Draft{Body: "More of it", Kind: comment.Addition})
	p.exec("INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version) VALUES ($1, $2, 'comment', 'visible', '', '', 'not here', 1)", p.st.ID, hidden)
	got := p.must(func(q db.Querier) (feed.Feed, error) { return p.Comments(context.Background(), q, p.st) })
	page := fmt.Sprintf("http://abc.onion/articles/%d/strike", id)
	if len(got.Entries) != 2 {
		t.Fatalf("%d comments", len(got.Entries))
	}
	e := got.Entries[0]
	if e.URL != fmt.Sprintf("%s#comment-%d", page, second) || e.Title != "Addition to: Strike" || e.Author != "" {
		t.Errorf("the addition: %+v", e)
	}
	e = got.Entries[1]
	if e.ID != fmt.Sprintf("tag:example.org,2026:porto/comment/%d", first) || e.Title != "Comment on: Strike" || e.Author != "Rui" ||
		len(e.Enclosures) != 1 || !strings.Contains(e.HTML, `<a href="`+page+`#top"`) {
		t.Errorf("the comment: %+v", e)
	}
}

func (p *paper) comment(id article.ID, d comment.Draft) comment.ID {
	p.Helper()
	posted, err := comment.Post(context.Background(), p.tx, nil, p.st, id, d) // without files nothing is enqueued
	if err != nil {
		p.Fatal(err)
	}
	return posted.ID
}

// feature writes one without a picture, for which nothing is enqueued.
func (p *paper) feature(d feature.Draft) feature.ID {
	p.Helper()
	written, err := feature.Create(context.Background(), p.tx, nil, p.st, modlog.ByOperator(), nil, d)
	if err != nil {
		p.Fatal(err)
	}
	return written.ID
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	id := p.feature(feature.Draft{Title: "A city stands up", Summary: "What happened", Body: "All of it.", PublishedAt: p.at})
	p.picture("feature_id", int64(id), crane, "ready")
	got := p.must(func(q db.Querier) (feed.Feed, error) { return p.Features(context.Background(), q, p.st) })
	if len(got.Entries) != 1 {
		t.Fatalf("%d features", len(got.Entries))
	}
	e := got.Entries[0]
	if e.URL != fmt.Sprintf("http://abc.onion/features/%d/a-city-stands-up", id) || e.ID != fmt.Sprintf("tag:example.org,2026:porto/feature/%d", id) ||
		e.Author != "IMC porto" || len(e.Enclosures) != 1 || !strings.HasPrefix(e.HTML, "<p>All of it.</p>") || got.Home != "http://abc.onion/features" {
		t.Errorf("%+v", e)
	}
}

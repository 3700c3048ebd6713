package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/search"
	"github.com/indywire/indywire/internal/site"
)

// bench is a site to publish on and to search.
type bench struct {
	*testing.T
	tx pgx.Tx
	st site.Site
	at time.Time
}

func newBench(t *testing.T, languages ...locale.Tag) *bench {
	t.Helper()
	b := &bench{T: t, tx: dbtest.Tx(t), at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	b.st = b.site("here", languages...)
	return b
}

func (b *bench) site(slug string, languages ...locale.Tag) site.Site {
	b.Helper()
	st, err := site.Create(context.Background(), b.tx, modlog.ByOperator(), site.Draft{Slug: slug, Name: slug, Languages: languages})
	if err != nil {
		b.Fatal(err)
	}
	return st
}

// publish puts an article on the wire, each a minute after the one before.
func (b *bench) publish(st site.Site, language locale.Tag, title, body string) article.ID {
	b.Helper()
	return b.create(st, article.Visible, article.Draft{Language: language, Title: title, Body: body})
}

func (b *bench) create(st site.Site, state article.State, d article.Draft) article.ID {
	b.Helper()
	b.at = b.at.Add(time.Minute)
	d = d.Clean(st)
	if err := d.Check(st); err != nil {
		b.Fatal(err)
	}
	id, _, err := article.Create(context.Background(), b.tx, st, article.New{Draft: d, State: state, PublishedAt: b.at})
	if err != nil {
		b.Fatal(err)
	}
	return id
}

func (b *bench) find(q search.Query) []search.Hit {
	b.Helper()
	page, err := search.Find(context.Background(), b.tx, b.st, q)
	if err != nil {
		b.Fatalf("search: %v", err)
	}
	return page.Items
}

func titles(hits []search.Hit) []string {
	titles := make([]string, len(hits))
	for i, h := range hits {
		titles[i] = h.Title
	}
	return titles
}

func (b *bench) expect(q search.Query, want ...string) {
	b.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, titles(b.find(q))); diff != "" {
		b.Errorf("%q, %s first (-want +got):\n%s", q.Text, q.Order, diff)
	}
}

func TestEachArticleIsSearchedInItsOwnLanguage(t *testing.T) {
	t.Parallel()
	b := newBench(t, "pt", "en", "ar", "cy")
	b.publish(b.st, "pt", "Uma manifestação no Porto", "Milhares na rua.")
	b.publish(b.st, "en", "Workers strike", "The harbours are closed.")
	b.publish(b.st, "ar", "إضراب عام", "خرج العمال إلى الشوارع")
	b.publish(b.st, "cy", "Protest yng Nghaerdydd", "Mae'r gweithwyr ar streic.") // PostgreSQL has no Welsh
	for text, want := range map[string]string{
		"manifestações": "Uma manifestação no Porto", // the plural finds the singular
		"MANIFESTAÇÃO":  "Uma manifestação no Porto",
		"striking":      "Workers strike",
		"harbour":       "Workers strike",
		"الشوارع":       "إضراب عام",
		"عمال":          "إضراب عام", // without the article that stands before it
		"streic":        "Protest yng Nghaerdydd",
		"nghaerdydd":    "Protest yng Nghaerdydd",
	} {
		b.expect(search.Query{Text: text}, want)
		b.expect(search.Query{Text: text, Order: search.Newest}, want)
	}
	b.expect(search.Query{Text: "streiciau"}) // no stemming where there is no dictionary
}

// TestLanguagesThatTheSiteDoesNotHave finds what an import brought in others.
func TestLanguagesThatTheSiteDoesNotHave(t *testing.T) {
	t.Parallel()
	b := newBench(t, "pt")
	b.publish(b.st, "pt", "Greve no porto", "Os estivadores pararam.")
	for _, d := range []article.Draft{
		{Language: "en", Title: "Workers strike", Body: "The harbours are closed."},
		{Language: "cy", Title: "Protest", Body: "Mae'r gweithwyr ar streic."},
		{Language: "gl", Title: "Folga no porto", Body: "Os estibadores pararon."}, // simple, as Welsh
	} {
		b.at = b.at.Add(time.Minute)
		if _, _, err := article.Create(t.Context(), b.tx, b.st, article.New{Draft: d, State: article.Visible, PublishedAt: b.at}); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range []search.Order{search.Best, search.Newest} {
		b.expect(search.Query{Text: "striking harbour", Order: order}, "Workers strike")
		b.expect(search.Query{Text: "streic", Order: order}, "Protest")
		b.expect(search.Query{Text: "estibadores", Order: order}, "Folga no porto")
	}
	b.expect(search.Query{Text: "porto", Order: search.Newest}, "Folga no porto", "Greve no porto")
}

func TestOnlyWhatEveryoneMaySeeHere(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en")
	for _, state := range []article.State{article.Pending, article.Hidden, article.Withdrawn, article.Removed} {
		b.create(b.st, state, article.Draft{Title: "Strike " + string(state), Body: "strike"})
	}
	b.publish(b.site("there", "en"), "en", "Strike elsewhere", "strike")
	b.publish(b.st, "en", "Strike here", "strike")
	b.expect(search.Query{Text: "strike"}, "Strike here")
	b.expect(search.Query{Text: "strike", Order: search.Newest}, "Strike here")
}

func TestBestFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en")
	b.publish(b.st, "en", "Eviction stopped", "Neighbours stood in the door.")
	b.create(b.st, article.Visible, article.Draft{Title: "In the morning", Summary: "An eviction was called off.", Body: "More soon."})
	b.publish(b.st, "en", "What happened today", "A march, a concert, an eviction and a football match.")
	b.publish(b.st, "en", "Weather", "Rain.")
	b.expect(search.Query{Text: "evictions"}, "Eviction stopped", "In the morning", "What happened today")
	b.expect(search.Query{Text: "evictions", Order: search.Newest}, "What happened today", "In the morning", "Eviction stopped")
}

func TestWhatReadersMayWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en")
	b.publish(b.st, "en", "General strike", "Trains stand still.")
	b.publish(b.st, "en", "The general spoke", "About a strike.")
	b.publish(b.st, "en", "Harvest", "Apples.")
	both := []string{"General strike", "The general spoke"}
	b.expect(search.Query{Text: "general strike"}, both...)
	b.expect(search.Query{Text: `"general strike"`}, "General strike")
	b.expect(search.Query{Text: "strike -trains"}, "The general spoke")
	b.expect(search.Query{Text: "trains or apples", Order: search.Newest}, "Harvest", "General strike")
}

func TestPagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en", "pt")
	const total = 2*search.PageSize + 5
	for i := range total {
		// some say it more often, so that there are several ranks and ties
		body := strings.Repeat("solidarity ", 1+i%3)
		b.publish(b.st, b.st.Languages[i%2], fmt.Sprintf("Report %d", i), strings.ReplaceAll(body, " ", ". "))
	}
	for _, order := range []search.Order{search.Best, search.Newest} {
		seen := map[article.ID]bool{}
		query, pages := search.Query{Text: "solidarity", Order: order}, 0
		for {
			page, err := search.Find(context.Background(), b.tx, b.st, query)
			if err != nil {
				t.Fatal(err)
			}
			for _, hit := range page.Items {
				if seen[hit.ID] {
					t.Errorf("%s: article %d comes twice", order, hit.ID)
				}
				seen[hit.ID] = true
			}
			pages++
			if page.Next == "" || pages > total {
				break
			}
			query.Before = page.Next
		}
		if len(seen) != total || pages != 3 {
			t.Errorf("%s: %d articles on %d pages, want %d on 3", order, len(seen), pages, total)
		}
	}
}

func TestHostileQueries(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en", "pt", "cy")
	b.publish(b.st, "en", "Strike", "Nobody works today.")
	for name, text := range map[string]string{
		"NUL":              "stri\x00ke",
		"controls":         "\x01\x02\x03\x1b[31mstrike\x7f",
		"broken UTF-8":     "strike\xff\xfe",
		"overrides":        "\u202estrike\u202c",
		"SQL":              "strike'); DROP TABLE article; --",
		"operators":        "| & ! <-> :* ( ) - \" or or",
		"tsquery":          "strike & !(works | today):*A <-> 'x'",
		"unbalanced":       `"strike "works`,
		"backslashes":      `\\\'strike\"`,
		"placeholders":     "@site $1 %s {{.}} @text",
		"only stop words":  "the and of a",
		"only not":         "-strike",
		"not not":          "--strike -- - -\"a b\"",
		"10,000 letters":   strings.Repeat("a", 10_000),
		"10,000 words":     strings.Repeat("a ", 10_000),
		"10,000 quotes":    strings.Repeat(`"`, 10_000),
		"nots between":     strings.Repeat("- ( ", 60) + "strike",
		"10,000 negations": strings.Repeat("-", 10_000),
		"tags":             "<script>alert(1)</script><!-- ",
		"emoji":            "✊🏿🏴",
		"spaces":           " \t\r\n\u00a0\u2028 ",
	} {
		for _, order := range []search.Order{search.Best, search.Newest} {
			if err := b.try(search.Query{Text: text, Order: order}); err != nil {
				t.Errorf("%s, %s first: %v", name, order, err)
			}
		}
	}
	b.expect(search.Query{Text: "stri\x00ke"}, "Strike")
	b.expect(search.Query{Text: ""})
	b.expect(search.Query{Text: "the"})
	var n int
	if err := b.tx.QueryRow(context.Background(), "SELECT count(*) FROM article").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d articles afterwards, error %v", n, err)
	}
}

// What no list of examples holds: signs that mean something to PostgreSQL, by
// chance. The seed is the test's own, so that a failure comes back.
func TestRandomQueries(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en", "cy")
	b.publish(b.st, "en", "Strike", "Nobody works today.")
	signs := []string{"-", "-", "-", " ", " ", `"`, "(", ")", "|", "&", "!", ":", "*", "<", ">", "<->", "'", `\\`, "a", "or ", "strike", "the", "ã", ".", "/", "@", "1"}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var text strings.Builder
		for range dice.IntN(120) {
			text.WriteString(signs[dice.IntN(len(signs))])
		}
		for _, order := range []search.Order{search.Best, search.Newest} {
			if err := b.try(search.Query{Text: text.String(), Order: order}); err != nil {
				t.Fatalf("%q: %v", text.String(), err)
			}
		}
	}
}

// try searches within a savepoint, so that one error is not everybody's.
func (b *bench) try(q search.Query) error {
	return db.InTx(context.Background(), b.tx, func(tx pgx.Tx) error {
		_, err := search.Find(context.Background(), tx, b.st, q)
		return err
	})
}

func TestClean(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"a word":      {"  general \n strike ", "general strike"},
		"long":        {strings.Repeat("ã", 300), strings.Repeat("ã", search.MaxText)},
		"far away":    {strings.Repeat(" ", 10_000) + "strike", ""},
		"cut letters": {strings.Repeat("a ", 16*search.MaxText/2-1) + "aã" + "b", strings.TrimSpace(strings.Repeat("a ", search.MaxText/2))},
	} {
		got := search.Query{Text: test.in}.Clean()
		if got.Text != test.want || !utf8.ValidString(got.Text) || got.Order != search.Best {
			t.Errorf("%s: %q, %s", name, got.Text, got.Order)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en")
	for i := range search.PageSize + 1 {
		b.publish(b.st, "en", fmt.Sprint("Strike ", i), "strike")
	}
	cursors := map[search.Order]string{}
	for _, order := range []search.Order{search.Best, search.Newest} {
		page, err := search.Find(context.Background(), b.tx, b.st, search.Query{Text: "strike", Order: order})
		if err != nil || page.Next == "" {
			t.Fatalf("no second page: %v", err)
		}
		cursors[order] = page.Next
	}
	for _, q := range []search.Query{
		{Text: "strike", Order: "random"},
		{Text: "strike", Before: "nonsense"},
		{Text: "strike", Order: search.Newest, Before: "nonsense"},
		{Text: "strike", Order: search.Best, Before: cursors[search.Newest]},
		{Text: "strike", Order: search.Newest, Before: cursors[search.Best]},
	} {
		if _, err := search.Find(context.Background(), b.tx, b.st, q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v, want Invalid", q, err)
		}
	}
}

package site_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

func (d desk) changeTopics(seal site.Seal, c site.TopicChange) error {
	d.t.Helper()
	return site.ChangeTopics(d.t.Context(), d.tx, d.by, d.id, seal, c)
}

// rows are the topics of the site as a form about them sends them untouched.
func (d desk) rows() []site.TopicRow {
	var rows []site.TopicRow
	for i, t := range d.site().Topics {
		rows = append(rows, site.TopicRow{ID: t.ID, Name: t.Name, Place: i + 1})
	}
	return rows
}

func (d desk) topics() string {
	var names []string
	for _, t := range d.site().Topics {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// file puts an article under a topic. The rooms above do that by verbs of their own.
func (d desk) file(topic site.TopicID) {
	d.t.Helper()
	_, err := d.tx.Exec(d.t.Context(), `
		WITH a AS (
			INSERT INTO article (site_id, slug, state, rank, language, title, summary, author, format, source, html, markup_version, published_at, words)
			VALUES ($1, 'a', 'hidden', 'other', 'pt', 'a', '', '', 'text', 'a', 'a', 1, now(), '')
			RETURNING id)
		INSERT INTO article_topic (article_id, topic_id, published_at) SELECT id, $2, now() FROM a`, d.id, topic)
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestChangeTopics(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	seal, rows := site.TopicsSeal(d.site().Topics), d.rows()
	if d.raises(func() error { return d.changeTopics(seal, site.TopicChange{Rows: rows}) }) {
		t.Error("an untouched form raises the version")
	}
	rows[0].Name, rows[2].Place, rows[1].Delete = "Casa", 1, true
	all := site.TopicChange{Rows: rows, New: "Fronteiras"}
	if !d.raises(func() error { return d.changeTopics(seal, all) }) {
		t.Error("the version stays")
	}
	if got := d.topics(); got != "Terra, Casa, Fronteiras" {
		t.Errorf("topics are %s", got)
	}
	if d.site().Topics[1].Slug != "habitacao" {
		t.Errorf("a topic's address became %s", d.site().Topics[1].Slug)
	}
	want := []string{"delete topic", "change topic name", "change site topics", "create topic"}
	d.wantLog(want...)
	rows[0].Place, rows[2].Place = 0, 0
	if err := d.changeTopics(seal, all); err != nil { // pressed twice: it is all so already
		t.Errorf("the same again: %v", err)
	}
	d.wantLog(want...)
}

func TestTopicOrder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		places []int // of a, b, c, d
		want   string
	}{
		{[]int{1, 2, 3, 4}, "a, b, c, d"},
		{[]int{1, 2, 3, 1}, "d, a, b, c"},
		{[]int{4, 2, 3, 4}, "b, c, d, a"},
		{[]int{4, 3, 2, 1}, "d, c, b, a"},
		{[]int{1, 2, 1, 1}, "c, d, a, b"},
		{[]int{1, 99, 3, 4}, "a, c, d, b"},
		{[]int{0, 0, 2, 0}, "a, c, b, d"},
	} {
		t.Run(tt.want, func(t *testing.T) { // each in a transaction of its own
			d := newDesk(t)
			rows := d.rows()
			for i := range rows {
				rows[i].Name = string(rune('a' + i))
			}
			if err := d.changeTopics("", site.TopicChange{Rows: rows, New: "d"}); err != nil {
				t.Fatal(err)
			}
			rows = d.rows()
			for i := range rows {
				rows[i].Place = tt.places[i]
			}
			if err := d.changeTopics("", site.TopicChange{Rows: rows}); err != nil {
				t.Fatal(err)
			}
			if got := d.topics(); got != tt.want {
				t.Errorf("places %v give %s, want %s", tt.places, got, tt.want)
			}
		})
	}
}

func TestTopicInUseStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	topic := d.site().Topics[0].ID
	d.file(topic)
	filed, err := site.FiledTopics(t.Context(), d.tx, d.id)
	if err != nil || !slices.Equal(filed, []site.TopicID{topic}) {
		t.Errorf("filed = %v, %v", filed, err)
	}
	rows := d.rows()
	rows[0].Delete, rows[1].Name = true, "Outro"
	wantField(t, d.changeTopics("", site.TopicChange{Rows: rows}), fault.Conflict, "delete")
	if got := d.topics(); got != "Habitação, Trabalho, Terra" {
		t.Errorf("topics are %s", got)
	}
	d.wantLog()
}

func TestChangeTopicsRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rows := d.rows()
	with := func(change func(c *site.TopicChange)) site.TopicChange {
		c := site.TopicChange{Rows: slices.Clone(rows)}
		change(&c)
		return c
	}
	wantField(t, d.changeTopics("", with(func(c *site.TopicChange) { c.Rows[0].Name = " " })), fault.Invalid, "name")
	wantField(t, d.changeTopics("", with(func(c *site.TopicChange) { c.New = strings.Repeat("x", site.MaxTopicName+1) })), fault.Invalid, "new")
	wantField(t, d.changeTopics("", with(func(c *site.TopicChange) { c.New = "HABITAÇÃO" })), fault.Conflict, "new")
	if err := d.changeTopics("", with(func(c *site.TopicChange) { c.Rows[0].ID = 1 << 40 })); !fault.Is(err, fault.NotFound) {
		t.Errorf("a topic of nobody: %v", err)
	}
	seal := site.TopicsSeal(d.site().Topics)
	if err := d.changeTopics(seal, with(func(c *site.TopicChange) { c.New = "Um" })); err != nil {
		t.Fatal(err)
	}
	wantField(t, d.changeTopics(seal, with(func(c *site.TopicChange) { c.New = "Dois" })), fault.Conflict, "version")
	seal = site.TopicsSeal(d.site().Topics)
	if err := d.changeTopics(seal, with(func(c *site.TopicChange) { c.Rows[2].Delete = true })); err != nil {
		t.Fatal(err)
	}
	wantField(t, d.changeTopics(seal, with(func(c *site.TopicChange) { c.Rows[2].Name = "Já não há" })), fault.Conflict, "version")
	for i := len(d.site().Topics); i < site.MaxTopics; i++ {
		if err := d.changeTopics("", site.TopicChange{New: fmt.Sprint("n", i)}); err != nil {
			t.Fatal(err)
		}
	}
	wantField(t, d.changeTopics("", site.TopicChange{New: "mais"}), fault.Invalid, "new")
}

func TestAddTopicIsLoggedWhenItAdds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 2 {
		topic, err := site.AddTopic(t.Context(), d.tx, d.by, d.id, "novo", "Novo")
		if err != nil || topic.Slug != "novo" {
			t.Fatalf("%v, %v", topic, err)
		}
	}
	if topic, err := site.AddTopic(t.Context(), d.tx, d.by, d.id, "terra", "Outra"); err != nil || topic.Name != "Terra" {
		t.Errorf("one that is there became %v, %v", topic, err)
	}
	d.wantLog("create topic")
}

func TestPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	page := site.PageDraft{Slug: "legal", Title: "Apoio jurídico", Language: "pt", Source: "Liga **já**.\r\n"}
	add := func() error { return site.AddPage(t.Context(), d.tx, d.by, d.id, page) }
	if !d.raises(add) || d.raises(add) {
		t.Error("the first raises the version and the second does not")
	}
	had, err := site.PageBySlug(t.Context(), d.tx, d.id, "legal")
	if err != nil || !strings.Contains(had.HTML, "<strong>já</strong>") || had.Source != "Liga **já**." {
		t.Fatalf("%+v, %v", had, err)
	}
	if pages := d.site().Pages; len(pages) != 1 || pages[0] != (site.PageLink{Slug: "legal", Title: "Apoio jurídico", Language: "pt"}) {
		t.Errorf("the site's pages are %v", pages)
	}
	other := page
	other.Source = "Outro texto."
	wantField(t, site.AddPage(t.Context(), d.tx, d.by, d.id, other), fault.Conflict, "slug")
	edit := func() error { return site.EditPage(t.Context(), d.tx, d.by, d.id, had.Seal(), other) }
	if !d.raises(edit) || d.raises(edit) {
		t.Error("the first raises the version and the second does not")
	}
	page.Title = "Terceiro"
	wantField(t, site.EditPage(t.Context(), d.tx, d.by, d.id, had.Seal(), page), fault.Conflict, "version")
	wantField(t, site.DeletePage(t.Context(), d.tx, d.by, d.id, had.Seal(), "legal"), fault.Conflict, "version")
	if !d.raises(func() error { return site.DeletePage(t.Context(), d.tx, d.by, d.id, "", "legal") }) {
		t.Error("the version stays")
	}
	if err := site.DeletePage(t.Context(), d.tx, d.by, d.id, "", "legal"); !fault.Is(err, fault.NotFound) {
		t.Errorf("what is deleted already: %v", err)
	}
	d.wantLog("create page", "change page text", "delete page")
}

func TestPagesRefuse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, slug := range []string{"about", "policy", "contact"} {
		if err := site.DeletePage(t.Context(), d.tx, d.by, d.id, "", slug); !fault.Is(err, fault.Conflict) {
			t.Errorf("deleting %s: %v", slug, err)
		}
	}
	good := site.PageDraft{Slug: "legal", Title: "T", Language: "pt", Source: "S"}
	for field, change := range map[string]func(*site.PageDraft){
		"slug": func(p *site.PageDraft) { p.Slug = "Le gal" }, "title": func(p *site.PageDraft) { p.Title = " " },
		"body": func(p *site.PageDraft) { p.Source = "\n" }, "language": func(p *site.PageDraft) { p.Language = "x" },
	} {
		p := good
		change(&p)
		wantField(t, site.AddPage(t.Context(), d.tx, d.by, d.id, p), fault.Invalid, field)
	}
	if err := site.EditPage(t.Context(), d.tx, d.by, d.id, "", good); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such page: %v", err)
	}
	for i := range site.MaxPages {
		good.Slug = fmt.Sprint("p", i)
		if err := site.AddPage(t.Context(), d.tx, d.by, d.id, good); err != nil {
			t.Fatal(err)
		}
	}
	good.Slug = "over"
	wantField(t, site.AddPage(t.Context(), d.tx, d.by, d.id, good), fault.Invalid, "slug")
	pages, err := site.ListPages(t.Context(), d.tx, d.id)
	if err != nil || len(pages) != site.MaxPages+3 || pages[0].Slug != "about" || pages[1].Slug != "policy" || pages[2].Slug != "contact" {
		t.Errorf("%d pages, %v: %v", len(pages), err, pages[:3])
	}
}

// TestTopicIsTakenWhileItIsDeleted files a post under a topic while an editor
// deletes it: the post goes before, and nobody waits for the other for ever.
func TestTopicIsTakenWhileItIsDeleted(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).Primary
	st, err := site.Create(t.Context(), pool, modlog.ByOperator(), draft(nil))
	if err != nil {
		t.Fatal(err)
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	desk{t: t, tx: tx, id: st.ID}.file(st.Topics[0].ID)
	deleted := make(chan error, 1)
	go func() {
		c := site.TopicChange{Rows: []site.TopicRow{{ID: st.Topics[0].ID, Delete: true}}}
		deleted <- site.ChangeTopics(context.Background(), pool, modlog.ByOperator(), st.ID, "", c)
	}()
	for waiting := 0; waiting == 0; { // until the editor waits for the post
		err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := site.Bump(t.Context(), tx, st.ID); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantField(t, <-deleted, fault.Conflict, "delete")
}

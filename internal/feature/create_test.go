package feature_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first, second := r.article(r.st, "Um"), r.article(r.st, "Dois")
	d := draft("  A greve\x00 continua ")
	d.Articles = []article.ID{second, first, second}
	before := r.version()
	id := r.write(d)
	f := r.feature(id)
	if f.Title != "A greve continua" || f.Slug != "a-greve-continua" || f.Language != "pt" || f.Source != "Um **texto**." || !strings.Contains(f.HTML, "<strong>") {
		t.Errorf("%+v", f)
	}
	if f.Position != nil || f.Picture != nil || f.Version != 1 {
		t.Errorf("a new feature has the position %v, the picture %v and the version %d", f.Position, f.Picture, f.Version)
	}
	if got := r.logged(id); got != "write" {
		t.Errorf("logged: %s", got)
	}
	if r.version() != before+1 {
		t.Errorf("the site's version went from %d to %d", before, r.version())
	}
	if diff := cmp.Diff([]article.ID{second, first}, r.linked(id)); diff != "" {
		t.Errorf("posts (-want +got):\n%s", diff)
	}
}

func (r *room) linked(id feature.ID) []article.ID {
	r.t.Helper()
	items, err := feature.LinkedTo(r.t.Context(), r.db, r.st.ID, id)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []article.ID
	for _, i := range items {
		ids = append(ids, i.ID)
	}
	return ids
}

func TestDraftAtFault(t *testing.T) {
	t.Parallel()
	long, alt := strings.Repeat("é", media.MaxAlt+1), strings.Repeat("a", media.MaxAlt)
	posts := make([]article.ID, feature.MaxArticles+1)
	for i := range posts {
		posts[i] = article.ID(i + 1)
	}
	for name, tt := range map[string]struct {
		change func(d *feature.Draft)
		field  string
		want   string
	}{
		"no title":         {func(d *feature.Draft) { d.Title = " \x00" }, "title", "error.required.title"},
		"long title":       {func(d *feature.Draft) { d.Title = strings.Repeat("é", article.MaxTitle+1) }, "title", "error.too_long"},
		"no summary":       {func(d *feature.Draft) { d.Summary = "" }, "summary", "error.required.summary"},
		"long summary":     {func(d *feature.Draft) { d.Summary = strings.Repeat("é", article.MaxSummary+1) }, "summary", "error.too_long"},
		"no text":          {func(d *feature.Draft) { d.Body = "<!-- -->" }, "body", "error.required.body"},
		"long text":        {func(d *feature.Draft) { d.Body = strings.Repeat("é", article.MaxBody+1) }, "body", "error.too_long"},
		"foreign language": {func(d *feature.Draft) { d.Language = "ar" }, "language", "error.language"},
		"too many posts":   {func(d *feature.Draft) { d.Articles = posts }, "article", "error.too_many_articles"},
		"unknown post":     {func(d *feature.Draft) { d.Articles = []article.ID{1 << 40} }, "article", "error.articles_unknown"},
		"no post":          {func(d *feature.Draft) { d.Strange = []string{"ontem"} }, "article", "error.articles_unknown"},
		"two pictures":     {func(d *feature.Draft) { d.Files = []media.Chosen{{ID: "a", Alt: "a"}, {ID: "b"}} }, "file", "error.one_picture"},
		"no description":   {func(d *feature.Draft) { d.Files = []media.Chosen{{ID: "a", Alt: " "}} }, "alt", "error.required.alt"},
		"long description": {func(d *feature.Draft) { d.Files = []media.Chosen{{ID: "a", Alt: long}} }, "alt", "error.too_long"},
		"unknown upload":   {func(d *feature.Draft) { d.Files = []media.Chosen{{ID: "a", Alt: alt}} }, "file", "error.upload_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			d := draft("Um título")
			tt.change(&d)
			_, err := r.create([]byte("ticket"), d)
			if !fault.Is(err, fault.Invalid) || faultAt(err, tt.field) != tt.want {
				t.Errorf("%v, %v", err, fault.Fields(err))
			}
			if n := r.count("SELECT (SELECT count(*) FROM feature WHERE site_id = $1) + (SELECT count(*) FROM moderation_log WHERE site_id = $1 AND subject = 'feature')", r.st.ID); n != 0 {
				t.Errorf("%d rows were written", n)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	d := draft("")
	d.Articles, d.Strange = []article.ID{1 << 40}, []string{"https://elsewhere.example/articles/1"}
	_, err := r.create(nil, d)
	if faultAt(err, "title") == "" || faultAt(err, "article") == "" {
		t.Fatalf("%v, %v", err, fault.Fields(err))
	}
	for _, f := range fault.Fields(err) {
		if f.Name == "article" && f.Args["Names"] != "https://elsewhere.example/articles/1, 1099511627776" {
			t.Errorf("named: %v", f.Args["Names"])
		}
	}
}

func TestPostsOfAnotherSiteOrDeletedAreUnknown(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	foreign, gone, hidden := r.article(r.site(), "Alheio"), r.article(r.st, "Retirado"), r.article(r.st, "Escondido")
	r.exec("UPDATE article SET state = 'withdrawn' WHERE id = $1", gone)
	r.exec("UPDATE article SET state = 'hidden' WHERE id = $1", hidden)
	for id, known := range map[article.ID]bool{foreign: false, gone: false, hidden: true} {
		d := draft("Um título")
		d.Articles = []article.ID{id}
		if _, err := r.create(nil, d); (err == nil) != known {
			t.Errorf("post %d: %v", id, err)
		}
	}
}

func TestFrozenSiteTakesNoAct(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ids := r.writePlaced("Um", "Dois")
	before := r.logged(ids[1])
	r.st.State = site.Frozen
	ctx, act := t.Context(), r.act(ids[1])
	for name, do := range map[string]func() error{
		"create":  func() error { _, err := r.create(nil, draft("Três")); return err },
		"edit":    func() error { return feature.Edit(ctx, r.db, r.queue, act, nil, draft("Outro")) },
		"place":   func() error { return feature.Place(ctx, r.db, act, 1) },
		"unplace": func() error { return feature.Unplace(ctx, r.db, act) },
		"discard": func() error { return feature.Discard(ctx, r.db, r.queue, act) },
	} {
		if err := do(); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.wantOrder("the front page", ids...)
	if r.logged(ids[1]) != before {
		t.Errorf("logged: %s", r.logged(ids[1]))
	}
}

// TestSameFormAgain sends one form twice, and another content with its ticket.
func TestSameFormAgain(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ticket := []byte("um bilhete")
	d := draft("Uma vez")
	d.Files = []media.Chosen{{ID: r.upload(ticket, media.Complete), Alt: "Um cartaz"}}
	d.FileSums = [][]byte{[]byte("sum")}
	first, err := r.create(ticket, d)
	if err != nil || first.Repeated || first.Other {
		t.Fatalf("%+v, %v", first, err)
	}
	d.Files[0].ID = r.upload(ticket, media.Complete) // the same file, sent again
	if again, err := r.create(ticket, d); err != nil || again.ID != first.ID || !again.Repeated {
		t.Errorf("again: %+v, %v", again, err)
	}
	if other, err := r.create(ticket, draft("Outra vez")); err != nil || other.ID != first.ID || !other.Other {
		t.Errorf("other content: %+v, %v", other, err)
	}
	if n := r.count("SELECT count(*) FROM feature WHERE site_id = $1", r.st.ID); n != 1 {
		t.Errorf("%d features", n)
	}
	if got := r.logged(first.ID); got != "write" {
		t.Errorf("logged: %s", got)
	}
}

func TestSameFormManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	r := roomIn(t, dbtest.New(t).Primary)
	written := make([]feature.Written, 8)
	errs := make([]error, len(written))
	var all sync.WaitGroup
	for i := range written {
		all.Go(func() { written[i], errs[i] = r.create([]byte("um bilhete"), draft("Uma vez")) })
	}
	all.Wait()
	first := 0
	for i, w := range written {
		if errs[i] != nil || w.ID != written[0].ID || w.Other {
			t.Errorf("%+v, %v", w, errs[i])
		}
		if !w.Repeated {
			first++
		}
	}
	if n := r.count("SELECT count(*) FROM feature"); n != 1 || first != 1 || r.logged(written[0].ID) != "write" {
		t.Errorf("%d features by %d forms, logged: %s", n, first, r.logged(written[0].ID))
	}
}

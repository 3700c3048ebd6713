package markdown_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/importer/markdown"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
)

// network is a database with one site.
type network struct {
	*db.Pools
	site site.Site
}

func newNetwork(t *testing.T) network {
	t.Helper()
	n := network{Pools: dbtest.New(t)}
	var err error
	n.site, err = site.Create(t.Context(), n.Primary, modlog.ByOperator(), site.Draft{
		Slug: "pt", Name: "Maré", Languages: []locale.Tag{"pt", "en"}, TimeZone: "Europe/Lisbon", Topics: []string{"Habitação"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n network) importer(t *testing.T) markdown.Importer {
	t.Helper()
	st, err := site.BySlug(t.Context(), n.Primary, "pt")
	if err != nil {
		t.Fatal(err)
	}
	return markdown.Importer{Pool: n.Primary, Site: st}
}

func (n network) run(t *testing.T, dir string) markdown.Result {
	t.Helper()
	result, err := n.importer(t).Import(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// newest gives the article on top of the wire.
func (n network) newest(t *testing.T) article.Article {
	t.Helper()
	page, err := newswire.List(t.Context(), n.Primary, n.site.ID, newswire.Filter{})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("nothing on the wire (%v)", err)
	}
	a, err := article.ByID(t.Context(), n.Primary, n.site.ID, page.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// folder writes files by name.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const full = `---
title: "A &amp; B <em>na rua</em>"
author: [Ana, Rui]
date: 2023-08-19T18:11:07+01:00
url: https://old.example/news/a-e-b/
aliases: /?p=12
categories:
  - Habitação
  - Guerra e Paz
excerpt: "Um &#8220;resumo&#8221; […]"
lang: en
unknown: {a: [b]}
---
Texto com **ênfase** e <img src="https://far.example/x.jpg"> dentro.

<script>alert(1)</script>
`

func TestImport(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	before := n.site.Version
	dir := folder(t, map[string]string{"sub/a.md": full, "_index.md": "---\ntitle: list\n---\n", ".x/b.md": full, "notes.txt": "no"})
	want := markdown.Result{Read: 1, Imported: 1, Failures: []markdown.Failure{}}
	if diff := cmp.Diff(want, n.run(t, dir)); diff != "" {
		t.Fatalf("first run (-want +got):\n%s", diff)
	}
	a := n.newest(t)
	if a.Title != "A & B na rua" || a.Author != "Ana, Rui" || a.Summary != "Um “resumo” […]" || a.Language != "en" || a.Rank != article.Other {
		t.Errorf("imported %+v", a)
	}
	if at := time.Date(2023, 8, 19, 17, 11, 7, 0, time.UTC); !a.PublishedAt.Equal(at) {
		t.Errorf("published at %v, want %v", a.PublishedAt, at)
	}
	if strings.Contains(a.HTML, "<script") || strings.Contains(a.HTML, "<img") || !strings.Contains(a.HTML, "<strong>ênfase</strong>") {
		t.Errorf("HTML %s", a.HTML)
	}
	topics, err := article.TopicsOf(t.Context(), n.Primary, a.ID)
	if err != nil || len(topics) != 2 || topics[0].Name != "Habitação" || topics[1].Slug != "guerra-e-paz" {
		t.Errorf("topics %+v (%v)", topics, err)
	}
	for _, path := range []string{"/news/a-e-b/", "/news/a-e-b"} {
		if id, err := article.ByRedirect(t.Context(), n.Primary, n.site.ID, path); err != nil || id != a.ID {
			t.Errorf("%s leads to %d (%v), want %d", path, id, err, a.ID)
		}
	}
	if after := n.importer(t).Site.Version; after <= before {
		t.Error("the site's version did not rise: caches would keep the old pages")
	}
	want = markdown.Result{Read: 1, Known: 1, Failures: []markdown.Failure{}}
	if diff := cmp.Diff(want, n.run(t, dir)); diff != "" {
		t.Errorf("second run (-want +got):\n%s", diff)
	}
}

func TestWithdrawnStaysKnown(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	dir := folder(t, map[string]string{"a.md": full})
	n.run(t, dir)
	act := article.Act{Site: n.site.ID, ID: n.newest(t).ID, Reason: "spam"}
	act.By.Kind = "operator"
	if err := article.Hide(t.Context(), n.Primary, act); err != nil {
		t.Fatal(err)
	}
	if r := n.run(t, dir); r.Imported != 0 || r.Known != 1 {
		t.Errorf("what editors hid came back: %+v", r)
	}
}

// post is a file with the title and more front matter.
func post(more string) string { return "---\ntitle: T\n" + more + "\n---\ntext\n" }

func TestBrokenFilesAreNamed(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	dir := folder(t, map[string]string{
		"1-none.md":     "just text",
		"2-open.md":     "---\ntitle: T\ndate: 2024-01-01\ntext",
		"3-yaml.md":     post("date: [2024"),
		"4-date.md":     post("date: yesterday"),
		"5-undated.md":  post(""),
		"6-untitled.md": "---\ntitle: \"  \"\ndate: 2024-01-01\n---\ntext",
		"7-large.md":    post("date: 2024-01-01") + strings.Repeat("x", markdown.MaxFile),
		"8-draft.md":    post("date: 2024-01-01\ndraft: true"),
		"9-good.md":     post("date: 2024-01-01"),
	})
	r := n.run(t, dir)
	if r.Read != 9 || r.Imported != 1 || r.Skipped != 1 || r.Failed != 7 || len(r.Failures) != 7 {
		t.Errorf("result %+v", r)
	}
	for i, part := range []string{"front matter", "not closed", "no proper YAML", "not understood", "no date", "no title", "larger than 2 MB"} {
		if f := r.Failures[i]; !strings.HasPrefix(f.File, string(rune('1'+i))) || !strings.Contains(f.Error, part) {
			t.Errorf("failure %+v, want one about %q", f, part)
		}
	}
	if n.newest(t).Title != "T" {
		t.Error("the good file was not imported")
	}
}

func TestFieldsOfManyKinds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("palavra ", 100)
	summer := time.Date(2024, 7, 1, 17, 30, 0, 0, time.UTC) // 18.30 in Lisbon
	tests := []struct {
		name, file, text string
		check            func(a article.Article) bool
	}{
		{"CRLF and BOM", "a.md", "\ufeff---\r\ntitle: T\r\ndate: 2024-07-01 18:30\r\n---\r\ntext\r\n",
			func(a article.Article) bool { return a.PublishedAt.Equal(summer) && a.Source == "text" }},
		{"date without zone", "a.md", post(`date: 2024-07-01T18:30:00`), func(a article.Article) bool { return a.PublishedAt.Equal(summer) }},
		{"date with offset after a space", "a.md", post(`date: 2024-07-01 19:30:00 +0200`), func(a article.Article) bool { return a.PublishedAt.Equal(summer) }},
		{"date in the file's name", "2024-07-02-x.md", post(""), func(a article.Article) bool { return a.PublishedAt.UTC().Day() == 1 }},
		{"title that is a number", "a.md", "---\ntitle: 2024\ndate: 2024-01-01\n---\n", func(a article.Article) bool { return a.Title == "2024" && a.Source == "" }},
		{"long title", "a.md", "---\ntitle: " + long + "\ndate: 2024-01-01\n---\n", func(a article.Article) bool {
			return strings.HasSuffix(a.Title, "palavra…") && len([]rune(a.Title)) <= article.MaxTitle
		}},
		{"long excerpt", "a.md", post("date: 2024-01-01\nexcerpt: " + long), func(a article.Article) bool {
			return strings.HasSuffix(a.Summary, "palavra…") && len([]rune(a.Summary)) <= article.MaxSummary
		}},
		{"no language", "a.md", post("date: 2024-01-01\nlanguage: klingonese!"), func(a article.Article) bool { return a.Language == "pt" }},
		{"one category", "a.md", post("date: 2024-01-01\ncategories: Só uma\nauthor: ~"), func(a article.Article) bool { return a.Author == "" }},
		{"control characters", "a.md", "---\ntitle: \"T\\u0007\\u202E\"\ndate: 2024-01-01\n---\na\x00b\n", func(a article.Article) bool { return a.Title == "T" && a.Source == "ab" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			if r := n.run(t, folder(t, map[string]string{tt.file: tt.text})); r.Imported != 1 {
				t.Fatalf("result %+v", r)
			}
			if a := n.newest(t); !tt.check(a) {
				t.Errorf("imported %+v, published %v", a.Text, a.PublishedAt.UTC())
			}
		})
	}
}

// TestOneFileOneTransaction ends the run in the middle, and carries it on.
func TestOneFileOneTransaction(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	dir := folder(t, map[string]string{"1.md": post("date: 2024-01-01\ncategories: Um"), "2.md": post("date: 2024-01-02\ncategories: Dois"), "3.md": post("date: 2024-01-03")})
	ctx, cancel := context.WithCancel(t.Context())
	importer := n.importer(t)
	importer.Progress = func(done, _ int) {
		if done == 2 {
			cancel()
		}
	}
	if r, err := importer.Import(ctx, dir); err == nil || r.Imported != 2 || r.Failed != 0 {
		t.Errorf("an ended run gives %+v, %v", r, err)
	}
	if r := n.run(t, dir); r.Known != 2 || r.Imported != 1 {
		t.Errorf("carried on: %+v", r)
	}
}

func TestAFailedFileLeavesNothing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	if _, err := n.Primary.Exec(t.Context(), "ALTER TABLE article_redirect ADD CHECK (path <> '/bad')"); err != nil {
		t.Fatal(err)
	}
	r := n.run(t, folder(t, map[string]string{"1.md": post("date: 2024-01-01\nurl: /bad\ncategories: Novo"), "2.md": post("date: 2024-01-02\ncategories: Novo")}))
	if r.Failed != 1 || r.Imported != 1 || r.Failures[0].File != "1.md" || strings.Contains(r.Failures[0].Error, "/bad") {
		t.Errorf("result %+v", r)
	}
	var articles, topics int
	if err := n.Primary.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM site_topic)").Scan(&articles, &topics); err != nil {
		t.Fatal(err)
	}
	if articles != 1 || topics != 2 {
		t.Errorf("%d articles, %d topics; want 1 and 2", articles, topics)
	}
}

func TestFrozenSiteTakesNothing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	if err := site.SetState(t.Context(), n.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
		t.Fatal(err)
	}
	if _, err := n.importer(t).Import(t.Context(), folder(t, map[string]string{"1.md": full})); !fault.Is(err, fault.Denied) {
		t.Errorf("a frozen site took an import: %v", err)
	}
}

func TestMissingFolder(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	if _, err := n.importer(t).Import(t.Context(), filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// TestCorpus imports two years of a living site.
func TestCorpus(t *testing.T) {
	t.Parallel()
	const dir = "../../../../shared/corpora/indymedia-pt"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpora are not beside the project: ", err)
	}
	n := newNetwork(t)
	want := markdown.Result{Read: 784, Imported: 784, Failures: []markdown.Failure{}}
	if diff := cmp.Diff(want, n.run(t, dir)); diff != "" {
		t.Fatalf("first run (-want +got):\n%s", diff)
	}
	want.Imported, want.Known = 0, 784
	if diff := cmp.Diff(want, n.run(t, dir)); diff != "" {
		t.Errorf("second run (-want +got):\n%s", diff)
	}
	var articles, redirects, raw int
	if err := n.Primary.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM article WHERE state = 'visible'),
		       (SELECT count(DISTINCT article_id) FROM article_redirect),
		       (SELECT count(*) FROM article WHERE html ~* '<(script|iframe|img|audio|video|embed|object|style)' OR html LIKE '%categories:%')`,
	).Scan(&articles, &redirects, &raw); err != nil {
		t.Fatal(err)
	}
	if articles != 784 || redirects != 784 || raw != 0 {
		t.Errorf("%d visible articles, %d of them with a redirect, %d with what must not be in them", articles, redirects, raw)
	}
}

package site

import (
	"embed"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/slug"
)

// Bounds of static pages: of their texts in characters, and how many a site may
// add to those it has from the start.
const (
	MaxPageTitle = 200
	MaxPageBody  = 100_000
	MaxPages     = 30
)

// PageID names a static page in the moderation log.
type PageID int64

// Page is a static page: about, editorial policy, contact and the like.
type Page struct {
	ID        PageID
	Slug      string
	Title     string
	Language  locale.Tag
	Source    string // Markdown
	HTML      string
	UpdatedAt time.Time
}

// PageLink leads to a static page.
type PageLink struct {
	Slug     string     `json:"slug"`
	Title    string     `json:"title"`
	Language locale.Tag `json:"language"`
}

// PageItem is a static page in a list.
type PageItem struct {
	PageLink
	UpdatedAt time.Time
}

// PageDraft is what a static page is written from; Source is Markdown.
type PageDraft struct {
	Slug     string
	Title    string
	Language locale.Tag
	Source   string
}

// Draft is the page as a form holds it.
func (p Page) Draft() PageDraft {
	return PageDraft{Slug: p.Slug, Title: p.Title, Language: p.Language, Source: p.Source}
}

// Seal stands for the page in a form.
func (p Page) Seal() Seal { return SealOf("page", p.Draft()) }

// Lasting tells whether the page is one that every site has.
func (p Page) Lasting() bool { return slices.Contains(firstPageSlugs[:], p.Slug) }

// Clean drops control characters and what surrounds the text.
func (d PageDraft) Clean() PageDraft {
	d.Title, d.Source = markup.Line(d.Title), strings.TrimRight(markup.Lines(d.Source), " \t\n")
	return d
}

// Check says which fields of a cleaned page are at fault: fault.Invalid.
func (d PageDraft) Check() error {
	var bad []fault.Field
	bound := func(name, text string, limit int) {
		switch length := utf8.RuneCountInString(text); {
		case strings.TrimSpace(text) == "":
			// i18n: error.required.title error.required.body
			bad = append(bad, fault.Field{Name: name, Message: "error.required." + name})
		case length > limit:
			bad = append(bad, fault.Field{Name: name, Message: "error.too_long", Args: map[string]any{"Max": limit, "Length": length}})
		}
	}
	if !slug.Valid(d.Slug) {
		bad = append(bad, fault.Field{Name: "slug", Message: "error.slug"})
	}
	bound("title", d.Title, MaxPageTitle)
	bound("body", d.Source, MaxPageBody)
	if tag, err := locale.ParseTag(string(d.Language)); err != nil || tag != d.Language {
		bad = append(bad, fault.Field{Name: "language", Message: "error.language"})
	}
	return fault.InvalidFields(bad...)
}

// firstPageSlugs are the pages every site has from the start, in the order of
// its footer.
var firstPageSlugs = [...]string{"about", "policy", "contact"}

//go:embed pages
var firstPageFiles embed.FS

// firstPages are the pages of a new site, in the language of its interface, or
// in English where we have none in that language. The first line of each file
// is the title.
func firstPages(language locale.Tag) []PageDraft {
	base, _, _ := strings.Cut(string(language), "-")
	if _, err := firstPageFiles.Open("pages/" + base); err != nil {
		base = "en"
	}
	pages := make([]PageDraft, 0, len(firstPageSlugs))
	for _, name := range firstPageSlugs {
		text, err := firstPageFiles.ReadFile("pages/" + base + "/" + name + ".md")
		if err != nil {
			panic("site: a first page is not embedded: " + name) // a mistake in the build, found by the first test
		}
		title, source, _ := strings.Cut(string(text), "\n")
		pages = append(pages, PageDraft{Slug: name, Title: strings.TrimPrefix(title, "# "), Language: locale.Tag(base), Source: strings.TrimSpace(source)})
	}
	return pages
}

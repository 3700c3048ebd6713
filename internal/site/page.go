package site

import (
	"embed"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/locale"
)

// Page is a static page: about, editorial policy, contact and the like.
type Page struct {
	Slug      string
	Title     string
	Language  locale.Tag
	HTML      string
	UpdatedAt time.Time
}

// PageDraft is what a static page is written from; Source is Markdown.
type PageDraft struct {
	Slug     string
	Title    string
	Language locale.Tag
	Source   string
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

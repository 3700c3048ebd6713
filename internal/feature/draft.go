package feature

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Draft is a feature as the form holds it; Body is Markdown.
type Draft struct {
	Language    locale.Tag // empty: the site's
	Title       string
	Summary     string
	Body        string
	Articles    []article.ID   // the posts it is made from, in their order
	Strange     []string       // what was typed as the name of a post, and names none
	Files       []media.Chosen // at most one: the picture, in place of the one there is
	FileSums    [][]byte       // SHA-256 of files sent with the form itself, as in article.Draft
	Alt         *string        // what the picture that stays shows; nil: as before
	NoPicture   bool           // the picture there is goes
	PublishedAt time.Time      // of a new feature; zero: now
}

// Clean drops control characters and what surrounds the text, and fills in what
// the form left to the site.
func (d Draft) Clean(st site.Site) Draft {
	d.Title, d.Summary = markup.Line(d.Title), markup.Line(d.Summary)
	d.Body = strings.TrimRight(markup.Lines(d.Body), " \t\n")
	if d.Language == "" {
		d.Language = st.Language()
	}
	d.Articles, d.Files = d.posts(), slices.Clone(d.Files)
	for i := range d.Files {
		d.Files[i].Alt = markup.Line(d.Files[i].Alt)
	}
	if d.Alt != nil {
		alt := markup.Line(*d.Alt)
		d.Alt = &alt
	}
	return d
}

// posts are the articles, each once. Too many are cut to one more than there may
// be, which Check refuses, and are not looked through.
func (d Draft) posts() (posts []article.ID) {
	if len(d.Articles) > MaxArticles {
		return slices.Clone(d.Articles[:MaxArticles+1])
	}
	for _, id := range d.Articles {
		if !slices.Contains(posts, id) {
			posts = append(posts, id)
		}
	}
	return posts
}

// tooMany tells whether more posts are named than a feature may be made from,
// whatever they are.
func (d Draft) tooMany() bool { return len(d.Articles)+len(d.Strange) > MaxArticles }

// Check says which fields of a cleaned draft are at fault: fault.Invalid. A
// feature may stay in a language that the site does not have any more: present
// names it.
func (d Draft) Check(st site.Site, present ...locale.Tag) error {
	var bad []fault.Field
	note := func(name, message string, faulty bool) {
		if faulty {
			bad = append(bad, fault.Field{Name: name, Message: message})
		}
	}
	bound := func(name, text string, limit int) {
		if length := utf8.RuneCountInString(text); length > limit {
			bad = append(bad, fault.Field{Name: name, Message: "error.too_long", Args: map[string]any{"Max": limit, "Length": length}})
		}
	}
	note("title", "error.required.title", d.Title == "")
	bound("title", d.Title, article.MaxTitle)
	note("summary", "error.required.summary", d.Summary == "")
	bound("summary", d.Summary, article.MaxSummary)
	tooLong := utf8.RuneCountInString(d.Body) > article.MaxBody
	bound("body", d.Body, article.MaxBody)
	note("body", "error.required.body", !tooLong && markup.Blank(markup.Markdown, d.Body))
	note("language", "error.language", !slices.Contains(st.Languages, d.Language) && !slices.Contains(present, d.Language))
	if d.tooMany() {
		bad = append(bad, fault.Field{Name: "article", Message: "error.too_many_articles", Args: map[string]any{"Max": MaxArticles}})
	}
	note("file", "error.one_picture", len(d.Files) > 1)
	for _, alt := range d.alts() {
		note("alt", "error.required.alt", alt == "")
		bound("alt", alt, media.MaxAlt)
	}
	return fault.InvalidFields(bad...)
}

// alts are the descriptions that go with the draft's picture.
func (d Draft) alts() []string {
	switch {
	case len(d.Files) > 0:
		return []string{d.Files[0].Alt}
	case d.Alt != nil && !d.NoPicture:
		return []string{*d.Alt}
	}
	return nil
}

// hash tells the same form from another: each field with its length before it,
// so that no two read alike. Files are told by their content, or by their upload
// where they came before.
func (d Draft) hash() []byte {
	sum := sha256.New()
	put := func(field []byte) {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		sum.Write(field)
	}
	for _, field := range append([]string{d.Title, d.Summary, d.Body, string(d.Language)}, d.Strange...) {
		put([]byte(field))
	}
	for _, id := range d.Articles {
		put(binary.BigEndian.AppendUint64([]byte("article"), uint64(id)))
	}
	for i, f := range d.Files {
		if i < len(d.FileSums) {
			put(d.FileSums[i])
		} else {
			put([]byte(f.ID))
		}
	}
	for _, alt := range d.alts() {
		put([]byte("alt" + alt))
	}
	if d.NoPicture {
		put([]byte("no picture"))
	}
	return sum.Sum(nil)
}

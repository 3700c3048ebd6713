package markdown

import (
	"cmp"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/internal/slug"
)

// document is what a file says, fit to become an article.
type document struct {
	key    string // in article_origin
	paths  []string
	date   time.Time
	topics []topic
	draft  article.Draft
}

type topic struct{ slug, name string }

// document reads the fields of front matter as the site means them.
func (f front) document(st site.Site, file, body string) (document, error) {
	date, err := f.date(st, file)
	if err != nil {
		return document{}, err
	}
	d := document{key: cmp.Or(strings.TrimSpace(f.URL), file), date: date, paths: f.paths(), topics: f.topics()}
	d.draft = article.Draft{
		Title: plain(f.Title), Summary: plain(cmp.Or(f.Excerpt, f.Summary, f.Description)), Body: body, Format: markup.Markdown,
		Author: strings.Join(append(f.Author, f.Authors...), ", "), Language: f.language(),
	}
	for _, t := range d.topics {
		d.draft.Topics = append(d.draft.Topics, t.slug)
	}
	d.draft = d.draft.Clean(st)
	if d.draft.Title == "" {
		return document{}, atFault("it has no title")
	}
	// What was published stays published: it is shortened where the form would refuse it.
	d.draft.Title = shorten(d.draft.Title, article.MaxTitle)
	d.draft.Summary = shorten(d.draft.Summary, article.MaxSummary)
	d.draft.Author = shorten(d.draft.Author, article.MaxAuthor)
	return d, nil
}

// dated is how Jekyll names its files.
var dated = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)

// date is the field's, or the one that the file's name begins with.
func (f front) date(st site.Site, file string) (time.Time, error) {
	written := f.Date
	if written == "" {
		written = timestamp(dated.FindString(path.Base(file)))
	}
	if written == "" {
		return time.Time{}, atFault("it has no date")
	}
	return written.in(st.Zone())
}

// paths are the addresses that the article had, with and without a final slash.
func (f front) paths() []string {
	var paths []string
	for _, address := range append(words{f.URL}, f.Aliases...) {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			continue // an address that cannot be asked for needs no redirect
		}
		if p := path.Clean("/" + u.Path); p != "/" {
			paths = append(paths, p, p+"/")
		}
	}
	return paths
}

func (f front) topics() []topic {
	var topics []topic
	for _, name := range f.Categories {
		if name = shorten(plain(name), site.MaxName); name != "" {
			topics = append(topics, topic{slug: slug.Make(name), name: name})
		}
	}
	return topics
}

// language is the file's own, empty where it names none that exists.
func (f front) language() locale.Tag {
	tag, err := locale.ParseTag(cmp.Or(f.Language, f.Lang))
	if err != nil {
		return ""
	}
	return tag
}

// tag is HTML as old systems keep it in titles and excerpts.
var tag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)

// plain gives the text of a line of HTML.
func plain(s string) string {
	return markup.Line(html.UnescapeString(tag.ReplaceAllString(s, " ")))
}

// shorten cuts a line to a number of characters, between words where it can.
func shorten(line string, limit int) string {
	runes := []rune(line)
	if len(runes) <= limit {
		return line
	}
	cut := string(runes[:limit-1])
	if end := strings.LastIndexByte(cut, ' '); end > len(cut)/2 {
		cut = cut[:end]
	}
	return strings.TrimRight(cut, " .,;:–—-") + "…"
}

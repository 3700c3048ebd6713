package article

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Bounds of what an article holds, in characters. The form states them.
const (
	MaxTitle   = 200
	MaxSummary = 600
	MaxBody    = 100_000
	MaxAuthor  = 100
	MaxContact = 200
)

// Draft is an article as the form holds it.
type Draft struct {
	Title    string
	Summary  string
	Body     string
	Format   markup.Format
	Author   string
	Language locale.Tag
	Topics   []string // slugs
	Contact  string   // for the editors only
	Files    []media.Chosen
	// FileSums are the SHA-256 sums of files sent with the form itself, which
	// tell the same form from another; Files that came before are told by id.
	FileSums [][]byte
}

// Clean drops control characters and what surrounds the text, and fills in what
// the form left to the site.
func (d Draft) Clean(st site.Site) Draft {
	d.Title = markup.Line(d.Title)
	d.Summary = markup.Line(d.Summary)
	d.Author = markup.Line(d.Author)
	d.Contact = markup.Line(d.Contact)
	d.Body = strings.TrimRight(markup.Lines(d.Body), " \t\n")
	if d.Format == "" {
		d.Format = markup.Markdown
	}
	if d.Language == "" {
		d.Language = st.Language()
	}
	d.Topics = slices.Compact(slices.Sorted(slices.Values(d.Topics)))
	d.Files = slices.Clone(d.Files)
	for i := range d.Files {
		d.Files[i].Alt = markup.Line(d.Files[i].Alt)
	}
	return d
}

// Check says which fields of a cleaned draft are at fault: fault.Invalid. An
// article may stay in a language that the site does not have, as imported ones
// are: present names it.
func (d Draft) Check(st site.Site, present ...locale.Tag) error {
	var bad []fault.Field
	bound := func(name, text string, limit int, required bool) {
		switch {
		case required && strings.TrimSpace(text) == "":
			// i18n: error.required.*
			bad = append(bad, fault.Field{Name: name, Message: "error.required." + name})
		case utf8.RuneCountInString(text) > limit:
			bad = append(bad, fault.Field{Name: name, Message: "error.too_long", Args: map[string]any{"Max": limit, "Length": utf8.RuneCountInString(text)}})
		}
	}
	bound("title", d.Title, MaxTitle, true)
	bound("summary", d.Summary, MaxSummary, false)
	bound("body", d.Body, MaxBody, true)
	if !slices.ContainsFunc(bad, func(f fault.Field) bool { return f.Name == "body" }) && markup.Blank(d.Format, d.Body) {
		bad = append(bad, fault.Field{Name: "body", Message: "error.required.body"})
	}
	bound("author", d.Author, MaxAuthor, false)
	bound("contact", d.Contact, MaxContact, false)
	if !d.Format.Valid() {
		bad = append(bad, fault.Field{Name: "format", Message: "error.format"})
	}
	if !slices.Contains(st.Languages, d.Language) && !slices.Contains(present, d.Language) {
		bad = append(bad, fault.Field{Name: "language", Message: "error.language"})
	}
	if slices.ContainsFunc(d.Topics, func(slug string) bool { _, err := st.Topic(slug); return err != nil }) {
		bad = append(bad, fault.Field{Name: "topic", Message: "error.topic"})
	}
	return fault.InvalidFields(append(bad, media.CheckChosen(st, d.Files)...)...)
}

// topicIDs are the topics of a checked draft.
func (d Draft) topicIDs(st site.Site) []site.TopicID {
	ids := make([]site.TopicID, 0, len(d.Topics))
	for _, slug := range d.Topics {
		if t, err := st.Topic(slug); err == nil {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// text renders a checked draft.
func (d Draft) text() Text {
	return Text{
		Language: d.Language, Title: d.Title, Summary: d.Summary, Author: d.Author,
		Format: d.Format, Source: d.Body, HTML: markup.Render(d.Format, d.Body),
	}
}

// ContentMAC tells whether two forms sent with one ticket hold the same: each
// field with its length before it, so that no two contents read alike.
func (d Draft) ContentMAC(t Ticket) []byte {
	var b bytes.Buffer
	put := func(field []byte) {
		b.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		b.Write(field)
	}
	for _, field := range []string{d.Title, d.Summary, d.Body, string(d.Format), d.Author, string(d.Language), d.Contact} {
		put([]byte(field))
	}
	put([]byte(strings.Join(d.Topics, "\n")))
	for i, f := range d.Files {
		if i < len(d.FileSums) {
			put(d.FileSums[i])
		} else {
			put([]byte(f.ID))
		}
		put([]byte(f.Alt))
	}
	return t.mac(b.Bytes())
}

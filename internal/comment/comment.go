// Package comment is what readers answer to an article: comments, and additions
// to what it reports.
package comment

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
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

// ID names a comment in the database and in its anchor.
type ID int64

// Kind says what a comment means to be.
type Kind string

// The kinds of comments.
const (
	Comment  Kind = "comment"
	Addition Kind = "addition" // adds to what the article reports
)

// Valid tells whether k is one of the kinds.
func (k Kind) Valid() bool { return k == Comment || k == Addition }

// Bounds of a comment, in characters. The form states them.
const (
	MaxBody   = 20_000
	MaxAuthor = article.MaxAuthor
)

// RepeatLife is how long the same comment sent again is the same comment.
const RepeatLife = 48 * time.Hour

// Reply is a comment as the page of its article shows it.
type Reply struct {
	ID        ID
	ArticleID article.ID
	Kind      Kind
	State     article.State
	Reason    string
	Author    string
	HTML      string
	CreatedAt time.Time
}

// Full is a comment with its article, as editors see it.
type Full struct {
	Reply
	Version         int64
	ArticleSlug     string
	ArticleTitle    string
	ArticleLanguage locale.Tag
	ArticleState    article.State
	Place           int // among the comments of the article, from 1 on
}

// Draft is a comment as the form holds it.
type Draft struct {
	Kind     Kind // empty: Comment
	Author   string
	Body     string
	Ticket   article.Ticket // where files came along
	Files    []media.Chosen
	FileSums [][]byte // SHA-256 of files sent with the form itself
}

// Clean drops control characters and what surrounds the text.
func (d Draft) Clean() Draft {
	if d.Kind == "" {
		d.Kind = Comment
	}
	d.Author = markup.Line(d.Author)
	d.Body = strings.TrimSpace(markup.Lines(d.Body))
	d.Files = slices.Clone(d.Files)
	for i := range d.Files {
		d.Files[i].Alt = markup.Line(d.Files[i].Alt)
	}
	return d
}

// Check says which fields of a cleaned draft are at fault: fault.Invalid.
func (d Draft) Check(st site.Site) error {
	var bad []fault.Field
	note := func(faulty bool, f fault.Field) {
		if faulty {
			bad = append(bad, f)
		}
	}
	note(!d.Kind.Valid(), fault.Field{Name: "kind", Message: "error.kind"})
	tooLong := utf8.RuneCountInString(d.Body) > MaxBody
	note(!tooLong && markup.Blank(markup.Markdown, d.Body), fault.Field{Name: "body", Message: "error.required.body"})
	note(tooLong, fault.Field{
		Name: "body", Message: "error.too_long", Args: map[string]any{"Max": MaxBody, "Length": utf8.RuneCountInString(d.Body)},
	})
	note(utf8.RuneCountInString(d.Author) > MaxAuthor, fault.Field{
		Name: "author", Message: "error.too_long", Args: map[string]any{"Max": MaxAuthor, "Length": utf8.RuneCountInString(d.Author)},
	})
	return fault.InvalidFields(append(bad, media.CheckChosen(st, d.Files)...)...)
}

// hash tells the same comment from another: each field with its length before
// it. Files are told by their content, or by their upload where they came before.
func (d Draft) hash() []byte {
	sum := sha256.New()
	put := func(field []byte) {
		sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(field))))
		sum.Write(field)
	}
	put([]byte(d.Kind))
	put([]byte(d.Author))
	put([]byte(d.Body))
	for i, f := range d.Files {
		if i < len(d.FileSums) {
			put(d.FileSums[i])
		} else {
			put([]byte(f.ID))
		}
		put([]byte(f.Alt))
	}
	return sum.Sum(nil)
}

// Anchor is where a comment stands, behind the path of its article. place is its
// own among those that the article shows: beyond the first page of them, the page
// begins with it.
func Anchor(id ID, place int) string {
	if place > PerPage {
		return fmt.Sprintf("?after=%d#comment-%d", id-1, id)
	}
	return fmt.Sprintf("#comment-%d", id)
}

// Package report is what readers tell the editors about an article: that
// something in it is wrong, and why. Nobody else reads it, and it is kept only
// as long as somebody has to look at it.
package report

import (
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
)

// ID names a report in the database.
type ID int64

// MaxReason bounds what a report says, in characters. The form states it.
const MaxReason = 2000

// MaxOpen is how many open reports of one article are kept. The editors have
// enough to go by then, and nobody can bury them in more.
const MaxOpen = 200

// ClosedLife is how long a report is kept after the editors closed it: until
// then the same one sent again is told from a new one.
const ClosedLife = 30 * 24 * time.Hour

// Report is a report as the editors read it.
type Report struct {
	ID        ID
	ArticleID article.ID
	Reason    string
	CreatedAt time.Time
}

// Newest is the id of the report that came last; 0 of none. Ids rise with each
// report of an article, for they are posted in turn.
func Newest(reports []Report) (newest ID) {
	for _, r := range reports {
		newest = max(newest, r.ID)
	}
	return newest
}

// oldest is the id of the report that came first; 0 of none.
func oldest(reports []Report) ID {
	if len(reports) == 0 {
		return 0
	}
	first := reports[0].ID
	for _, r := range reports {
		first = min(first, r.ID)
	}
	return first
}

// Draft is a report as the form holds it.
type Draft struct{ Reason string }

// Clean drops control characters and what surrounds the text.
func (d Draft) Clean() Draft {
	d.Reason = strings.TrimSpace(markup.Lines(d.Reason))
	return d
}

// Check says what is at fault in a cleaned draft: fault.Invalid.
func (d Draft) Check() error {
	length := utf8.RuneCountInString(d.Reason)
	switch {
	case length == 0:
		return fault.InvalidFields(fault.Field{Name: "reason", Message: "error.required.report"})
	case length > MaxReason:
		return fault.InvalidFields(fault.Field{
			Name: "reason", Message: "error.too_long", Args: map[string]any{"Max": MaxReason, "Length": length},
		})
	}
	return nil
}

// hash tells the same report of an article from another.
func (d Draft) hash() []byte {
	sum := sha256.Sum256([]byte(d.Reason))
	return sum[:]
}

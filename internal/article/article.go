// Package article is the article: its draft and ticket, the receipt by which
// its author comes back, its revisions, states and ranks.
package article

import (
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
)

// ID names an article in the database and in its address.
type ID int64

// State says who sees an article.
type State string

// The states. Withdrawn and Removed are final.
const (
	Visible   State = "visible"   // everyone
	Pending   State = "pending"   // editors and the receipt
	Hidden    State = "hidden"    // everyone, at its address, with the reason
	Withdrawn State = "withdrawn" // nobody: deleted by its author
	Removed   State = "removed"   // nobody: deleted by editors for legal reasons
)

// Valid tells whether s is one of the states.
func (s State) Valid() bool {
	switch s {
	case Visible, Pending, Hidden, Withdrawn, Removed:
		return true
	}
	return false
}

// Final tells whether nothing leads out of s.
func (s State) Final() bool { return s == Withdrawn || s == Removed }

// Rank says how far an article is carried.
type Rank string

// The ranks.
const (
	Other  Rank = "other"  // as posted
	Local  Rank = "local"  // singled out by the editors
	Global Rank = "global" // carried by the portal too
)

// Valid tells whether r is one of the ranks.
func (r Rank) Valid() bool { return r == Other || r == Local || r == Global }

// Text is what a revision holds: source as written, HTML as served.
type Text struct {
	Language locale.Tag
	Title    string
	Summary  string
	Author   string
	Format   markup.Format
	Source   string
	HTML     string
}

// Article is an article as its own page shows it.
type Article struct {
	ID           ID
	SiteID       site.ID
	Slug         string
	State        State
	Rank         Rank
	Reason       string
	Contact      string
	Revision     int
	Version      int64
	CommentCount int
	PublishedAt  time.Time
	EditedAt     *time.Time
	CreatedAt    time.Time
	Text
}

// Edits is how many times the author changed what readers see.
func (a Article) Edits() int { return max(a.Revision-1, 0) }

// CheckReadable answers as the article's address does: fault.NotFound while it
// waits for review, fault.Gone once it is deleted.
func (a Article) CheckReadable() error {
	switch a.State {
	case Pending:
		return fault.New(fault.NotFound, "article")
	case Withdrawn, Removed:
		return fault.New(fault.Gone, "article")
	}
	return nil
}

// Item is an article in a list: without its text.
type Item struct {
	ID           ID
	SiteID       site.ID
	Slug         string
	Title        string
	Summary      string
	Author       string
	Language     locale.Tag
	Rank         Rank
	CommentCount int
	PublishedAt  time.Time
	EditedAt     *time.Time
	MediaKinds   []string
}

// wrongState is the answer to an act that the state does not allow; its field
// says what the state is.
func wrongState(s State) error {
	return &fault.Error{
		Kind: fault.Conflict, Message: "the article is " + string(s),
		// i18n: state.*
		Fields: []fault.Field{{Name: "state", Message: "state." + string(s)}},
	}
}

// checkVersion refuses an act on what has changed since; 0 asks for no check.
func (a Article) checkVersion(seen int64) error {
	if seen != 0 && seen != a.Version {
		return &fault.Error{
			Kind: fault.Conflict, Message: "the article has changed since",
			Fields: []fault.Field{{Name: "version", Message: "error.version"}},
		}
	}
	return nil
}

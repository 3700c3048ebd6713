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

// Package newsroom is what editors work from: the lists of the desk, in which
// posts and comments stand in every state that an editor can still change, and
// how much waits for somebody to look at it. It only reads; what is done to a
// thing is a verb of its own room.
package newsroom

import (
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/report"
)

// PageSize is how many items a page of the desk holds.
const PageSize = 50

// MostCounted is where Counts stop: more than that is simply much.
const MostCounted = 999

// List names a list of the desk.
type List string

// The lists, each newest first.
const (
	Posts    List = "posts"    // all articles that are not deleted
	Comments List = "comments" // all comments likewise, under such articles
	Waiting  List = "waiting"  // held for review: articles, comments, and changes of articles
	Reported List = "reported" // articles with open reports, by the newest of them
	Hidden   List = "hidden"   // hidden articles and comments
)

// Valid tells whether l is one of the lists.
func (l List) Valid() bool { return len(l.sources()) > 0 }

// Item is one row of the desk: an article, or a comment under it.
type Item struct {
	ArticleID article.ID
	CommentID *comment.ID // nil: the article itself is meant
	At        time.Time   // what the list is ordered by
	// of what is meant
	State      article.State
	Version    int64
	Reason     string
	Author     string
	MediaKinds []string
	// of the article
	Title         string
	Slug          string
	Language      locale.Tag
	Rank          article.Rank
	CommentCount  int
	Reports       int       // open ones
	NewestReport  report.ID // of them; 0: none
	Told          string    // what the newest of them begins with
	ChangeWaiting bool      // its newest revision waits for review
	// of the comment
	Addition bool
	Begins   string // its source's first characters, which may end anywhere

	// Place is the row's own cursor.
	Place int64
}

// Counts is how much waits for the editors, each bounded by MostCounted.
type Counts struct {
	Waiting  int
	Reported int
}

// cursor is the place of a row in a list of several sources: which of them it
// came from, and its id there.
func (i Item) cursor() paging.Cursor { return paging.Cursor(i.Place) }

// Package newswire is open publishing and what it makes: the wire, newest
// first, of what anyone publishes.
package newswire

import (
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// PageSize is how many articles a page of the wire holds.
const PageSize = 30

// Desk is where posts are handed in.
type Desk struct {
	DB    db.Beginner // the primary
	Queue jobs.Inserter
	Key   article.TicketKey
	Now   func() time.Time
}

// Filter narrows the wire down; the zero value is all of it.
type Filter struct {
	Rank     article.Rank
	Topic    site.TopicID
	Language locale.Tag
	Media    string // a kind: image, video, audio, document
	Plays    bool   // with a video or a recording
	Before   paging.Cursor
	From, To time.Time // To is not included
}

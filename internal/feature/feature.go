// Package feature is the centre column: what the editors write, and where on
// the front page they place it.
package feature

import (
	"time"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// ID names a feature in the database and in its address.
type ID int64

// MaxPlaced is how many features stand on a front page at most.
const MaxPlaced = 12

// MaxArticles is how many posts of the wire a feature may be made from.
const MaxArticles = 30

// Feature is a feature as its own page and the form show it.
type Feature struct {
	ID          ID
	SiteID      site.ID
	Slug        string
	Language    locale.Tag
	Title       string
	Summary     string
	Source      string // Markdown
	HTML        string
	Picture     *media.ID
	Position    *int // on the front page, from 1 on; nil: not placed
	Version     int64
	PublishedAt time.Time
	// EditedVersion is the version in which something other than the position
	// was last changed.
	EditedVersion int64
}

// Item is a feature in a list: without its text. Articles is from how many
// posts of the wire it was written.
type Item struct {
	ID          ID
	SiteID      site.ID
	Slug        string
	Language    locale.Tag
	Title       string
	Summary     string
	Picture     *media.ID
	Position    *int
	Version     int64
	PublishedAt time.Time
	Articles    int
}

// Place is where the feature stands on the front page, 0 where it does not.
func (f Feature) Place() int {
	if f.Position == nil {
		return 0
	}
	return *f.Position
}

// Package feed writes what a site publishes as Atom, RSS 2.0 and JSON Feed, so
// that people follow it with a reader of their own.
//
// The builders make one neutral Feed; Atom, RSS and JSON write it down. Writers
// keep two promises by themselves: times are cut to the minute, so that a feed
// never tells the second in which somebody posted, and no character gets out
// that XML 1.0 forbids.
package feed

import (
	"strings"
	"time"

	"github.com/indywire/indywire/internal/locale"
)

// Feed is a feed in no format yet. Addresses are absolute.
type Feed struct {
	ID          string // a tag URI (RFC 4151), the same on every host
	Title       string
	Description string
	Author      string // who stands for entries without an author
	Language    locale.Tag
	Home        string // the page with the same content
	Self        Self
	Image       string    // address of the site's logo; empty where it has none
	Updated     time.Time // of the newest entry, or of the site while there is none
	Entries     []Entry   // newest first
}

// Self is where the feed itself is, in each format.
type Self struct{ Atom, RSS, JSON string }

// Entry is an article, a comment or a feature.
type Entry struct {
	ID         string // a tag URI (RFC 4151), the same on every host
	URL        string
	Title      string
	Author     string // empty: whoever wrote it did not say
	Summary    string // plain text, may be empty
	HTML       string // safe, with absolute addresses
	Language   locale.Tag
	Published  time.Time
	Updated    time.Time // not before Published
	Topics     []string
	Enclosures []Enclosure
}

// Enclosure is a file that belongs to an entry.
type Enclosure struct {
	URL    string
	Type   string // media type
	Length int64  // bytes

	Duration time.Duration // of what plays
	Poster   string        // of a video: the address of a picture that stands for it
}

// plays tells whether the file is heard or watched.
func (e Enclosure) plays() bool {
	return strings.HasPrefix(e.Type, "audio/") || strings.HasPrefix(e.Type, "video/")
}

// Modified is when the feed last changed, cut to the minute, for the header
// Last-Modified. The minute that now is in does not count: what comes later in
// it would hide behind the same date.
func (f Feed) Modified(now time.Time) time.Time {
	updated, last := minute(f.Updated), minute(now).Add(-time.Minute)
	if updated.After(last) {
		return last
	}
	return updated
}

// minute is a public time.
func minute(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

func stamp(t time.Time) string { return minute(t).Format(time.RFC3339) }

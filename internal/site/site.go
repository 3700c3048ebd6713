// Package site is a collective's site: its hosts, languages, topics, static
// pages, look, settings, and the version that every cache of it goes by.
package site

import (
	"errors"
	"slices"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
)

// ID names a site in the database.
type ID int64

// State says whether a site takes part or only reads on.
type State string

// The states of a site.
const (
	Active State = "active"
	Frozen State = "frozen" // reads on, lets authors withdraw, takes nothing new
)

// Valid tells whether s is one of the states.
func (s State) Valid() bool { return s == Active || s == Frozen }

// Topic is a heading under which a collective files its articles.
type Topic struct {
	ID   TopicID `json:"id"`
	Slug string  `json:"slug"`
	Name string  `json:"name"`
}

// TopicID names a topic in the database.
type TopicID int64

// Logo is the picture beside a site's name: a media id, the names of its
// smallest renditions, and their size in pixels.
type Logo struct {
	ID     string `json:"id"`
	JPEG   string `json:"jpeg"`
	WebP   string `json:"webp"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Site is a collective's site as every page needs it.
type Site struct {
	ID           ID
	Slug         string
	Name         string
	Tagline      string
	Languages    []locale.Tag // at least one; the first is the language of the interface
	TimeZone     string
	Accent       Accent
	Logo         *Logo // nil: none, or it is not cleaned yet
	State        State
	MaxFiles     *int   // of a post; nil: as many as the network takes
	MaxFileBytes *int64 // of a file; nil: as many as the network takes
	HoldArticles bool
	HoldComments bool
	Version      int64
	CreatedAt    time.Time
	Hosts        []string // the first is the canonical one; empty: SLUG.<portal>
	Topics       []Topic
	FirstPages   []PageLink // those that every site has, in the order of its footer
	Pages        []PageLink // besides those
}

// Language is the language of the interface and the default of what is written.
func (s Site) Language() locale.Tag { return s.Languages[0] }

// Zone is the collective's time zone, UTC where the name is unknown here.
func (s Site) Zone() *time.Location {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// CanonicalHost is the host that search engines should remember.
func (s Site) CanonicalHost(portal string) string {
	if len(s.Hosts) > 0 {
		return s.Hosts[0]
	}
	return s.Slug + "." + portal
}

// Topic finds a topic by its slug.
func (s Site) Topic(slug string) (Topic, error) {
	i := slices.IndexFunc(s.Topics, func(t Topic) bool { return t.Slug == slug })
	if i < 0 {
		return Topic{}, fault.New(fault.NotFound, "topic")
	}
	return s.Topics[i], nil
}

// ErrFrozen tells a frozen site from rights that somebody lacks.
var ErrFrozen = errors.New("the collective takes nothing new")

var errFrozen = fault.Wrap(fault.Denied, "frozen", ErrFrozen)

// CheckOpen tells whether the site takes new posts: fault.Denied when frozen.
func (s Site) CheckOpen() error {
	if s.State == Frozen {
		return errFrozen
	}
	return nil
}

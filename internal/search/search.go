// Package search finds the visible articles of a site by their words: in title,
// summary and text, each article in its own language.
package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
)

const (
	// MaxText bounds what is searched for, in characters. What is longer is cut,
	// not refused: the words at the front say enough, and every further word
	// only narrows the result.
	MaxText = 200
	// PageSize is how many articles a page of results holds.
	PageSize = 20
	// MaxRanked bounds how many articles are ranked in each text search
	// configuration of a site: the newest ones that match. A word that stands
	// in a hundred thousand articles would otherwise take seconds to rank, and
	// so would the next person's.
	MaxRanked = 2000
)

// Order is how results are sorted.
type Order string

// The orders.
const (
	Best   Order = "best"   // what fits best first; a word in the title counts most
	Newest Order = "newest" // as on the wire
)

// Valid tells whether o is one of the orders.
func (o Order) Valid() bool { return o == Best || o == Newest }

// Query is what a reader asks for. Text is read as search engines do: words,
// "a phrase", or, -not. Whatever else stands in it is harmless. Before is the
// Next of the page before, empty for the first; a cursor of one order is
// refused by the other.
type Query struct {
	Text   string
	Order  Order // empty: Best
	Before string
}

// Clean drops control characters and surplus space, and cuts what is longer than
// MaxText.
func (q Query) Clean() Query {
	q.Text = bounded(q.Text)
	if q.Order == "" {
		q.Order = Best
	}
	return q
}

// bounded looks at the beginning of s only: an address may be long.
func bounded(s string) string {
	const most = 16 * MaxText // bytes, with room for surplus space
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	s = markup.Line(s)
	if utf8.RuneCountInString(s) > MaxText {
		s = strings.TrimSpace(string([]rune(s)[:MaxText]))
	}
	return s
}

// maxNots is how many words a query may exclude.
const maxNots = 8

// words are what PostgreSQL is asked for. Its parser of web searches gives up
// with an error over 32 signs of exclusion in a row ("tsquery stack too small"),
// so that those past maxNots become spaces.
func (q Query) words() string {
	nots, before := 0, ' '
	return strings.Map(func(r rune) rune {
		opens := r == '-' && !unicode.IsLetter(before) && !unicode.IsNumber(before)
		before = r
		if opens {
			nots++
		}
		if opens && nots > maxNots {
			return ' '
		}
		return r
	}, q.Text)
}

// Hit is an article that was found, with a stretch of its summary and text in
// which the words stand.
type Hit struct {
	article.Item
	Excerpt []Part
	score   float32
}

// Part is a stretch of plain text; Match tells that it was searched for.
type Part struct {
	Text  string
	Match bool
}

// tongue is a text search configuration and the languages it is for.
type tongue struct {
	config    string
	languages []locale.Tag
}

// tongues are the configurations of languages, each once: people may search
// without saying in which language, and each article is asked in the
// configuration that its own words were broken up with.
func tongues(languages []locale.Tag) []tongue {
	var all []tongue
	at := map[string]int{}
	for _, language := range languages {
		config := language.SearchConfig()
		i, seen := at[config]
		if !seen {
			i = len(all)
			at[config] = i
			all = append(all, tongue{config: config})
		}
		all[i].languages = append(all[i].languages, language)
	}
	return all
}

func checkOrder(o Order) error {
	if !o.Valid() {
		return fault.New(fault.Invalid, "unknown order of results")
	}
	return nil
}

package search

import (
	"html"
	"strings"
	"unicode"
)

// The marks that ts_headline sets around what was searched for. No text of ours
// holds control characters, so nobody can write them.
const (
	markOn  = "\x02"
	markOff = "\x03"
)

// headline is how ts_headline cuts: one stretch around the words, short enough
// for three lines on a phone.
const headline = `MaxWords=40, MinWords=25, ShortWord=2, StartSel="` + markOn + `", StopSel="` + markOff + `"`

// parts takes apart what ts_headline answered. The text comes from safe HTML
// without its tags, so only character references are left to be read; whoever
// writes it into a page escapes it again.
func parts(excerpt string) []Part {
	var all []Part
	add := func(text string, match bool) {
		if text = plain(text); text != "" {
			all = append(all, Part{Text: text, Match: match})
		}
	}
	for i, stretch := range strings.Split(excerpt, markOn) {
		marked, rest, closed := strings.Cut(stretch, markOff)
		if i == 0 || !closed {
			add(stretch, false)
			continue
		}
		add(marked, true)
		add(rest, false)
	}
	return all
}

// plain reads character references, and folds white space without trimming it:
// it parts this stretch from the next.
func plain(s string) string {
	var b strings.Builder
	space := false
	for _, r := range html.UnescapeString(s) {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

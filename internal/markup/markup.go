// Package markup turns what people write (Markdown, plain text, old left-over
// HTML) into safe HTML at write time, and HTML into an excerpt and plain text.
//
// The way of a text: Markdown or plain text becomes rough HTML, raw HTML
// included; parse reads that into a shallow tree; builder writes a new, valid
// tree from it, in which remote media have become links; bluemonday with a
// strict allow list has the last word. Nothing in the result is fetched from
// elsewhere when a page is opened.
package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// Version is kept beside stored HTML as its markup_version. A change of the
// rules raises it, so that older HTML can be told and rendered again.
const Version = 1

// Format is the notation a person wrote a text in.
type Format string

// The formats. Markdown is CommonMark with GFM's tables, strikethrough and
// bare links, and may hold HTML; Text is taken literally, lines and all.
const (
	Markdown Format = "markdown"
	Text     Format = "text"
)

// Valid tells whether f is one of the formats.
func (f Format) Valid() bool { return f == Markdown || f == Text }

// Render gives the safe HTML of source: a run of block elements, balanced and
// valid inside an article whose title is the page's h1. It takes any input,
// invalid UTF-8 included; an unknown format is treated as Text. The same
// source always gives the same HTML.
func Render(f Format, source string) string {
	source = cleanSource(source)
	if f == Markdown {
		return sanitise(fromMarkdown(source))
	}
	return sanitise(fromText(source))
}

// sanitise gives the safe and valid form of rough HTML. Done twice it gives
// the same as once.
func sanitise(rough string) string {
	var out strings.Builder
	for n := range build(parse(rough)).ChildNodes() {
		// A strings.Builder never fails, and the builder makes none of the
		// nodes (such as plaintext) that Render refuses.
		if err := html.Render(&out, n); err != nil {
			return html.EscapeString(rough)
		}
		out.WriteByte('\n')
	}
	// Text and attributes hold no bare <, so this meets elements only.
	spelt := strings.NewReplacer("<br/>", "<br>", "<hr/>", "<hr>").Replace(out.String())
	return strings.TrimSuffix(policy().Sanitize(spelt), "\n")
}

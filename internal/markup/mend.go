package markup

import (
	"regexp"
	"strings"
)

var (
	// classes is what Hugo and Pandoc write behind a word to style it.
	classes = regexp.MustCompile(`[ \t]?\{[.#][A-Za-z0-9_.:-]*\}`)
	// headingClass ends a line that was a heading where it came from, also if
	// its # was lost on the way.
	headingClass = regexp.MustCompile(`^ {0,3}([^\s#>].*?)[ \t]*\{\.[A-Za-z0-9_.-]*heading[A-Za-z0-9_.-]*\}[ \t]*\n?$`)
	// brokenData is an attribute whose quotes inside were not escaped, which
	// would make the whole tag show as text.
	brokenData = regexp.MustCompile(` data-wp-[a-z-]+="\{[^{}<>]*\}"`)
	fence      = regexp.MustCompile("^ {0,3}(```|~~~)")
)

// mendMarkdown takes out what exporters from WordPress to Hugo leave behind
// that no Markdown reader understands. Fenced code stays as it is.
func mendMarkdown(source string) string {
	if !strings.Contains(source, "{") {
		return source
	}
	var out strings.Builder
	out.Grow(len(source))
	fenced := ""
	for line := range strings.Lines(source) {
		mark := fence.FindStringSubmatch(line)
		switch {
		case mark != nil && fenced == "":
			fenced = mark[1]
		case mark != nil && fenced == mark[1]:
			fenced = ""
		case fenced == "" && strings.Contains(line, "{"):
			line = brokenData.ReplaceAllString(line, "")
			line = headingClass.ReplaceAllString(line, "## $1\n")
			line = classes.ReplaceAllString(line, "")
		}
		out.WriteString(line)
	}
	return out.String()
}

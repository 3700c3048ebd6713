package markup

import (
	"html"
	"regexp"
	"strings"
)

var (
	blankLines = regexp.MustCompile(`\n[ \t]*\n\s*`)
	bareLink   = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"]+`)
)

// fromText gives rough HTML of plain text: a blank line parts paragraphs, a
// line end stays a line end, bare addresses become links.
func fromText(source string) string {
	var out strings.Builder
	for _, paragraph := range blankLines.Split(strings.TrimSpace(source), -1) {
		out.WriteString("<p>")
		for i, line := range strings.Split(paragraph, "\n") {
			if i > 0 {
				out.WriteString("<br>")
			}
			writeLine(&out, line)
		}
		out.WriteString("</p>\n")
	}
	return out.String()
}

func writeLine(out *strings.Builder, line string) {
	from := 0
	for _, at := range bareLink.FindAllStringIndex(line, -1) {
		address := trimAddress(line[at[0]:at[1]])
		out.WriteString(html.EscapeString(line[from:at[0]]))
		escaped := html.EscapeString(address)
		out.WriteString(`<a href="` + escaped + `">` + escaped + `</a>`)
		from = at[0] + len(address)
	}
	out.WriteString(html.EscapeString(line[from:]))
}

// trimAddress gives back to the sentence what ends it: "(see http://a.org/)."
// A closing bracket stays where the address itself opens one.
func trimAddress(address string) string {
	opened := strings.Count(address, "(") - strings.Count(address, ")")
	for address != "" {
		switch last := address[len(address)-1]; {
		case strings.IndexByte(".,;:!?'*_~", last) >= 0:
		case last == ')' && opened < 0:
			opened++
		default:
			return strings.TrimRight(address, "”’»…“‘")
		}
		address = address[:len(address)-1]
	}
	return address
}

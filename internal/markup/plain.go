package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Plain gives the text of rendered HTML, for search: a newline between blocks
// and at line breaks, a space between cells, entities decoded.
func Plain(rendered string) string {
	var out strings.Builder
	for _, block := range textBlocks(rendered) {
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(block.text)
	}
	return out.String()
}

// Blank tells whether nothing is to be read in what source becomes: it has no
// text and, since every link has words, no link either.
func Blank(f Format, source string) bool { return !visible(Plain(Render(f, source))) }

// Excerpt gives the beginning of the text of rendered HTML on one line, at
// most limit characters (runes) long. Longer text is cut at the end of a word
// and gets an ellipsis, which counts. Blocks that are nothing but a link, as
// photos and players have become, are left out while there is other text.
func Excerpt(rendered string, limit int) string {
	var words, links []string
	for _, block := range textBlocks(rendered) {
		if block.linked {
			links = append(links, strings.Fields(block.text)...)
		} else {
			words = append(words, strings.Fields(block.text)...)
		}
	}
	if len(words) == 0 {
		words = links
	}
	return cut(cleanLine(strings.Join(words, " ")), limit) // without isolates: a cut could part them
}

// cut shortens line to limit runes at the end of a word, if it can be one.
func cut(line string, limit int) string {
	if utf8.RuneCountInString(line) <= limit {
		return line
	}
	if limit < 1 {
		return ""
	}
	runes := []rune(line)
	end := limit - 1
	for at := end; at > end/2; at-- {
		if runes[at] == ' ' {
			end = at
			break
		}
	}
	for end > 0 && joined(runes[end-1], runes[end]) {
		end--
	}
	kept := strings.TrimRightFunc(string(runes[:end]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:.-–—(«“", r)
	})
	return kept + "…"
}

// joined tells whether next must not be parted from r: it is an accent, or one
// half of an emoji.
func joined(r, next rune) bool {
	const joiner = '\u200D'
	return unicode.Is(unicode.M, next) || r == joiner || next == joiner || next >= 0x1F3FB && next <= 0x1F3FF
}

// textBlock is a stretch of text without a block boundary in it.
type textBlock struct {
	text   string
	linked bool // all of it stands in links
}

// reader gathers text blocks from a tree.
type reader struct {
	blocks []textBlock
	now    strings.Builder
	loose  bool // now holds text outside any link
}

func textBlocks(rendered string) []textBlock {
	r := &reader{}
	r.walk(parse(rendered), false, false)
	r.end()
	return r.blocks
}

func (r *reader) walk(n *html.Node, linked, pre bool) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			r.text(c.Data, linked, pre)
		case c.Data == "br":
			r.now.WriteByte('\n')
		case c.Data == "td" || c.Data == "th":
			r.now.WriteByte(' ')
			r.walk(c, linked, pre)
		case dropped[c.Data]:
		case blockElements[c.Data] || c.Data == "hr":
			r.end()
			r.walk(c, linked, pre || preElements[c.Data])
			r.end()
		default:
			r.walk(c, linked || c.Data == "a", pre)
		}
	}
}

func (r *reader) text(s string, linked, pre bool) {
	if !pre {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	r.now.WriteString(s)
	r.loose = r.loose || !linked && visible(s)
}

func (r *reader) end() {
	var lines []string
	for line := range strings.SplitSeq(r.now.String(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		r.blocks = append(r.blocks, textBlock{strings.Join(lines, "\n"), !r.loose})
	}
	r.now.Reset()
	r.loose = false
}

package markup

import (
	"bytes"
	"html"
	"reflect"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	ghtml "github.com/yuin/goldmark/renderer/html"
	gutil "github.com/yuin/goldmark/util"
)

// goldmark's work grows with the square of these counts within one block of
// text, so hostile input is held to what no person reaches.
const (
	maxMarkers  = 40   // quotes and list marks at the beginning of one line
	maxBrackets = 1500 // [ in one run of lines without a blank one
	maxEmphasis = 3000 // * and _ in the same
)

// converter reads CommonMark with HTML let through: the builder and the allow
// list see to its safety. Cell alignment would need style attributes, which
// the site's content security policy forbids. Code is fenced: four spaces of
// indentation do not make it, for in pasted text and in left-over HTML they are
// an accident that would show tags to the reader.
var converter = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
			extension.Strikethrough,
			extension.Linkify,
		),
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blockParsers()...),
			parser.WithInlineParsers(parser.DefaultInlineParsers()...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
		goldmark.WithRendererOptions(ghtml.WithUnsafe()),
	)
})

// blockParsers are goldmark's, but that indented lines are text like others.
func blockParsers() []gutil.PrioritizedValue {
	code := reflect.TypeOf(parser.NewCodeBlockParser())
	paragraph := reflect.TypeOf(parser.NewParagraphParser())
	var kept []gutil.PrioritizedValue
	for _, v := range parser.DefaultBlockParsers() {
		switch reflect.TypeOf(v.Value) {
		case code:
		case paragraph:
			kept = append(kept, gutil.Prioritized(indentedParagraph{parser.NewParagraphParser()}, v.Priority))
		default:
			kept = append(kept, v)
		}
	}
	return kept
}

// indentedParagraph is goldmark's paragraph that may also begin with an
// indented line: without it such lines, and all after them, would be lost.
type indentedParagraph struct{ parser.BlockParser }

// CanAcceptIndentedLine implements parser.BlockParser.
func (indentedParagraph) CanAcceptIndentedLine() bool { return true }

// fromMarkdown gives rough HTML of Markdown.
func fromMarkdown(source string) string {
	var out bytes.Buffer
	if err := converter().Convert([]byte(boundMarkdown(mendMarkdown(source))), &out); err != nil {
		return "<pre>" + html.EscapeString(source) + "</pre>"
	}
	return out.String()
}

// boundMarkdown escapes markers beyond the bounds, so that they stand as text.
func boundMarkdown(source string) string {
	var out strings.Builder
	out.Grow(len(source) + len(source)/8)
	brackets, emphasis := 0, 0
	for line := range strings.Lines(source) {
		if strings.TrimSpace(line) == "" {
			brackets, emphasis = 0, 0
			out.WriteString(line)
			continue
		}
		line = boundMarkers(line)
		for i := range len(line) {
			switch line[i] {
			case '[':
				brackets++
			case '*', '_':
				emphasis++
			}
			over := line[i] == '[' && brackets > maxBrackets || (line[i] == '*' || line[i] == '_') && emphasis > maxEmphasis
			if over && (i == 0 || line[i-1] != '\\') {
				out.WriteByte('\\')
			}
			out.WriteByte(line[i])
		}
	}
	return out.String()
}

// boundMarkers escapes the first block marker too many of a line.
func boundMarkers(line string) string {
	count := 0
	for i := range len(line) {
		switch c := line[i]; {
		case strings.IndexByte(">-+*.)", c) >= 0:
			if count++; count > maxMarkers {
				return line[:i] + `\` + line[i:]
			}
		case c != ' ' && c != '\t' && (c < '0' || c > '9'):
			return line
		}
	}
	return line
}

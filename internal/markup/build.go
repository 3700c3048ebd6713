package markup

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// maxBreaks is how many line breaks may follow each other.
const maxBreaks = 2

// builder writes a valid tree while it walks a rough one. Every element is
// made only when there is something to put in it, so none is ever empty, and
// inline elements are closed and opened again around blocks, so nothing ever
// overlaps.
type builder struct {
	cur   *html.Node // the container that blocks go into
	plain bool       // text may stand in cur itself (li, td), else it wants a p
	tone  tone       // language and direction wanted here
	set   tone       // those that cur already has

	hostTag  string     // element the next text opens; "" for the container's own way
	host     *html.Node // element that text goes into, nil when none is open
	hostTone tone
	leaf     bool     // inside a heading or pre: no blocks
	pre      bool     // white space counts
	flat     bool     // inside a head cell: no headings
	bidi     balancer // of the host

	marks  []*mark      // inline elements that are wanted
	open   []*mark      // those that are open in the host, and
	nodes  []*html.Node // their elements
	inLink bool

	gap    string // white space waiting for more text
	breaks int    // line breaks waiting for more text

	first []*html.Node // media links of this host, waiting whether text follows
	group []*html.Node // media links that stand by themselves, waiting for their end

	captions map[*html.Node]string // labels that a figure gives its only medium
	levels   []int                 // source levels of the headings above here
}

// build gives the valid tree of a rough one.
func build(rough *html.Node) *html.Node {
	b := &builder{cur: element("div"), captions: map[*html.Node]string{}}
	b.children(rough)
	b.endHost()
	b.flush()
	return b.cur
}

func element(name string, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, Attr: attrs}
}

func textNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

func (b *builder) children(n *html.Node) {
	for c := range n.ChildNodes() {
		b.node(c)
	}
}

// text adds the words of s. White space is kept back until more text comes,
// so that no element begins or ends with it.
func (b *builder) text(s string) {
	s = cleanText(s)
	if b.pre {
		b.preText(s)
		return
	}
	if !visible(s) {
		b.space(s)
		return
	}
	words := strings.TrimLeftFunc(s, unicode.IsSpace)
	b.space(s[:len(s)-len(words)])
	trimmed := strings.TrimRightFunc(words, unicode.IsSpace)
	b.write(collapse(trimmed))
	b.space(words[len(trimmed):])
}

func (b *builder) preText(s string) {
	if b.host == nil && !visible(s) {
		return
	}
	b.ready()
	b.inner().AppendChild(textNode(b.bidi.text(s)))
}

// space keeps white space and unseen characters for later, in short form.
func (b *builder) space(s string) {
	if b.host == nil && len(b.first) == 0 || s == "" {
		return
	}
	b.gap = collapse(b.gap + s)
	if len(b.gap) > 16 {
		b.gap = " "
	}
}

// collapse makes each run of ASCII white space one space.
func collapse(s string) string {
	var out strings.Builder
	spaced := false
	for _, r := range s {
		blank := r == ' ' || r == '\n' || r == '\t'
		if !blank {
			out.WriteRune(r)
		} else if !spaced {
			out.WriteByte(' ')
		}
		spaced = blank
	}
	return out.String()
}

// lineBreak asks for a br before the next text.
func (b *builder) lineBreak() {
	switch {
	case b.pre:
		b.preText("\n")
	case b.host != nil && b.leaf:
		b.space(" ")
	case b.host != nil || len(b.first) > 0:
		b.breaks = min(b.breaks+1, maxBreaks)
	}
}

// write puts words into the host, inside the wanted marks.
func (b *builder) write(words string) {
	b.ready()
	inner := b.inner()
	words = b.bidi.text(words)
	if last := inner.LastChild; last != nil && last.Type == html.TextNode && len(last.Data) < len(words)+4096 {
		last.Data += words
		return
	}
	inner.AppendChild(textNode(words))
}

// inner is where the next text goes.
func (b *builder) inner() *html.Node {
	if len(b.nodes) > 0 {
		return b.nodes[len(b.nodes)-1]
	}
	return b.host
}

// ready opens what the next text needs: its host, the waiting gap, the marks.
func (b *builder) ready() {
	b.openHost()
	common := 0
	for common < len(b.open) && common < len(b.marks) && b.open[common] == b.marks[common] {
		common++
	}
	b.open, b.nodes = b.open[:common], b.nodes[:common]
	b.fillGap()
	for _, m := range b.marks[common:] {
		if !m.spent() {
			b.openMark(m)
		}
	}
}

func (b *builder) fillGap() {
	inner := b.inner()
	for range b.breaks {
		inner.AppendChild(element("br"))
	}
	if b.breaks == 0 && b.gap != "" && inner.FirstChild != nil {
		inner.AppendChild(textNode(b.bidi.text(b.gap)))
	}
	b.gap, b.breaks = "", 0
}

// openHost opens the element that text goes into, and puts the media links
// that came before the text at its beginning.
func (b *builder) openHost() {
	if b.host != nil {
		return
	}
	b.flush()
	tag := b.hostTag
	switch {
	case tag == "" && (!b.plain || endsInline(b.cur)), headingElements[tag] && b.flat:
		tag = "p"
	case headingElements[tag]:
		tag = b.level(tag)
	}
	b.host, b.hostTone = b.cur, b.tone
	if tag != "" {
		b.host = element(tag, b.tone.beyond(b.set)...)
		b.cur.AppendChild(b.host)
	}
	for i, link := range b.first {
		if i > 0 {
			b.host.AppendChild(textNode(" "))
		}
		b.host.AppendChild(link)
	}
	if len(b.first) > 0 && b.gap == "" {
		b.gap = " "
	}
	b.first = nil
}

// endsInline tells whether bare text is the last thing in n, so that more of
// it, which a block boundary parts from the former, would run into it.
func endsInline(n *html.Node) bool {
	last := n.LastChild
	return last != nil && (last.Type == html.TextNode || !blockElements[last.Data])
}

// endHost closes the element that text goes into. Media links that no text
// followed join the group.
func (b *builder) endHost() {
	if b.host != nil {
		if rest := b.bidi.rest(); rest != "" {
			b.host.AppendChild(textNode(rest))
		}
	}
	b.group = append(b.group, b.first...)
	b.host, b.first, b.gap, b.breaks = nil, nil, "", 0
	b.open, b.nodes = nil, nil
}

// flush writes the group: one medium as a paragraph, several as a list.
func (b *builder) flush() {
	group := slices.CompactFunc(b.group, func(x, y *html.Node) bool {
		return attr(x, "href") == attr(y, "href") // a video and its sound track, say
	})
	b.group = nil
	switch {
	case len(group) == 0:
	case len(group) == 1:
		p := element("p")
		p.AppendChild(group[0])
		b.cur.AppendChild(p)
	default:
		list := element("ul")
		for _, link := range group {
			item := element("li")
			item.AppendChild(link)
			list.AppendChild(item)
		}
		b.cur.AppendChild(list)
	}
}

package markup

import (
	"slices"

	"golang.org/x/net/html"
)

const (
	maxMarks   = 8  // inline elements inside each other
	maxReopens = 16 // blocks that one link may reach across
)

// markNames are the inline elements that are kept, by what they become.
var markNames = map[string]string{
	"strong": "strong", "em": "em", "b": "b", "i": "i", "u": "u", "s": "s", "strike": "s", "del": "del",
	"ins": "ins", "sub": "sub", "sup": "sup", "small": "small", "mark": "mark", "code": "code", "tt": "code",
	"kbd": "kbd", "samp": "samp", "var": "var", "q": "q", "cite": "cite", "dfn": "dfn", "bdi": "bdi",
	"abbr": "abbr", "acronym": "abbr", "span": "span", "bdo": "span", "font": "span",
}

// mark is an inline element that is wanted around text.
type mark struct {
	name  string
	attrs []html.Attribute
	tone  tone // what the element itself says of language and direction
	used  int  // how often it was opened
}

// spent tells whether m, a link, has reached across too many blocks: a long
// address must not be repeated without end.
func (m *mark) spent() bool { return m.name == "a" && m.used >= maxReopens }

// inline walks n's children inside the mark that n stands for. A mark within
// its like says nothing, nor does a span without a language or direction.
func (b *builder) inline(n *html.Node) {
	m := &mark{name: markNames[n.Data], tone: tone{}.with(n)}
	title := cleanLine(attr(n, "title"))
	switch {
	case m.name == "abbr" && title != "":
		m.attrs = []html.Attribute{{Key: "title", Val: title}}
	case m.name == "abbr", slices.ContainsFunc(b.marks, func(o *mark) bool { return o.name == m.name }):
		m.name = "span"
	}
	if len(b.marks) >= maxMarks || m.name == "span" && m.tone == (tone{}) {
		b.children(n)
		return
	}
	b.within(m, func() { b.children(n) })
}

// within walks inside m.
func (b *builder) within(m *mark, walk func()) {
	b.marks = append(b.marks, m)
	walk()
	b.marks = b.marks[:len(b.marks)-1]
}

// openMark opens m in the host, unless it would say nothing new there.
func (b *builder) openMark(m *mark) {
	around := b.hostTone
	for _, o := range b.open {
		around = around.under(o.tone)
	}
	inner := b.inner()
	attrs := append(around.under(m.tone).beyond(around), m.attrs...)
	if m.name != "span" || len(attrs) > 0 {
		m.used++
		made := element(m.name, attrs...)
		inner.AppendChild(made)
		inner = made
	}
	b.open, b.nodes = append(b.open, m), append(b.nodes, inner)
}

// link walks an a element: a link if its address will do, else its label. An
// image inside becomes the label, never a second link.
func (b *builder) link(n *html.Node) {
	href := address(attr(n, "href"))
	if href == "" || b.inLink {
		b.children(n)
		return
	}
	if !labelled(n) {
		if label := b.wordlessLabel(n, href); label != "" {
			b.medium(anchor(href, label))
		}
		return
	}
	b.inLink = true
	b.within(&mark{name: "a", attrs: anchorAttrs(href), tone: tone{}.with(n)}, func() { b.children(n) })
	b.inLink = false
}

// labelled tells whether n holds text that will show.
func labelled(n *html.Node) bool {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			if visible(cleanText(c.Data)) {
				return true
			}
		case !dropped[c.Data] && !mediaElements[c.Data] && labelled(c):
			return true
		}
	}
	return false
}

// wordlessLabel finds words for a link that has none: those of the image in
// it, its own title, else its address. A link around nothing gets none.
func (b *builder) wordlessLabel(n *html.Node, href string) string {
	media := mediaIn(n, 1)
	if len(media) > 0 {
		if label := b.mediaLabel(media[0]); label != "" {
			return label
		}
	}
	for _, name := range []string{"title", "aria-label"} {
		if label := cleanLine(attr(n, name)); visible(label) {
			return label
		}
	}
	if len(media) == 0 && find(n, "svg") == nil {
		return ""
	}
	return readable(href)
}

func anchor(href, label string) *html.Node {
	a := element("a", anchorAttrs(href)...)
	a.AppendChild(textNode(label))
	return a
}

func anchorAttrs(href string) []html.Attribute {
	attrs := []html.Attribute{{Key: "href", Val: href}}
	if external(href) {
		attrs = append(attrs, html.Attribute{Key: "rel", Val: rel})
	}
	return attrs
}

// find gives the first element of the name inside n, or nil.
func find(n *html.Node, name string) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == name {
			return c
		}
	}
	return nil
}

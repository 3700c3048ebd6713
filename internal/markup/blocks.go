package markup

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// node walks one node of the rough tree.
func (b *builder) node(n *html.Node) {
	switch name := n.Data; {
	case n.Type == html.TextNode:
		b.text(name)
	case n.Type != html.ElementNode || dropped[name]:
	case mediaElements[name]:
		b.show(n)
	case name == "a":
		b.link(n)
	case name == "br":
		b.lineBreak()
	case markNames[name] != "":
		b.inline(n)
	case !blockElements[name] && name != "hr":
		b.children(n)
	case b.leaf:
		b.part(n)
	default:
		b.blockNode(n)
	}
}

func (b *builder) blockNode(n *html.Node) {
	switch name := n.Data; {
	case name == "hr":
		b.rule()
	case headingElements[name]:
		b.leafBlock(n, name)
	case preElements[name]:
		b.leafBlock(n, "pre")
	case name == "p":
		b.paragraph(n)
	case listElements[name]:
		b.list(n)
	case name == "blockquote":
		b.container(n, "blockquote", nil, func() { b.children(n) })
	case name == "table" && find(n, "table") == nil:
		b.table(n)
	case name == "figure":
		b.figure(n)
	case name == "dt":
		b.within(&mark{name: "strong"}, func() { b.block(n) })
	default: // a wrapper, or a table that only arranges others: what it holds
		b.block(n)
	}
}

// block walks an element that parts text without being kept itself.
func (b *builder) block(n *html.Node) {
	was := b.tone
	b.endHost()
	b.tone = b.tone.with(n)
	b.children(n)
	b.endHost()
	b.tone = was
}

// part walks a block where no block may stand.
func (b *builder) part(n *html.Node) {
	if b.pre {
		b.children(n)
		return
	}
	b.space(" ")
	b.children(n)
	b.space(" ")
}

func (b *builder) paragraph(n *html.Node) {
	was := b.hostTag
	b.endHost()
	b.hostTag = "p"
	b.block(n)
	b.hostTag = was
}

// leafBlock walks a heading or a pre, which hold no blocks.
func (b *builder) leafBlock(n *html.Node, tag string) {
	was := b.hostTag
	b.endHost()
	b.hostTag, b.leaf, b.pre = tag, true, tag == "pre"
	b.block(n)
	b.hostTag, b.leaf, b.pre = was, false, false
}

// level gives the heading element for a source one: the first level is h2,
// below the article's title, and each next one at most one deeper than before.
func (b *builder) level(tag string) string {
	source := int(tag[1] - '0')
	for len(b.levels) > 0 && b.levels[len(b.levels)-1] >= source {
		b.levels = b.levels[:len(b.levels)-1]
	}
	b.levels = append(b.levels, source)
	return "h" + strconv.Itoa(min(len(b.levels)+1, 6))
}

// rule adds an hr between blocks, never two in a row or one at the beginning.
func (b *builder) rule() {
	b.endHost()
	b.flush()
	if last := b.cur.LastChild; last != nil && last.Type == html.ElementNode && last.Data != "hr" {
		b.cur.AppendChild(element("hr"))
	}
}

// container walks into a new element that holds blocks, and keeps it if
// anything came of that; a cell is kept for its place.
func (b *builder) container(n *html.Node, tag string, attrs []html.Attribute, walk func()) {
	b.endHost()
	b.flush()
	cur, plain, was, set, hostTag := b.cur, b.plain, b.tone, b.set, b.hostTag
	b.tone = b.tone.with(n)
	made := element(tag, append(b.tone.beyond(set), attrs...)...)
	b.cur, b.plain, b.set, b.hostTag = made, tag != "blockquote", b.tone, ""
	walk()
	b.endHost()
	if len(b.group) == 1 && b.plain && made.FirstChild == nil {
		made.AppendChild(b.group[0])
		b.group = nil
	}
	b.flush()
	b.cur, b.plain, b.tone, b.set, b.hostTag = cur, plain, was, set, hostTag
	if made.FirstChild != nil || tag == "td" {
		b.cur.AppendChild(made)
	}
}

var number = regexp.MustCompile(`^-?[0-9]{1,6}$`)

// list walks a list, whose children can only be items. What is none becomes
// one; a list straight inside a list belongs to the item before it.
func (b *builder) list(n *html.Node) {
	tag := "ul"
	if n.Data == "ol" {
		tag = "ol"
	}
	b.container(n, tag, listAttrs(n), func() {
		for run := range runs(n, func(c *html.Node) bool { return c.Data == "li" || listElements[c.Data] }) {
			last := b.cur.LastChild
			switch c := run[0]; {
			case c.Data == "li":
				b.container(c, "li", itemAttrs(c, tag), func() { b.children(c) })
			case listElements[c.Data] && last != nil:
				b.into(last, func() { b.node(c) })
			default:
				b.container(element("li"), "li", nil, func() { b.each(run) })
			}
		}
	})
}

func (b *builder) each(nodes []*html.Node) {
	for _, n := range nodes {
		b.node(n)
	}
}

func itemAttrs(li *html.Node, list string) []html.Attribute {
	if value := attr(li, "value"); list == "ol" && number.MatchString(value) {
		return []html.Attribute{{Key: "value", Val: value}}
	}
	return nil
}

// into walks more into an item that was already closed.
func (b *builder) into(item *html.Node, walk func()) {
	cur, plain := b.cur, b.plain
	b.cur, b.plain = item, false
	walk()
	b.endHost()
	b.flush()
	b.cur, b.plain = cur, plain
}

func listAttrs(n *html.Node) []html.Attribute {
	var attrs []html.Attribute
	if n.Data != "ol" {
		return nil
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "start" && number.MatchString(a.Val):
			attrs = append(attrs, html.Attribute{Key: a.Key, Val: a.Val})
		case a.Key == "type" && len(a.Val) == 1 && strings.Contains("1aAiI", a.Val):
			attrs = append(attrs, html.Attribute{Key: a.Key, Val: a.Val})
		}
	}
	return attrs
}

package markup

import (
	"iter"
	"regexp"
	"slices"

	"golang.org/x/net/html"
)

var spanPattern = regexp.MustCompile(`^([2-9]|[1-9][0-9]{1,2})$`)

// table walks a table into caption, head and bodies. A table without a word
// in it is left out.
func (b *builder) table(n *html.Node) {
	if !worded(n) {
		return
	}
	b.container(n, "table", nil, func() {
		if caption := childNamed(n, "caption"); caption != nil {
			b.cell(caption, "caption", nil)
			n.RemoveChild(caption)
		}
		b.rows(n)
	})
}

func childNamed(n *html.Node, name string) *html.Node {
	for c := range n.ChildNodes() {
		if c.Data == name {
			return c
		}
	}
	return nil
}

// rows walks the parts of a table. Rows, cells and stray text outside any part
// are gathered into one; a head is one only at the top.
func (b *builder) rows(table *html.Node) {
	for run := range runs(table, func(n *html.Node) bool { return rowsElements[n.Data] }) {
		tag, part := "tbody", table
		if rowsElements[run[0].Data] {
			part = run[0]
			run = slices.Collect(part.ChildNodes())
		}
		if part.Data == "thead" && onlyCaption(b.cur) {
			tag = "thead"
		}
		b.container(part, tag, nil, func() {
			for cells := range runsOf(run, func(n *html.Node) bool { return n.Data == "tr" }) {
				if cells[0].Data == "tr" {
					b.row(cells[0], slices.Collect(cells[0].ChildNodes()), tag)
				} else {
					b.row(part, cells, tag)
				}
			}
		})
	}
}

func onlyCaption(table *html.Node) bool {
	return table.FirstChild == nil || table.FirstChild == table.LastChild && table.FirstChild.Data == "caption"
}

// row walks cells; what is no cell is put into one.
func (b *builder) row(tr *html.Node, nodes []*html.Node, part string) {
	b.container(tr, "tr", nil, func() {
		scope := "row"
		if part == "thead" || !slices.ContainsFunc(nodes, func(n *html.Node) bool { return n.Data == "td" }) {
			scope = "col"
		}
		for run := range runsOf(nodes, func(n *html.Node) bool { return n.Data == "td" || n.Data == "th" }) {
			switch c := run[0]; {
			case c.Data == "th" && worded(c):
				b.cell(c, "th", append(spans(c), html.Attribute{Key: "scope", Val: scope}))
			case c.Data == "th", c.Data == "td":
				b.cell(c, "td", spans(c))
			default:
				b.container(element("td"), "td", nil, func() { b.each(run) })
			}
		}
	})
}

// cell walks a cell or a caption; neither a head cell nor a caption holds
// headings.
func (b *builder) cell(c *html.Node, tag string, attrs []html.Attribute) {
	was := b.flat
	b.flat = was || tag != "td"
	b.container(c, tag, attrs, func() { b.children(c) })
	b.flat = was
}

func spans(c *html.Node) []html.Attribute {
	var attrs []html.Attribute
	for _, name := range []string{"colspan", "rowspan"} {
		if value := attr(c, name); spanPattern.MatchString(value) {
			attrs = append(attrs, html.Attribute{Key: name, Val: value})
		}
	}
	return attrs
}

// worded tells whether n comes to anything a reader would see.
func worded(n *html.Node) bool { return labelled(n) || len(mediaIn(n, 1)) > 0 }

// runs parts n's children into runs: each that is alone by itself, the others
// with their neighbours. Blank runs are left out.
func runs(n *html.Node, alone func(*html.Node) bool) iter.Seq[[]*html.Node] {
	return runsOf(slices.Collect(n.ChildNodes()), alone)
}

func runsOf(nodes []*html.Node, alone func(*html.Node) bool) iter.Seq[[]*html.Node] {
	return func(yield func([]*html.Node) bool) {
		for len(nodes) > 0 {
			end := 1
			for !alone(nodes[0]) && end < len(nodes) && !alone(nodes[end]) {
				end++
			}
			run := nodes[:end]
			nodes = nodes[end:]
			if !alone(run[0]) && !slices.ContainsFunc(run, some) {
				continue
			}
			if !yield(run) {
				return
			}
		}
	}
}

// some tells whether n is more than white space.
func some(n *html.Node) bool {
	if n.Type == html.TextNode {
		return visible(cleanText(n.Data))
	}
	return mediaElements[n.Data] || worded(n)
}

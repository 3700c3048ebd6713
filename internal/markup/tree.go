package markup

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxDepth bounds how deep elements nest; tags beyond it are left out, their
// text stays.
const maxDepth = 100

// set is a fixed set of element names.
type set map[string]bool

func setOf(names string) set {
	s := set{}
	for _, name := range strings.Fields(names) {
		s[name] = true
	}
	return s
}

var (
	voidElements = setOf("area base bgsound br col embed frame hr iframe img input keygen link meta param source track wbr")
	// blockElements end a paragraph that is open.
	blockElements = setOf(`address article aside blockquote caption center dd details dialog dir div dl dt
		fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main
		menu nav ol p pre search section summary table tbody td tfoot th thead tr ul xmp`)
	listElements    = setOf("ul ol dir menu")
	headingElements = setOf("h1 h2 h3 h4 h5 h6")
	// cellElements hold blocks that nothing inside may close.
	cellElements = setOf("table td th caption")
	preElements  = setOf("pre listing xmp")
	// rawElements hold text up to their end tag, whatever it looks like.
	rawElements = setOf("script style textarea title xmp noembed noframes plaintext")

	tableElement  = setOf("table")
	rowsElements  = setOf("tbody thead tfoot")
	itemBarriers  = setOf("ul ol dir menu table td th caption")
	termBarriers  = setOf("dl table td th caption")
	tableElements = setOf("td th tr tbody thead tfoot caption")
)

// sprouter grows a rough tree from tokens. It is not html.Parse, since that
// gives up beyond 512 levels and can grow with the square of its input; here
// each token costs at most maxDepth steps.
type sprouter struct {
	stack   []*html.Node   // the open elements, root first
	skipped map[string]int // open tags left out for depth, by name
}

// parse reads rough HTML into a tree no deeper than maxDepth, with whatever
// it holds still unsafe. It takes any input.
func parse(rough string) *html.Node {
	root := &html.Node{Type: html.ElementNode, Data: "div"}
	s := &sprouter{stack: []*html.Node{root}, skipped: map[string]int{}}
	z := html.NewTokenizer(strings.NewReader(rough))
	for {
		kind := z.Next()
		if kind == html.ErrorToken { // the end: a strings.Reader never fails
			return root
		}
		switch t := z.Token(); kind {
		case html.TextToken:
			s.text(t.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			if !rawElements[t.Data] {
				z.NextIsNotRawText()
			}
			s.start(t)
		case html.EndTagToken:
			s.end(t.Data)
		}
	}
}

func (s *sprouter) top() *html.Node { return s.stack[len(s.stack)-1] }

func (s *sprouter) text(data string) {
	top := s.top()
	if preElements[top.Data] && top.FirstChild == nil {
		data = strings.TrimPrefix(data, "\n") // the parser's rule for pre
	}
	if data == "" {
		return
	}
	if strings.TrimSpace(data) != "" {
		s.leaveImplied()
	}
	s.top().AppendChild(&html.Node{Type: html.TextNode, Data: data})
}

func (s *sprouter) start(t html.Token) {
	n := &html.Node{Type: html.ElementNode, Data: t.Data, Attr: t.Attr}
	s.closeFor(n.Data)
	if n.Data != "li" {
		s.leaveImplied()
	} else if !listElements[s.top().Data] && len(s.stack) < maxDepth {
		s.push(&html.Node{Type: html.ElementNode, Data: "ul", Namespace: implied})
	}
	switch {
	case voidElements[n.Data], t.Type == html.SelfClosingTagToken && !rawElements[n.Data]:
		s.top().AppendChild(n) // <video/> says it is empty, whatever the standard takes it for
	case len(s.stack) >= maxDepth:
		s.skipped[n.Data]++
	default:
		s.push(n)
	}
}

// implied marks a list that was made for an li without one; it ends with the
// first thing that is no li.
const implied = "implied"

func (s *sprouter) leaveImplied() {
	if s.top().Namespace == implied {
		s.stack = s.stack[:len(s.stack)-1]
	}
}

func (s *sprouter) push(n *html.Node) {
	s.top().AppendChild(n)
	s.stack = append(s.stack, n)
}

// closeFor ends the elements that a start tag of this name ends by itself.
func (s *sprouter) closeFor(name string) {
	if blockElements[name] || name == "img" {
		s.closeOpen("svg", cellElements)
	}
	if blockElements[name] {
		s.leaveParagraph()
	}
	switch {
	case headingElements[name]:
		for h := range headingElements {
			s.closeOpen(h, blockElements)
		}
	case name == "li":
		s.closeOpen("li", itemBarriers)
	case name == "dt" || name == "dd":
		s.closeOpen("dt", termBarriers)
		s.closeOpen("dd", termBarriers)
	case name == "a" || name == "option":
		s.closeOpen(name, cellElements)
	case name == "td" || name == "th":
		s.closeCell()
	case name == "tr":
		s.closeCell()
		s.closeOpen("tr", tableElement)
	case rowsElements[name]:
		s.closeCell()
		for _, part := range []string{"tr", "caption", "tbody", "thead", "tfoot"} {
			s.closeOpen(part, tableElement)
		}
	}
}

// leaveParagraph ends an open paragraph. Links and other inline elements that
// are still open in it go on around the block that follows.
func (s *sprouter) leaveParagraph() {
	was := slices.Clone(s.stack) // push writes over it
	s.closeOpen("p", blockElements)
	for _, n := range was[len(s.stack):] {
		if n.Data == "a" || markNames[n.Data] != "" {
			s.push(&html.Node{Type: html.ElementNode, Data: n.Data, Attr: n.Attr})
		}
	}
}

func (s *sprouter) closeCell() {
	s.closeOpen("td", tableElement)
	s.closeOpen("th", tableElement)
}

// closeOpen ends the innermost open element of the name, and all inside it,
// unless one of the barriers stands between.
func (s *sprouter) closeOpen(name string, barriers set) {
	for i := len(s.stack) - 1; i > 0; i-- {
		if s.stack[i].Data == name {
			s.stack = s.stack[:i]
			clear(s.skipped) // what was left out lay inside
			return
		}
		if barriers[s.stack[i].Data] {
			return
		}
	}
}

func (s *sprouter) end(name string) {
	switch {
	case s.skipped[name] > 0:
		s.skipped[name]--
	case name == "br":
		s.top().AppendChild(&html.Node{Type: html.ElementNode, Data: "br"}) // as browsers take </br>
	case tableElements[name]:
		s.closeOpen(name, tableElement)
	case name == "table":
		s.closeOpen(name, nil)
	case name == "li":
		s.closeOpen(name, itemBarriers)
	default:
		s.closeOpen(name, cellElements)
	}
}

// attr gives the value of n's attribute, "" where it has none.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

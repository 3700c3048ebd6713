package htmltest

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text is the text of the first element that matches the selector, its white space squeezed. Without one the test ends.
func Text[P ~string | ~[]byte](t testing.TB, page P, selector string) string {
	t.Helper()
	return text(first(t, string(page), selector))
}

// Texts are the texts of all elements that match the selector, in the page's order.
func Texts[P ~string | ~[]byte](t testing.TB, page P, selector string) []string {
	t.Helper()
	var texts []string
	for _, n := range query(t, string(page), selector) {
		texts = append(texts, text(n))
	}
	return texts
}

// Attr is the attribute of the first element that matches the selector. Without the element, or the attribute, the test ends.
func Attr[P ~string | ~[]byte](t testing.TB, page P, selector, name string) string {
	t.Helper()
	n := first(t, string(page), selector)
	value, ok := attr(n, name)
	if !ok {
		t.Fatalf("%q: %s has no attribute %s", selector, outline(n), name)
	}
	return value
}

// Attrs are the values of the attribute of all elements that match the selector and have it, in the page's order.
func Attrs[P ~string | ~[]byte](t testing.TB, page P, selector, name string) []string {
	t.Helper()
	var values []string
	for _, n := range query(t, string(page), selector) {
		if value, ok := attr(n, name); ok {
			values = append(values, value)
		}
	}
	return values
}

func parse(t testing.TB, page string) *html.Node {
	t.Helper()
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatalf("parsing the page: %v", err)
	}
	return root
}

func query(t testing.TB, page, selector string) []*html.Node {
	t.Helper()
	found, err := compile(selector)(parse(t, page))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func first(t testing.TB, page, selector string) *html.Node {
	t.Helper()
	found := query(t, page, selector)
	if len(found) == 0 {
		t.Fatalf("%q: no such element", selector)
	}
	return found[0]
}

// text is what a person can read in the element: not scripts, styles and templates.
func text(n *html.Node) string {
	return squeeze(rawText(n))
}

func rawText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Script, n.DataAtom == atom.Style, n.DataAtom == atom.Template:
			return
		case n.DataAtom == atom.Br:
			b.WriteString("\n")
		}
		for child := range n.ChildNodes() {
			walk(child)
		}
	}
	walk(n)
	return b.String()
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func has(n *html.Node, name string) bool {
	_, ok := attr(n, name)
	return ok
}

// outline is the element's own tag, to name it in a message.
func outline(n *html.Node) string {
	var b bytes.Buffer
	bare := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Attr: n.Attr}
	if err := html.Render(&b, bare); err != nil {
		return n.Data
	}
	return shorten(strings.TrimSuffix(b.String(), "</"+n.Data+">"))
}

func shorten(s string) string {
	const most = 200
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

func firstOf(lines []string, most int) []string {
	if len(lines) <= most {
		return lines
	}
	return append(lines[:most:most], "…")
}

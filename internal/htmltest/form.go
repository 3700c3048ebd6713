package htmltest

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// FormValues are the fields of the first form that matches the selector, as a browser would send them if nothing were
// touched: without buttons, without files, without what is disabled, line ends as CRLF. The caller adds the button that
// is pressed. The rules are those of HTML's "constructing the entry list".
func FormValues[P ~string | ~[]byte](t testing.TB, page P, selector string) url.Values {
	t.Helper()
	form := first(t, string(page), selector)
	if form.DataAtom != atom.Form {
		t.Fatalf("%q: %s is no form", selector, outline(form))
	}
	values := url.Values{}
	root := form
	for root.Parent != nil {
		root = root.Parent
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && owner(n, root) == form && !disabled(n) {
			addField(values, n)
		}
	}
	return values
}

func addField(values url.Values, n *html.Node) {
	name, _ := attr(n, "name")
	if name == "" {
		return
	}
	switch n.DataAtom {
	case atom.Input:
		addInput(values, name, n)
	case atom.Textarea:
		values.Add(name, crlf(rawText(n)))
	case atom.Select:
		for _, value := range selected(n) {
			values.Add(name, value)
		}
	}
}

func addInput(values url.Values, name string, n *html.Node) {
	kind, _ := attr(n, "type")
	value, given := attr(n, "value")
	switch strings.ToLower(kind) {
	case "submit", "button", "image", "reset", "file":
	case "checkbox", "radio":
		if !given {
			value = "on"
		}
		if has(n, "checked") {
			values.Add(name, value)
		}
	default:
		values.Add(name, crlf(value))
	}
}

// selected are the values a select sends: those chosen, and for a drop-down without any, its first.
func selected(n *html.Node) []string {
	var chosen, possible []string
	for option := range n.Descendants() {
		if option.DataAtom != atom.Option || disabled(option) {
			continue
		}
		value, given := attr(option, "value")
		if !given {
			value = text(option)
		}
		possible = append(possible, value)
		if has(option, "selected") {
			chosen = append(chosen, value)
		}
	}
	switch {
	case has(n, "multiple"):
		return chosen
	case len(chosen) > 0:
		return chosen[len(chosen)-1:]
	case len(possible) > 0:
		return possible[:1]
	}
	return nil
}

// owner is the form a field belongs to: the one its form attribute names, else the one around it.
func owner(n, root *html.Node) *html.Node {
	if id, ok := attr(n, "form"); ok {
		for candidate := range root.Descendants() {
			if got, _ := attr(candidate, "id"); candidate.DataAtom == atom.Form && got == id {
				return candidate
			}
		}
		return nil
	}
	for around := range n.Ancestors() {
		if around.DataAtom == atom.Form {
			return around
		}
	}
	return nil
}

// disabled tells whether the field is left out by its own attribute, by a fieldset or option group around it, or
// because it stands in a list of suggestions.
func disabled(n *html.Node) bool {
	if has(n, "disabled") {
		return true
	}
	for around := range n.Ancestors() {
		switch around.DataAtom {
		case atom.Datalist, atom.Template:
			return true
		case atom.Fieldset, atom.Optgroup:
			if has(around, "disabled") {
				return true
			}
		}
	}
	return false
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

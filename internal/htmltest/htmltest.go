// Package htmltest lets a test say what must stand on a page: In("h1", HasText("…")).
//
// Selectors are CSS. Pages are parsed as a browser without script does it, so that what stands in noscript counts.
package htmltest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// A Checker looks at one element, or at the whole page, and answers an error that says what is missing.
type Checker func(*html.Node) error

// Check fails the test for each check that the page does not pass.
func Check[P ~string | ~[]byte](t testing.TB, page P, checks ...Checker) {
	t.Helper()
	root := parse(t, string(page))
	for _, check := range checks {
		if err := check(root); err != nil {
			t.Error(err)
		}
	}
}

// In passes when at least one element that matches the selector passes all checks.
func In(selector string, checks ...Checker) Checker {
	find := compile(selector)
	return func(n *html.Node) error {
		found, err := find(n)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%q: no such element", selector)
		}
		var why []string
		for _, element := range found {
			err := all(element, checks)
			if err == nil {
				return nil
			}
			why = append(why, err.Error())
		}
		if len(why) == 1 {
			return fmt.Errorf("%q: %s", selector, why[0])
		}
		return fmt.Errorf("%q: none of %d elements will do:\n\t%s", selector, len(why), strings.Join(firstOf(why, 8), "\n\t"))
	}
}

// NotIn passes when no element that matches the selector passes all checks; without checks, when there is no such element.
func NotIn(selector string, checks ...Checker) Checker {
	find := compile(selector)
	return func(n *html.Node) error {
		found, err := find(n)
		if err != nil {
			return err
		}
		for _, element := range found {
			if all(element, checks) == nil {
				return fmt.Errorf("%q: should not be there: %s", selector, outline(element))
			}
		}
		return nil
	}
}

// Every passes when each element that matches the selector passes all checks, and there is one at least.
func Every(selector string, checks ...Checker) Checker {
	find := compile(selector)
	return func(n *html.Node) error {
		found, err := find(n)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%q: no such element", selector)
		}
		for i, element := range found {
			if err := all(element, checks); err != nil {
				return fmt.Errorf("%q, number %d of %d: %w", selector, i+1, len(found), err)
			}
		}
		return nil
	}
}

// Count passes when exactly want elements match the selector.
func Count(selector string, want int) Checker {
	find := compile(selector)
	return func(n *html.Node) error {
		found, err := find(n)
		if err == nil && len(found) != want {
			err = fmt.Errorf("%q: %d elements, want %d", selector, len(found), want)
		}
		return err
	}
}

// HasText passes when the element's text holds want. White space counts as one blank, at the ends as none.
func HasText(want string) Checker {
	return func(n *html.Node) error {
		if got := text(n); !strings.Contains(got, squeeze(want)) {
			return fmt.Errorf("text is %q, want it to hold %q", shorten(got), want)
		}
		return nil
	}
}

// HasExactText passes when the element's text is want and nothing more. White space counts as in HasText.
func HasExactText(want string) Checker {
	return func(n *html.Node) error {
		if got := text(n); got != squeeze(want) {
			return fmt.Errorf("text is %q, want %q", shorten(got), want)
		}
		return nil
	}
}

// HasTextMatching passes when the regular expression matches somewhere in the element's text.
func HasTextMatching(pattern string) Checker {
	re, err := regexp.Compile(pattern)
	return func(n *html.Node) error {
		if err != nil {
			return err
		}
		if got := text(n); !re.MatchString(got) {
			return fmt.Errorf("text is %q, want it to match %s", shorten(got), pattern)
		}
		return nil
	}
}

// HasAttr passes when the element has the attribute with exactly this value.
func HasAttr(name, want string) Checker {
	return func(n *html.Node) error {
		got, ok := attr(n, name)
		switch {
		case !ok:
			return fmt.Errorf("%s has no attribute %s, want %q", outline(n), name, want)
		case got != want:
			return fmt.Errorf("%s is %q, want %q", name, got, want)
		}
		return nil
	}
}

// HasAttrContaining passes when the element has the attribute and its value holds part.
func HasAttrContaining(name, part string) Checker {
	return func(n *html.Node) error {
		got, ok := attr(n, name)
		if !ok || !strings.Contains(got, part) {
			return fmt.Errorf("%s of %s is %q, want it to hold %q", name, outline(n), got, part)
		}
		return nil
	}
}

// HasNoAttr passes when the element does not have the attribute.
func HasNoAttr(name string) Checker {
	return func(n *html.Node) error {
		if got, ok := attr(n, name); ok {
			return fmt.Errorf("%s is %q, want no such attribute", name, got)
		}
		return nil
	}
}

func all(n *html.Node, checks []Checker) error {
	for _, check := range checks {
		if err := check(n); err != nil {
			return err
		}
	}
	return nil
}

// compile answers a search below an element, the element itself included. A broken selector fails each use of it.
func compile(selector string) func(*html.Node) ([]*html.Node, error) {
	group, err := cascadia.ParseGroup(selector)
	return func(n *html.Node) ([]*html.Node, error) {
		if err != nil {
			return nil, fmt.Errorf("selector %q: %w", selector, err)
		}
		return cascadia.QueryAll(n, group), nil
	}
}

package markup

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// allowed are the elements that may be in rendered HTML, and their attributes.
var allowed = map[string]string{
	"p": "", "br": "", "hr": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "", "blockquote": "", "pre": "",
	"ul": "", "ol": "start type", "li": "value", "table": "", "caption": "", "thead": "", "tbody": "", "tr": "",
	"th": "colspan rowspan scope", "td": "colspan rowspan", "a": "href rel", "abbr": "title", "span": "",
	"strong": "", "em": "", "b": "", "i": "", "u": "", "s": "", "del": "", "ins": "", "sub": "", "sup": "", "small": "",
	"mark": "", "code": "", "kbd": "", "samp": "", "var": "", "q": "", "cite": "", "dfn": "", "bdi": "",
}

var (
	testBlocks = setOf("p h2 h3 h4 h5 h6 blockquote pre ul ol li table caption thead tbody tr th td hr")
	testLeaves = setOf("p h2 h3 h4 h5 h6 pre")
	parents    = map[string]string{
		"li": "ul ol", "tr": "thead tbody", "td": "tr", "th": "tr", "thead": "table", "tbody": "table", "caption": "table",
	}
	onlyChildren = map[string]string{
		"ul": "li", "ol": "li", "table": "caption thead tbody", "thead": "tr", "tbody": "tr", "tr": "td th",
	}
	mayBeEmpty = setOf("br hr td tr tbody thead")
)

// faults walks rendered HTML and tells what it should not hold.
func faults(rendered string) []string {
	nodes, err := html.ParseFragment(strings.NewReader(rendered), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return []string{"does not parse: " + err.Error()}
	}
	c := &checker{level: 1}
	var again strings.Builder
	for _, n := range nodes {
		c.walk(n, "div", map[string]bool{})
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			c.say("text outside any block: %.40q", n.Data)
		}
		if err := html.Render(&again, n); err != nil {
			c.say("does not render: %v", err)
		}
	}
	if a, b := norm(again.String()), norm(rendered); a != b {
		c.say("a parser reads it otherwise:\n%s", firstDifference(b, a))
	}
	return c.found
}

// norm takes out differences in spelling between two serialisers.
func norm(s string) string {
	return strings.NewReplacer("/>", ">", "&#34;", `"`, "&#39;", "'", "<pre>\n", "<pre>").Replace(s)
}

type checker struct {
	found []string
	level int
}

func (c *checker) say(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *checker) walk(n *html.Node, parent string, above map[string]bool) {
	if n.Type == html.TextNode {
		if only := onlyChildren[parent]; only != "" && strings.TrimSpace(n.Data) != "" {
			c.say("text straight in %s", parent)
		}
		if strings.ContainsFunc(n.Data, func(r rune) bool { return dropControl(r) < 0 }) {
			c.say("a control character in %.40q", n.Data)
		}
		return
	}
	attrs, ok := allowed[n.Data]
	if n.Type != html.ElementNode || !ok {
		c.say("element %s (type %v)", n.Data, n.Type)
		return
	}
	c.attributes(n, setOf(attrs+" lang dir"))
	c.place(n, parent, above)
	inside := map[string]bool{n.Data: true}
	for name := range above {
		inside[name] = true
	}
	for child := range n.ChildNodes() {
		c.walk(child, n.Data, inside)
	}
}

func (c *checker) attributes(n *html.Node, known set) {
	for _, a := range n.Attr {
		if !known[a.Key] {
			c.say("attribute %s on %s", a.Key, n.Data)
		}
		if a.Key != "href" {
			continue
		}
		scheme, _, found := strings.Cut(a.Val, ":")
		switch {
		case strings.HasPrefix(a.Val, "//"):
			c.say("protocol-relative %s", a.Val)
		case a.Val != "" && (a.Val[0] == '/' || a.Val[0] == '#'):
		case !found || !setOf("http https mailto magnet")[scheme]:
			c.say("href %.60q", a.Val)
		case attr(n, "rel") != rel:
			c.say("rel %q", attr(n, "rel"))
		}
		if strings.Contains(a.Val, "//localhost") || strings.Contains(a.Val, "//127.") {
			c.say("loopback href %s", a.Val)
		}
	}
}

func (c *checker) place(n *html.Node, parent string, above map[string]bool) {
	name := n.Data
	if !mayBeEmpty[name] && !visible(innerText(n)) {
		c.say("empty %s", name)
	}
	if name == "a" && (above["a"] || attr(n, "href") == "") {
		c.say("nested a, or one without address")
	}
	if want := parents[name]; want != "" && !setOf(want)[parent] {
		c.say("%s in %s", name, parent)
	}
	if want := onlyChildren[parent]; want != "" && !setOf(want)[name] {
		c.say("%s straight in %s", name, parent)
	}
	if testBlocks[name] {
		for leaf := range testLeaves {
			if above[leaf] {
				c.say("%s inside %s", name, leaf)
			}
		}
		if allowed[parent] == "" && !testBlocks[parent] && parent != "div" {
			c.say("block %s in inline %s", name, parent)
		}
	}
	if len(name) == 2 && name[0] == 'h' && name != "hr" {
		level := int(name[1] - '0')
		if level > c.level+1 || above["th"] || above["caption"] {
			c.say("heading %s after level %d", name, c.level)
		}
		c.level = level
	}
}

// check fails t for what rendered should not hold, or if sanitising it once
// more changes it.
func check(t *testing.T, rendered string) {
	t.Helper()
	for _, fault := range faults(rendered) {
		t.Error(fault)
	}
	if again := sanitise(rendered); again != rendered {
		t.Errorf("sanitising is not idempotent:\n%s", firstDifference(rendered, again))
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-80)
	return fmt.Sprintf("once  …%.200s\ntwice …%.200s", a[from:], b[from:])
}

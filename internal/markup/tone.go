package markup

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/text/language"
)

// langPattern is the shape of a language tag (RFC 5646) as far as we take it.
var langPattern = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$`)

// tone is the language and direction of a stretch of text; "" is unknown.
type tone struct{ lang, dir string }

// with is t as changed by the lang and dir of n; wrong values change nothing.
func (t tone) with(n *html.Node) tone {
	if lang := attr(n, "lang"); langPattern.MatchString(lang) {
		if _, err := language.Parse(lang); err == nil {
			t.lang = lang
		}
	}
	switch dir := strings.ToLower(attr(n, "dir")); dir {
	case "ltr", "rtl", "auto":
		t.dir = dir
	}
	return t
}

// under is t as changed by what an element inside says.
func (t tone) under(inside tone) tone {
	if inside.lang != "" {
		t.lang = inside.lang
	}
	if inside.dir != "" {
		t.dir = inside.dir
	}
	return t
}

// beyond gives the attributes by which t differs from what is set around it.
func (t tone) beyond(around tone) []html.Attribute {
	var attrs []html.Attribute
	if t.lang != around.lang {
		attrs = append(attrs, html.Attribute{Key: "lang", Val: t.lang})
	}
	if t.dir != around.dir {
		attrs = append(attrs, html.Attribute{Key: "dir", Val: t.dir})
	}
	return attrs
}

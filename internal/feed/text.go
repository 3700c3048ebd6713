package feed

import (
	"html"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"
)

// clean drops what XML 1.0 (2.2) cannot hold, and the other control characters
// with it. Stored texts hold none; this is the last door before other people's
// programs.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// content is the HTML of an entry with its language and direction around it,
// which no format has a place for that readers look at.
func (e Entry) content() string {
	if e.Language == "" || e.HTML == "" {
		return e.HTML
	}
	return `<div lang="` + html.EscapeString(e.Language.String()) + `" dir="` + e.Language.Direction() + `">` + e.HTML + `</div>`
}

// absolute makes the addresses in safe HTML lead to the site from wherever it
// is read: "/pages/x" to origin, "#note" to the page itself.
func absolute(safe, origin, page string) string {
	var out strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(safe))
	for {
		kind := z.Next()
		if kind == nethtml.ErrorToken { // the end: reading a string does not fail
			return out.String()
		}
		if kind != nethtml.StartTagToken && kind != nethtml.SelfClosingTagToken {
			out.Write(z.Raw())
			continue
		}
		raw := string(z.Raw())
		token := z.Token()
		if resolve(&token, origin, page) {
			raw = token.String()
		}
		out.WriteString(raw)
	}
}

// resolve tells whether it changed anything.
func resolve(token *nethtml.Token, origin, page string) (changed bool) {
	for i, a := range token.Attr {
		switch a.Key {
		case "href", "src", "cite", "poster":
		default:
			continue
		}
		switch {
		case strings.HasPrefix(a.Val, "//"):
			continue
		case strings.HasPrefix(a.Val, "/"):
			token.Attr[i].Val, changed = origin+a.Val, true
		case strings.HasPrefix(a.Val, "#"):
			token.Attr[i].Val, changed = page+a.Val, true
		}
	}
	return changed
}

// paragraph is HTML of a few plain words.
func paragraph(plain string) string {
	if plain == "" {
		return ""
	}
	return "<p>" + strings.ReplaceAll(html.EscapeString(plain), "\n", "<br>") + "</p>"
}

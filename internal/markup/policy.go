package markup

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// rel is what every link that leaves the site carries: no search rank for
// spam, and no handle on our page for the one it opens.
const rel = "nofollow noopener ugc"

// bareElements are the elements that may stand without any attribute.
var bareElements = []string{
	"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li",
	"table", "caption", "thead", "tbody", "tr", "th", "td",
	"strong", "em", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark",
	"code", "kbd", "samp", "var", "q", "cite", "dfn", "bdi",
}

// policy is the allow list. The builder already keeps to it; this second,
// independent check stands should the builder ever be wrong.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(bareElements...)
	p.AllowAttrs("lang").Matching(langPattern).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(ltr|rtl|auto)$`)).Globally()
	p.AllowElements("span", "abbr")
	p.AllowAttrs("title").OnElements("abbr")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^` + rel + `$`)).OnElements("a")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto", "magnet")
	number := regexp.MustCompile(`^-?[0-9]{1,6}$`)
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[1aAiI]$`)).OnElements("ol")
	p.AllowAttrs("value").Matching(number).OnElements("li")
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(col|row|colgroup|rowgroup)$`)).OnElements("th")
	return p
})

package locale

import (
	"embed"
	"fmt"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/pt_PT"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var files embed.FS

// speech is a language of the interface.
type speech struct {
	tag Tag
	// habits is the region whose plural rules and numbers it follows: "pt" alone
	// would be Brazil's in CLDR, and our Portuguese is written in Portugal.
	habits string
	dates  locales.Translator
}

// languages lists those of the interface; English comes first, as the matcher
// falls back to the first.
func languages() []speech {
	return []speech{
		{English, "en-GB", en_GB.New()},
		{"pt", "pt-PT", pt_PT.New()},
		{"ar", "ar", ar.New()},
	}
}

// Catalog holds the messages of all languages. It never changes once loaded and
// is safe for concurrent use.
type Catalog struct {
	localizers []*Localizer
	matcher    language.Matcher
}

// Load reads the messages that are built into the program. An error is a fault
// of ours in one of the files, and names it.
func Load() (*Catalog, error) {
	c := &Catalog{}
	var tags []language.Tag
	for _, s := range languages() {
		l, err := load(s)
		if err != nil {
			return nil, fmt.Errorf("messages of %s: %w", s.tag, err)
		}
		c.localizers = append(c.localizers, l)
		l.fallback = c.localizers[0]
		tags = append(tags, s.tag.parsed())
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func load(s speech) (*Localizer, error) {
	l, err := newLocalizer(s)
	if err != nil {
		return nil, err
	}
	data, err := files.ReadFile("messages/" + string(s.tag) + ".json")
	if err != nil {
		return nil, err
	}
	l.messages, err = parseMessages(data, l.plurals.all())
	return l, err
}

// Localizer gives the language of the interface that a reader of t understands
// best, as CLDR matches them (pt-BR is served by pt); English when none does.
func (c *Catalog) Localizer(t Tag) *Localizer {
	_, i, confidence := c.matcher.Match(t.parsed())
	if confidence == language.No {
		i = 0
	}
	return c.localizers[i]
}

// Tags lists the languages of the interface, English first.
func (c *Catalog) Tags() []Tag {
	tags := make([]Tag, len(c.localizers))
	for i, l := range c.localizers {
		tags[i] = l.tag
	}
	return tags
}

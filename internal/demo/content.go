package demo

import (
	"embed"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/demo/poster"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
)

//go:embed content/*.yaml
var content embed.FS

// collective is one file of content.
type collective struct {
	Site     settings  `yaml:"site"`
	Articles []post    `yaml:"articles"` // newest first
	Features []feature `yaml:"features"` // as they stand on the front page
}

type settings struct {
	Slug      string       `yaml:"slug"`
	Name      string       `yaml:"name"`
	Tagline   string       `yaml:"tagline"`
	Languages []locale.Tag `yaml:"languages"`
	TimeZone  string       `yaml:"time_zone"`
	Accent    site.Accent  `yaml:"accent"`
	Topics    []string     `yaml:"topics"`
}

func (s settings) draft() site.Draft {
	return site.Draft{
		Slug: s.Slug, Name: s.Name, Tagline: s.Tagline, Languages: s.Languages, TimeZone: s.TimeZone, Accent: s.Accent, Topics: s.Topics,
	}
}

// post is an article. Key is for features to name it by.
type post struct {
	Key      string       `yaml:"key"`
	Title    string       `yaml:"title"`
	Author   string       `yaml:"author"`
	Language locale.Tag   `yaml:"language"` // empty: the site's first
	Topics   []int        `yaml:"topics"`   // places in the site's list, from 1 on
	Rank     article.Rank `yaml:"rank"`
	Hidden   string       `yaml:"hidden"` // the reason
	Summary  string       `yaml:"summary"`
	Body     string       `yaml:"body"`
	Pictures []picture    `yaml:"pictures"`
	Comments []reply      `yaml:"comments"`
}

type picture struct {
	Scene poster.Scene `yaml:"scene"`
	Alt   string       `yaml:"alt"`
}

type reply struct {
	Author string       `yaml:"author"`
	Kind   comment.Kind `yaml:"kind"`
	Body   string       `yaml:"body"`
}

type feature struct {
	Title    string   `yaml:"title"`
	Summary  string   `yaml:"summary"`
	Body     string   `yaml:"body"`
	Picture  picture  `yaml:"picture"`
	Articles []string `yaml:"articles"` // keys
	Placed   bool     `yaml:"placed"`
}

// load reads all collectives, in the order of their files' names.
func load() ([]collective, error) {
	names, err := fs.Glob(content, "content/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the sample collectives: %w", err)
	}
	collectives := make([]collective, 0, len(names))
	for _, name := range names {
		text, err := content.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		var c collective
		if err := yaml.Unmarshal(text, &c); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		collectives = append(collectives, c)
	}
	return collectives, nil
}

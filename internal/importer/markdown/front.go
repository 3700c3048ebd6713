package markdown

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// front is the front matter of a file. What is not named here is left alone.
type front struct {
	Title       string    `yaml:"title"`
	Author      words     `yaml:"author"`
	Authors     words     `yaml:"authors"`
	Date        timestamp `yaml:"date"`
	URL         string    `yaml:"url"`
	Aliases     words     `yaml:"aliases"`
	Categories  words     `yaml:"categories"`
	Excerpt     string    `yaml:"excerpt"`
	Summary     string    `yaml:"summary"`
	Description string    `yaml:"description"`
	Language    string    `yaml:"language"`
	Lang        string    `yaml:"lang"`
	Draft       bool      `yaml:"draft"`
}

// parse parts a file into its front matter and its text.
func parse(text string) (front, string, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	matter, found := strings.CutPrefix(text, "---\n")
	if !found {
		return front{}, "", atFault("it does not begin with YAML front matter: a line ---, the fields, and a line --- again")
	}
	// an empty one closes at once
	matter, body, found := strings.Cut("\n"+matter+"\n", "\n---\n")
	if !found {
		return front{}, "", atFault("its front matter is not closed by a line ---")
	}
	var f front
	if err := yaml.Unmarshal([]byte(matter), &f); err != nil {
		return front{}, "", atFault("its front matter is no proper YAML: " + strings.Join(strings.Fields(err.Error()), " "))
	}
	return f, strings.TrimSpace(body), nil
}

// words is a field that holds one word or a list of them.
type words []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		var list []string
		if err := n.Decode(&list); err != nil {
			return err
		}
		*w = list
		return nil
	}
	var one string
	if err := n.Decode(&one); err != nil {
		return err
	}
	if one != "" {
		*w = words{one}
	}
	return nil
}

// timestamp is a date as it is written; its zone may be left to the site.
type timestamp string

// UnmarshalYAML implements yaml.Unmarshaler. The text is kept as it stands: YAML
// would take a time without zone for UTC.
func (t *timestamp) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: date is no date", n.Line)
	}
	if n.Tag != "!!null" {
		*t = timestamp(n.Value)
	}
	return nil
}

// layouts are the ways in which dates are written, those with a zone first.
var layouts = [...]string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 Z0700", "2006-01-02 15:04 Z0700",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// in reads the date, in zone where it names none of its own.
func (t timestamp) in(zone *time.Location) (time.Time, error) {
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, strings.TrimSpace(string(t)), zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, atFault("its date is not understood: write it like 2024-05-01T18:00:00+01:00")
}

package locale

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Known lists the languages whose names are known, by their tags: what a form
// offers to choose from. Every other language can be named by its tag.
func Known() []Tag {
	var tags []Tag
	for _, t := range display.Supported.Tags() {
		if _, _, region := t.Raw(); region != (language.Region{}) && region.String() != "ZZ" {
			continue
		}
		if tag, err := ParseTag(t.String()); err == nil && display.Self.Name(t) != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Understand reads a language as people write it: its tag, its name in itself or
// its name in the language in. fault.Invalid for what is none of these.
func Understand(written string, in Tag) (Tag, error) {
	written = strings.TrimSpace(written)
	tag, err := ParseTag(written)
	if err == nil {
		return tag, nil
	}
	for _, t := range Known() {
		if strings.EqualFold(written, t.Self()) || strings.EqualFold(written, t.Name(in)) {
			return t, nil
		}
	}
	return "", err
}

// Written is how a form fills in the language, so that Understand reads it
// again: by its own name, or by its tag where the name would be another's tag.
func (t Tag) Written() string {
	if again, err := Understand(t.Self(), English); err == nil && again == t {
		return t.Self()
	}
	return string(t)
}

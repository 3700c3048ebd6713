package locale

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// named is a language whose own name is known, and how a form fills it in.
type named struct {
	tag     Tag
	written string
}

// known are all languages with names, made once: there are two hundred, and
// names are slow to find.
var known = sync.OnceValue(func() []named {
	list := []named{}
	taken := map[string]bool{} // names, in lower case
	for _, t := range display.Supported.Tags() {
		tag, err := ParseTag(t.String())
		if _, _, region := t.Raw(); err != nil || region.String() != "ZZ" {
			continue
		}
		n := named{tag, tag.Self()}
		other, err := ParseTag(n.written)
		if taken[strings.ToLower(n.written)] || n.written == "" || err == nil && other != tag {
			n.written = string(tag) // the name alone would be read as another language
		}
		taken[strings.ToLower(n.written)] = true
		list = append(list, n)
	}
	return list
})

// Known lists the languages whose names are known, by their tags: what a form
// offers to choose from. Every other language can be named by its tag.
func Known() []Tag {
	var tags []Tag
	for _, n := range known() {
		tags = append(tags, n.tag)
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
	for _, n := range known() {
		if strings.EqualFold(written, n.written) {
			return n.tag, nil
		}
	}
	namer := display.Tags(in.parsed())
	if namer == nil || written == "" {
		return "", err
	}
	for _, n := range known() {
		if strings.EqualFold(written, namer.Name(language.Make(string(n.tag)))) {
			return n.tag, nil
		}
	}
	return "", err
}

// Written is how a form fills in the language, so that Understand reads it
// again: by its own name, or by its tag where the name says nothing.
func (t Tag) Written() string {
	for _, n := range known() {
		if n.tag == t {
			return n.written
		}
	}
	return string(t)
}

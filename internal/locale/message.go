package locale

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// other is the plural form that every language has; a message without a count
// has this one only.
const other = "other"

// message is a text with its plural forms.
type message struct {
	plural bool
	forms  map[string]text
}

// text is a sentence cut at its placeholders. It is cut once when loading, as
// pages fill in dozens of them.
type text []part

// part is words or, when name is set, the place of an argument.
type part struct{ words, name string }

// parseMessages reads a file of messages. forms are the plural forms of its
// language, of which a message with a count must have each and no other.
func parseMessages(data []byte, forms []string) (map[string]message, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	messages := make(map[string]message, len(raw))
	for key, value := range raw {
		m, err := parseMessage(value, forms)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		messages[key] = m
	}
	return messages, nil
}

func parseMessage(value json.RawMessage, forms []string) (message, error) {
	var single string
	if err := json.Unmarshal(value, &single); err == nil {
		t, err := parseText(single)
		return message{forms: map[string]text{other: t}}, err
	}
	var many map[string]string
	if err := json.Unmarshal(value, &many); err != nil {
		return message{}, errors.New("neither a text nor an object of plural forms")
	}
	if got := slices.Sorted(maps.Keys(many)); !slices.Equal(got, forms) {
		return message{}, fmt.Errorf("has the plural forms %v, its language has %v", got, forms)
	}
	m := message{plural: true, forms: make(map[string]text, len(many))}
	for form, s := range many {
		t, err := parseText(s)
		if err != nil {
			return message{}, fmt.Errorf("%s: %w", form, err)
		}
		m.forms[form] = t
	}
	return m, nil
}

// parseText cuts s at its placeholders, {{.Name}}. It is not a template: a text
// that is translated by hand should have nothing in it that can fail at run time.
func parseText(s string) (text, error) {
	if strings.TrimSpace(s) == "" {
		return nil, errors.New("empty text")
	}
	placeholder := regexp.MustCompile(`\{\{\.([A-Z][A-Za-z]*)\}\}`)
	var t text
	done := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		t = append(t, part{words: s[done:at[0]]}, part{name: s[at[2]:at[3]]})
		done = at[1]
	}
	t = append(t, part{words: s[done:]})
	for _, p := range t {
		if strings.ContainsAny(p.words, "{}") {
			return nil, fmt.Errorf("braces other than {{.Name}} in %q", p.words)
		}
	}
	return t, nil
}

// fill puts the arguments, name and value by turns, into their places. A place
// without an argument shows its name: odd to read, but the sentence stays.
func (t text) fill(args []any, format func(any) string) string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.words)
		if p.name != "" {
			b.WriteString(p.value(args, format))
		}
	}
	return b.String()
}

func (p part) value(args []any, format func(any) string) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == p.name {
			return format(args[i+1])
		}
	}
	return "{" + p.name + "}"
}

// names lists the placeholders of all forms, each once.
func (m message) names() []string {
	found := map[string]bool{}
	for _, t := range m.forms {
		for _, p := range t {
			if p.name != "" {
				found[p.name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

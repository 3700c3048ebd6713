package locale

import (
	"fmt"

	"github.com/go-playground/locales"
	"golang.org/x/text/language"
)

// Localizer speaks one language of the interface. It never changes and is safe
// for concurrent use.
type Localizer struct {
	tag      Tag
	messages map[string]message
	fallback *Localizer // English
	plurals  plurals
	numbers  numbers
	dates    locales.Translator
}

func newLocalizer(s speech) (*Localizer, error) {
	habits, err := language.Parse(s.habits)
	if err != nil {
		return nil, err
	}
	p, err := newPlurals(habits)
	if err != nil {
		return nil, err
	}
	return &Localizer{tag: s.tag, plurals: p, numbers: newNumbers(habits), dates: s.dates}, nil
}

// Tag is the language that is spoken, as a lang attribute has it.
func (l *Localizer) Tag() Tag { return l.tag }

// Dir is the direction of the language: "ltr" or "rtl".
func (l *Localizer) Dir() string { return l.tag.Direction() }

// T gives the message of the key. args are names and values by turns:
// T("publish.limit", "Max", 100000). An int is written as a number of the
// language; hand over a year or an id, which are not counted, as a string. A
// key that the language lacks is given in English, an unknown one as itself.
// The result is plain text: whoever writes it into a page escapes it.
func (l *Localizer) T(key string, args ...any) string {
	speaker, m := l.find(key)
	if speaker == nil {
		return key
	}
	return m.forms[other].fill(args, speaker.value)
}

// N gives the message of the key in the plural form that count takes; {{.Count}}
// in it is the count. For args and keys see T.
func (l *Localizer) N(key string, count int, args ...any) string {
	speaker, m := l.find(key)
	if speaker == nil {
		return key
	}
	form := other
	if m.plural {
		form = speaker.plurals.form(count)
	}
	return m.forms[form].fill(append([]any{"Count", count}, args...), speaker.value)
}

// find gives the message and who speaks it: l, or English, whose plurals and
// numbers then go with the words.
func (l *Localizer) find(key string) (*Localizer, message) {
	if m, ok := l.messages[key]; ok {
		return l, m
	}
	if m, ok := l.fallback.messages[key]; ok {
		return l.fallback, m
	}
	return nil, message{}
}

// value writes an argument.
func (l *Localizer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return l.Number(v)
	default:
		return fmt.Sprint(v)
	}
}

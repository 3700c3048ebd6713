package locale

import (
	"strings"

	"github.com/indywire/indywire/internal/fault"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Tag is a language as BCP 47 names it, in canonical form: "pt", "pt-BR",
// "zh-Hant". The zero value is no language. Make one with ParseTag.
type Tag string

// English is the language that every message exists in.
const English Tag = "en"

// maxTag bounds what ParseTag looks at: the length that RFC 5646 (4.4.1) asks
// every implementation to take.
const maxTag = 35

// ParseTag reads a BCP 47 tag in any case and gives its canonical form ("PT-br"
// is "pt-BR", "iw" is "he"). Extensions and private parts say nothing about a
// text and are dropped. What is no tag, or names no language, is fault.Invalid;
// the error does not repeat what was written.
func ParseTag(s string) (Tag, error) {
	if s == "" || len(s) > maxTag {
		return "", fault.New(fault.Invalid, "language tag is empty or too long")
	}
	t, err := language.Parse(strings.ReplaceAll(s, "_", "-"))
	if err == nil {
		t, err = plain(t)
	}
	if err != nil {
		return "", fault.New(fault.Invalid, "language tag is not of BCP 47")
	}
	if base, _, _ := t.Raw(); base.String() == "und" {
		return "", fault.New(fault.Invalid, "language tag names no language")
	}
	return Tag(t.String()), nil
}

// plain keeps language, script, region and variants, and leaves out a script
// that goes without saying.
func plain(t language.Tag) (language.Tag, error) {
	base, script, region := t.Raw()
	parts := []any{base, script, region}
	for _, v := range t.Variants() {
		parts = append(parts, v)
	}
	t, err := language.Compose(parts...)
	if err != nil {
		return language.Und, err
	}
	return language.SuppressScript.Canonicalize(t)
}

// String gives the tag as it stands in a lang attribute.
func (t Tag) String() string { return string(t) }

// Direction tells how the language's usual script runs, as a dir attribute has
// it: "rtl" or "ltr".
func (t Tag) Direction() string {
	script, _ := t.parsed().Script()
	switch script.String() {
	// The scripts of right-to-left languages that people write today or teach
	// (Unicode, Bidi_Class R and AL).
	case "Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi":
		return "rtl"
	}
	return "ltr"
}

// Name gives the language's name in another language: Tag("pt").Name("ar") is
// البرتغالية. Where nobody wrote that name down it is the English one, and
// the tag itself where there is none either.
func (t Tag) Name(in Tag) string {
	for _, lang := range []Tag{in, English} {
		if namer := display.Tags(lang.parsed()); namer != nil {
			if name := namer.Name(t.parsed()); name != "" {
				return name
			}
		}
	}
	return string(t)
}

// Self gives the language's name in the language itself: "português". Where
// nobody wrote that name down it is the English one, else the tag.
func (t Tag) Self() string {
	if name := display.Self.Name(t.parsed()); name != "" {
		return name
	}
	return t.Name(English)
}

// parsed is for the library; a Tag that nobody parsed becomes "und" there.
func (t Tag) parsed() language.Tag { return language.Make(string(t)) }

// base is the language without script, region and variant.
func (t Tag) base() string {
	base, _, _ := t.parsed().Raw() // Base would guess English for no language
	return base.String()
}

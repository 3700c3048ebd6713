// Package slug makes the readable part of an address from a title, in any
// script, and tells whether a name may stand in an address.
package slug

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

// MaxLen is the greatest length of a slug in bytes, which are characters too.
const MaxLen = 80

// fallback stands for a title that holds nothing one could read out.
const fallback = "post"

// Make turns a title into lower-case ASCII letters, digits and single hyphens:
// never empty ("post" when nothing is left), never longer than MaxLen, cut
// between words where it can be. Other scripts are transliterated. Equal titles
// give equal slugs; different titles may, so a slug never identifies anything.
func Make(title string) string {
	var b strings.Builder
	// NFKC, not NFKD: taken apart, й would lose its breve and read as и.
	for _, r := range norm.NFKC.String(title) {
		for _, c := range []byte(latin(r)) {
			add(&b, c)
		}
		if b.Len() > MaxLen {
			break
		}
	}
	if s := cut(b.String()); s != "" {
		return s
	}
	return fallback
}

// add appends one ASCII character as a slug has it. An apostrophe joins what
// stands around it (don't, Kyiv's); everything else that is no letter or digit
// parts words, and many in a row part them once.
func add(b *strings.Builder, c byte) {
	switch {
	case 'A' <= c && c <= 'Z':
		b.WriteByte(c - 'A' + 'a')
	case isWord(c):
		b.WriteByte(c)
	case c == '\'' || c == '`':
	case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
		b.WriteByte('-')
	}
}

// cut shortens s to MaxLen at the last hyphen that fits; a single word that is
// longer than that is cut where the room ends.
func cut(s string) string {
	if len(s) > MaxLen {
		end := strings.LastIndexByte(s[:MaxLen+1], '-')
		if end <= 0 {
			end = MaxLen
		}
		s = s[:end]
	}
	return strings.Trim(s, "-")
}

// latin writes one character in ASCII: by our own table where the library's
// habit does not read well in an address, else by the library's.
func latin(r rune) string {
	if r < utf8.RuneSelf {
		return string(r)
	}
	if s, ok := arabic(r); ok {
		return s
	}
	return unidecode.Unidecode(string(r))
}

// Valid tells whether s may be a slug: 1 to MaxLen lower-case ASCII letters,
// digits and hyphens, with no hyphen at either end.
func Valid(s string) bool {
	if s == "" || len(s) > MaxLen || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if !isWord(c) && c != '-' {
			return false
		}
	}
	return true
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}

package markup

import (
	"regexp"
	"strings"
	"unicode"
)

// cleanSource makes source valid UTF-8 with \n line ends and drops what has no
// place in a text: controls, noncharacters, bidi overrides.
func cleanSource(source string) string {
	source = strings.ToValidUTF8(source, "\uFFFD")
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(source)
	return strings.Map(dropControl, source)
}

// dropControl is a mapping for strings.Map: -1 for a rune to drop. The bidi
// embeddings and overrides (U+202A to U+202E) go because one left open turns
// the rest of its line round; isolates are balanced later, marks are kept.
func dropControl(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E:
		return -1
	case r >= 0x206A && r <= 0x206F, r >= 0xFFF9 && r <= 0xFFFB: // deprecated format characters
		return -1
	case r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF: // noncharacters
		return -1
	}
	return r
}

// lostEntity is what an exporter from WordPress to Hugo leaves of typographic
// quotes and dashes: &8220; where &#8220; stood.
var lostEntity = regexp.MustCompile(`&82[0-4][0-9];`)

// cleanText is cleanSource for text out of the tree, where entities are
// decoded and may have brought back what was dropped.
func cleanText(s string) string {
	s = cleanSource(s)
	if !strings.Contains(s, "&82") {
		return s
	}
	return lostEntity.ReplaceAllStringFunc(s, func(e string) string {
		n := rune(0)
		for _, digit := range e[1:5] {
			n = n*10 + digit - '0'
		}
		if dropControl(n) < 0 {
			return ""
		}
		return string(n)
	})
}

// cleanLine is cleanText for attributes and labels: one line, no isolates.
func cleanLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if isIsolate(r) || r == popIsolate {
			return -1
		}
		return r
	}, cleanText(s))
	return strings.Join(strings.Fields(s), " ")
}

// visible tells whether s holds anything a reader would see: not just spaces,
// format characters and the letters that look like spaces.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return !looksBlank(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r)
	})
}

// looksBlank tells whether r is a letter or symbol that looks like a space.
func looksBlank(r rune) bool {
	switch r {
	case 0x2800, 0x115F, 0x1160, 0x3164, 0xFFA0:
		return true
	}
	return false
}

const (
	popIsolate  = '\u2069'
	maxIsolates = 16 // open at once; nobody writes deeper
)

func isIsolate(r rune) bool { return r >= 0x2066 && r <= 0x2068 }

// balancer drops isolate ends that nothing opened. open is how many are open,
// so that the caller can close them at the end of its block.
type balancer struct{ open int }

func (b *balancer) text(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case isIsolate(r):
			if b.open == maxIsolates {
				return -1
			}
			b.open++
		case r == popIsolate:
			if b.open == 0 {
				return -1
			}
			b.open--
		}
		return r
	}, s)
}

// rest closes what is open.
func (b *balancer) rest() string {
	s := strings.Repeat(string(popIsolate), b.open)
	b.open = 0
	return s
}

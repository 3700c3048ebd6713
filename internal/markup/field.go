package markup

import "strings"

// Line cleans what a person wrote into a field of one line: control characters,
// bidi overrides and isolates, and what cannot be seen are dropped, so that two
// names that look alike are not told apart by nothing, and none turns round what
// stands beside it. White space is folded to single spaces.
func Line(s string) string {
	return strings.Join(strings.Fields(strings.Map(dropUnseen, cleanSource(s))), " ")
}

// dropUnseen is a mapping for strings.Map: -1 for isolates, and for runes that
// stand for nothing or look like a space. Joiners (U+200C, U+200D) stay, for
// Persian and emoji are written with them, and so do directional marks.
func dropUnseen(r rune) rune {
	if isIsolate(r) || r == popIsolate || looksBlank(r) {
		return -1
	}
	switch r {
	case 0x00AD, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF:
		return -1
	}
	return r
}

// Lines cleans what a person wrote into a field of many lines: control
// characters and bidi overrides are dropped, line ends become \n.
func Lines(s string) string { return cleanSource(s) }

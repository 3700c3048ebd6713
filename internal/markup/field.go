package markup

import "strings"

// Line cleans what a person wrote into a field of one line: control characters
// and bidi overrides are dropped, white space is folded to single spaces.
func Line(s string) string { return strings.Join(strings.Fields(cleanSource(s)), " ") }

// Lines cleans what a person wrote into a field of many lines: control
// characters and bidi overrides are dropped, line ends become \n.
func Lines(s string) string { return cleanSource(s) }

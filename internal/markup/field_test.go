package markup_test

import (
	"testing"

	"github.com/indywire/indywire/internal/markup"
)

func TestLineDropsWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"In\u00eas\u2067 e\u2066 a\u2068 rua\u2069":        "In\u00eas e a rua",
		"a\u200bb\u2060c\u00add\ufeffe":                    "abcde",
		"\u3164\u2800\u115f\u1160\uffa0":                   "",
		"a\u2800 \u3164b":                                  "a b",
		"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", // Persian, with its non-joiner
		"\U0001f469\u200d\U0001f33e":                       "\U0001f469\u200d\U0001f33e",                       // an emoji of two
		"\u202eabc\u202c\u200f!":                           "abc\u200f!",
		"\u05d0\u200f 1 \u200e2 \t\n three":                "\u05d0\u200f 1 \u200e2 three",
	} {
		if got := markup.Line(written); got != want {
			t.Errorf("Line(%+q) = %+q, want %+q", written, got, want)
		}
	}
}

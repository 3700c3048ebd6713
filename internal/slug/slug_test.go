package slug_test

import (
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/slug"
)

func TestMake(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ title, want string }{
		"plain":            {"Dockers walk out at three terminals", "dockers-walk-out-at-three-terminals"},
		"signs part words": {"Rice & gas: «now» – or never…", "rice-gas-now-or-never"},
		"apostrophes join": {"Don’t touch o'Neill's", "dont-touch-oneills"},
		"edges":            {"  --¿What? --  ", "what"},
		"digits":           {"24/7 in 2026", "24-7-in-2026"},
		"diacritics":       {"Ação já: São João", "acao-ja-sao-joao"},
		"decomposed":       {"Ac\u0327a\u0303o", "acao"},
		"more Latin":       {"Łódź Straße Þór Ærø đak", "lodz-strasse-thor-aero-dak"},
		"Cyrillic":         {"Щука йде, Київ живий", "shchuka-ide-kiyiv-zhivii"},
		"Greek":            {"Χαίρε Θεσσαλονίκη", "khaire-thessalonike"},
		"Arabic":           {"عمال الميناء يوقفون ثلاثة أرصفة", "amal-almyna-ywqfwn-thlatha-arsfa"},
		"Arabic digits":    {"٢٢ نوفمبر ٢٠٢٦", "22-nwfmbr-2026"},
		"Arabic vowels":    {"مُحَمَّد", "mhmd"},
		"Arabic forms":     {"ﻻ", "la"},
		"Han":              {"北京", "bei-jing"},
		"Hebrew":           {"שלום", "shlvm"},
		"full width":       {"Ａｂｃ１", "abc1"},
		"signs only":       {"!!! ??? …", "post"},
		"picture":          {"🔥🔥", "post"},
		"empty":            {"", "post"},
		"control":          {"a\x00b\nc\x7fd", "a-b-c-d"},
		"not UTF-8":        {"a\xff\xfeb", "ab"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := slug.Make(tc.title); got != tc.want {
				t.Errorf("Make(%q) = %q, want %q", tc.title, got, tc.want)
			}
		})
	}
}

func TestMakeCutsBetweenWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ title, want string }{
		"exactly full":      {strings.Repeat("a", 80), strings.Repeat("a", 80)},
		"one long word":     {strings.Repeat("a", 300), strings.Repeat("a", 80)},
		"word does not fit": {strings.Repeat("word ", 15) + "sevenletters", strings.TrimSuffix(strings.Repeat("word-", 15), "-")},
		"word just fits":    {strings.Repeat("word ", 15) + "fiver more", strings.Repeat("word-", 15) + "fiver"},
		"long scripts":      {strings.Repeat("щ", 300), strings.Repeat("shch", 20)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := slug.Make(tc.title); got != tc.want {
				t.Errorf("Make = %q (%d), want %q", got, len(got), tc.want)
			}
		})
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"a": true, "pt": true, "a-b-1": true, "2026": true, strings.Repeat("a", 80): true,
		"": false, "-a": false, "a-": false, "-": false, "A": false, "a b": false, "ação": false,
		"a/b": false, "a.b": false, "a_b": false, "a\n": false, strings.Repeat("a", 81): false,
	}
	for s, want := range tests {
		if got := slug.Valid(s); got != want {
			t.Errorf("Valid(%q) = %v, want %v", s, got, want)
		}
	}
}

func FuzzMake(f *testing.F) {
	for _, s := range []string{"", "Ação", "عمال", "\xff", "- -", strings.Repeat("щ-", 90)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		s := slug.Make(title)
		if !slug.Valid(s) || strings.Contains(s, "--") {
			t.Errorf("Make(%q) = %q, which is no slug", title, s)
		}
		if again := slug.Make(s); again != s {
			t.Errorf("Make(%q) = %q: a slug changes when made again", s, again)
		}
	})
}

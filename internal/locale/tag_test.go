package locale_test

import (
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
)

func TestParseTag(t *testing.T) {
	t.Parallel()
	tests := map[string]locale.Tag{
		"pt": "pt", "PT": "pt", "pt-br": "pt-BR", "pt_BR": "pt-BR", "zh-hant": "zh-Hant", "iw": "he",
		"ar-Arab": "ar", "ca-valencia": "ca-valencia", "kab": "kab", "es-419": "es-419",
		"pt-u-nu-latn": "pt", "en-x-secret": "en", "sr-Latn-RS": "sr-Latn-RS",
	}
	for s, want := range tests {
		got, err := locale.ParseTag(s)
		if err != nil || got != want {
			t.Errorf("ParseTag(%q) = %q, %v, want %q", s, got, err, want)
		}
		if again, err := locale.ParseTag(got.String()); err != nil || again != got {
			t.Errorf("ParseTag(%q) = %q, %v: the canonical form changes", got, again, err)
		}
	}
}

func TestParseTagRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "-", "p", "english", "portuguese", "pt-", "en-!!", "und", "x-secret", "zz-ZZ", "<b>",
		"\xff", "und-Arab", strings.Repeat("en-", 1<<16) + "en",
	} {
		if got, err := locale.ParseTag(s); !fault.Is(err, fault.Invalid) || got != "" {
			t.Errorf("ParseTag(%.40q) = %q, %v, want invalid", s, got, err)
		}
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	tests := map[locale.Tag]string{
		"en": "ltr", "pt": "ltr", "ru": "ltr", "zh-Hant": "ltr", "mwl": "ltr", "": "ltr", "ku": "ltr", "az": "ltr",
		"ar": "rtl", "ar-EG": "rtl", "he": "rtl", "fa": "rtl", "ur": "rtl", "yi": "rtl", "ckb": "rtl", "ps": "rtl",
		"dv": "rtl", "syr": "rtl", "nqo": "rtl", "ku-Arab": "rtl", "pa-PK": "rtl", "ar-Latn": "ltr",
	}
	for tag, want := range tests {
		if got := tag.Direction(); got != want {
			t.Errorf("%s runs %s, want %s", tag, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tag, in locale.Tag
		want    string
	}{
		{"pt", "en", "Portuguese"},
		{"pt", "pt", "português"},
		{"en", "pt", "inglês"},
		{"pt", "ar", "البرتغالية"},
		{"pt-BR", "en", "Brazilian Portuguese"},
		{"rif", "ar", "Riffian"},
		{"", "en", "Unknown language"},
	}
	for _, tc := range tests {
		if got := tc.tag.Name(tc.in); got != tc.want {
			t.Errorf("%q in %q is %q, want %q", tc.tag, tc.in, got, tc.want)
		}
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	tests := map[locale.Tag]string{
		"en": "English", "pt": "português", "ar": "العربية", "he": "עברית", "mwl": "Mirandese",
	}
	for tag, want := range tests {
		if got := tag.Self(); got != want {
			t.Errorf("%q calls itself %q, want %q", tag, got, want)
		}
	}
}

func TestSearchConfig(t *testing.T) {
	t.Parallel()
	tests := map[locale.Tag]string{
		"en": "english", "en-GB": "english", "pt": "portuguese", "pt-BR": "portuguese", "ar": "arabic",
		"ar-MA": "arabic", "nb": "norwegian", "nn": "norwegian", "el": "greek", "sr-Latn": "serbian",
		"zh": "simple", "pl": "simple", "kab": "simple", "": "simple",
	}
	for tag, want := range tests {
		if got := tag.SearchConfig(); got != want {
			t.Errorf("%q is searched as %s, want %s", tag, got, want)
		}
	}
}

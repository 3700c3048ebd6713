package locale

import (
	"slices"
	"testing"
)

func TestKnownLanguagesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	known := Known()
	for _, want := range []Tag{"ar", "en", "pt", "ca", "eu", "zh-Hant", "ckb"} {
		if !slices.Contains(known, want) {
			t.Errorf("%s is not known", want)
		}
	}
	for _, tag := range known {
		if got, err := Understand(tag.Written(), Tag("pt")); err != nil || got != tag {
			t.Errorf("%s is written %q and read as %q, %v", tag, tag.Written(), got, err)
		}
	}
}

func TestUnderstand(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]Tag{
		"pt": "pt", " PT-br ": "pt-BR", "Português": "pt", "árabe": "ar", "العربية": "ar", "inglês": "en", "English": "en", "gn": "gn", "maa": "maa",
	} {
		if got, err := Understand(written, "pt"); err != nil || got != want {
			t.Errorf("%q is read as %q, %v; want %q", written, got, err, want)
		}
	}
	for _, written := range []string{"", "nothing at all", "Portuguesisch"} {
		if got, err := Understand(written, "pt"); err == nil {
			t.Errorf("%q is read as %q", written, got)
		}
	}
}

func BenchmarkUnderstand(b *testing.B) {
	for b.Loop() {
		_, _ = Understand("Zulu nothing", "pt")
	}
}

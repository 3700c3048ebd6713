package locale_test

import (
	"slices"
	"testing"

	"github.com/indywire/indywire/internal/locale"
)

func catalog(t *testing.T) *locale.Catalog {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBestMatch(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	tests := map[locale.Tag]locale.Tag{
		"en": "en", "en-AU": "en", "pt": "pt", "pt-BR": "pt", "pt-PT": "pt", "pt-AO": "pt", "ar": "ar", "ar-EG": "ar",
		"fr": "en", "he": "en", "kab": "en", "fa": "en", "": "en", "nonsense": "en",
	}
	for asked, want := range tests {
		l := c.Localizer(asked)
		if l.Tag() != want {
			t.Errorf("a reader of %q gets %q, want %q", asked, l.Tag(), want)
		}
		if l.Dir() != want.Direction() {
			t.Errorf("%q runs %q", l.Tag(), l.Dir())
		}
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	if got := catalog(t).Tags(); !slices.Equal(got, []locale.Tag{"en", "pt", "ar"}) {
		t.Errorf("Tags = %v", got)
	}
}

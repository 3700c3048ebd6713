package locale

import (
	"strings"
	"testing"
)

// TestOneWordForOneThing keeps words out of the messages that name a thing by
// another word than the rest of them do.
func TestOneWordForOneThing(t *testing.T) {
	t.Parallel()
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for tag, strays := range map[Tag][]string{
		"pt": {"ategoria", "destaca ", "destaque bem"},     // of alcance, and destaque is a feature
		"ar": {"جماع", "مرور", "المقالات البارزة", "حجب "}, // of مجموعة، كلمة سر، ملفات مختارة، إخفاء
	} {
		for key, m := range catalog.Localizer(tag).messages {
			for _, form := range m.forms {
				text := form.fill(nil, func(any) string { return "" })
				for _, stray := range strays {
					if strings.Contains(text, stray) {
						t.Errorf("%s %s has %q: %s", tag, key, stray, text)
					}
				}
			}
		}
	}
}

package locale

import (
	"testing"

	"github.com/indywire/indywire/internal/fault"
)

// speak gives a Localizer with messages of the test's own; what they lack it
// takes from an English that knows only the key "en.only".
func speak(t *testing.T, tag Tag, messages string) *Localizer {
	t.Helper()
	for _, s := range languages() {
		l, err := newLocalizer(s)
		if err != nil {
			t.Fatal(err)
		}
		if s.tag == tag {
			if l.messages, err = parseMessages([]byte(messages), l.plurals.all()); err != nil {
				t.Fatal(err)
			}
			l.fallback = english(t)
			return l
		}
	}
	t.Fatalf("no language %q", tag)
	return nil
}

func english(t *testing.T) *Localizer {
	t.Helper()
	l, err := newLocalizer(languages()[0])
	if err != nil {
		t.Fatal(err)
	}
	text := `{"en.only": {"one": "{{.Count}} word", "other": "{{.Count}} words"}}`
	if l.messages, err = parseMessages([]byte(text), l.plurals.all()); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestArguments(t *testing.T) {
	t.Parallel()
	l := speak(t, "en", `{"a": "{{.Who}} wrote {{.N}} of {{.N}}.", "b": "Plain"}`)
	type id int64
	tests := []struct{ name, got, want string }{
		{"by name", l.T("a", "N", 20000, "Who", "Ana"), "Ana wrote 20,000 of 20,000."},
		{"not ours to escape", l.T("a", "N", 1, "Who", "<b>{{.N}}"), "<b>{{.N}} wrote 1 of 1."},
		{"ids are not counted", l.T("a", "N", id(20000), "Who", English), "en wrote 20000 of 20000."},
		{"too few", l.T("a", "N", 1), "{Who} wrote 1 of 1."},
		{"half a pair", l.T("a", "N", 1, "Who"), "{Who} wrote 1 of 1."},
		{"too many", l.T("b", "N", 1), "Plain"},
		{"unknown key", l.T("c.d", "N", 1), "c.d"},
		{"unknown key counted", l.N("c.d", 2), "c.d"},
		{"count of a single text", l.N("b", 2), "Plain"},
	}
	for _, tc := range tests {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}
}

func TestFallBackToEnglish(t *testing.T) {
	t.Parallel()
	l := speak(t, "ar", `{"a": "نعم"}`)
	// Two is a form of its own in Arabic, which English words do not have.
	if got := l.N("en.only", 2); got != "2 words" {
		t.Errorf("%q, want the English words with English digits", got)
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tag      Tag
		messages string
		want     map[int]string
	}{
		{"en", `{"k": {"one": "{{.Count}} one", "other": "{{.Count}} other"}}`,
			map[int]string{0: "0 other", 1: "1 one", 2: "2 other", 21: "21 other", 1000: "1,000 other", -1: "-1 one"}},
		{"pt", `{"k": {"one": "{{.Count}} one", "many": "{{.Count}} many", "other": "{{.Count}} other"}}`,
			map[int]string{0: "0 other", 1: "1 one", 2: "2 other", 1_000_000: "1\u00a0000\u00a0000 many"}},
		{"ar", `{"k": {"zero": "{{.Count}} z", "one": "{{.Count}} o", "two": "{{.Count}} t",
			"few": "{{.Count}} f", "many": "{{.Count}} m", "other": "{{.Count}} x"}}`,
			map[int]string{0: "٠ z", 1: "١ o", 2: "٢ t", 3: "٣ f", 10: "١٠ f", 11: "١١ m", 99: "٩٩ m", 100: "١٠٠ x", 103: "١٠٣ f", 1234: "١٬٢٣٤ m"}},
	}
	for _, tc := range tests {
		l := speak(t, tc.tag, tc.messages)
		for count, want := range tc.want {
			if got := l.N("k", count); got != want {
				t.Errorf("%s, %d: %q, want %q", tc.tag, count, got, want)
			}
		}
	}
}

func TestBrokenMessages(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"no JSON":          `{"a": "b"`,
		"a number":         `{"a": 1}`,
		"a list":           `{"a": ["b"]}`,
		"empty":            `{"a": " "}`,
		"open placeholder": `{"a": "{{.Max"}`,
		"template code":    `{"a": "{{if .Max}}b{{end}}"}`,
		"lower case":       `{"a": "{{.max}}"}`,
		"single braces":    `{"a": "{Max}"}`,
		"form missing":     `{"a": {"other": "b"}}`,
		"form too many":    `{"a": {"one": "a", "few": "b", "other": "c"}}`,
		"empty form":       `{"a": {"one": "", "other": "c"}}`,
		"broken form":      `{"a": {"one": "{{.Count", "other": "c"}}`,
	}
	for name, file := range tests {
		if got, err := parseMessages([]byte(file), []string{"one", "other"}); err == nil {
			t.Errorf("%s: %s is taken as %v", name, file, got)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	kinds := []fault.Kind{
		fault.Internal, fault.NotFound, fault.Invalid, fault.Denied, fault.Conflict, fault.Gone, fault.Busy, fault.TooLarge,
	}
	for _, l := range c.localizers {
		seen := map[string]fault.Kind{}
		for _, kind := range kinds {
			title, text := l.Fault(kind)
			if before, ok := seen[title+text]; ok {
				t.Errorf("%s: %s says the same as %s: %q", l.tag, kind, before, title)
			}
			seen[title+text] = kind
		}
		if title, _ := l.Fault("of the future"); seen[title] != "" || title != l.T("error.internal.title") {
			t.Errorf("%s: an unknown kind says %q", l.tag, title)
		}
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	l := speak(t, "en", `{"one": "Up to {{.Max}}", "many": {"one": "{{.Count}} file of {{.Max}}", "other": "{{.Count}} files of {{.Max}}"}}`)
	tests := []struct {
		field fault.Field
		want  string
	}{
		{fault.Field{Message: "one", Args: map[string]any{"Max": 5000}}, "Up to 5,000"},
		{fault.Field{Message: "many", Args: map[string]any{"Max": "3 GB", "Count": 1}}, "1 file of 3 GB"},
		{fault.Field{Message: "many", Args: map[string]any{"Max": "3 GB", "Count": 2}}, "2 files of 3 GB"},
		{fault.Field{Message: "none"}, "none"},
	}
	for _, tc := range tests {
		if got := l.Field(tc.field); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	l := c.Localizer("pt")
	b.ReportAllocs()
	for b.Loop() {
		_ = l.T("error.gone.title")
	}
}

func BenchmarkN(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	l := c.Localizer("pt")
	b.ReportAllocs()
	for b.Loop() {
		_ = l.N("unit.byte", 1234)
	}
}

package search_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/search"
)

func (b *bench) excerpt(text string) []search.Part {
	b.Helper()
	hits := b.find(search.Query{Text: text})
	if len(hits) != 1 {
		b.Fatalf("%d articles found for %q", len(hits), text)
	}
	return hits[0].Excerpt
}

func TestExcerptMarksWhatWasSearchedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en")
	b.publish(b.st, "en", "Night", "The **dockers** were striking, and so did *every* crane driver.")
	want := []search.Part{
		{Text: "The"}, {Text: "dockers", Match: true}, {Text: "were"}, {Text: "striking", Match: true},
		{Text: ", and so did every crane driver."},
	}
	if diff := cmp.Diff(want, tidy(b.excerpt("strike docker"))); diff != "" {
		t.Errorf("excerpt (-want +got):\n%s", diff)
	}
}

// tidy drops the spaces that stand where tags stood.
func tidy(parts []search.Part) []search.Part {
	for i := range parts {
		parts[i].Text = strings.TrimSpace(parts[i].Text)
	}
	return parts
}

func TestExcerptIsPlainText(t *testing.T) {
	t.Parallel()
	b := newBench(t, "en")
	b.create(b.st, article.Visible, article.Draft{
		Title: "Night", Summary: `<script>alert("summary")</script> & more \x02 barricade`,
		Body: "[a link](https://example.org/?a=1&b=<2>) and `<b>code</b>`, Tom & Jerry",
	})
	var all string
	for _, part := range b.excerpt("barricade") {
		all += part.Text
		if part.Match && part.Text != "barricade" {
			t.Errorf("marked: %q", part.Text)
		}
	}
	for _, want := range []string{`<script>alert("summary")</script> & more`, "a link", "<b>code</b>", "Tom & Jerry"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %q", want, all)
		}
	}
	for _, not := range []string{"example.org", "&lt;", "&amp;", "\x02", "\x03", "<p>"} {
		if strings.Contains(all, not) {
			t.Errorf("%q in %q", not, all)
		}
	}
}

func TestExcerptComesFromTheMiddleOfALongText(t *testing.T) {
	t.Parallel()
	b := newBench(t, "pt")
	b.publish(b.st, "pt", "Crónica", strings.Repeat("Uma frase qualquer. ", 300)+"A **assembleia** decidiu. "+strings.Repeat("Outra frase. ", 300))
	parts := b.excerpt("assembleias")
	var all string
	marked := 0
	for _, part := range parts {
		all += part.Text
		if part.Match {
			marked++
		}
	}
	if marked != 1 || !strings.Contains(all, "assembleia decidiu") && !strings.Contains(all, "assembleia  decidiu") || len(all) > 500 {
		t.Errorf("%d marked in %q", marked, all)
	}
}

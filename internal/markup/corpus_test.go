package markup

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// corpus is where the samples of real posts are, beside the repository.
const corpus = "../../../shared/corpora/indymedia-pt"

func TestRenderCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus, "*.md"))
	if err != nil || len(files) == 0 {
		t.Skip("the sample posts are not beside the repository")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			source := body(t, file)
			rendered := Render(Markdown, source)
			check(t, rendered)
			plain := Plain(rendered)
			for _, word := range words(source) {
				if !strings.Contains(plain, word) {
					t.Errorf("lost %q", word)
				}
			}
			if strings.Contains(plain, "&82") {
				t.Error("a lost entity is left")
			}
			if e := Excerpt(rendered, 200); len([]rune(e)) > 200 || strings.Contains(e, "\n") || (e == "") != (plain == "") {
				t.Errorf("excerpt %q", e)
			}
		})
	}
}

var (
	notText  = regexp.MustCompile(`(?s)<!--.*?-->|<[a-zA-Z/][^<>]*>|https?:[^\s<>"]*|\{[^}]*\}|\]\([^)]*\)|(?m)^ *\[[^\]]*\]:.*$`)
	longWord = regexp.MustCompile(`\b\p{L}{9,}\b`)
)

// words gives the longer words that stand in the text of source, not in tags
// or addresses.
func words(source string) []string {
	return longWord.FindAllString(notText.ReplaceAllString(source, " "), -1)
}

// body gives a post without its front matter.
func body(t testing.TB, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(strings.TrimPrefix(string(raw), "---\n"), "\n---\n")
	if !found {
		t.Fatal("no front matter")
	}
	return rest
}

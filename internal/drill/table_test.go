//go:build linux

package drill

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTable stands in the page in the place of the one before, and says what was found, good or bad.
func TestTable(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "page.md")
	if err := WriteTable(page, "x"); err == nil {
		t.Error("a table stands in a page that is not there")
	}
	if err := os.WriteFile(page, []byte("# Head\n"+begins+"old\n"+ends+"Foot.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	span := Span{WithoutWrites: 27500 * time.Millisecond, Restarts: 2, SentAgain: map[string]int{"post: refused": 3}, Posts: 7, FailedPosts: 1}
	rows := []Row{{Event: "a storm", Span: span, Lost: 4, Load: 1.5}, {Event: "a flood", NotTried: "no water"}}
	if err := WriteTable(page, Table("on paper", rows, errors.New("it is gone"), 5<<20)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Head\n" + begins, ends + "Foot.\n", ": on paper; ", "up to 1.5.", "| a storm | 0.0 | 27.5 |", "| 7 (1) |", "| 0 | 4 | 0 | post: refused: 3 | none |",
		"| a flood | not run: no water |", "upload of 5 MB did not come through: it is gone.", `in "a storm": 2.`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "old") {
		t.Error("the table before stands there yet")
	}
}

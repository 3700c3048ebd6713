package embedded

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// movesOut starts twice in dir and checks that the files went elsewhere, that a
// line says so, and that the second start finds them.
func movesOut(t *testing.T, dir, elsewhere string, between func()) {
	t.Helper()
	var lines bytes.Buffer
	log := slog.New(slog.NewTextHandler(&lines, nil))
	s, err := start(t.Context(), dir, elsewhere, log)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	stop(t, s)
	home := filepath.Join(elsewhere, shortHash(dir))
	if s.place.home != home {
		t.Errorf("the files are in %s, want %s", s.place.home, home)
	}
	if strings.Count(lines.String(), home) != 1 {
		t.Errorf("no line names the place:\n%s", lines.String())
	}
	between()
	s, err = start(t.Context(), dir, elsewhere, log)
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, s)
	if got := value(t, s, "SELECT n::text FROM kept"); got != "42" {
		t.Errorf("kept %q, want 42", got)
	}
}

func TestPathTooLongForASocket(t *testing.T) {
	t.Parallel()
	base := openDir(t)
	movesOut(t, filepath.Join(base, strings.Repeat("long/", 20)), filepath.Join(base, "e"), func() {})
}

func TestPathWithAComma(t *testing.T) {
	t.Parallel()
	base := openDir(t)
	movesOut(t, filepath.Join(base, "a,b"), filepath.Join(base, "e"), func() {})
}

func TestPathOfAllSorts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), `a "b" [c] é%20`)
	if s := startIn(t, dir); s.place.home != dir {
		t.Errorf("moved out to %s", s.place.home)
	} else {
		exec(t, s, "SELECT 1")
	}
}

func TestClosedDirectory(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user's server runs as that user and reaches what the user reaches")
	}
	base := openDir(t)
	closed := filepath.Join(base, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "data")
	// Opened later, the directory must not lead to another, empty database.
	movesOut(t, dir, filepath.Join(base, "e"), func() {
		if err := os.Chmod(closed, 0o755); err != nil {
			t.Fatal(err)
		}
	})
	if err := os.RemoveAll(filepath.Join(base, "e")); err != nil {
		t.Fatal(err)
	}
	if _, err := start(t.Context(), dir, filepath.Join(base, "e"), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), markFile(dir)) {
		t.Errorf("a lost database gave %v", err)
	}
}

func TestDirectoryClosedLater(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user's server runs as that user and reaches what the user reaches")
	}
	base := openDir(t)
	dir := filepath.Join(base, "data")
	stop(t, startIn(t, dir))
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := start(t.Context(), dir, filepath.Join(base, "e"), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "may not go there") {
		t.Errorf("no clear sentence: %v", err)
	}
}

func TestNowhereToGo(t *testing.T) {
	t.Parallel()
	base := openDir(t)
	long := filepath.Join(base, strings.Repeat("long/", 20))
	for _, elsewhere := range []string{"", long} {
		_, err := start(context.Background(), long, elsewhere, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "choose another --data") {
			t.Errorf("elsewhere %q: %v", elsewhere, err)
		}
	}
}

package media_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/indywire/indywire/internal/media"
)

// TestFailureOfOursIsTriedAgain holds that a photo is not lost to a server that
// could not read it just then, and that nobody waits for it for ever.
func TestFailureOfOursIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, original := b.attached()
	// what no user can open for reading, root included: a file that leads to itself
	path := filepath.Join(b.dir, "uploads", original)
	aside := filepath.Join(t.TempDir(), "aside")
	if err := os.Rename(path, aside); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, path); err != nil {
		t.Fatal(err)
	}
	most := media.ProcessArgs{}.InsertOpts().MaxAttempts
	if err := b.attempt(id, most-2); err == nil {
		t.Error("a file that could not be opened was settled at once")
	}
	if got := b.state(); got != media.Waiting {
		t.Fatalf("the file is %s", got)
	}
	if err := os.Rename(aside, path); err != nil {
		t.Fatal(err)
	}
	if err := b.attempt(id, most-2); err != nil || b.state() != media.Ready {
		t.Errorf("once it could be opened: %v, %s", err, b.state())
	}
}

func TestLastTrySettlesTheFile(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, original := b.attached()
	path := filepath.Join(b.dir, "uploads", original)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, path); err != nil {
		t.Fatal(err)
	}
	if err := b.attempt(id, media.ProcessArgs{}.InsertOpts().MaxAttempts-1); err != nil || b.state() != media.Failed {
		t.Errorf("%v, %s", err, b.state())
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.wantOriginalSweptLater()
}

func (b bench) attempt(id media.ID, n int) error {
	b.t.Helper()
	job := &river.Job[media.ProcessArgs]{JobRow: &rivertype.JobRow{Attempt: n}, Args: media.ProcessArgs{Media: id}}
	return b.processor.Work(b.t.Context(), job)
}

func (b bench) state() (s media.State) {
	b.t.Helper()
	b.scan("SELECT state FROM media", &s)
	return s
}

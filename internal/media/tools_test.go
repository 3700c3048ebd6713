package media_test

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/sandbox"
)

// TestFileWaitsForItsProgram, however often it was tried, and is made once the
// program is there.
func TestFileWaitsForItsProgram(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.attachedClip(clip(t, "a.wav", "1", ""))
	there := b.processor.Box.Programs
	b.processor.Box.Programs = []string{t.TempDir()}
	job := &river.Job[media.ProcessArgs]{JobRow: &rivertype.JobRow{Attempt: 9}, Args: media.ProcessArgs{Media: id}}
	var snooze *river.JobSnoozeError
	if err := b.processor.Work(t.Context(), job); !errors.As(err, &snooze) || b.state() != media.Waiting {
		t.Fatalf("it is %s, %v", b.state(), err)
	}
	b.processor.Box.Programs = there
	if b.process(id); b.state() != media.Ready {
		t.Errorf("it is %s", b.state())
	}
}

// TestWithoutWalls is --sandbox=none, which an operator may choose.
func TestWithoutWalls(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"photo", "film"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.processor.Box = sandbox.New(sandbox.None, slog.New(slog.DiscardHandler))
			if err := b.processor.Box.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
			var id media.ID
			if name == "photo" {
				id, _ = b.attached()
			} else {
				id = b.attachedClip(clip(t, "a.mp4", "1", "160x120"))
			}
			var made int
			b.process(id)
			if b.scan("SELECT count(*) FROM rendition WHERE bytes > 0", &made); b.state() != media.Ready || made == 0 {
				t.Errorf("it is %s, with %d renditions", b.state(), made)
			}
		})
	}
}

package recording_test

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/indywire/indywire/internal/sandbox"
)

// openBox gives the real sandbox; without bubblewrap and its tools the test fails.
func openBox(t testing.TB) *sandbox.Box {
	t.Helper()
	box := sandbox.New(sandbox.Bwrap, slog.New(slog.DiscardHandler))
	if err := box.Probe(t.Context()); err != nil {
		t.Fatalf("Probe: %v", err)
	}
	return box
}

// Where ffmpeg gets pictures and sound from, two seconds of each.
const (
	pictures = "testsrc=duration=2:size=320x240:rate=10"
	sound    = "sine=frequency=440:duration=2:sample_rate=44100"
)

// makeFile has the system's own ffmpeg write a file, for tests to send.
func makeFile(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	all := append([]string{"-nostdin", "-v", "error", "-y"}, args...)
	if said, err := exec.Command("ffmpeg", append(all, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg for %s: %v\n%s", name, err, said)
	}
	return path
}

// film is makeFile of pictures and sound.
func film(t testing.TB, name string, args ...string) string {
	t.Helper()
	return makeFile(t, name, append([]string{"-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound}, args...)...)
}

// tone is makeFile of sound.
func tone(t testing.TB, name string, args ...string) string {
	t.Helper()
	return makeFile(t, name, append([]string{"-f", "lavfi", "-i", sound}, args...)...)
}

func bytesOf(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

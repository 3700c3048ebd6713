package sandbox_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/sandbox"
)

// probeWith probes with another bwrap first in PATH; an empty script: with none.
func probeWith(t *testing.T, script string) (*sandbox.Box, error) {
	t.Helper()
	dir := t.TempDir()
	if script == "" {
		t.Setenv("PATH", dir)
	} else {
		t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
		if err := os.WriteFile(filepath.Join(dir, "bwrap"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	box := sandbox.New(sandbox.Bwrap, slog.New(slog.DiscardHandler))
	return box, box.Probe(t.Context())
}

const untilCommand = `[ "$1" = --help ] && exit 0
while [ "$1" != -- ]; do shift; done; shift; export PATH=/usr/bin:/bin; `

// Not parallel: they set PATH for the process.
func TestProbeSaysWhatToDo(t *testing.T) {
	for name, test := range map[string]struct{ script, want string }{
		"no bubblewrap": {"", "install bubblewrap"},
		"broken":        {"exit 1", "install a working bubblewrap"},
		"forbidden":     {`[ "$1" = --help ] && exit 0; echo "bwrap: No permissions to create new namespace" >&2; exit 1`, "allow user namespaces"},
		"no vips":       {untilCommand + `echo "prlimit: failed to execute vips" >&2; exit 127`, "install vips"},
		"another vips":  {untilCommand + `echo hello`, "install vips"},
		"no walls":      {untilCommand + `exec "$@"`, "let a file of the host be seen"},
		"no net wall":   {untilCommand + `case "$*" in *trial*) exit 42;; esac; exec "$@"`, "allow network namespaces"},
	} {
		t.Run(name, func(t *testing.T) {
			box, err := probeWith(t, test.script)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want a sentence with %q", err, test.want)
			}
			if _, err := box.Run(t.Context(), shell("true")); box.Usable() || !fault.Is(err, fault.Busy) {
				t.Errorf("a job ran after a failed trial: %v", err)
			}
		})
	}
}

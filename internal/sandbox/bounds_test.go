package sandbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/sandbox"
)

func TestTimeIsBounded(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, box *sandbox.Box) {
		out := t.TempDir()
		// A child that left the session and ignores signals must end as well.
		job := shell(`trap "" TERM HUP INT; (while :; do echo x >"$1/alive"; sleep 0.05; done) & wait`, sandbox.OutPath)
		job.OutDir, job.Timeout = out, 500*time.Millisecond
		begun := time.Now()
		_, err := box.Run(t.Context(), job)
		if !errors.Is(err, sandbox.ErrTimeout) || time.Since(begun) > 8*time.Second {
			t.Errorf("%v after %v, want ErrTimeout", err, time.Since(begun))
		}
		time.Sleep(200 * time.Millisecond)
		_ = os.Remove(filepath.Join(out, "alive"))
		time.Sleep(300 * time.Millisecond)
		if _, err := os.Stat(filepath.Join(out, "alive")); err == nil {
			t.Error("a child outlived its job")
		}
	})
}

func TestTheContextEndsARun(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := box.Run(ctx, shell("sleep 20")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, box *sandbox.Box) {
		// tail keeps its whole input where no line ends.
		job := shell(`head -c 600000000 /dev/zero | tail -c 600000000 | (sleep 5; wc -c)`)
		job.MemoryBytes = 100 << 20
		if _, err := box.Run(t.Context(), job); !errors.Is(err, sandbox.ErrTooMuch) {
			t.Errorf("got %v, want ErrTooMuch", err)
		}
		job = shell(`head -c 10000000 /dev/zero | tail -c 10000000 | wc -c`)
		job.MemoryBytes = 100 << 20
		if _, err := box.Run(t.Context(), job); err != nil {
			t.Errorf("a modest job: %v", err)
		}
	})
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"one file":   `head -c 50000000 /dev/zero >"$1/a"`,
		"many files": `for i in $(seq 40); do head -c 500000 /dev/zero >"$1/$i"; done; sleep 1`,
		"no bytes":   `for i in $(seq 2000); do : >"$1/$i"; done; sleep 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachMode(t, func(t *testing.T, box *sandbox.Box) {
				job := shell("set -e; "+script, sandbox.OutPath)
				job.OutDir, job.OutputBytes = t.TempDir(), 1<<20
				if _, err := box.Run(t.Context(), job); !errors.Is(err, sandbox.ErrTooMuch) && !errors.Is(err, sandbox.ErrFailed) {
					t.Errorf("got %v, want ErrTooMuch", err)
				}
			})
		})
	}
}

func TestAForkBombIsBounded(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	if result, err := box.Run(t.Context(), shell(`for i in $(seq 500); do sleep 3 & done; wait`)); err == nil {
		t.Errorf("500 processes ran: %s", result.Stderr)
	}
	if _, err := box.Run(t.Context(), shell(`for i in $(seq 20); do sleep 0.1 & done; wait`)); err != nil {
		t.Errorf("20 processes did not: %v", err)
	}
}

func TestWhatIsSaidIsBounded(t *testing.T) {
	t.Parallel()
	result, err := open(t, sandbox.Bwrap).Run(t.Context(), shell("head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2"))
	if err != nil || len(result.Stdout) != 64<<10 || len(result.Stderr) != 64<<10 {
		t.Errorf("%d and %d bytes kept, %v", len(result.Stdout), len(result.Stderr), err)
	}
}

func TestParallelRunsAreBounded(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	box.Parallel = 1
	first := make(chan error, 1)
	out := t.TempDir()
	job := shell(`: >"$1/begun"; while [ ! -e "$1/go" ]; do sleep 0.02; done`, sandbox.OutPath)
	job.OutDir = out
	go func() { _, err := box.Run(context.WithoutCancel(t.Context()), job); first <- err }()
	for !exists(filepath.Join(out, "begun")) {
		time.Sleep(10 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := box.Run(ctx, shell("true")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second run did not wait: %v", err)
	}
	if err := os.WriteFile(filepath.Join(out, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-first; err != nil {
		t.Errorf("first run: %v", err)
	}
	if _, err := box.Run(t.Context(), shell("true")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

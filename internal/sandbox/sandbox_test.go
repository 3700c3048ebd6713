package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/sandbox"
)

// open gives a box that works; without bubblewrap and vips the test fails.
func open(t *testing.T, mode sandbox.Mode) *sandbox.Box {
	t.Helper()
	box := sandbox.New(mode, slog.New(slog.DiscardHandler))
	if err := box.Probe(t.Context()); err != nil {
		t.Fatalf("Probe: %v", err)
	}
	return box
}

// shell is a job that runs a script; the script sees args as $1 and so on.
func shell(script string, args ...string) sandbox.Job {
	return sandbox.Job{Tool: "bash", Args: append([]string{"-c", script, "sh"}, args...), Timeout: 20 * time.Second}
}

// eachMode runs a test in both modes, for what must hold in either.
func eachMode(t *testing.T, test func(t *testing.T, box *sandbox.Box)) {
	for _, mode := range []sandbox.Mode{sandbox.Bwrap, sandbox.None} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			test(t, open(t, mode))
		})
	}
}

func TestNothingRunsBeforeProbe(t *testing.T) {
	t.Parallel()
	box := sandbox.New(sandbox.Bwrap, slog.New(slog.DiscardHandler))
	if _, err := box.Run(t.Context(), shell("true")); !fault.Is(err, fault.Busy) {
		t.Errorf("Run before Probe: %v, want fault.Busy", err)
	}
	if box.Usable() {
		t.Error("usable before Probe")
	}
	if err := sandbox.New("chroot", slog.New(slog.DiscardHandler)).Probe(t.Context()); err == nil {
		t.Error("an unknown mode passed Probe")
	}
}

func TestNoneWarnsAtEachStart(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	box := sandbox.New(sandbox.None, slog.New(slog.NewTextHandler(&said, nil)))
	for range 2 {
		if err := box.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(said.String(), "level=WARN"); got != 2 || !box.Usable() {
		t.Errorf("%d warnings, usable %v; want 2, true", got, box.Usable())
	}
}

func TestInputIsReadAndOutputWritten(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, box *sandbox.Box) {
		dir := t.TempDir()
		// Only its owner may enter, as with a server's data; the name is one
		// that libvips would take for options.
		private := filepath.Join(dir, "a [strip] b")
		out := filepath.Join(private, "out")
		if err := os.MkdirAll(out, 0o700); err != nil {
			t.Fatal(err)
		}
		in := filepath.Join(private, "in")
		if err := os.WriteFile(in, []byte("hello"), 0o400); err != nil {
			t.Fatal(err)
		}
		job := shell(`cat "$1" >"$2/copy"; echo said; echo wrong >&2`, sandbox.InputPath, sandbox.OutPath)
		job.Input, job.OutDir = in, out
		result, err := box.Run(t.Context(), job)
		if err != nil {
			t.Fatalf("Run: %v (%s)", err, result.Stderr)
		}
		if copied, err := os.ReadFile(filepath.Join(out, "copy")); string(copied) != "hello" {
			t.Errorf("copy holds %q, %v", copied, err)
		}
		if string(result.Stdout) != "said\n" || string(result.Stderr) != "wrong\n" {
			t.Errorf("said %q and %q", result.Stdout, result.Stderr)
		}
	})
}

func TestHostFilesAreOutOfReach(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	canary := filepath.Join(t.TempDir(), "canary")
	if err := os.WriteFile(canary, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{canary, "/etc/passwd", "/etc/hostname", "/proc/self", "/sys/kernel", "/home", "/root", "/var", "/run"} {
		result, err := box.Run(t.Context(), shell(`[ ! -e "$1" ]`, path))
		if err != nil {
			t.Errorf("%s is visible inside: %v %s", path, err, result.Stderr)
		}
	}
}

func TestNothingIsWritableButTheOutput(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	job := shell(`for d in / /usr /usr/bin /dev /dev/shm /indywire "$1"; do
		if (echo x >"$d/x") 2>/dev/null || (echo x >>"$d") 2>/dev/null; then echo "wrote $d"; fi; done`, sandbox.InputPath)
	job.Input = filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(job.Input, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	result, err := box.Run(t.Context(), job)
	if err != nil || len(result.Stdout) > 0 {
		t.Errorf("%v: %s%s", err, result.Stdout, result.Stderr)
	}
}

func TestNoNetwork(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	job := shell(`exec 3<>"/dev/tcp/127.0.0.1/$1"`, port)
	// The same script connects without walls: the test can fail.
	if _, err := open(t, sandbox.None).Run(t.Context(), job); err != nil {
		t.Fatalf("not even without the sandbox: %v", err)
	}
	if _, err := open(t, sandbox.Bwrap).Run(t.Context(), job); !errors.Is(err, sandbox.ErrFailed) {
		t.Errorf("connected from inside (%v)", err)
	}
}

func TestWhoAToolIsInside(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	result, err := box.Run(t.Context(), shell(`id -u; id -g; hostname 2>/dev/null || uname -n; unshare -U true 2>/dev/null && echo nested; ulimit -c`))
	want := "65534\n65534\nsandbox\n0\n"
	if err != nil || string(result.Stdout) != want {
		t.Errorf("got %q, %v; want %q", result.Stdout, err, want)
	}
}

func TestTheEnvironmentStaysOutside(t *testing.T) {
	t.Setenv("INDYWIRE_DATABASE", "postgres://secret")
	for _, mode := range []sandbox.Mode{sandbox.Bwrap, sandbox.None} {
		result, err := open(t, mode).Run(t.Context(), sandbox.Job{Tool: "env"})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(result.Stdout, []byte("INDYWIRE")) || !bytes.Contains(result.Stdout, []byte("VIPS_BLOCK_UNTRUSTED=1")) {
			t.Errorf("%s: %s", mode, result.Stdout)
		}
	}
}

func TestPlantedLinksAreRefused(t *testing.T) {
	t.Parallel()
	box := open(t, sandbox.Bwrap)
	for _, script := range []string{`ln -s /etc/passwd "$1/photo"`, `mkfifo "$1/photo"`, `mkdir "$1/d"; ln -s / "$1/d/photo"`} {
		job := shell(script, sandbox.OutPath)
		job.OutDir = t.TempDir()
		_, err := box.Run(t.Context(), job)
		if !errors.Is(err, sandbox.ErrFailed) || strings.Contains(fmt.Sprint(err), job.OutDir) {
			t.Errorf("%s: %v", script, err)
		}
	}
}

func TestErrorsNameNoFile(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, box *sandbox.Box) {
		job := sandbox.Job{Tool: "cat", Args: []string{sandbox.InputPath + "/x"}, Input: filepath.Join(t.TempDir(), "jane-doe.jpg")}
		if err := os.WriteFile(job.Input, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := box.Run(t.Context(), job)
		if !errors.Is(err, sandbox.ErrFailed) || strings.Contains(err.Error(), "jane") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhatAToolSaysIsHeardWhileItRuns(t *testing.T) {
	t.Parallel()
	eachMode(t, func(t *testing.T, box *sandbox.Box) {
		out := t.TempDir()
		// It ends only once what it said has been heard.
		job := shell(`echo begun; while [ ! -e "$1/heard" ]; do sleep 0.02; done; nice`, sandbox.OutPath)
		job.OutDir, job.Nice = out, 7
		job.Stdout = writer(func(p []byte) {
			if bytes.Contains(p, []byte("begun")) {
				if err := os.WriteFile(filepath.Join(out, "heard"), nil, 0o600); err != nil {
					t.Error(err)
				}
			}
		})
		result, err := box.Run(t.Context(), job)
		if err != nil || string(result.Stdout) != "begun\n7\n" {
			t.Errorf("%v, said %q", err, result.Stdout)
		}
	})
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

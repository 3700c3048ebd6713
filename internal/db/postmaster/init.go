package postmaster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// InitDB makes the data directory, unless it is there. parent must exist and
// belong to the account. A half-made one, left by a crash, is made anew: it
// carries another name until it is whole. quick leaves out what guards against
// a failing disk or power cut, for tests.
func (p Programs) InitDB(ctx context.Context, a Account, data string, quick bool) error {
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	if err := clearUnfinished(data); err != nil {
		return err
	}
	unfinished := data + ".new-" + rand.Text()
	cmd := exec.CommandContext(ctx, filepath.Join(p.Dir, "initdb"), p.initArgs(unfinished, quick)...)
	a.prepare(cmd, filepath.Dir(data))
	// Killed with us, and under a name of its own even so: the next start must
	// not meet an initdb that is still writing.
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	runtime.LockOSThread() // the death signal is the thread's
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("initdb failed: %w: %s", err, lastLines(string(out))), clearUnfinished(data))
	}
	if err := os.Rename(unfinished, data); err != nil {
		return fmt.Errorf("put the new database in place: %w", err)
	}
	if quick {
		return nil
	}
	return syncDir(filepath.Dir(data))
}

// syncDir makes a rename last over a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open a directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("write a directory to disk: %w", err)
	}
	return nil
}

func clearUnfinished(data string) error {
	parent := filepath.Dir(data)
	entries, err := os.ReadDir(parent)
	if err != nil {
		return fmt.Errorf("look for half-made databases: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filepath.Base(data)+".new-") {
			continue
		}
		if err := os.RemoveAll(filepath.Join(parent, e.Name())); err != nil {
			return fmt.Errorf("clear a half-made database: %w", err)
		}
	}
	return nil
}

// initArgs choose a locale that sorts by code point and knows the case of all
// letters, the same on every machine and after every update of its C library.
// Trust is safe: the only way in is a socket in a directory of mode 0700.
func (p Programs) initArgs(data string, quick bool) []string {
	args := []string{
		"--pgdata=" + data, "--username=" + Superuser, "--encoding=UTF8", "--locale=C.UTF-8",
		"--auth-local=trust", "--auth-host=reject", "--no-instructions",
	}
	if p.Major >= 17 {
		args = append(args, "--locale-provider=builtin")
	}
	if quick {
		return append(args, "--no-sync")
	}
	return append(args, "--data-checksums")
}

func lastLines(out string) string {
	lines := strings.FieldsFunc(out, func(r rune) bool { return r == '\n' })
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}

// ErrSocketPath is returned for a socket whose path the system cannot take.
var ErrSocketPath = errors.New("the path is too long, or has a comma in it, for a socket")

// CheckSocketDir tells whether a server's socket fits in dir: 107 bytes are
// what sockaddr_un holds, and a comma parts hosts in a connection string.
func CheckSocketDir(dir string) error {
	if len(filepath.Join(dir, ".s.PGSQL.5432")) > 107 || strings.Contains(dir, ",") {
		return ErrSocketPath
	}
	return nil
}

package postmaster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// InitDB makes the data directory, unless it is there. parent must exist and
// belong to the account. A half-made one, left by a crash, is made anew: it
// carries another name until it is whole. quick leaves out what guards against
// a failing disk or power cut, for tests.
func (p Programs) InitDB(ctx context.Context, a Account, data string, quick bool) error {
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	unfinished := data + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return fmt.Errorf("clear a half-made database: %w", err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(p.Dir, "initdb"), p.initArgs(unfinished, quick)...)
	a.prepare(cmd, filepath.Dir(data))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb failed: %w: %s", err, lastLines(string(out)))
	}
	if err := os.Rename(unfinished, data); err != nil {
		return fmt.Errorf("put the new database in place: %w", err)
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

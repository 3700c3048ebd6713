// Package postmaster handles PostgreSQL as a program: it finds the installed
// versions, makes a data directory, and starts, recognises and stops a server as
// an unprivileged user. embedded and dbtest build on it; neither needs pg_ctl or
// a packaged service. It relies on Linux (/proc, death signals).
package postmaster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OldestMajor is the oldest version of PostgreSQL that the schema works with.
const OldestMajor = 15

// ErrNoPrograms is returned when no usable PostgreSQL is installed.
var ErrNoPrograms = errors.New("no PostgreSQL 15 or newer found on PATH or under /usr/lib/postgresql: " +
	"install the package postgresql, or name a server with --database")

// Programs is one installed version: the directory that holds initdb and postgres.
type Programs struct {
	Dir   string
	Major int
}

// Installed lists the usable versions, newest first; of equal ones the one on
// PATH comes first. An empty list is ErrNoPrograms.
func Installed(ctx context.Context) ([]Programs, error) {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	// Debian keeps the server's programs off PATH, one directory a version.
	packaged, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	return installedIn(ctx, append(dirs, packaged...))
}

func installedIn(ctx context.Context, dirs []string) ([]Programs, error) {
	var found []Programs
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) || !executable(filepath.Join(dir, "postgres")) || !executable(filepath.Join(dir, "initdb")) {
			continue
		}
		p, err := inspect(ctx, dir)
		if err != nil || p.Major < OldestMajor {
			continue // no or no usable server there; the next may be
		}
		found = append(found, p)
	}
	if len(found) == 0 {
		return nil, ErrNoPrograms
	}
	slices.SortStableFunc(found, func(a, b Programs) int { return b.Major - a.Major })
	return found, nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func inspect(ctx context.Context, dir string) (Programs, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Programs{}, fmt.Errorf("ask postgres for its version: %w", err)
	}
	major, err := majorOf(string(out))
	return Programs{Dir: dir, Major: major}, err
}

// majorOf reads "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" and "18beta1".
func majorOf(version string) (int, error) {
	m := regexp.MustCompile(`\(PostgreSQL\) (\d+)`).FindStringSubmatch(version)
	if m == nil {
		return 0, fmt.Errorf("unknown version of PostgreSQL: %q", strings.TrimSpace(version))
	}
	major, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, fmt.Errorf("version of PostgreSQL: %w", err)
	}
	return major, nil
}

// ForData picks the programs that fit a data directory: those of its own
// version if it has been made before, else the newest.
func ForData(installed []Programs, data string) (Programs, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return installed[0], nil
	}
	if err != nil {
		return Programs{}, fmt.Errorf("read the version of the database files: %w", err)
	}
	version := strings.TrimSpace(string(text))
	for _, p := range installed {
		if strconv.Itoa(p.Major) == version {
			return p, nil
		}
	}
	return Programs{}, fmt.Errorf("the database files in %s belong to PostgreSQL %s, but installed is %s: "+
		"install PostgreSQL %s, or move them over with pg_upgrade", data, version, versions(installed), version)
}

func versions(installed []Programs) string {
	var names []string
	for _, p := range installed {
		names = append(names, strconv.Itoa(p.Major))
	}
	return strings.Join(slices.Compact(names), ", ")
}

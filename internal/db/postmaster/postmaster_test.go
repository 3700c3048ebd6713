package postmaster

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMajorOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1\n":                        18,
		"postgres (PostgreSQL) 9.6.24":                           9,
		"something else 15":                                      0,
	} {
		got, err := majorOf(text)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, error %v; want %d", text, got, err, want)
		}
	}
}

// install makes a directory that claims to hold a version.
func install(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestInstalledIn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	if _, err := installedIn(ctx, []string{t.TempDir(), install(t, "14.9"), "relative"}); !errors.Is(err, ErrNoPrograms) {
		t.Errorf("nothing usable gave %v", err)
	}
	old, other, recent := install(t, "15.2"), install(t, "15.8"), install(t, "17.1")
	got, err := installedIn(ctx, []string{old, other, recent, install(t, "13.1")})
	want := []Programs{{recent, 17}, {old, 15}, {other, 15}}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("got %v, error %v; want %v", got, err, want)
	}
}

func TestForData(t *testing.T) {
	t.Parallel()
	installed := []Programs{{"/17", 17}, {"/15", 15}}
	data := t.TempDir()
	if p, err := ForData(installed, data); err != nil || p.Major != 17 {
		t.Errorf("new data: %v, error %v; want the newest", p, err)
	}
	for version, want := range map[string]int{"15": 15, "17": 17, "16": 0, "9.6": 0} {
		if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(version+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := ForData(installed, data)
		if p.Major != want || (err == nil) != (want != 0) {
			t.Errorf("data of %s: %v, error %v; want %d", version, p, err, want)
		}
		if err != nil && (!strings.Contains(err.Error(), "PostgreSQL "+version) || !strings.Contains(err.Error(), "17, 15")) {
			t.Errorf("the error names neither side: %v", err)
		}
	}
}

func TestCheckSocketDir(t *testing.T) {
	t.Parallel()
	if err := CheckSocketDir("/srv/indywire/postgres/socket"); err != nil {
		t.Error(err)
	}
	fits := "/" + strings.Repeat("x", 107-len("//.s.PGSQL.5432"))
	if err := CheckSocketDir(fits); err != nil {
		t.Errorf("107 bytes were refused: %v", err)
	}
	for _, dir := range []string{fits + "x", "/a,b"} {
		if err := CheckSocketDir(dir); !errors.Is(err, ErrSocketPath) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestAStrangerIsNoServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	pidFile := filepath.Join(data, "postmaster.pid")
	sleeper := exec.Command("sleep", "60")
	sleeper.Dir = data
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sleeper.Process.Kill(); _ = sleeper.Wait() })
	for _, pid := range []string{strconv.Itoa(sleeper.Process.Pid), "0", "-1", "1", "junk", ""} {
		if err := os.WriteFile(pidFile, []byte(pid+"\nrest\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if p := Running(data); p != nil {
			t.Errorf("process %q counts as a server", pid)
		}
	}
	files := []string{pidFile, filepath.Join(t.TempDir(), ".s.PGSQL.5432.lock")}
	for _, file := range files {
		if err := os.WriteFile(file, []byte(strconv.Itoa(sleeper.Process.Pid)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := ClearAfterCrash(data, filepath.Dir(files[1])); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a %s that names a stranger stays: %v", filepath.Base(file), err)
		}
	}
	if err := sleeper.Process.Signal(os.Interrupt); err != nil {
		t.Errorf("the stranger was ended: %v", err)
	}
}

func TestMakeDirFollowsNoLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Mkdir(target, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	account, err := Unprivileged()
	if err != nil {
		t.Fatal(err)
	}
	if err := account.MakeDir(link); err == nil {
		t.Error("a link was taken for a directory")
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the link's target was changed: %v", err)
	}
}

//go:build linux

package drill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/indywire/indywire/internal/db/postmaster"
)

// StoreVersion is that of versitygw; the Makefile builds the same.
const StoreVersion = "v1.8.0"

// tools are the programs of a network, copied to where an unprivileged user reaches them: PostgreSQL does not run as root,
// and a checkout may lie in a home that is closed to others.
type tools struct {
	as                     *syscall.Credential
	etcd, patroni, modules string
	postgres               string // folder of PostgreSQL's programs
	store, indywire        string
}

// MissingTools says in a sentence what is not there, or nothing where all is.
func MissingTools(ctx context.Context, root string) string {
	if _, err := postgres(ctx); err != nil {
		return "PostgreSQL is missing; scripts/setup run installs it: " + err.Error()
	}
	for _, path := range []string{"usr/bin/etcd", "usr/bin/patroni"} {
		if _, err := os.Stat(filepath.Join(unpacked(root), path)); err != nil {
			return "etcd and Patroni are not unpacked in .cache/drill; scripts/setup drill fetches them"
		}
	}
	if _, err := os.Stat(built(root)); err != nil {
		return "versitygw is not built in .cache/bin; make test does it"
	}
	return ""
}

// built is where the Makefile has put the store.
func built(root string) string {
	return filepath.Join(root, ".cache", "bin", "versitygw@"+StoreVersion, "versitygw")
}

// postgres is the newest that is installed whole: Patroni leans on more than the server.
func postgres(ctx context.Context) (postmaster.Programs, error) {
	installed, err := postmaster.Installed(ctx)
	if err != nil {
		return postmaster.Programs{}, err
	}
	for _, p := range installed {
		whole := true
		for _, name := range []string{"pg_isready", "pg_basebackup", "pg_rewind", "pg_controldata"} {
			_, err := os.Stat(filepath.Join(p.Dir, name))
			whole = whole && err == nil
		}
		if whole {
			return p, nil
		}
	}
	return postmaster.Programs{}, errors.New("pg_rewind is in the folder of no PostgreSQL")
}

// unpacked is where scripts/setup has put etcd and Patroni.
func unpacked(root string) string { return filepath.Join(root, ".cache", "drill") }

// gather copies the tools into the network's folder. indywire and the store are built, where asked for.
func gather(ctx context.Context, root, folder string) (tools, error) {
	programs, err := postgres(ctx)
	if err != nil {
		return tools{}, err
	}
	as, err := unprivileged()
	if err != nil {
		return tools{}, err
	}
	own := filepath.Join(folder, "tools")
	t := tools{
		as: as, postgres: programs.Dir, etcd: filepath.Join(own, "etcd"), patroni: filepath.Join(own, "patroni"),
		modules: filepath.Join(own, "modules"), store: filepath.Join(own, "versitygw"), indywire: filepath.Join(own, "indywire"),
	}
	if err := os.Mkdir(own, 0o755); err != nil {
		return tools{}, err
	}
	// cp keeps what may be executed
	from := filepath.Join(unpacked(root), "usr")
	for to, source := range map[string]string{t.etcd: "bin/etcd", t.patroni: "bin/patroni", t.modules: "lib/python3/dist-packages"} {
		if err := run(ctx, root, "cp", "-r", filepath.Join(from, source), to); err != nil {
			return tools{}, err
		}
	}
	return t, nil
}

// build adds Indywire itself and the store.
func (t tools) build(ctx context.Context, root string) error {
	return errors.Join(
		run(ctx, root, "cp", built(root), t.store),
		run(ctx, root, "go", "build", "-o", t.indywire, "./cmd/indywire"),
	)
}

// versions names the programs that are drilled beside Indywire, as they name themselves.
func (t tools) versions(ctx context.Context) (string, error) {
	var all []string
	for _, program := range [][]string{
		{filepath.Join(t.postgres, "postgres"), "--version"}, {"/usr/bin/python3", t.patroni, "--version"}, {t.etcd, "--version"},
	} {
		cmd := exec.CommandContext(ctx, program[0], program[1:]...)
		cmd.Env = t.environment()
		said, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("%s: %w", program[0], err)
		}
		first, _, _ := strings.Cut(string(said), "\n")
		all = append(all, strings.TrimSpace(first))
	}
	return strings.Join(all, ", "), nil
}

func run(ctx context.Context, folder, name string, arguments ...string) error {
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir = folder
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}

func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no unprivileged user to run PostgreSQL as")
}

// environment is all that our programs see of ours.
func (t tools) environment(more ...string) []string {
	return append([]string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "PYTHONPATH=" + t.modules}, more...)
}

package dbtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/indywire/indywire/internal/db/postmaster"
)

// slot is a place for one server's files, held by one process at a time through
// a lock that the kernel releases with the process. There are as many as test
// processes ever ran at once.
type slot struct {
	programs postmaster.Programs
	account  postmaster.Account
	home     string
	lock     *os.File // kept open as long as the process lives
}

const maxSlots = 64

func takeSlot(ctx context.Context) (*slot, error) {
	installed, err := postmaster.Installed(ctx)
	if err != nil {
		return nil, err
	}
	account, err := postmaster.Unprivileged()
	if err != nil {
		return nil, err
	}
	base, err := baseDir(ctx, installed[0], account)
	if err != nil {
		return nil, err
	}
	for n := range maxSlots {
		home := filepath.Join(base, "pg"+strconv.Itoa(installed[0].Major)+"-"+strconv.Itoa(n))
		lock, err := tryLock(home + ".lock")
		if err != nil {
			return nil, err
		}
		if lock != nil {
			s := &slot{programs: installed[0], account: account, home: home, lock: lock}
			return s, s.prepare()
		}
	}
	return nil, errors.New("all places for test databases are taken")
}

// baseDir is a directory of ours that the server's account reaches. A long or
// closed TMPDIR will not do; /tmp does.
func baseDir(ctx context.Context, p postmaster.Programs, a postmaster.Account) (string, error) {
	name := fmt.Sprintf("indywire-test-%d-%d", os.Geteuid(), a.UID)
	var last error
	for _, parent := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		dir := filepath.Join(parent, name)
		if last = postmaster.CheckSocketDir(filepath.Join(dir, "pg00-00", "socket")); last != nil {
			continue
		}
		if last = makeOwn(dir); last != nil {
			continue
		}
		if a.CanReach(ctx, p, dir) {
			return dir, nil
		}
		last = fmt.Errorf("the user that PostgreSQL runs as cannot reach %s", dir)
	}
	return "", fmt.Errorf("no place for test databases: %w", last)
}

// makeOwn makes the directory, or takes it if nobody else made it first.
func makeOwn(dir string) error {
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make a directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at a directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(owner.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not ours alone to write", dir)
	}
	return nil
}

// tryLock gives nil without an error when somebody else holds the lock.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open a lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close() // nothing was written
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("take a lock: %w", err)
}

func (s *slot) data() string   { return filepath.Join(s.home, "data") }
func (s *slot) socket() string { return filepath.Join(s.home, "socket") }

// prepare makes the directories, ends what an earlier process left running, and
// throws files away that were written before the machine last started: without
// fsync they may be anything.
func (s *slot) prepare() error {
	if err := postmaster.ClearAfterCrash(s.data(), s.socket()); err != nil {
		return err
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return fmt.Errorf("read the boot's id: %w", err)
	}
	mark := s.home + ".boot"
	if known, err := os.ReadFile(mark); err != nil || !bytes.Equal(known, boot) {
		if err := os.RemoveAll(s.home); err != nil {
			return fmt.Errorf("clear a place for test databases: %w", err)
		}
		if err := os.WriteFile(mark, boot, 0o600); err != nil {
			return fmt.Errorf("mark a place for test databases: %w", err)
		}
	}
	return s.makeDirs()
}

func (s *slot) makeDirs() error {
	if err := s.account.MakeDir(s.home); err != nil {
		return err
	}
	return s.account.MakeDir(s.socket())
}

func (s *slot) wipe() error {
	if err := postmaster.ClearAfterCrash(s.data(), s.socket()); err != nil {
		return err
	}
	if err := os.RemoveAll(s.home); err != nil {
		return fmt.Errorf("clear a place for test databases: %w", err)
	}
	return s.makeDirs()
}

// launch starts a server that does not wait for the disk.
func (s *slot) launch(ctx context.Context) error {
	if err := s.programs.InitDB(ctx, s.account, s.data(), true); err != nil {
		return err
	}
	p, err := s.programs.Launch(s.account, postmaster.Options{
		Data: s.data(), Socket: s.socket(), Log: filepath.Join(s.home, "log"), DieWithUs: true,
		Settings: map[string]string{
			"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
			"max_connections": "400", "shared_buffers": "64MB", "max_wal_size": "256MB",
			"autovacuum": "off",
		},
	})
	if err != nil {
		return err
	}
	return p.Ready(ctx, postmaster.URL(s.socket(), "postgres"))
}

package postmaster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Running finds the server of a data directory, whoever started it; nil if
// there is none. A postmaster.pid left by a crash is not believed: its number
// may be another program's by now.
func Running(data string) *Process {
	pid := pidInFile(filepath.Join(data, "postmaster.pid"))
	if pid <= 1 || !worksIn(pid, data) {
		return nil
	}
	return &Process{PID: pid, data: data}
}

func pidInFile(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}

// worksIn tells whether the process is a living postgres whose working
// directory is data, as that of every process of a server is.
func worksIn(pid int, data string) bool {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	here, err := os.Stat(data)
	if err != nil {
		return false
	}
	there, err := os.Stat(filepath.Join(proc, "cwd"))
	if err != nil || !os.SameFile(here, there) {
		return false
	}
	name, err := os.ReadFile(filepath.Join(proc, "comm"))
	return err == nil && strings.HasPrefix(string(name), "postgres") && !zombie(proc)
}

// zombie tells whether the process has ended and nobody has asked for its
// status; in a container without an init it stays so.
func zombie(proc string) bool {
	stat, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return true
	}
	after := stat[bytes.LastIndexByte(stat, ')')+1:]
	return bytes.HasPrefix(bytes.TrimSpace(after), []byte("Z"))
}

// Alive tells whether the server's first process lives.
func (s *Process) Alive() bool {
	if s.done == nil {
		return worksIn(s.PID, s.data)
	}
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// Stop ends the server: connections are cut, all is written to disk. After
// patience it is ended without that last part; nothing committed is lost.
func (s *Process) Stop(patience time.Duration) error {
	for _, try := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, patience}, {syscall.SIGQUIT, 10 * time.Second}} {
		if !s.Alive() {
			return nil
		}
		if err := syscall.Kill(s.PID, try.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		if s.gone(try.wait) {
			return nil
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) does not stop", s.PID)
}

func (s *Process) gone(within time.Duration) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if !s.Alive() {
			return true
		}
	}
	return !s.Alive()
}

// ClearAfterCrash makes a data directory without a server ready for one. What
// is left of a server whose first process was killed is ended: as long as it
// lives, a new one refuses to start. A postmaster.pid, or a lock in the directory
// of its socket, whose number has gone to another program or to a process that
// nobody has asked for its end is removed, for PostgreSQL would believe it. The
// caller must be sure that nobody else starts a server there meanwhile.
func ClearAfterCrash(data, socket string) error {
	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			left := remains(data)
			if len(left) == 0 {
				return errors.Join(
					removeStrangersPID(filepath.Join(data, "postmaster.pid")),
					removeStrangersPID(filepath.Join(socket, ".s.PGSQL.5432.lock")))
			}
			for _, pid := range left {
				_ = syscall.Kill(pid, signal) // it may have just ended by itself
			}
		}
	}
	return fmt.Errorf("processes of a crashed PostgreSQL in %s do not end", data)
}

func remains(data string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && worksIn(pid, data) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func removeStrangersPID(file string) error {
	pid := pidInFile(file)
	if pid <= 1 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return nil // PostgreSQL sees that itself, and checks its shared memory as well
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove a stale %s: %w", filepath.Base(file), err)
	}
	return nil
}

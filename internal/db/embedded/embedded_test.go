package embedded

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db/postmaster"
)

// openDir is a directory that every user can pass through, unlike t.TempDir.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func startIn(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := start(t.Context(), dir, filepath.Join(dir, "elsewhere"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
}

func exec(t *testing.T, s *Server, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL())
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func value(t *testing.T, s *Server, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL())
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(context.Background())
	var v string
	if err := conn.QueryRow(context.Background(), sql).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func pidOf(t *testing.T, s *Server) int {
	t.Helper()
	p := postmaster.Running(s.place.data())
	if p == nil {
		t.Fatal("the server does not run")
	}
	return p.PID
}

func TestDataOutlivesAStop(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), "a new one", "data")
	s := startIn(t, dir)
	exec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	stop(t, s)
	if p := postmaster.Running(s.place.data()); p != nil {
		t.Errorf("still running after Stop: process %d", p.PID)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	if got := value(t, startIn(t, dir), "SELECT n::text FROM kept"); got != "42" {
		t.Errorf("kept %q, want 42", got)
	}
}

func TestHowItIsMade(t *testing.T) {
	t.Parallel()
	s := startIn(t, openDir(t))
	for setting, want := range map[string]string{
		"listen_addresses": "", "server_encoding": "UTF8", "data_checksums": "on", "fsync": "on",
		"log_statement": "none", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
		"log_min_messages": "log", "log_connections": "off", "log_parameter_max_length_on_error": "0",
		"TimeZone": "UTC",
	} {
		if got := value(t, s, "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := value(t, s, "SELECT lower('ÁÉÑ Ж')"); got != "áéñ ж" {
		t.Errorf("the locale knows no letters: %q", got)
	}
	noPort(t, pidOf(t, s))
	info, err := os.Stat(s.place.files())
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others can reach the socket: %v, error %v", info.Mode(), err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || owner.Uid == 0 {
		t.Error("the server runs as root")
	}
}

// noPort looks for the process's sockets among those that listen on TCP.
func noPort(t *testing.T, pid int) {
	t.Helper()
	fds, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	if err != nil || len(fds) == 0 {
		t.Fatalf("no open files to look at: %v", err)
	}
	var listening []byte
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/net/" + table)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		listening = append(listening, text...)
	}
	for _, fd := range fds {
		target, _ := os.Readlink(fd) // it may be closed by now
		inode, isSocket := strings.CutPrefix(target, "socket:[")
		if isSocket && bytes.Contains(listening, []byte(" "+strings.TrimSuffix(inode, "]")+" ")) {
			t.Errorf("the server listens on TCP: %s", target)
		}
	}
}

func TestTwoUsers(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	first := startIn(t, dir)
	second := startIn(t, dir)
	if first.URL() != second.URL() {
		t.Errorf("%s and %s", first.URL(), second.URL())
	}
	stop(t, first)
	exec(t, second, "SELECT 1")
	stop(t, second)
	if postmaster.Running(second.place.data()) != nil {
		t.Error("the last one left the server running")
	}
}

func TestManyStartAndStopAtOnce(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 2 {
				s, err := start(t.Context(), dir, "", slog.New(slog.DiscardHandler))
				if err != nil {
					t.Errorf("start: %v", err)
					return
				}
				conn, err := pgx.Connect(t.Context(), s.URL())
				if err != nil {
					t.Errorf("connect: %v", err)
				} else {
					_ = conn.Close(t.Context())
				}
				if err := s.Stop(); err != nil {
					t.Errorf("stop: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if postmaster.Running(place{home: dir}.data()) != nil {
		t.Error("the last one left the server running")
	}
}

func TestLogHoldsNoValue(t *testing.T) {
	t.Parallel()
	const canary = "Canary-2e90"
	s := startIn(t, openDir(t))
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for sql, args := range map[string][]any{
		"SELECT '" + canary + "'::int":                         nil,
		"SELECT $1::text::int":                                 {canary},
		"SELECT to_tsquery('simple', $1)":                      {canary + " & &"},
		"SELEKT " + canary:                                     nil,
		"DO $$ BEGIN RAISE EXCEPTION '" + canary + "'; END $$": nil,
		"DO $$ BEGIN RAISE WARNING '" + canary + "'; END $$":   nil,
		"SELECT * FROM " + strings.ReplaceAll(canary, "-", ""): nil,
	} {
		_, _ = conn.Exec(t.Context(), sql, args...) // most of these are to fail
	}
	pid := conn.PgConn().PID()
	time.AfterFunc(300*time.Millisecond, func() { _ = syscall.Kill(int(pid), syscall.SIGKILL) })
	if _, err := conn.Exec(t.Context(), "SELECT pg_sleep(20), '"+canary+"'"); err == nil {
		t.Error("the killed query succeeded")
	}
	stop(t, s)
	text, err := os.ReadFile(s.place.logFile())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("terminated by signal 9")) {
		t.Errorf("the log misses what an administrator needs:\n%s", text)
	}
	if bytes.Contains(text, []byte("anary")) {
		t.Errorf("the log holds a value:\n%s", text)
	}
}

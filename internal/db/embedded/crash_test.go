package embedded

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/postmaster"
	"github.com/indywire/indywire/internal/fault"
)

// ownerDir makes this test program, started by TestKilledOwner, the one that
// is killed.
const ownerDir = "INDYWIRE_TEST_OWNER_DIR"

func TestOwner(t *testing.T) {
	dir := os.Getenv(ownerDir)
	if dir == "" {
		return // the body is for the child alone
	}
	s, err := start(t.Context(), dir, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	_, _ = os.Stdout.WriteString("ready\n")
	time.Sleep(time.Minute)
}

func TestKilledOwner(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	owner := osexec.Command(os.Args[0], "-test.run=^TestOwner$")
	owner.Env = append(os.Environ(), ownerDir+"="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if killed := owner.Process.Kill(); err != nil || killed != nil || line != "ready\n" {
		t.Fatalf("the owner said %q, error %v, %v", line, err, killed)
	}
	_ = owner.Wait() // "signal: killed"
	before := postmaster.Running(place{home: dir}.data())
	if before == nil {
		t.Fatal("the server died with its owner")
	}
	s := startIn(t, dir)
	if pidOf(t, s) != before.PID {
		t.Error("the running server was not joined")
	}
	if got := value(t, s, "SELECT n::text FROM kept"); got != "42" {
		t.Errorf("kept %q, want 42", got)
	}
	stop(t, s)
	if before.Alive() {
		t.Error("the server was left running")
	}
}

func TestKilledPostmaster(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	s := startIn(t, dir)
	exec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	s.cancel() // let nobody start it again
	s.watched.Wait()
	// A busy backend outlives its postmaster for a while and would be in the way.
	busy, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close(context.Background())
	go func() {
		_, _ = busy.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 1000000000)") // ends by force
	}()
	time.Sleep(200 * time.Millisecond)
	if err := syscall.Kill(pidOf(t, s), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	if got := value(t, startIn(t, dir), "SELECT n::text FROM kept"); got != "42" {
		t.Errorf("kept %q, want 42", got)
	}
}

func TestKilledPostmasterIsStartedAgain(t *testing.T) {
	t.Parallel()
	s := startIn(t, openDir(t))
	exec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	if err := syscall.Kill(pidOf(t, s), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), s.URL())
		if err == nil {
			_ = conn.Close(t.Context())
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it did not come back: %v", err)
		}
	}
	if got := value(t, s, "SELECT n::text FROM kept"); got != "42" {
		t.Errorf("kept %q, want 42", got)
	}
}

func TestStalePIDFile(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	s := startIn(t, dir)
	exec(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	stop(t, s)
	// Our own number: a living process of (for an ordinary user) the same user.
	stale := strconv.Itoa(os.Getpid()) + "\n" + s.place.data() + "\n1700000000\n5432\n" + s.place.socket() + "\n\n"
	if err := os.WriteFile(filepath.Join(s.place.data(), "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(filepath.Join(s.place.data(), "postmaster.pid"), int(s.place.account.UID), -1); err != nil {
			t.Fatal(err)
		}
	}
	if got := value(t, startIn(t, dir), "SELECT n::text FROM kept"); got != "42" {
		t.Errorf("kept %q, want 42", got)
	}
}

func TestOtherMajorVersion(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	s := startIn(t, dir)
	stop(t, s)
	if err := os.WriteFile(filepath.Join(s.place.data(), "PG_VERSION"), []byte("11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := start(t.Context(), dir, "", slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "belong to PostgreSQL 11") || strings.Contains(err.Error(), "\n") {
		t.Errorf("no clear sentence: %v", err)
	}
}

func TestHalfMadeDatabase(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	half := filepath.Join(dir, "postgres", "data.new-KILLED")
	if err := os.MkdirAll(half, 0o700); err != nil { // of root's, if we are root
		t.Fatal(err)
	}
	exec(t, startIn(t, dir), "SELECT 1")
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-made one is still there: %v", err)
	}
}

func TestInterruptedStartLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	stop(t, startIn(t, dir))
	for _, after := range []time.Duration{0, 20 * time.Millisecond, 60 * time.Millisecond, 120 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		s, err := start(ctx, dir, "", slog.New(slog.DiscardHandler))
		cancel()
		if err == nil {
			stop(t, s)
		}
		if p := postmaster.Running(place{home: dir}.data()); p != nil {
			t.Errorf("after %v a server was left running", after)
		}
	}
}

// TestUnconfirmedCommit cancels the wait for a standby that does not exist: the
// server then says COMMIT, with a warning that db must not miss. Who tries again
// meets what was written, and waits as if it had written it. It is here since the
// setting holds up everybody on the server.
func TestUnconfirmedCommit(t *testing.T) {
	t.Parallel()
	s := startIn(t, openDir(t))
	exec(t, s, "CREATE TABLE note (n int)")
	exec(t, s, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	exec(t, s, "SELECT pg_reload_conf()")
	pools, err := db.Open(t.Context(), db.Settings{Primary: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer pools.Close()
	ctx := db.WatchWrites(t.Context(), &db.Written{})
	const write, read = "INSERT INTO note VALUES (1)", "SELECT count(*) FROM note"
	result := make(chan error, 1)
	for _, sql := range []string{write, read} {
		go func() {
			result <- db.InTx(ctx, pools.Primary, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, sql)
				return err
			})
		}()
		cancelWait(t, s, result)
		if err := <-result; !fault.Is(err, fault.Busy) {
			t.Errorf("%s: an unconfirmed commit gave %v, want busy", sql, err)
		}
	}
	held, _ := db.Held(ctx, time.Minute)
	runs := 0
	go func() {
		result <- db.InTx(held, pools.Waiting(), func(tx pgx.Tx) error {
			runs++
			_, err := tx.Exec(held, read)
			return err
		})
	}()
	cancelWait(t, s, result)
	exec(t, s, "ALTER SYSTEM RESET synchronous_standby_names")
	exec(t, s, "SELECT pg_reload_conf()")
	if err := <-result; err != nil || runs != 2 {
		t.Errorf("once it could be confirmed: %v after %d runs", err, runs)
	}
}

// cancelWait cancels the wait of a commit for a standby.
func cancelWait(t *testing.T, s *Server, result <-chan error) {
	t.Helper()
	const cancel = "SELECT count(pg_cancel_backend(pid))::text FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query ILIKE 'commit'"
	for end := time.Now().Add(10 * time.Second); value(t, s, cancel) == "0"; time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-result:
			t.Fatalf("nobody waited for a standby: %v", err)
		default:
		}
		if time.Now().After(end) {
			t.Fatal("no commit waits for a standby")
		}
	}
}

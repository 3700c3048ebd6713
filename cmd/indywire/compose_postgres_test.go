package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db/postmaster"
)

// composed is a PostgreSQL of docker-compose.yml, without Docker.
type composed struct {
	t       *testing.T
	dir     string // of all, with the scripts
	service types.ServiceConfig
	port    string
	process *exec.Cmd
}

// newComposed gives a service of the file. All of a test share dir, which the user
// that PostgreSQL runs as may pass through.
func newComposed(t *testing.T, dir string, service types.ServiceConfig) *composed {
	t.Helper()
	c := &composed{t: t, dir: dir, service: service, port: freePort(t)}
	account, err := postmaster.Unprivileged()
	if err != nil {
		t.Fatal(err)
	}
	if err := account.MakeDir(c.home()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *composed) home() string { return filepath.Join(c.dir, c.service.Name) }

// start runs the service's entrypoint with its command, as the file has them.
// other is whom it follows; nil: nobody.
func (c *composed) start(other *composed) {
	c.t.Helper()
	programs, err := postmaster.Installed(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	account, err := postmaster.Unprivileged()
	if err != nil {
		c.t.Fatal(err)
	}
	args := append([]string{filepath.Join(c.dir, "postgres.sh")}, c.service.Command...)
	c.process = exec.Command("bash", append(args, "-cfsync=off", "-cshared_buffers=16MB")...)
	c.process.Dir = c.home()
	for name, value := range c.service.Environment {
		c.process.Env = append(c.process.Env, name+"="+*value)
	}
	c.process.Env = append(c.process.Env, "PATH="+c.dir+":"+programs[0].Dir+":/usr/bin:/bin", "LC_ALL=C.UTF-8",
		"PGDATA="+filepath.Join(c.home(), "server"), "OWN_PORT="+c.port, "SOCKET="+c.home())
	if other == nil {
		c.process.Env = append(c.process.Env, "FOLLOW=")
	} else {
		c.process.Env = append(c.process.Env, "FOLLOW=127.0.0.1", "PGPORT="+other.port)
	}
	c.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() == 0 {
		c.process.SysProcAttr.Credential = &syscall.Credential{Uid: account.UID, Gid: account.GID}
	}
	log, err := os.OpenFile(filepath.Join(c.dir, c.service.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	defer log.Close() // the server has its own copy
	c.process.Stdout, c.process.Stderr = log, log
	if err := c.process.Start(); err != nil {
		c.t.Fatal(err)
	}
}

// stop ends the server at once.
func (c *composed) stop() {
	if c.process != nil {
		_ = c.process.Process.Signal(syscall.SIGQUIT)
		_ = c.process.Wait() // it was killed
		c.process = nil
	}
}

// query asks the server as one of the roles, until it answers.
func (c *composed) query(role, secret, sql string) string {
	c.t.Helper()
	var err error
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var said string
		if said, err = c.try(role, secret, sql); err == nil {
			return said
		}
	}
	said, _ := os.ReadFile(filepath.Join(c.dir, c.service.Name+".log"))
	c.t.Fatalf("%s does not answer: %v\n%s", c.service.Name, err, said)
	return ""
}

func (c *composed) try(role, secret, sql string) (said string, err error) {
	database := map[string]string{"indywire": "indywire", "postgres": "postgres"}[role]
	url := fmt.Sprintf("host=127.0.0.1 port=%s user=%s dbname=%s password=%s sslmode=disable", c.port, role, database, *c.service.Environment[secret])
	conn, err := pgx.Connect(c.t.Context(), url)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(c.t.Context())) }()
	rows, err := conn.Query(c.t.Context(), sql)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, ","), err
}

func (c *composed) asOwner(sql string) string {
	return c.query("indywire", "INDYWIRE_DB_PASSWORD", sql)
}
func (c *composed) asAdmin(sql string) string { return c.query("postgres", "POSTGRES_PASSWORD", sql) }

// until asks until the answer is the one wanted.
func (c *composed) until(want string, ask func(sql string) string, sql string) {
	c.t.Helper()
	var got string
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got = ask(sql); got == want {
			return
		}
	}
	c.t.Fatalf("%s answers %q to %s, want %q", c.service.Name, got, sql, want)
}

const (
	standbys = "SELECT coalesce(string_agg(application_name || ' ' || sync_state, ','), '') FROM pg_stat_replication WHERE state = 'streaming'"
	waiting  = "SELECT count(*)::text FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
	write    = "INSERT INTO note VALUES (%d) RETURNING n::text"
	read     = "SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM note"
)

// TestComposedPostgres starts both servers of docker-compose.yml by their own
// scripts, and changes their roles as docs/network.md says.
func TestComposedPostgres(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread() // the death signal is the thread's
	defer runtime.UnlockOSThread()
	dir, err := os.MkdirTemp("", "iw-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	place(t, dir, "../../deploy/compose/postgres.sh", "../../deploy/compose/roles.sh", "testdata/docker-entrypoint.sh")
	p := project(t)
	a, b := newComposed(t, dir, p.Services["postgres-a"]), newComposed(t, dir, p.Services["postgres-b"])
	t.Cleanup(func() { a.stop(); b.stop() })

	a.start(nil)
	b.start(a)
	a.until("postgres-b quorum", a.asAdmin, standbys)
	a.asOwner("CREATE TABLE note (n int)")
	b.stop()
	written := make(chan error)
	go func() {
		_, err := a.try("indywire", "INDYWIRE_DB_PASSWORD", fmt.Sprintf(write, 1))
		written <- err
	}()
	a.until("1", a.asAdmin, waiting) // nothing is acknowledged that one server has
	b.start(a)
	if err := <-written; err != nil {
		t.Errorf("the commit that waited: %v", err)
	}

	a.stop()
	if err := os.RemoveAll(filepath.Join(a.home(), "server")); err != nil {
		t.Fatal(err)
	}
	b.asAdmin("SELECT pg_promote()::text")
	a.start(b)
	b.until("postgres-a quorum", b.asAdmin, standbys)
	b.asOwner(fmt.Sprintf(write, 2))
	a.until("1,2", a.asOwner, read) // has it on disk, and shows it soon
}

// place copies scripts to where the user that PostgreSQL runs as finds them.
func place(t *testing.T, dir string, scripts ...string) {
	t.Helper()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, from := range scripts {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(from)), text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the path of the real program, made once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "indywire-binary-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "indywire")
	if said, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, said)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if path, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(status)
}

// node is the flags of a server of a test's own, and the running one.
type node struct {
	t       *testing.T
	flags   []string
	env     []string // added to the program's
	port    string
	ops     string
	process *exec.Cmd
	said    *lines // standard output
	logged  *lines // standard error
}

// newNode gives a node with the private PostgreSQL. Its folder may be passed
// through by the user that PostgreSQL runs as, which t.TempDir's may not.
func newNode(t *testing.T, more ...string) *node {
	t.Helper()
	dir, err := os.MkdirTemp("", "iw-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, port: freePort(t), ops: freePort(t)}
	n.flags = append([]string{"--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:" + n.port}, more...)
	return n
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (n *node) command(args ...string) *exec.Cmd {
	n.t.Helper()
	path, err := built()
	if err != nil {
		n.t.Fatal(err)
	}
	c := exec.Command(path, append(args, n.flags...)...)
	for _, set := range os.Environ() {
		if !strings.HasPrefix(set, "INDYWIRE_") {
			c.Env = append(c.Env, set)
		}
	}
	c.Env = append(c.Env, n.env...)
	return c
}

// run runs a command to its end.
func (n *node) run(args ...string) (out, errs string, status int) {
	n.t.Helper()
	c := n.command(args...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err := c.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		n.t.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// must runs a command that succeeds, and reads its JSON into v unless that is nil.
func (n *node) must(v any, args ...string) string {
	n.t.Helper()
	out, errs, status := n.run(args...)
	if status != 0 {
		n.t.Fatalf("indywire %v: exit status %d\n%s%s", args, status, out, errs)
	}
	if v != nil {
		if err := json.Unmarshal([]byte(out), v); err != nil {
			n.t.Fatalf("indywire %v: %v in\n%s", args, err, out)
		}
	}
	return out
}

// refused runs a command that fails, with one sentence on standard error.
func (n *node) refused(want int, part string, args ...string) string {
	n.t.Helper()
	out, errs, status := n.run(args...)
	if status != want || !strings.Contains(errs, part) || strings.Count(errs, "\n") != 1 || !strings.HasPrefix(errs, "indywire: ") {
		n.t.Errorf("indywire %v: exit status %d, want %d and one sentence with %q on standard error:\n%s%s", args, status, want, part, out, errs)
	}
	return out
}

// serve starts the server and waits until it says that it serves.
func (n *node) serve(more ...string) {
	n.t.Helper()
	n.launch(more...)
	n.serves()
}

// launch starts the server.
func (n *node) launch(more ...string) {
	n.t.Helper()
	n.process = n.command(append([]string{"serve", "--ops-listen", "127.0.0.1:" + n.ops}, more...)...)
	n.said, n.logged = &lines{}, &lines{}
	n.process.Stdout, n.process.Stderr = n.said, n.logged
	if err := n.process.Start(); err != nil {
		n.t.Fatal(err)
	}
	process := n.process
	n.t.Cleanup(func() {
		if process.ProcessState == nil { // the test failed before it was stopped
			_ = process.Process.Signal(syscall.SIGTERM)
			_ = process.Wait()
		}
	})
}

// serves waits until the server says that it serves.
func (n *node) serves() {
	n.t.Helper()
	for end := time.Now().Add(60 * time.Second); !strings.Contains(n.said.String(), "Indywire serves http://localhost:"+n.port); {
		if time.Now().After(end) {
			n.t.Fatalf("the server does not serve:\n%s%s", n.said, n.logged)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// stop sends a signal and gives the exit status, -1 for a death by signal.
func (n *node) stop(signal os.Signal) int {
	n.t.Helper()
	if err := n.process.Process.Signal(signal); err != nil {
		n.t.Fatal(err)
	}
	_ = n.process.Wait() // the status tells
	return n.process.ProcessState.ExitCode()
}

func (n *node) get(host, path string) (*http.Response, string) {
	n.t.Helper()
	return n.fetch(n.port, host, path)
}

func (n *node) fetch(port, host, path string) (*http.Response, string) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Host = host
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return answer, string(body)
}

// lines keeps what a process writes while a test reads it.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// slowRequest leaves a request open that the server waits for when it stops.
func (n *node) slowRequest(host string) {
	n.t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+n.port)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = conn.Close() })
	fmt.Fprintf(conn, "POST /publish HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\nExpect: 100-continue\r\n\r\n", host)
	// the interim answer says that a handler reads the body by now
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		n.t.Fatalf("no handler waits for the body: %q, %v", line, err)
	}
	fmt.Fprint(conn, "title=")
}

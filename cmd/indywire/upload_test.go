package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/indywire/indywire/internal/db/dbtest"
)

// largeUpload is how many bytes go through the tests of uploads: a whole gigabyte
// where there is time for it.
func largeUpload() int64 {
	if os.Getenv("INDYWIRE_LONG") != "" {
		return 1 << 30
	}
	return 64 << 20
}

// slowly is as fast as an upload may be for a server to be killed in its middle.
const slowly = 40 << 20

// TestUploadSurvivesKilledServers three times on the way: what is stored in the
// end is what was sent.
func TestUploadSurvivesKilledServers(t *testing.T) {
	t.Parallel()
	n := newNode(t, "--database", dbtest.URL(t))
	n.openSite()
	n.serve("--upload-rate", strconv.Itoa(slowly))
	defer n.stop(syscall.SIGTERM)
	u := n.upload(largeUpload(), n.port)
	for quarter := int64(1); quarter < 4; quarter++ {
		u.until(u.size * quarter / 4)
		if status := n.stop(syscall.SIGKILL); status != -1 {
			t.Fatalf("killed, the server ended with status %d", status)
		}
		n.serve("--upload-rate", strconv.Itoa(slowly))
	}
	u.wholeIn(n.mediaDir())
}

// TestUploadTakesTurnsBetweenServers on one database and one folder.
func TestUploadTakesTurnsBetweenServers(t *testing.T) {
	t.Parallel()
	media := "file:" + t.TempDir()
	one := newNode(t, "--database", dbtest.URL(t), "--media", media)
	one.openSite()
	other := newNode(t, one.flags[4:]...) // its own data and port
	one.serve()
	defer one.stop(syscall.SIGTERM)
	other.serve()
	defer other.stop(syscall.SIGTERM)
	one.upload(largeUpload(), one.port, other.port).wholeIn(strings.TrimPrefix(media, "file:"))
}

func (n *node) openSite() {
	n.t.Helper()
	n.must(nil, "site", "create", "pt", "--name", "Tejo livre", "--language", "pt")
}

// mediaDir is where files lie that nothing else is said about.
func (n *node) mediaDir() string { return filepath.Join(n.flags[1], "media") }

// clientUpload is an upload by tus-js-client.
type clientUpload struct {
	t    *testing.T
	size int64
	sum  string
	said *bufio.Scanner
	end  func() error
	at   string // its address, in the end
}

// upload begins one of so many bytes to the nodes behind the ports.
func (n *node) upload(size int64, ports ...string) *clientUpload {
	n.t.Helper()
	file := filepath.Join(n.t.TempDir(), "filme.mp4")
	sum, err := writeFilm(file, size)
	if err != nil {
		n.t.Fatal(err)
	}
	_, form := n.get("pt.localhost", "/publish")
	ticket := ticketField.FindStringSubmatch(form)
	if ticket == nil {
		n.t.Fatal("the open form has no ticket")
	}
	client := exec.CommandContext(n.t.Context(), "node", append([]string{"testdata/upload.mjs", file, ticket[1], "pt.localhost"}, ports...)...)
	errs := &lines{}
	client.Stderr = errs
	said, err := client.StdoutPipe()
	if err == nil {
		err = client.Start()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	end := func() error {
		if err := client.Wait(); err != nil {
			return fmt.Errorf("%w: %s", err, errs)
		}
		return nil
	}
	return &clientUpload{t: n.t, size: size, sum: sum, said: bufio.NewScanner(said), end: end}
}

// writeFilm writes what looks like a film, and gives its SHA-256.
func writeFilm(path string, size int64) (string, error) {
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), newFilm(size)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), f.Close()
}

// until waits for so many bytes to be sent.
func (u *clientUpload) until(bytes int64) {
	u.t.Helper()
	for u.said.Scan() {
		if at, done := strings.CutPrefix(u.said.Text(), "done "); done {
			u.at = at
			return
		}
		if sent, err := strconv.ParseInt(u.said.Text(), 10, 64); err == nil && sent >= bytes {
			return
		}
	}
	u.t.Fatalf("the client gave up: %v", u.end())
}

// wholeIn waits for the end, and compares what is stored with what was sent.
func (u *clientUpload) wholeIn(media string) {
	u.t.Helper()
	for u.at == "" {
		u.until(u.size + 1)
	}
	if err := u.end(); err != nil {
		u.t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(media, "uploads", path.Base(u.at)))
	if err != nil {
		u.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if got := fmt.Sprintf("%x", sum.Sum(nil)); err != nil || size != u.size || got != u.sum {
		u.t.Errorf("%d bytes with the sum %s are stored, want %d with %s; %v", size, got, u.size, u.sum, err)
	}
}

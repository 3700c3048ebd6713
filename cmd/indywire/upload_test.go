package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob/s3test"
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

// shelf is where a test's nodes keep what is sent to them.
type shelf struct {
	flags []string
	env   []string
	path  func(id string) string // of the bytes of an upload that is whole
}

// shelves are both kinds of store: a folder that the nodes share, and a bucket.
func shelves(t *testing.T) map[string]shelf {
	t.Helper()
	folder, server := t.TempDir(), s3test.Start(t)
	media, env := server.Flags()
	return map[string]shelf{
		"folder": {flags: []string{"--media", "file:" + folder}, path: func(id string) string { return filepath.Join(folder, "uploads", id) }},
		"bucket": {flags: []string{"--media", media}, env: env, path: func(id string) string { return server.Path("uploads/" + id) }},
	}
}

// nodes are so many on one database and one shelf; the first has opened a site.
func (s shelf) nodes(t *testing.T, count int) []*node {
	t.Helper()
	flags := append([]string{"--database", dbtest.URL(t)}, s.flags...)
	list := make([]*node, count)
	for i := range list {
		list[i] = newNode(t, flags...)
		list[i].env = s.env
	}
	list[0].must(nil, "site", "create", "pt", "--name", "Tejo livre", "--language", "pt")
	return list
}

// TestUploadSurvivesKilledServers three times on the way: what is stored in the
// end is what was sent.
func TestUploadSurvivesKilledServers(t *testing.T) {
	t.Parallel()
	for name, s := range shelves(t) {
		t.Run(name, func(t *testing.T) {
			n := s.nodes(t, 1)[0]
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
			u.wholeOn(s)
		})
	}
}

// TestUploadTakesTurnsBetweenServers on one database and one store.
func TestUploadTakesTurnsBetweenServers(t *testing.T) {
	t.Parallel()
	for name, s := range shelves(t) {
		t.Run(name, func(t *testing.T) {
			nodes := s.nodes(t, 2)
			for _, n := range nodes {
				n.serve()
				defer n.stop(syscall.SIGTERM)
			}
			nodes[0].upload(largeUpload(), nodes[0].port, nodes[1].port).wholeOn(s)
		})
	}
}

var pictureSource = regexp.MustCompile(`src="(/media/[^"]+)"`)

// TestBucketServesWhatAnotherNodeReceived publishes a photo through one node and
// reads it through another, which has nothing but the bucket.
func TestBucketServesWhatAnotherNodeReceived(t *testing.T) {
	t.Parallel()
	nodes := shelves(t)["bucket"].nodes(t, 2)
	nodes[0].serve()
	defer nodes[0].stop(syscall.SIGTERM)
	reporter := nodes[0].visit("pt.localhost", "127.0.0.1")
	f := reporter.blank()
	for name, value := range map[string]string{"title": "Uma fotografia", "body": "O que vi.", "action": "publish"} {
		f.Set(name, value)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 640, 480)), nil); err != nil {
		t.Fatal(err)
	}
	f.files = append(f.files, formFile{name: "a.jpg", content: photo.String()})
	receipt := reporter.post("/publish", f).must(t, http.StatusSeeOther).location
	nodes[1].serve()
	defer nodes[1].stop(syscall.SIGTERM)
	var found []string
	for end := time.Now().Add(time.Minute); found == nil; time.Sleep(100 * time.Millisecond) {
		_, page := nodes[1].get("pt.localhost", "/newswire")
		if article := regexp.MustCompile(`/articles/[0-9]+/uma-fotografia`).FindString(page); article != "" {
			_, page = nodes[1].get("pt.localhost", article)
			found = pictureSource.FindStringSubmatch(page)
		}
		if time.Now().After(end) {
			t.Fatalf("the photo is not there (receipt %s):\n%s", receipt, page)
		}
	}
	answer, body := nodes[1].get("pt.localhost", found[1])
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/jpeg" || len(body) == 0 {
		t.Errorf("the photo through the other node: %s, %d bytes", answer.Status, len(body))
	}
}

// TestBucketNeedsItsKey, and the node starts where its store takes what it is
// asked and says nothing.
func TestBucketNeedsItsKey(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	n := newNode(t, "--database", dbtest.URL(t), "--media", "s3://media?endpoint=http://"+silent.Addr().String())
	n.env = []string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}
	if _, errs, status := n.run("serve", "--ops-listen", "127.0.0.1:"+n.ops); status != exitFailure || !strings.Contains(errs, "set AWS_ACCESS_KEY_ID") {
		t.Errorf("without a key: status %d, %s", status, errs)
	}
	n.env = []string{"AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret"}
	n.serve()
	n.stop(syscall.SIGTERM)
	if !strings.Contains(n.logged.String(), "--media") {
		t.Errorf("nobody is told that the store does not answer: %s", n.logged)
	}
}

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

// wholeOn waits for the end, and compares what is stored with what was sent.
func (u *clientUpload) wholeOn(s shelf) {
	u.t.Helper()
	for u.at == "" {
		u.until(u.size + 1)
	}
	if err := u.end(); err != nil {
		u.t.Fatal(err)
	}
	f, err := os.Open(s.path(path.Base(u.at)))
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

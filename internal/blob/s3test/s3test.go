// Package s3test starts a real store of the S3 protocol for tests: versitygw, on
// a folder of its own.
package s3test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob"
)

// Version is the version of the program. The Makefile builds the same.
const Version = "v1.8.0"

const (
	bucketName = "media"
	key        = "tests"
	secret     = "only for tests on this machine"
)

// Server is a store that runs for as long as the test, unless it is stopped.
type Server struct {
	t       testing.TB
	program string
	folder  string
	address string
	process *exec.Cmd
}

// Start starts a store with an empty bucket.
func Start(t testing.TB) *Server {
	t.Helper()
	program, err := find(context.Background())
	if err != nil {
		t.Fatalf("tests need a store of the S3 protocol, versitygw: %v", err)
	}
	s := &Server{t: t, program: program, folder: t.TempDir()}
	if err := os.Mkdir(filepath.Join(s.folder, bucketName), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s.Go()
	t.Cleanup(s.Stop)
	return s
}

// Go starts the store again after Stop, with what it has.
func (s *Server) Go() {
	s.t.Helper()
	s.process = exec.Command(s.program, "--port", s.address, "--quiet", "posix", s.folder)
	s.process.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+key, "ROOT_SECRET_KEY="+secret)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(end) {
			s.t.Fatal("the store does not answer")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Stop kills the store.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	_ = s.process.Wait() // it was killed
	s.process = nil
}

// Bucket is the address of the store's bucket, and its key.
func (s *Server) Bucket() blob.Bucket {
	return blob.Bucket{Name: bucketName, Endpoint: "http://" + s.address, Region: "us-east-1", Key: key, Secret: secret}
}

// Behind is the bucket by a way of the test's own, which sees, or holds up, what is
// asked of it.
func (s *Server) Behind(way func(next http.Handler) http.Handler) blob.Bucket {
	s.t.Helper()
	next := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: s.address})
	next.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	front := httptest.NewServer(way(next))
	s.t.Cleanup(front.Close)
	b := s.Bucket()
	b.Endpoint = front.URL
	return b
}

// Flags are --media for the bucket, and what the environment of the program has.
func (s *Server) Flags() (media string, env []string) {
	return "s3://" + bucketName + "?endpoint=http://" + s.address, []string{"AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret}
}

// Path is where the store keeps an object.
func (s *Server) Path(key string) string { return filepath.Join(s.folder, bucketName, key) }

// find finds the program where the Makefile has put it, and builds it where it is
// missing, which takes minutes.
func find(ctx context.Context) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, ".cache", "bin", "versitygw@"+Version)
	program := filepath.Join(folder, "versitygw")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	install := exec.CommandContext(ctx, "go", "install", "github.com/versity/versitygw/cmd/versitygw@"+Version)
	install.Env = append(os.Environ(), "GOBIN="+folder)
	if said, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build it: %w\n%s", err, said)
	}
	return program, nil
}

func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("there is no go.mod above the test's folder")
		}
		folder = above
	}
}

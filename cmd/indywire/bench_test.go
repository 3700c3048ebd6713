package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkServer measures the real program with its private PostgreSQL: the
// start until the first page is answered, and the memory that the process holds
// after the import of a living site's articles and ten thousand requests.
func BenchmarkServer(b *testing.B) {
	corpus, err := filepath.Abs("../../../shared/corpora/indymedia-pt")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(corpus); err != nil {
		b.Skip("the articles to import are not beside the project, in ../shared/corpora")
	}
	s := newServed(b)
	s.run("site", "create", "pt", "--name", "Tejo livre", "--language", "pt")
	begun := time.Now()
	s.run("import", "markdown", corpus, "--site", "pt")
	imported := time.Since(begun)
	b.Run("start", s.measureStart)
	b.Run("requests=10000", func(b *testing.B) {
		s.measureMemory(b)
		b.ReportMetric(imported.Seconds(), "s-import")
	})
}

// served is a server in a folder of its own.
type served struct {
	b       *testing.B
	program string
	flags   []string
	address string
	process *exec.Cmd
	client  *http.Client
}

func newServed(b *testing.B) *served {
	b.Helper()
	program, err := built()
	if err != nil {
		b.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "iw-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // for the user that PostgreSQL runs as
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	return &served{
		b: b, program: program, address: address, flags: []string{"--data", filepath.Join(dir, "data"), "--listen", address},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}},
	}
}

// run runs a command to its end.
func (s *served) run(args ...string) {
	s.b.Helper()
	if said, err := exec.Command(s.program, append(args, s.flags...)...).CombinedOutput(); err != nil {
		s.b.Fatalf("indywire %v: %v\n%s", args, err, said)
	}
}

// start starts the server and says how long it took to the first page.
func (s *served) start(b *testing.B) time.Duration {
	b.Helper()
	begun := time.Now()
	s.process = exec.Command(s.program, append([]string{"serve", "--ops-listen", "127.0.0.1:0"}, s.flags...)...)
	if err := s.process.Start(); err != nil {
		b.Fatal(err)
	}
	for {
		if _, err := s.get("/"); err == nil {
			return time.Since(begun)
		} else if time.Since(begun) > time.Minute {
			s.stop(b)
			b.Fatalf("no answer for a minute: %v", err)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *served) stop(b *testing.B) {
	b.Helper()
	s.client.CloseIdleConnections()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := s.process.Wait(); err != nil {
		b.Errorf("the server ended with %v", err)
	}
}

// get reads a page; anything but 200 is an error.
func (s *served) get(path string) (string, error) {
	r, err := http.NewRequest(http.MethodGet, "http://"+s.address+path, nil)
	if err != nil {
		return "", err
	}
	r.Host = "pt.localhost"
	answer, err := s.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("%s: status %d", path, answer.StatusCode))
	}
	return string(body), err
}

func (s *served) measureStart(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		took = append(took, s.start(b))
		s.stop(b)
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op") // that would be with the stop
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms-median")
	b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "ms-longest")
}

func (s *served) measureMemory(b *testing.B) {
	s.start(b)
	defer s.stop(b)
	paths := s.paths(b)
	const requests = 10_000
	for b.Loop() {
		if err := s.readAll(paths, requests); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e3/requests/float64(b.N), "ms/request")
	b.ReportMetric(s.memory(b, "VmRSS"), "MB-held")
	b.ReportMetric(s.memory(b, "VmHWM"), "MB-most")
}

// paths are pages of all kinds, most of them articles, as readers ask for them.
func (s *served) paths(b *testing.B) []string {
	b.Helper()
	link, next := regexp.MustCompile(`href="(/articles/\d+/[^"?#]+)"`), regexp.MustCompile(`href="(/newswire\?before=[^"]+)"`)
	paths := []string{"/", "/", "/", "/newswire", "/archive", "/search?q=greve", "/feeds/newswire.atom", "/feeds/newswire.json", "/pages/about"}
	for at := "/newswire"; at != ""; {
		page, err := s.get(at)
		if err != nil {
			b.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(page, -1) {
			paths = append(paths, found[1])
		}
		paths = append(paths, at)
		if at = ""; next.MatchString(page) {
			at = next.FindStringSubmatch(page)[1]
		}
	}
	if len(paths) < 784 {
		b.Fatalf("%d pages on the wire, want one for each of the 784 articles", len(paths))
	}
	return paths
}

// readAll reads so many pages by four readers at once.
func (s *served) readAll(paths []string, requests int) error {
	var wait sync.WaitGroup
	failed := make([]error, 4)
	for reader := range failed {
		wait.Go(func() {
			for i := reader; i < requests && failed[reader] == nil; i += len(failed) {
				_, failed[reader] = s.get(paths[i%len(paths)])
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

// memory reads a line of what the kernel knows of the process, in MB.
func (s *served) memory(b *testing.B, name string) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), name+":")
	line, _, _ := strings.Cut(after, "kB")
	kb, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		b.Fatalf("%s of the process: %v", name, err)
	}
	return float64(kb) / 1024
}

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
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

// tusdVersion is of the plain tusd program, the baseline of uploads.
const tusdVersion = "v2.9.2"

// BenchmarkUpload measures resumable uploads: the real program against the plain
// tusd program with its own store for folders, on the same disk and in the same
// run, by turns. Both write what they get and nothing else; the clients are in
// this process and count for neither.
func BenchmarkUpload(b *testing.B) {
	ours := newServed(b)
	ours.run("site", "create", "pt", "--name", "Tejo livre", "--language", "pt")
	ours.start(b)
	defer ours.stop(b)
	plain := startTusd(b)
	mine := &uploader{b: b, base: "http://" + ours.address + "/uploads/", host: "pt.localhost", ticket: ours.ticket}
	theirs := &uploader{b: b, base: plain.base, ticket: func() string { return "" }}
	for _, load := range []struct {
		clients int
		bytes   int64
	}{{5, 50 << 20}, {1, 1 << 30}} {
		b.Run(fmt.Sprintf("%dx%dMB", load.clients, load.bytes>>20), func(b *testing.B) {
			against(b, mine, theirs, ours.process.Process.Pid, plain.pid, load.clients, load.bytes)
		})
	}
	b.Run("memory/50-at-once", func(b *testing.B) { measureCrowd(b, ours, mine) })
	b.Run("readers", func(b *testing.B) { measureReaders(b, ours, mine) })
}

// against uploads by turns to both, and reports ours in terms of theirs: the
// throughput, and the processor time of the serving process.
func against(b *testing.B, mine, theirs *uploader, pid, plainPID, clients int, size int64) {
	const turns = 7
	var speed, cpu []float64
	for b.Loop() {
		for range turns {
			t, c := timed(b, theirs, plainPID, clients, size)
			mt, mc := timed(b, mine, pid, clients, size)
			speed, cpu = append(speed, t.Seconds()/mt.Seconds()), append(cpu, mc.Seconds()/c.Seconds())
		}
	}
	b.ReportMetric(middle(speed), "x-throughput")
	b.ReportMetric(middle(cpu), "x-cpu")
	b.ReportMetric(0, "ns/op")
}

// timed uploads from the creation to the answer to the last byte. The form that
// the tickets come from and the deletion are no part of it.
func timed(b *testing.B, u *uploader, pid, clients int, size int64) (took, cpu time.Duration) {
	tickets := make([]string, clients)
	for i := range tickets {
		tickets[i] = u.ticket()
	}
	made := make([]string, clients)
	before, begun := cpuOf(b, pid), time.Now()
	var running sync.WaitGroup
	for i := range clients {
		running.Go(func() { made[i] = u.upload(tickets[i], size) })
	}
	running.Wait()
	took, cpu = time.Since(begun), cpuOf(b, pid)-before
	for _, at := range made {
		u.remove(at)
	}
	return took, cpu
}

// measureCrowd says by how much fifty uploads at once make the process grow.
func measureCrowd(b *testing.B, s *served, u *uploader) {
	var grown float64
	for b.Loop() {
		u.all(1, 1<<20) // what every process grows by once
		before := s.memory(b, "VmRSS")
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.process.Process.Pid), []byte("5"), 0); err != nil { // sets the peak back
			b.Skip("the peak of a process cannot be set back here: " + err.Error())
		}
		u.all(50, 8<<20)
		grown = max(grown, s.memory(b, "VmHWM")-before)
	}
	b.ReportMetric(grown, "MB-grown")
	b.ReportMetric(0, "ns/op")
}

// measureReaders says how much longer the slowest of a hundred readers waits for
// the front page while five uploads run at full speed.
func measureReaders(b *testing.B, s *served, u *uploader) {
	const reads = 1000
	var idle, loaded time.Duration
	for b.Loop() {
		idle = s.slowest(b, reads)
		stop := make(chan struct{})
		var running sync.WaitGroup
		for range 5 {
			running.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						u.one(64 << 20)
					}
				}
			})
		}
		loaded = s.slowest(b, reads)
		close(stop)
		running.Wait()
	}
	b.ReportMetric(float64(idle.Microseconds())/1000, "ms-p99-idle")
	b.ReportMetric(float64(loaded.Microseconds())/1000, "ms-p99-loaded")
	b.ReportMetric(loaded.Seconds()/idle.Seconds(), "x-p99")
	b.ReportMetric(0, "ns/op")
}

// slowest is the 99th percentile of reading the front page of a collective.
func (s *served) slowest(b *testing.B, reads int) time.Duration {
	b.Helper()
	took := make([]time.Duration, 0, reads)
	for range reads {
		begun := time.Now()
		if _, err := s.get("/"); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[reads*99/100]
}

var ticketField = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// ticket is that of a fresh form.
func (s *served) ticket() string {
	body, err := s.get("/publish")
	if err != nil {
		s.b.Fatal(err)
	}
	found := ticketField.FindStringSubmatch(body)
	if found == nil {
		s.b.Fatal("the open form has no ticket")
	}
	return found[1]
}

// uploader uploads to a tus server.
type uploader struct {
	b      *testing.B
	base   string
	host   string // empty: that of base
	ticket func() string
}

// all uploads as several clients at once.
func (u *uploader) all(clients int, size int64) {
	var running sync.WaitGroup
	for range clients {
		running.Go(func() { u.one(size) })
	}
	running.Wait()
}

// one uploads one file and deletes it.
func (u *uploader) one(size int64) { u.remove(u.upload(u.ticket(), size)) }

// upload uploads one file, in one piece, and gives its address.
func (u *uploader) upload(ticket string, size int64) string {

	meta := "filename " + base64.StdEncoding.EncodeToString([]byte("film.mp4")) +
		",filetype " + base64.StdEncoding.EncodeToString([]byte("video/mp4"))
	if ticket != "" {
		meta += ",ticket " + base64.StdEncoding.EncodeToString([]byte(ticket))
	}
	made := u.send(http.MethodPost, u.base, nil, map[string]string{"Upload-Length": strconv.FormatInt(size, 10), "Upload-Metadata": meta})
	if made.StatusCode != http.StatusCreated {
		u.b.Errorf("creation answers %s", made.Status)
		return u.base
	}
	at, err := made.Location()
	if err != nil {
		u.b.Error(err)
		return u.base
	}

	sent := u.send(http.MethodPatch, at.String(), newFilm(size), map[string]string{"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
	if sent.StatusCode != http.StatusNoContent || sent.Header.Get("Upload-Offset") != strconv.FormatInt(size, 10) {
		u.b.Errorf("PATCH answers %s at %s", sent.Status, sent.Header.Get("Upload-Offset"))
	}
	return at.String()
}

// remove deletes an upload, so that the disk does not fill.
func (u *uploader) remove(at string) {
	if gone := u.send(http.MethodDelete, at, nil, nil); gone.StatusCode != http.StatusNoContent {
		u.b.Errorf("DELETE answers %s", gone.Status)
	}
}

func (u *uploader) send(method, address string, body *film, header map[string]string) *http.Response {
	var content io.Reader
	if body != nil {
		content = body
	}
	r, err := http.NewRequest(method, address, content)
	if err != nil {
		u.b.Fatal(err)
	}
	if body != nil {
		r.ContentLength = body.left
	}
	if u.host != "" {
		r.Host = u.host
		base, _, _ := strings.Cut(strings.TrimPrefix(u.base, "http://"), "/")
		r.URL.Host = base // the answer names the host that was asked for
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		u.b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer
}

// film is so many bytes in the shape of an MP4 file whose index is yet to come.
type film struct {
	head []byte
	left int64
}

var filmBytes = bytes.Repeat([]byte("moving pictures "), 1<<16)

func newFilm(size int64) *film {
	head := []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42")
	head = append(binary.BigEndian.AppendUint32(head, uint32(size)-uint32(len(head))), "mdat"...)
	return &film{head: head, left: size}
}

// Read implements io.Reader.
func (f *film) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), f.left)], filmBytes)
	f.head = f.head[copy(p[:n], f.head):]
	f.left -= int64(n)
	return n, nil
}

// tusd is the plain program.
type tusd struct {
	base string
	pid  int
}

func startTusd(b *testing.B) tusd {
	b.Helper()
	folder, err := filepath.Abs(filepath.Join("../../.cache/bin", "tusd@"+tusdVersion))
	if err != nil {
		b.Fatal(err)
	}
	program := filepath.Join(folder, "tusd")
	if _, err := os.Stat(program); err != nil {
		install := exec.Command("go", "install", "github.com/tus/tusd/v2/cmd/tusd@"+tusdVersion)
		install.Env = append(os.Environ(), "GOBIN="+folder)
		if said, err := install.CombinedOutput(); err != nil {
			b.Fatalf("build tusd: %v\n%s", err, said)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	process := exec.Command(program, "-host", "127.0.0.1", "-port", port, "-upload-dir", b.TempDir(), "-behind-proxy=false")
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		_ = process.Wait()
	})
	base := "http://127.0.0.1:" + port + "/files/"
	for end := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = conn.Close()
			return tusd{base, process.Process.Pid}
		}
		if time.Now().After(end) {
			b.Fatal("tusd does not serve")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// cpuOf is the processor time that a process has taken (proc(5), stat, fields 14
// and 15, in hundredths of a second).
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// middle is the median.
func middle(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

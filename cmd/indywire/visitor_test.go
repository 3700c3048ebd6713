package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db/postmaster"
	"github.com/indywire/indywire/internal/htmltest"
)

// visitor is somebody at a browser, on a host of a node.
type visitor struct {
	t       *testing.T
	host    string
	to      string // address and port of the node
	headers http.Header
	client  *http.Client
}

// visit makes a visitor whose connections come from an address of this machine.
func (n *node) visit(host, from string) *visitor {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	to := "127.0.0.1:" + n.port
	if strings.Contains(from, ":") {
		to = "[::1]:" + n.port
	}
	transport := &http.Transport{DialContext: dialer.DialContext}
	n.t.Cleanup(transport.CloseIdleConnections)
	return &visitor{t: n.t, host: host, to: to, headers: http.Header{}, client: &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is what came back; status is 0 where nothing did.
type reply struct {
	status         int
	location, body string
	cookie         string // as it was set
}

func (v *visitor) do(ctx context.Context, method, path, contentType string, body io.Reader) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+v.to+path, body)
	if err != nil {
		return reply{}, err
	}
	r.Host = v.host
	for name, values := range v.headers {
		r.Header[name] = values
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	answer, err := v.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header.Get("Location"), string(text), answer.Header.Get("Set-Cookie")}, err
}

// try sends a request and does not mind its fate: servers are killed under it.
func (v *visitor) try(method, path, contentType, body string) reply {
	got, _ := v.do(context.Background(), method, path, contentType, strings.NewReader(body))
	return got
}

func (v *visitor) get(path string) reply { return v.try(http.MethodGet, path, "", "") }

func (v *visitor) post(path string, f form) reply {
	contentType, body := f.encode(v.t)
	return v.try(http.MethodPost, path, contentType, body)
}

// must holds that an answer has the status.
func (r reply) must(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d:\n%.2000s", r.status, status, r.body)
	}
	return r
}

// form is what is filled in, and the files that are chosen.
type form struct {
	url.Values
	files []formFile
}

type formFile struct{ name, alt, content string }

// blank is the open form of the visitor's site, with a ticket.
func (v *visitor) blank() form {
	v.t.Helper()
	return form{Values: htmltest.FormValues(v.t, v.get("/publish").must(v.t, http.StatusOK).body, "form#post")}
}

// encode is the form as a browser sends it: the ticket before any file, and an
// alt for each.
func (f form) encode(t *testing.T) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	write := func(name, value string) {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for name, values := range f.Values {
		for _, value := range values {
			if name != "alt" {
				write(name, value)
			}
		}
	}
	for _, file := range f.files {
		part, err := w.CreateFormFile("file", file.name)
		if err == nil {
			_, err = io.WriteString(part, file.content)
		}
		if err != nil {
			t.Fatal(err)
		}
		write("alt", file.alt)
	}
	for _, alt := range f.Values["alt"] {
		write("alt", alt)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

// picture is a JPEG of a test's own; with another shade it is another one.
// secret, unless it is empty, stands in its EXIF and in a comment.
func picture(t *testing.T, shade uint8, secret string) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for i := range 200 {
		img.Set(i, i, color.RGBA{R: shade, G: uint8(i), B: 90, A: 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	if secret == "" {
		return plain
	}
	// one directory with one entry: ImageDescription (270), ASCII, at offset 26
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x0e\x01\x02\x00" + string(rune(len(secret))) + "\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00" + secret
	return plain[:2] + segment(0xe1, exif) + segment(0xfe, secret) + plain[2:]
}

func segment(marker byte, content string) string {
	length := len(content) + 2
	return string([]byte{0xff, marker, byte(length >> 8), byte(length)}) + content
}

// database opens the private PostgreSQL of a node, as an administrator could.
func (n *node) database() *pgxpool.Pool {
	n.t.Helper()
	pool, err := pgxpool.New(context.Background(), postmaster.URL(filepath.Join(n.data(), "postgres", "socket"), "indywire"))
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(pool.Close)
	return pool
}

func (n *node) data() string { return n.flags[1] }

// ask reads a column. The server may just be starting again, so it is patient.
func ask[T any](n *node, pool *pgxpool.Pool, sql string, args ...any) []T {
	n.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		rows, err := pool.Query(context.Background(), sql, args...)
		if err == nil {
			var found []T
			if found, err = pgx.CollectRows(rows, pgx.RowTo[T]); err == nil {
				return found
			}
		}
		if time.Now().After(end) {
			n.t.Fatalf("%s: %v", sql, err)
		}
	}
}

// killPostgres ends the private PostgreSQL as a crash does.
func (n *node) killPostgres() {
	n.t.Helper()
	text, err := os.ReadFile(filepath.Join(n.data(), "postgres", "data", "postmaster.pid"))
	if err != nil {
		n.t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		n.t.Fatal(err)
	}
}

// filesBelow are the paths of all files in a folder of the node's data.
func (n *node) filesBelow(elements ...string) []string {
	n.t.Helper()
	var found []string
	err := filepath.WalkDir(filepath.Join(append([]string{n.data()}, elements...)...), func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // gone meanwhile
		}
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return found
}

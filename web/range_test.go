package web_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// TestPlayersGoOnWhereTheyWere asks for parts as browsers do.
func TestPlayersGoOnWhereTheyWere(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	address := "/media/" + string(n.plant(n.permalink(n.publish("Com filme")), film("A marcha"))[0]) + "/720p.mp4"
	whole := n.get(address).want(t, http.StatusOK)
	tag := whole.Header.Get("ETag")
	if tag == "" || strings.HasPrefix(tag, "W/") || whole.Header.Get("Content-Type") != "video/mp4" {
		t.Fatalf("ETag %q, Content-Type %q", tag, whole.Header.Get("Content-Type"))
	}
	for _, tt := range []struct {
		name   string
		header map[string]string
		status int
		body   string
	}{
		{"a part", map[string]string{"Range": "bytes=5-9"}, http.StatusPartialContent, whole.Body[5:10]},
		{"the end", map[string]string{"Range": "bytes=-4"}, http.StatusPartialContent, whole.Body[len(whole.Body)-4:]},
		{"of the same file", map[string]string{"Range": "bytes=5-", "If-Range": tag}, http.StatusPartialContent, whole.Body[5:]},
		{"of another file", map[string]string{"Range": "bytes=5-", "If-Range": `"other"`}, http.StatusOK, whole.Body},
		{"weakly the same", map[string]string{"Range": "bytes=5-", "If-Range": "W/" + tag}, http.StatusOK, whole.Body},
		{"past the end", map[string]string{"Range": "bytes=100000-"}, http.StatusRequestedRangeNotSatisfiable, ""},
		{"had before", map[string]string{"If-None-Match": tag}, http.StatusNotModified, ""},
		{"packed", map[string]string{"Accept-Encoding": "gzip"}, http.StatusOK, whole.Body},
	} {
		a := n.ask(ptHost, address, tt.header)
		if a.StatusCode != tt.status || tt.body != "" && a.Body != tt.body {
			t.Errorf("%s: %d with %d bytes, want %d with %d", tt.name, a.StatusCode, len(a.Body), tt.status, len(tt.body))
		}
		if got := a.Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: Content-Encoding %s", tt.name, got)
		}
	}
	head := n.do(http.MethodHead, ptHost, address, "", nil).want(t, http.StatusOK)
	if head.Body != "" || head.Header.Get("Content-Length") != whole.Header.Get("Content-Length") {
		t.Errorf("HEAD: %d bytes, Content-Length %q", len(head.Body), head.Header.Get("Content-Length"))
	}
}

// watched counts how often a connection is handed an open file, which it has the
// system send.
type watched struct {
	net.Listener
	files atomic.Int64
}

func (l *watched) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watchedConn{c, l}, nil
}

type watchedConn struct {
	net.Conn
	l *watched
}

func (c *watchedConn) ReadFrom(r io.Reader) (int64, error) {
	if limited, ok := r.(*io.LimitedReader); ok {
		if _, ok := limited.R.(*os.File); ok {
			c.l.files.Add(1)
		}
	}
	return c.Conn.(io.ReaderFrom).ReadFrom(r) //nolint:errcheck,forcetypeassert // of a TCP connection
}

// TestFilesAreSentByTheSystem holds that nothing between the store and the
// connection takes a file apart, whatever the client accepts.
func TestFilesAreSentByTheSystem(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	big := film("A marcha")
	big.forms[0].bytes = strings.Repeat("0123456789abcdef", 20_000)
	address := "/media/" + string(n.plant(n.permalink(n.publish("Com filme")), big)[0]) + "/480p.mp4"
	server := httptest.NewUnstartedServer(n.http)
	l := &watched{Listener: server.Listener}
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	for _, part := range []string{"", "bytes=1000-300000"} {
		l.files.Store(0)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = ptHost
		r.Header.Set("Accept-Encoding", "gzip, br, zstd")
		want := big.forms[0].bytes
		if part != "" {
			r.Header.Set("Range", part)
			want = want[1000:300_001]
		}
		a, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if err != nil || string(got) != want {
			t.Errorf("%q: %d bytes, %v; want %d", part, len(got), err, len(want))
		}
		if l.files.Load() < 2 {
			t.Errorf("%q: the connection was handed a file %d times", part, l.files.Load())
		}
	}
}

package logging_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/indywire/indywire/internal/logging"
)

func TestScrub(t *testing.T) {
	t.Parallel()
	const a = "(address)"
	for text, want := range map[string]string{
		"":                              "",
		"nothing here, at 12:30:45.123": "nothing here, at 12:30:45.123",
		"http: TLS handshake error from 192.0.2.7:4711: EOF":   "http: TLS handshake error from " + a + ": EOF",
		"read tcp 127.0.0.1:8080->198.51.100.4:5678: i/o":      "read tcp " + a + "->" + a + ": i/o",
		"read tcp [::1]:80->[2001:db8::7%eth0]:5678: reset":    "read tcp " + a + "->" + a + ": reset",
		"from 2001:db8::1: EOF":                                "from " + a + ": EOF",
		"from 2001:db8::1.":                                    "from " + a + ".",
		"fe80::1%eth0-2 spoke":                                 a + " spoke",
		"::ffff:192.0.2.7":                                     a,
		"2001:0DB8:0:0:0:0:0:1/64, 192.0.2.0/24":               a + ", " + a,
		"(192.0.2.7)":                                          "(" + a + ")",
		"ip=192.0.2.7&x":                                       "ip=" + a + "&x",
		"client192.0.2.7x":                                     "client" + a + "x",
		"face192.0.2.7":                                        "face" + a,
		"12:192.0.2.7":                                         "12:" + a,
		"192.0.2.7.198.51.100.4":                               a + "." + a,
		"010.001.002.003 and 999.1.1.1":                        a + " and " + a,
		"[::]:8080 and 0.0.0.0:8080 and :8080":                 "[::]:8080 and 0.0.0.0:8080 and :8080",
		"version 15.18, id::date, web.go:12, 1.2.3, [x] [fa":   "version 15.18, id::date, web.go:12, 1.2.3, [x] [fa",
		"a/b.html?c=d:e http://pt.localhost:8080/articles/1/é": "a/b.html?c=d:e http://pt.localhost:8080/articles/1/é",
	} {
		if got := logging.Scrub(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func FuzzScrub(f *testing.F) {
	for _, seed := range []string{"read tcp [::1]:80->192.0.2.7:5", "from 2001:db8::1: EOF", "[", "1.2.3.4.5.6.7.8", "::::", "fe80::1%"} {
		f.Add(seed, uint32(3221226247))
	}
	f.Fuzz(func(t *testing.T, text string, n uint32) {
		ip := netip.AddrFrom4([4]byte{byte(n>>24) | 1, byte(n >> 16), byte(n >> 8), byte(n)}).String()
		clean := logging.Scrub(text + " " + ip + ":443 " + text)
		if strings.Contains(clean, " "+ip+":") {
			t.Errorf("%q is left in %q", ip, clean)
		}
		if again := logging.Scrub(clean); again != clean {
			t.Errorf("%q becomes %q", clean, again)
		}
	})
}

const (
	address = "192.0.2.77"
	agent   = "Canary-Agent/1"
)

// header is a key as careless code takes it from a request.
func header() string { return http.CanonicalHeaderKey("user-agent") }

type valuer struct{}

func (valuer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("from", address), slog.String(header(), agent))
}

func TestNoLineIdentifiesAClient(t *testing.T) {
	t.Parallel()
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("User-Agent", agent)
	request.RemoteAddr = address + ":4711"
	tcp := &net.TCPAddr{IP: net.ParseIP(address), Port: 4711}
	for _, format := range []logging.Format{logging.Text, logging.JSON} {
		var out bytes.Buffer
		l := logging.New(&out, slog.LevelDebug, format)
		l.Info("from "+address, "peer_address", tcp, "ok", "kept-1")
		l.Error("failed", "error", fmt.Errorf("serve: %w", &net.OpError{Op: "read", Net: "tcp", Addr: tcp, Err: errors.New("reset")}))
		l.Info("types", "a", net.ParseIP(address), "b", netip.MustParseAddr(address), "c", []string{address}, "d", []byte(address),
			"e", struct{ From net.IP }{net.ParseIP(address)}, "f", map[string]string{address: "x"}, "g", valuer{})
		l.Info("keys", header(), agent, "user_agent", agent, "referer", agent, "cookie", agent, "authorization", agent, "remote_addr", agent)
		l.Info("whole", "request", request, "h", request.Header)
		l.With("at", address, "referrer", agent).WithGroup("inner").Info("with", "at", tcp)
		l.WithGroup("headers").Info("group", "accept", agent)
		l.Info("group", slog.Group("cookies", "a", agent), address, "key")
		text := out.String()
		if strings.Contains(text, address) || strings.Contains(text, agent) {
			t.Errorf("%s: a client shows:\n%s", format, text)
		}
		for _, kept := range []string{"kept-1", "reset", "whole", "with"} {
			if !strings.Contains(text, kept) {
				t.Errorf("%s: %q is missing:\n%s", format, kept, text)
			}
		}
	}
}

func TestValuesKeepTheirForm(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logging.New(&out, slog.LevelInfo, logging.JSON).Info("m", "list", []int{1, 2}, "n", 3)
	if text := out.String(); !strings.Contains(text, `"list":[1,2],"n":3`) || !strings.Contains(text, `"time":"`) {
		t.Errorf("got %s", text)
	}
}

func TestLevel(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := logging.New(&out, slog.LevelWarn, logging.Text)
	l.Info("quiet")
	l.Warn("loud")
	if text := out.String(); strings.Contains(text, "quiet") || !strings.Contains(text, "loud") {
		t.Errorf("got %s", text)
	}
}

// locked lets a server write while the test reads.
type locked struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func TestHTTPErrorLog(t *testing.T) {
	t.Parallel()
	var out locked
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("Canary") }))
	server.Config.ErrorLog = logging.HTTPErrorLog(logging.New(&out, slog.LevelDebug, logging.Text))
	server.StartTLS()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "this is no TLS\r\n\r\n")
	_, _ = io.ReadAll(conn) // until the server has given up
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	if _, err := client.Get(server.URL); err == nil {
		t.Error("the panic went unnoticed")
	}
	server.Close()
	text := out.String()
	for _, bad := range []string{"127.0.0.1", "Canary"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q shows:\n%s", bad, text)
		}
	}
	for _, want := range []string{"level=DEBUG", "TLS handshake error", "level=ERROR", "panic serving", "logging_test.go:"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

func TestHTTPErrorLogScrubsForAnyLogger(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	plain := logging.HTTPErrorLog(slog.New(slog.NewTextHandler(&out, nil)))
	plain.Printf("http: Accept error from %s: too many open files", address)
	if text := out.String(); strings.Contains(text, address) || !strings.Contains(text, "too many open files") {
		t.Errorf("got %s", text)
	}
}

package dbtest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Proxy is a way to a migrated database of a test's own on which answers can be
// lost, as on a line that breaks.
type Proxy struct {
	dir   string
	url   string        // of the database itself
	still chan struct{} // closed: nothing is carried any more
	mu    sync.Mutex
	lose  []byte // the statement whose answer is lost; nil: none
	skip  int    // of them whose answers come before
}

// NewProxy makes one. It ends with the test.
func NewProxy(t testing.TB) *Proxy {
	t.Helper()
	dir, err := os.MkdirTemp("", "proxy") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{dir: dir, url: URL(t), still: make(chan struct{})}
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close(); _ = os.RemoveAll(dir) })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.carry(client)
		}
	}()
	return p
}

// URL is the connection string of the database by this way.
func (p *Proxy) URL() string { return strings.Replace(p.url, p.host(), url.QueryEscape(p.dir), 1) }

func (p *Proxy) host() string {
	u, _ := url.Parse(p.url) // ours
	return url.QueryEscape(u.Query().Get("host"))
}

// LoseAnswerTo breaks the next connection that sends the statement, once it was
// carried out.
func (p *Proxy) LoseAnswerTo(statement string) { p.LoseAnswerAfter(statement, 0) }

// LoseAnswerAfter is LoseAnswerTo for a later one, after so many.
func (p *Proxy) LoseAnswerAfter(statement string, skip int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose, p.skip = []byte(statement), skip
}

// Lost tells whether the answer was lost. It is lost no more from then on.
func (p *Proxy) Lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	lost := p.lose == nil
	p.lose = nil
	return lost
}

// Stand has nothing carried any more by the connections there are, which stay
// open, as with a server that stands still. New ones are carried.
func (p *Proxy) Stand() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.still)
	p.still = make(chan struct{})
}

func (p *Proxy) standing() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.still
}

func (p *Proxy) loses(sent []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lose == nil || !bytes.Contains(sent, p.lose) {
		return false
	}
	if p.skip > 0 {
		p.skip--
		return false
	}
	p.lose = nil
	return true
}

func (p *Proxy) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	u, err := url.Parse(p.url)
	if err != nil {
		return
	}
	server, err := net.Dial("unix", filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"))
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	lost, still := make(chan struct{}), p.standing()
	go p.forward(client, server, lost, still)
	answer := make([]byte, 32<<10)
	for {
		n, err := server.Read(answer)
		select {
		case <-lost:
			return
		default:
		}
		if err != nil {
			return
		}
		if _, err := client.Write(answer[:n]); err != nil {
			return
		}
	}
}

// forward carries what the client sends; lost is closed before the statement
// whose answer is lost.
func (p *Proxy) forward(client io.Reader, server net.Conn, lost chan struct{}, still <-chan struct{}) {
	sent := make([]byte, 32<<10)
	for {
		n, err := client.Read(sent)
		if err != nil {
			_ = server.Close()
			return
		}
		if p.loses(sent[:n]) {
			close(lost)
		}
		select {
		case <-still:
			continue
		default:
		}
		if _, err := server.Write(sent[:n]); err != nil {
			return
		}
	}
}

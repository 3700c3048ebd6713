package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/modlog"
)

// asked is a page to measure.
type asked struct {
	name, host, path string
	gzip             bool   // as browsers ask
	cookie           string // of who has signed in
}

func (a asked) request() *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+a.host+a.path, nil)
	if a.cookie != "" {
		r.Header.Set("Cookie", a.cookie)
	}
	if a.gzip {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	return r
}

// BenchmarkPages measures pages that no cache holds, on a small site and on a
// large one: how long, how many allocations and statements, and how many times
// as long as a handler takes that only writes the same bytes ("x-bare": both
// into memory; "x-bare-loopback": both through a connection, as a client has it).
func BenchmarkPages(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("articles=%d", size), func(b *testing.B) {
			n := newTraced(b)
			fill(b, n.plain, n.pt, size)
			for _, a := range n.measured(size) {
				b.Run(a.name, func(b *testing.B) { n.measure(b, a) })
			}
		})
	}
}

func (n *traced) measured(size int) []asked {
	editor, admin := n.signIn(ptHost), n.signIn(portalHost)
	last := "before=" + n.far("article", "state = 'visible'", 30)
	return []asked{
		{name: "front", host: ptHost, path: "/"},
		{name: "front,gzip", host: ptHost, path: "/", gzip: true},
		{name: "article", host: ptHost, path: n.article("comment_count > 3 AND media_kinds <> '{}'")},
		{name: "article,gzip", host: ptHost, path: n.article("comment_count > 3 AND media_kinds <> '{}'"), gzip: true},
		{name: "newswire", host: ptHost, path: "/newswire"},
		{name: "newswire,last", host: ptHost, path: "/newswire?" + last},
		{name: "newswire,halfway", host: ptHost, path: "/newswire?before=" + n.far("article", "state = 'visible'", size/2)},
		{name: "newswire,media-none-has", host: ptHost, path: "/newswire?media=video"},
		{name: "topic", host: ptHost, path: "/topics/" + n.pt.Topics[0].Slug},
		{name: "archive", host: ptHost, path: "/archive"},
		{name: "search,common,best", host: ptHost, path: "/search?q=greve"},
		{name: "search,common,newest", host: ptHost, path: "/search?q=greve&order=newest"},
		{name: "search,rare,best", host: ptHost, path: "/search?q=pomar"},
		{name: "search,rare,newest", host: ptHost, path: "/search?q=pomar&order=newest"},
		{name: "feed", host: ptHost, path: "/feeds/newswire.atom"},
		{name: "sitemap", host: ptHost, path: "/sitemap.xml"},
		{name: "portal", host: portalHost, path: "/"},
		{name: "hidden", host: ptHost, path: "/hidden"},
		{name: "moderation", host: ptHost, path: "/moderation"},
		{name: "newsroom", host: ptHost, path: "/newsroom", cookie: editor},
		{name: "newsroom,comments", host: ptHost, path: "/newsroom?show=comments", cookie: editor},
		{name: "newsroom,waiting", host: ptHost, path: "/newsroom?show=waiting", cookie: editor},
		{name: "network", host: portalHost, path: "/network", cookie: admin},
	}
}

// signIn signs an admin of the network in on a host and answers the cookie.
func (n *traced) signIn(host string) string {
	n.tb.Helper()
	ctx, desk := context.Background(), account.Desk{DB: n.plain, Hasher: account.NewHasher(1)}
	const email = "rede@example.org"
	if _, err := account.ByEmail(ctx, n.plain, email); err != nil {
		if _, err := desk.Create(ctx, account.Draft{Email: email, Name: "Rede", Password: password, Admin: true}, modlog.ByOperator()); err != nil {
			n.tb.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://"+host+"/sign-in", strings.NewReader(url.Values{"email": {email}, "password": {password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		n.tb.Fatalf("signing in: status %d", w.Code)
	}
	return strings.Split(w.Header().Get("Set-Cookie"), ";")[0]
}

func (n *traced) measure(b *testing.B, a asked) {
	page := answered(b, n.http, a)
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", page.Header().Get("Content-Type"))
		_, _ = w.Write(page.Body.Bytes()) // into memory, which takes everything
	})
	b.ReportAllocs()
	queries := n.trace.count()
	for b.Loop() {
		n.http.ServeHTTP(httptest.NewRecorder(), a.request())
	}
	b.ReportMetric(float64(n.trace.count()-queries)/float64(b.N), "queries/op")
	b.ReportMetric(float64(page.Body.Len()), "bytes/page")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(inMemory(bare, a)), "x-bare")
	b.ReportMetric(float64(overLoopback(b, n.http, a))/float64(overLoopback(b, bare, a)), "x-bare-loopback")
}

// answered is a page as it comes; anything but 200 ends the benchmark.
func answered(b *testing.B, h http.Handler, a asked) *httptest.ResponseRecorder {
	b.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, a.request())
	if w.Code != http.StatusOK || w.Body.Len() == 0 {
		b.Fatalf("%s: status %d, want 200; body:\n%.1000s", a.path, w.Code, w.Body)
	}
	return w
}

// inMemory is how long a handler takes for a request: the middle one of eleven
// averages, which what else the machine is at hardly moves.
func inMemory(h http.Handler, a asked) time.Duration {
	const times = 200
	var took []time.Duration
	for range 11 {
		begun := time.Now()
		for range times {
			h.ServeHTTP(httptest.NewRecorder(), a.request())
		}
		took = append(took, time.Since(begun)/times)
	}
	return middle(took)
}

// overLoopback is how long a client that keeps its connection waits for an
// answer, in the middle of a hundred.
func overLoopback(b *testing.B, h http.Handler, a asked) time.Duration {
	b.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	var took []time.Duration
	for range 101 {
		r := a.request()
		r.RequestURI, r.URL.Host = "", server.Listener.Addr().String()
		begun := time.Now()
		answer, err := server.Client().Do(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
		answer.Body.Close()
	}
	return middle(took)
}

func middle(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/browsertest"
)

// visitor is somebody at a browser, on the Portuguese site of a network.
type visitor struct {
	*network
	*browsertest.Browser
	script  bool
	base    string   // of the site
	beside  []string // bases of other hosts of the network that are visited
	server  *httptest.Server
	cut     atomic.Bool  // no request is answered
	busy    atomic.Bool  // no part of an upload is taken
	slow    atomic.Bool  // parts of uploads hardly go on
	asked   atomic.Int32 // times that the browser asked whether to leave
	refused []string     // addresses that were answered with an error, as they should
}

func newVisitor(t *testing.T, n *network, width int, script bool) *visitor {
	t.Helper()
	v := &visitor{network: n, script: script}
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if v.busy.Load() && r.Method == http.MethodPatch {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "Muita gente ao mesmo tempo.", http.StatusServiceUnavailable)
			return
		}
		if r.Method == http.MethodPatch {
			r.Body = &slowed{ReadCloser: r.Body, slow: &v.slow}
		}
		n.http.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { v.slow.Store(false); v.server.Close() }) // which waits for the requests that run
	port := v.server.URL[strings.LastIndexByte(v.server.URL, ':'):]
	v.Browser, v.base = browsertest.New(t, browsertest.Options{Width: width, Height: 800, Script: script}), "http://pt.localhost"+port
	return v
}

// tab is a second window of the same browser, with what it keeps.
func (v *visitor) tab() *visitor {
	v.t.Helper()
	return &visitor{network: v.network, Browser: v.Tab(), script: v.script, base: v.base, server: v.server}
}

// open goes to an address of the site.
func (v *visitor) open(address string, status int) {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.base + address
	}
	v.arrived(v.Open(address), status)
}

// follow clicks a link or a button and sees the page it leads to.
func (v *visitor) follow(selector string, status int) {
	v.t.Helper()
	v.arrived(v.Follow(selector), status)
}

// enter presses the key on what has the focus.
func (v *visitor) enter(status int) {
	v.t.Helper()
	v.arrived(v.Through(chromedp.KeyEvent("\r")), status)
}

// arrived looks at what holds for every page.
func (v *visitor) arrived(status, want int) {
	v.t.Helper()
	at := v.Location()
	if status != want {
		v.t.Fatalf("%s: status %d, want %d", at, status, want)
	}
	if status >= http.StatusBadRequest {
		v.refused = append(v.refused, at)
	}
	if wide := v.Overflow(); wide > 0 {
		v.t.Errorf("%s is %d pixels wider than the window", at, wide)
	}
}

// checkQuiet is for the end: the console was silent but for the answers that
// were to be errors, and no other host was asked for anything.
func (v *visitor) checkQuiet() {
	v.t.Helper()
	problems := v.Problems()
	for _, problem := range problems {
		expected := false
		for _, address := range v.refused {
			expected = expected || strings.HasSuffix(problem, " "+address)
		}
		if !expected {
			v.t.Errorf("the console says: %s", problem)
		}
	}
	for _, address := range v.Requests() {
		if !slices.ContainsFunc(append(v.beside, v.base), func(base string) bool { return strings.HasPrefix(address+"/", base+"/") }) {
			v.t.Errorf("a page asked for %s", address)
		}
	}
}

func (v *visitor) write(selector, text string) {
	v.t.Helper()
	v.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// eval answers what an expression is worth; that works where script is off too.
func eval[T any](v *visitor, format string, args ...any) T {
	v.t.Helper()
	return browsertest.Run(v.Browser, chromedp.Evaluate[T](fmt.Sprintf(format, args...)))
}

func (v *visitor) holds(selector string) bool {
	v.t.Helper()
	return eval[bool](v, "document.querySelector(%q) !== null", selector)
}

// texts are those of all elements that match.
func (v *visitor) texts(selector string) []string {
	v.t.Helper()
	return eval[[]string](v, "[...document.querySelectorAll(%q)].map(e => e.textContent.trim())", selector)
}

func (v *visitor) text(selector string) string {
	v.t.Helper()
	found := v.texts(selector)
	if len(found) == 0 {
		v.t.Fatalf("%s: there is no %s", v.Location(), selector)
	}
	return found[0]
}

func (v *visitor) attributes(selector, name string) []string {
	v.t.Helper()
	return eval[[]string](v, "[...document.querySelectorAll(%q)].map(e => e.getAttribute(%q) || '')", selector, name)
}

// reads finds the words in the first element that matches.
func (v *visitor) reads(selector, words string) {
	v.t.Helper()
	if got := v.text(selector); !strings.Contains(got, words) {
		v.t.Errorf("%s: %s is %q, want it to hold %q", v.Location(), selector, got, words)
	}
}

// soon waits for what takes a moment.
func (v *visitor) soon(what string, there func() bool) {
	v.t.Helper()
	for range 100 {
		if there() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	v.t.Fatalf("%s: %s did not come within 10 s", v.Location(), what)
}

// seesPicture waits until the picture has its pixels, which are this site's.
func (v *visitor) seesPicture(selector string) {
	v.t.Helper()
	v.Do(chromedp.ScrollIntoView(chromedp.CSS(selector)))
	v.soon("the picture", func() bool {
		return eval[int](v, "document.querySelector(%q).naturalWidth", selector) > 0
	})
	from, err := url.Parse(eval[string](v, "document.querySelector(%q).currentSrc", selector))
	if err != nil || "http://"+from.Host != v.base || !strings.HasPrefix(from.Path, "/media/") {
		v.t.Errorf("the picture comes from %v, %v", from, err)
	}
}

// inView tells whether the top of an element is within the window.
func (v *visitor) inView(selector string) bool {
	v.t.Helper()
	return eval[bool](v, "(r => r.top >= -1 && r.top < innerHeight)(document.querySelector(%q).getBoundingClientRect())", selector)
}

// tabTo presses Tab until the focus is on an element, at most so many times.
// On the way it must be seen where the focus is.
func (v *visitor) tabTo(selector string, most int) {
	v.t.Helper()
	for range most {
		v.Do(chromedp.KeyEvent("\t"))
		on := eval[string](v, "document.activeElement.outerHTML.slice(0, 120)")
		if !eval[bool](v, focusShows) {
			v.t.Errorf("%s: nobody sees that the focus is on %s", v.Location(), on)
		}
		if eval[bool](v, "document.activeElement.matches(%q)", selector) {
			return
		}
	}
	v.t.Fatalf("%s: %s has no focus after %d tabs, but %s", v.Location(), selector, most, eval[string](v, "document.activeElement.outerHTML.slice(0, 120)"))
}

// focusShows is true where the focused element is in view and has an outline.
const focusShows = `(e => {
  const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  const outlined = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1;
  return e !== document.body && outlined && r.width > 1 && r.height > 1 && r.bottom > 0 && r.top < innerHeight;
})(document.activeElement)`

// slowed is a body of which, while slow is set, some 300 kB come a second: what is
// to be interrupted must not be over before, however slow the test.
type slowed struct {
	io.ReadCloser
	slow *atomic.Bool
}

// Read implements io.Reader.
func (s *slowed) Read(p []byte) (int, error) {
	if s.slow.Load() {
		time.Sleep(100 * time.Millisecond)
		p = p[:min(len(p), 32<<10)]
	}
	return s.ReadCloser.Read(p)
}

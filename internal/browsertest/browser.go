// Package browsertest lets tests see pages as people do: in Chromium, with script or without, narrow or wide, light or
// dark; and has them judged by axe-core and html-validate.
package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one step may take, on a slow machine that runs other tests too.
const patience = 30 * time.Second

// Options are the reader at the screen. The zero value reads without script, by daylight, on a desk.
type Options struct {
	Width, Height int  // of the window in CSS pixels; 0 stands for 1280 and 900
	Script        bool // run the pages' script
	Dark          bool // prefers a dark page
}

// Browser is a window of its own, with cookies and storage of its own that nobody else shares. All its methods end the
// test when something fails, and belong to the goroutine of the test.
type Browser struct {
	t    testing.TB
	o    Options
	ctx  context.Context
	seen *seen
}

// seen is what the browser told on the way. It comes on another goroutine.
type seen struct {
	mu       sync.Mutex
	requests []string
	problems []string
}

// New opens a window that is closed when the test ends. Without Chromium on PATH the test fails.
func New(t testing.TB, o Options) *Browser {
	t.Helper()
	parent, err := shared.join()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(shared.leave)
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &Browser{t: t, o: o, ctx: ctx, seen: &seen{}}
	// the first step makes the window, which would close with that step's deadline: so this one has none
	if err := chromedp.Listen(ctx, b.seen.note); err != nil {
		t.Fatalf("opening a window: %v", err)
	}
	b.Do(b.prepare)
	return b
}

// Tab opens a second window of the same browser, which shares its cookies and its storage.
func (b *Browser) Tab() *Browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	tab := &Browser{t: b.t, o: b.o, ctx: ctx, seen: &seen{}}
	if err := chromedp.Listen(ctx, tab.seen.note); err != nil {
		b.t.Fatalf("opening a tab: %v", err)
	}
	tab.Do(tab.prepare)
	return tab
}

func (b *Browser) prepare(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
	width, height, scheme := int64(b.o.Width), int64(b.o.Height), "light"
	if width == 0 {
		width = 1280
	}
	if height == 0 {
		height = 900
	}
	if b.o.Dark {
		scheme = "dark"
	}
	return chromedp.Steps(
		call(log.Enable, chromedp.Void{}),
		call(network.Enable, network.EnableParams{}),
		call(emulation.SetDeviceMetricsOverride,
			emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // so that no picture shows something half moved
		}}),
		script(b.o.Script),
	)(ctx, target)
}

func script(on bool) chromedp.Action[chromedp.Void] {
	return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Context is for steps of chromedp's own. It ends with the test.
func (b *Browser) Context() context.Context { return b.ctx }

// Do takes chromedp's steps, one after the other, each bounded in time.
func (b *Browser) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, step := range steps {
		Run(b, step)
	}
}

// Run takes one of chromedp's steps that answers something, bounded in time.
func Run[T any](b *Browser, step chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Run(ctx, step)
	if err != nil {
		b.t.Fatalf("browser: %v", err)
	}
	return result
}

// Open goes to the address and answers the status of the page.
func (b *Browser) Open(address string) int {
	b.t.Helper()
	return b.Through(chromedp.Navigate(address))
}

// Follow clicks the first element that matches the selector, a link or a button, waits for the page it leads to and
// answers its status.
func (b *Browser) Follow(selector string) int {
	b.t.Helper()
	return b.Through(chromedp.Click(chromedp.CSS(selector)))
}

// Through takes steps of which one leads to another page, waits for that and answers its status.
func (b *Browser) Through(steps ...chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		b.t.Fatalf("browser: waiting for the next page: %v", err)
	}
	return int(response.Status)
}

// Location is the address of the page.
func (b *Browser) Location() string {
	b.t.Helper()
	return Run(b, chromedp.Location())
}

// Overflow is by how many pixels the page is wider than the window; 0 when nobody has to scroll sideways.
func (b *Browser) Overflow() int {
	b.t.Helper()
	const expression = `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`
	return Run(b, chromedp.Evaluate[int](expression))
}

// Screenshot writes the whole page, not only the window, to a PNG file, and makes its folder.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	png := Run(b, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// Requests are the addresses that the pages asked for so far, pages included, in order.
func (b *Browser) Requests() []string {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	return append([]string(nil), b.seen.requests...)
}

// Problems are the errors of the browser's console so far: what the pages' policy blocked, what could not be loaded,
// exceptions and console.error.
func (b *Browser) Problems() []string {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	return append([]string(nil), b.seen.problems...)
}

func (s *seen) note(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		s.requests = append(s.requests, event.Request.URL)
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError {
			s.problems = append(s.problems, event.Entry.Text+" "+event.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		s.problems = append(s.problems, describe(event.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError {
			s.problems = append(s.problems, "console.error "+arguments(event.Args))
		}
	}
}

package web_test

import (
	"encoding/binary"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	devnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/media/tus"
)

// clip is a short video that plays, made as large as a test wants it by a box
// that players skip.
func clip(t *testing.T, name string, size int64) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	made := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3", "-f", "lavfi",
		"-i", "sine=frequency=330:duration=3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", file)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	f, err := os.OpenFile(file, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	known, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	rest := size - known.Size()
	box := append(binary.BigEndian.AppendUint32(nil, uint32(rest)), "free"...) //nolint:gosec // a test's own size
	if _, err = f.Write(box); err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// sends is a visitor with the open form, whose network takes so many bytes a
// second: what is to be interrupted must not be over before.
func sends(t *testing.T, rate int64, width int) *visitor {
	t.Helper()
	n := newNetwork(t, true)
	n.uploads.Pace = tus.NewPace(tus.MaxStreams, rate)
	v := newVisitor(t, n, width, true)
	v.leavesWhenAsked()
	v.open("/publish", http.StatusOK)
	v.soon("the script", func() bool { return v.holds("#files .transfers") })
	return v
}

// leavesWhenAsked answers the browser's question whether to leave the page.
func (v *visitor) leavesWhenAsked() {
	v.t.Helper()
	dialogs := chromedp.Events(v.Context(), page.JavascriptDialogOpening)
	go func() {
		for _, err := range dialogs {
			if err != nil {
				return
			}
			v.asked.Add(1)
			_, _ = chromedp.Call(v.Context(), page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	}()
}

func (v *visitor) chooses(selector string, files ...string) {
	v.t.Helper()
	v.Do(chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// standsAt waits until the row of a file is in a state.
func (v *visitor) standsAt(name, state string) {
	v.t.Helper()
	v.soon(name+" "+state, func() bool { return v.stateOf(name) == state })
}

func (v *visitor) stateOf(name string) string {
	v.t.Helper()
	return eval[string](v, "[...document.querySelectorAll('.transfer')].find(row => row.querySelector('label').textContent === %q)?.dataset.state ?? ''", name)
}

func (v *visitor) percent() int {
	v.t.Helper()
	return eval[int](v, "document.querySelector('.transfer progress').value")
}

// presses clicks a button of a row by what it says.
func (v *visitor) presses(name string) {
	v.t.Helper()
	if !eval[bool](v, "(b => b && (b.click(), true))([...document.querySelectorAll('.transfer button:not([hidden])')].find(b => b.textContent === %q)) ?? false", name) {
		v.t.Fatalf("there is no button %q to press", name)
	}
}

// TestVideoSurvives sends a video that is paused, loses its page and is sent on,
// publishes it, and plays it.
func TestVideoSurvives(t *testing.T) {
	t.Parallel()
	const size = 24 << 20
	file, other := clip(t, "marcha.mp4", size), clip(t, "outra.mp4", 1<<20)
	v := sends(t, 6<<20, 360)
	v.write("#title", "A marcha")
	v.write("#body", "Passou pela ponte.")
	v.chooses("#file-1", file)
	v.write("#alt-1", "A ponte cheia")
	v.soon("progress", func() bool { return v.percent() >= 10 })
	v.presses("Pausa")
	v.standsAt("marcha.mp4", "paused")
	v.presses("Continuar")
	v.standsAt("marcha.mp4", "running")
	v.soon("more progress", func() bool { return v.percent() >= 30 })
	v.presses("Pausa")
	v.soon("the draft", func() bool { return strings.HasPrefix(v.text(".draft-note"), "Guardado") })
	v.storesNothing()

	v.Do(chromedp.Reload())
	v.standsAt("marcha.mp4", "lost")
	if v.asked.Load() != 1 {
		t.Errorf("asked %d times before the page was left, want once", v.asked.Load())
	}
	if got := eval[string](v, "document.querySelector('#title').value + '|' + document.querySelector('[name=alt]').value"); got != "A marcha|A ponte cheia" {
		t.Errorf("the reload gave back %q", got)
	}
	v.chooses(".transfer input[type=file]", other)
	v.reads(".transfer .error", "Este é outro ficheiro")
	v.chooses(".transfer input[type=file]", file)
	v.soon("going on where it was", func() bool { return v.stateOf("marcha.mp4") != "lost" && v.percent() >= 30 })
	v.standsAt("marcha.mp4", "done")
	if got := v.count("SELECT count(*) FROM upload"); got != 1 {
		t.Errorf("%d uploads for one file", got)
	}
	v.storesNothing()
	v.follow(`form#post .acts button[value="publish"]`, http.StatusOK)
	v.plays()
}

// plays waits until the video of the receipt's article is prepared, and plays it.
func (v *visitor) plays() {
	v.t.Helper()
	v.waitForFiles()
	v.open(v.Location(), http.StatusOK)
	v.follow("a.permalink", http.StatusOK)
	v.soon("the video", func() bool { return v.holds("article video") })
	v.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('article video').muted = true, document.querySelector('article video').play(), undefined"))
	v.soon("the time of the video", func() bool { return eval[float64](v, "document.querySelector('article video').currentTime") > 0.5 })
}

// storesNothing looks into all that a browser can keep.
func (v *visitor) storesNothing() {
	v.t.Helper()
	got := browsertest.Run(v.Browser, chromedp.Evaluate[string](`(async () => JSON.stringify([
		localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
		document.cookie, (await navigator.serviceWorker.getRegistrations()).length,
	]))()`, chromedp.EvalAwaitPromise))
	if got != `[0,0,0,0,"",0]` {
		v.t.Errorf("the browser keeps %s", got)
	}
}

// offline takes the network away from the page, or gives it back.
func (v *visitor) offline(off bool) {
	v.t.Helper()
	v.cut.Store(off)
	state := devnetwork.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}
	_, err := chromedp.Call(v.Context(), devnetwork.OverrideNetworkState, state)
	v.server.CloseClientConnections()
	if err != nil {
		v.t.Fatal(err)
	}
}

// TestUploadWaitsForTheNetwork pulls the plug in the middle.
func TestUploadWaitsForTheNetwork(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	v.slow.Store(true)
	v.chooses("#file-1", clip(t, "marcha.mp4", 8<<20))
	v.soon("progress", func() bool { return v.percent() >= 10 })
	v.offline(true)
	v.slow.Store(false)
	v.standsAt("marcha.mp4", "waiting")
	v.reads(".transfer .status", "Sem ligação")
	v.offline(false)
	v.standsAt("marcha.mp4", "done")
	if got := v.count("SELECT count(*) FROM upload"); got != 1 {
		t.Errorf("%d uploads for one file", got)
	}
}

// TestUploadHearsABusyServer is told to come again.
func TestUploadHearsABusyServer(t *testing.T) {
	t.Parallel()
	v := sends(t, 6<<20, 1280)
	v.busy.Store(true)
	v.chooses("#file-1", clip(t, "marcha.mp4", 4<<20))
	v.standsAt("marcha.mp4", "waiting")
	v.reads(".transfer .error", "Muita gente ao mesmo tempo.")
	v.busy.Store(false)
	v.standsAt("marcha.mp4", "done")
	if got := v.count("SELECT count(*) FROM upload"); got != 1 {
		t.Errorf("%d uploads for one file", got)
	}
}

// TestLargeFileWithoutScript publishes a video through the plain form: what it
// takes of memory does not grow with the file.
func TestLargeFileWithoutScript(t *testing.T) { //nolint:paralleltest // it measures the process
	size := int64(64 << 20)
	if os.Getenv("INDYWIRE_LONG") != "" {
		size = 200 << 20
	}
	v := newVisitor(t, newNetwork(t, true), 360, false)
	v.open("/publish", http.StatusOK)
	v.write("#title", "A marcha")
	v.write("#body", "Passou pela ponte.")
	v.chooses("#file-1", clip(t, "marcha.mp4", size))
	highest := heapWhile(t, func() { v.follow(`form#post .acts button[value="publish"]`, http.StatusOK) })
	if highest > 32<<20 {
		t.Errorf("the heap grew by %d bytes for a file of %d", highest, size)
	}
	if got := v.count("SELECT count(*) FROM media WHERE state <> 'failed'"); got != 1 {
		t.Errorf("%d files", got)
	}
	v.checkQuiet()
}

// heapWhile is by how much the heap grew at most while something was done.
func heapWhile(t *testing.T, do func()) uint64 {
	t.Helper()
	runtime.GC()
	before, highest := heap(), uint64(0)
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				highest = max(highest, heap())
			}
		}
	}()
	do()
	close(done)
	<-watched
	return max(highest, before) - before
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestPublishedWhileFilesArrive sees the receipt while the upload goes on, and
// finds it again after a reload.
func TestPublishedWhileFilesArrive(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	v.slow.Store(true)
	file := clip(t, "marcha.mp4", 16<<20)
	v.write("#title", "A marcha")
	v.write("#body", "Passou pela ponte.")
	v.chooses("#file-1", file)
	v.soon("progress", func() bool { return v.percent() > 0 })
	v.Do(chromedp.Click(chromedp.CSS(`form#post .acts button[value="publish"]`)))
	v.soon("the receipt in place", func() bool { return v.holds("p.code") && v.holds(".coming .transfer") })
	if got := v.count("SELECT count(*) FROM media WHERE state = 'arriving'"); got != 1 {
		t.Fatalf("%d files arrive", got)
	}
	for _, violation := range v.Axe() {
		t.Error(violation)
	}
	v.Do(chromedp.Reload())
	v.soon("the upload", func() bool { return v.holds(".coming .transfer[data-state=lost]") })
	v.slow.Store(false)
	v.chooses(".coming input[type=file]", file)
	v.soon("all of it", func() bool { return v.holds(".coming .transfer[data-state=done]") })
	v.soon("the address without a ticket", func() bool { return !strings.Contains(v.Location(), "#") })
	v.plays()
}

package web_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// crowd is a photo with fine detail everywhere, lying on its side with a word
// in its metadata and an orientation that puts it upright: 300 wide and 400 high.
func crowd(t *testing.T) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			img.SetGray(x, y, color.Gray{Y: uint8(255 * ((x/4 + y/4) % 2))})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "multidao.jpg")
	if err := os.WriteFile(file, append(append(b.Bytes()[:2:2], exif("praça 25 de Abril")...), b.Bytes()[2:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// exif is an APP1 segment that turns the picture by a quarter and says a word.
func exif(word string) []byte {
	word += "\x00"
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02")
	tiff = append(tiff, 0x01, 0x0e, 0, 2, 0, 0, 0, byte(len(word)), 0, 0, 0, 38) // ImageDescription, after the table
	tiff = append(tiff, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0)                // Orientation: 6
	tiff = append(append(tiff, 0, 0, 0, 0), word...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...) //nolint:gosec // short
}

// uploaded is what the server has of the one upload there is.
func (v *visitor) uploaded() []byte {
	v.t.Helper()
	var id string
	if err := v.pools.Primary.QueryRow(v.t.Context(), "SELECT id FROM upload").Scan(&id); err != nil {
		v.t.Fatal(err)
	}
	f, err := v.store.OpenUpload(v.t.Context(), id)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sent := make([]byte, v.count("SELECT size FROM upload"))
	if _, err := f.ReadAt(sent, 0); err != nil {
		v.t.Fatal(err)
	}
	return sent
}

// TestFacesAreDestroyedBeforeAPhotoLeaves boxes a part of a photo by keyboard
// and another by pointer, and looks at what the server got.
func TestFacesAreDestroyedBeforeAPhotoLeaves(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	v.chooses("#file-1", crowd(t))
	v.standsAt("multidao.jpg", "held")
	v.soon("the tool", func() bool { return v.holds(".transfer button[aria-label^='Desfocar']:not([hidden])") })
	v.presses("Desfocar rostos")
	v.soon("the photo", func() bool { return v.holds("dialog.blur[open] canvas") })
	v.Do(chromedp.KeyEvent("\r")) // the focus is on what adds a box
	v.soon("a box that has the focus", func() bool { return eval[bool](v, "document.activeElement.matches('.box')") })
	for range 30 {
		v.Do(chromedp.KeyEvent(kb.ArrowLeft))
	}
	v.draws(0.6, 0.6, 0.9, 0.9)
	if got := eval[int](v, "document.querySelectorAll('.box').length"); got != 2 {
		t.Fatalf("%d boxes", got)
	}
	for _, violation := range v.Axe() {
		t.Error(violation)
	}
	v.Do(chromedp.Click(chromedp.CSS("dialog.blur .button:not(.quiet)")))
	v.soon("the row again", func() bool {
		return !v.holds("dialog.blur") && eval[bool](v, "document.activeElement.closest('.transfer') !== null")
	})
	if got := v.count("SELECT count(*) FROM upload"); got != 0 {
		t.Fatal("something of the photo left before it was sent")
	}
	v.presses("Enviar já")
	v.standsAt("multidao.jpg", "done")
	sent := v.uploaded()
	for _, word := range []string{"Exif", "Abril", "MM\x00\x2a"} {
		if bytes.Contains(sent, []byte(word)) {
			t.Errorf("the metadata is still there: %q", word)
		}
	}
	got, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil || got.Bounds().Dx() != 300 || got.Bounds().Dy() != 400 {
		t.Fatalf("the photo is %v, %v", got.Bounds(), err)
	}
	if c := contrast(got, image.Rect(5, 130, 80, 230)); c > 16 {
		t.Errorf("what was boxed by keyboard still has a contrast of %d", c)
	}
	if c := contrast(got, image.Rect(190, 250, 262, 350)); c > 16 {
		t.Errorf("what was boxed by pointer still has a contrast of %d", c)
	}
	if c := contrast(got, image.Rect(150, 20, 280, 100)); c < 150 {
		t.Errorf("what was not boxed has a contrast of %d only", c)
	}
	v.checkQuiet()
}

// draws draws a box on the photo, between two corners in parts of it.
func (v *visitor) draws(left, top, right, bottom float64) {
	v.t.Helper()
	frame := eval[[]float64](v, "(r => [r.x, r.y, r.width, r.height])(document.querySelector('.stage canvas').getBoundingClientRect())")
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		v.t.Helper()
		at := input.DispatchMouseEventParams{
			Type: kind, X: frame[0] + x*frame[2], Y: frame[1] + y*frame[3], Button: input.MouseButtonLeft, ClickCount: 1,
		}
		if _, err := chromedp.Call(v.Context(), input.DispatchMouseEvent, at); err != nil {
			v.t.Fatal(err)
		}
	}
	mouse(chromedp.MousePressed, left, top)
	mouse(chromedp.MouseMoved, (left+right)/2, bottom)
	mouse(chromedp.MouseMoved, right, bottom)
	mouse(chromedp.MouseReleased, right, bottom)
}

// before has every page run a script first.
func (v *visitor) before(source string) {
	v.t.Helper()
	params := page.AddScriptToEvaluateOnNewDocumentParams{Source: "(() => {" + source + "})()"}
	if _, err := chromedp.Call(v.Context(), page.AddScriptToEvaluateOnNewDocument, params); err != nil {
		v.t.Fatal(err)
	}
}

// contrast is how far the lightest and the darkest pixel of a part are apart
// within any few neighbours.
func contrast(img image.Image, part image.Rectangle) (most int) {
	grey := func(x, y int) int { return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y) } //nolint:forcetypeassert // it makes them
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X-6; x++ {
			d := grey(x, y) - grey(x+6, y)
			most = max(most, d, -d)
		}
	}
	return most
}

// TestBlurStaysOffWhereTheBrowserFalsifies has the browser give back other
// pixels than were drawn, as those do that hide their users among each other.
func TestBlurStaysOffWhereTheBrowserFalsifies(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]string{
		"getImageData": `const real = CanvasRenderingContext2D.prototype.getImageData;
			CanvasRenderingContext2D.prototype.getImageData = function (...area) { const data = real.apply(this, area); data.data[40] ^= 1; return data; };`,
		"toBlob": `const real = HTMLCanvasElement.prototype.toBlob;
			HTMLCanvasElement.prototype.toBlob = function (...how) { this.getContext("2d").fillRect(0, 0, 9, 9); return real.apply(this, how); };`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t, newNetwork(t, false), 1280, true)
			v.before(lie)
			v.open("/publish", http.StatusOK)
			v.soon("the verdict", func() bool { return v.holds("#files .transfers[data-blur=off]") })
			v.chooses("#file-1", crowd(t))
			v.reads(".transfer .status", "não se podem desfocar rostos")
			if v.holds(".transfer button[aria-label^='Desfocar']:not([hidden])") {
				t.Error("the tool is offered")
			}
		})
	}
}

package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

// sizes tells names and sizes of renditions, in order.
func sizes(made []rendition.File) []string {
	var all []string
	for _, r := range made {
		all = append(all, fmt.Sprintf("%s %dx%d", r.Name, r.Width, r.Height))
	}
	return all
}

func TestWidthsNeverExceedThePhoto(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	for name, test := range map[string]struct {
		w, h int
		want []string
	}{
		"large": {2400, 1600, []string{"480.webp 480x320", "480.jpg 480x320", "960.webp 960x640", "960.jpg 960x640", "1920.webp 1920x1280", "1920.jpg 1920x1280"}},
		"tall":  {1000, 1500, []string{"480.webp 480x720", "480.jpg 480x720", "1000.webp 1000x1500", "1000.jpg 1000x1500"}},
		"small": {300, 200, []string{"300.webp 300x200", "300.jpg 300x200"}},
		"close": {500, 500, []string{"500.webp 500x500", "500.jpg 500x500"}},
		"dot":   {1, 1, []string{"1.webp 1x1", "1.jpg 1x1"}},
	} {
		made := mustProcess(t, box, asPNG(t, corners(test.w, test.h)))
		if diff := cmp.Diff(test.want, sizes(made)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		for _, r := range made {
			if info, err := os.Stat(r.Path); err != nil || info.Size() != r.Bytes || filepath.Base(r.Path) != r.Name {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		}
		if left, _ := os.ReadDir(filepath.Dir(made[0].Path)); len(left) != len(made) {
			t.Errorf("%s: %d files left, %d renditions", name, len(left), len(made))
		}
	}
}

func TestEveryFormatBecomesThePicture(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	source := asPNG(t, corners(300, 200))
	for name, data := range map[string][]byte{
		"JPEG":                  asJPEG(t, corners(300, 200)),
		"JPEG, CMYK":            convert(t, box, "colourspace", source, "jpg", "cmyk"),
		"PNG":                   source,
		"PNG, 16 bits":          convert(t, box, "colourspace", source, "png", "rgb16"),
		"WebP":                  convert(t, box, "copy", source, "webp"),
		"AVIF":                  convert(t, box, "heifsave", source, "avif", "--compression", "av1", "--Q", "80"),
		"HEIC":                  convert(t, box, "heifsave", source, "heic", "--compression", "hevc", "--Q", "80"),
		"JPEG, no good profile": afterSOI(asJPEG(t, corners(300, 200)), app(0xe2, "ICC_PROFILE\x00\x01\x01nonsense")),
		"wide gamut":            convert(t, box, "icc_transform", source, "jpg", "p3", "--input-profile", "srgb"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range mustProcess(t, box, data) {
				m := view(t, box, r)
				for i, want := range []color.Color{red, green, blue, white} {
					same := near
					if name == "JPEG, CMYK" {
						same = alike
					}
					if got := at(m, i%2, i/2); !same(got, want) {
						t.Errorf("%s: quarter %d is %v, want %v", r.Name, i, got, want)
					}
				}
			}
		})
	}
}

// alike is near with room for what CMYK cannot show: the same channel rules.
func alike(a, b color.Color) bool {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	bright := func(v uint8) bool { return v > 130 }
	return bright(x.R) == bright(y.R) && bright(x.G) == bright(y.G) && bright(x.B) == bright(y.B)
}

func TestGreyStaysGrey(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	m := image.NewGray(image.Rect(0, 0, 100, 80))
	deep := image.NewGray16(m.Rect)
	for i := range m.Pix {
		m.Pix[i] = 120
	}
	for i := range deep.Pix {
		deep.Pix[i] = 120
	}
	for name, data := range map[string][]byte{"JPEG": asJPEG(t, m), "PNG": asPNG(t, m), "PNG, 16 bits": asPNG(t, deep)} {
		for _, r := range mustProcess(t, box, data) {
			if got := at(view(t, box, r), 0, 0); !near(got, color.Gray{120}) {
				t.Errorf("%s %s: %v", name, r.Name, got)
			}
		}
	}
}

func TestTransparencyStaysInWebPAndLiesOnWhiteInJPEG(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	m := corners(200, 200)
	for y := range 100 {
		for x := range 100 {
			m.SetNRGBA(x, y, color.NRGBA{})
		}
	}
	made := mustProcess(t, box, asPNG(t, m))
	if got := at(view(t, box, made[0]), 0, 0); !near(color.Alpha16{A: alphaOf(got)}, color.Alpha16{}) {
		t.Errorf("WebP: %v, want transparent", got)
	}
	if got := at(view(t, box, made[0]), 1, 0); !near(got, green) {
		t.Errorf("WebP beside it: %v", got)
	}
	if got := at(view(t, box, made[1]), 0, 0); !near(got, color.White) {
		t.Errorf("JPEG: %v, want white", got)
	}
}

func alphaOf(c color.Color) uint16 {
	_, _, _, a := c.RGBA()
	return uint16(a)
}

func TestOfAnAnimationTheFirstFrameIsTaken(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	data := asGIF(t, 120, 90)
	animated := convert(t, box, "copy", data, "webp")
	for name, data := range map[string][]byte{"GIF": data, "WebP": animated} {
		made := mustProcess(t, box, data)
		if diff := cmp.Diff([]string{"120.webp 120x90", "120.jpg 120x90"}, sizes(made)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if got := at(view(t, box, made[1]), 0, 0); !near(got, red) {
			t.Errorf("%s: %v, want the first frame's red", name, got)
		}
	}
}

// Each EXIF orientation says how to turn the stored picture upright; want is
// which quarters then stand top left, top right, bottom left, bottom right.
func TestOrientationIsBakedIn(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	stored := asJPEG(t, corners(300, 200))
	for orientation, want := range map[byte][4]color.NRGBA{
		1: {red, green, blue, white},
		2: {green, red, white, blue},
		3: {white, blue, green, red},
		4: {blue, white, red, green},
		5: {red, blue, green, white},
		6: {blue, red, white, green},
		7: {white, green, blue, red},
		8: {green, white, red, blue},
	} {
		data := afterSOI(stored, app(0xe1, "Exif\x00\x00"+tiff(orientation, "x")))
		for _, r := range mustProcess(t, box, data) {
			if turned := orientation >= 5; (r.Height > r.Width) != turned {
				t.Errorf("orientation %d: %s is %dx%d", orientation, r.Name, r.Width, r.Height)
			}
			m := view(t, box, r)
			for i, c := range want {
				if got := at(m, i%2, i/2); !near(got, c) {
					t.Errorf("orientation %d: %s quarter %d is %v, want %v", orientation, r.Name, i, got, c)
				}
			}
		}
	}
}

func TestBrokenPhotosAreRefused(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	m := corners(400, 300)
	jpg, pic := asJPEG(t, m), asPNG(t, m)
	webp := convert(t, box, "copy", pic, "webp")
	avif := convert(t, box, "heifsave", pic, "avif", "--compression", "av1")
	hevc := convert(t, box, "heifsave", pic, "heic", "--compression", "hevc")
	anim := asGIF(t, 400, 300)
	for name, data := range map[string][]byte{
		"truncated JPEG":              jpg[:len(jpg)/2],
		"truncated PNG":               pic[:len(pic)-30],
		"PNG of a header":             sized(10_000, 10_000),
		"HEIC of a header":            heic(ispe(300, 200)),
		"truncated WebP":              webp[:len(webp)/2],
		"truncated WebP, size mended": riffOf(webp[:len(webp)/2&^1]),
		"truncated AVIF":              avif[:len(avif)/2],
		"truncated HEIC":              hevc[:len(hevc)/2],
		"truncated GIF":               anim[:len(anim)/4],
		"two frames":                  afterSOI(jpg, app(0xc0, "\x08\x01\x00\x01\x00\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01")),
	} {
		if made, err := process(t, box, data); !errors.Is(err, photo.ErrBroken) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, %v; want ErrBroken", name, sizes(made), err)
		}
	}
}

// riffOf corrects the size in a WebP's head.
func riffOf(data []byte) []byte {
	mended := bytes.Clone(data)
	binary.LittleEndian.PutUint32(mended[4:], uint32(len(data)-8))
	return mended
}

func TestProcessHoldsTheHeaderToTheBounds(t *testing.T) {
	t.Parallel()
	h := photo.Header{Kind: photo.PNG, Width: 60_000, Height: 60_000}
	if _, err := photo.Process(t.Context(), openBox(t), "/nonexistent", h, t.TempDir()); !errors.Is(err, photo.ErrTooManyPixels) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutASandboxNothingIsDecoded(t *testing.T) {
	t.Parallel()
	unproved := &sandbox.Box{Mode: sandbox.Bwrap}
	if _, err := process(t, unproved, asPNG(t, corners(8, 8))); !fault.Is(err, fault.Busy) {
		t.Errorf("got %v, want fault.Busy", err)
	}
}

func BenchmarkProcess12MP(b *testing.B) {
	box := openBox(b)
	data := asJPEG(b, corners(4000, 3000))
	for b.Loop() {
		mustProcess(b, box, data)
	}
}

func BenchmarkIdentify(b *testing.B) {
	data := afterSOI(asJPEG(b, corners(64, 64)), app(0xe1, "Exif\x00\x00"+tiff(6, "x")))
	for b.Loop() {
		if _, err := photo.Identify(bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
	}
}

package photo_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media/photo"
)

const jfif = "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"

// vp8 stands for coded data: Inspect does not decode.
var vp8 = riffChunk("VP8 ", "\x10\x00\x00\x9d\x01\x2a\x10\x00\x10\x00")

func vp8x(flags string) string {
	return riffChunk("VP8X", flags+"\x00\x00\x00\x0f\x00\x00\x0f\x00\x00")
}

func TestInspectPassesBarePictures(t *testing.T) {
	t.Parallel()
	plain := asJPEG(t, corners(64, 48))
	for name, data := range map[string][]byte{"jpeg": plain, "jpeg with JFIF": afterSOI(plain, app(0xe0, jfif))} {
		if err := photo.Inspect(bytes.NewReader(data), photo.JPEG); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{
		"lossy": webpOf(vp8), "lossless": webpOf(riffChunk("VP8L", "abc")),
		"alpha": webpOf(vp8x("\x10"), riffChunk("ALPH", "abc"), vp8),
	} {
		if err := photo.Inspect(bytes.NewReader(data), photo.WebP); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInspectFindsWhatIsNoPictureInJPEG(t *testing.T) {
	t.Parallel()
	plain := asJPEG(t, corners(64, 48))
	with := func(segments ...string) []byte { return afterSOI(plain, segments...) }
	longTable := app(0xdb, "\x00"+strings.Repeat("\x01", 64)+"smuggled")
	for name, data := range map[string][]byte{
		"EXIF":             with(app(0xe1, "Exif\x00\x00"+tiff(1, "x"))),
		"XMP":              with(app(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x/>")),
		"profile":          with(app(0xe2, "ICC_PROFILE\x00\x01\x01x")),
		"Photoshop":        with(app(0xed, "Photoshop 3.0\x00")),
		"Adobe":            with(app(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x01")),
		"comment":          with(app(0xfe, "hello")),
		"JFIF resolution":  with(app(0xe0, "JFIF\x00\x01\x01\x01\x01\x2c\x01\x2c\x00\x00")),
		"JFIF thumbnail":   with(app(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01abc")),
		"JFXX":             with(app(0xe0, "JFXX\x00\x10abc")),
		"table too long":   with(longTable),
		"unknown segment":  with(app(0xf0, "x")),
		"bytes between":    with("abc"),
		"fill bytes":       with("\xff"),
		"after the end":    append(bytes.Clone(plain), "PK\x03\x04"...),
		"cut":              plain[:len(plain)-2],
		"cut in the head":  plain[:40],
		"second picture":   append(bytes.Clone(plain), plain...),
		"before the start": append([]byte("x"), plain...),
		"nothing":          nil,
		"long restart":     with(app(0xdd, "\x00\x00more")),
		"segment past end": []byte("\xff\xd8\xff\xdb\xff\xff\x00"),
	} {
		if err := photo.Inspect(bytes.NewReader(data), photo.JPEG); !errors.Is(err, photo.ErrMetadata) {
			t.Errorf("%s: %v, want ErrMetadata", name, err)
		}
	}
}

func TestInspectFindsWhatIsNoPictureInWebP(t *testing.T) {
	t.Parallel()
	alpha := riffChunk("ALPH", "abc")
	for name, data := range map[string][]byte{
		"EXIF":              webpOf(vp8x("\x08"), vp8, riffChunk("EXIF", "MM")),
		"EXIF unannounced":  webpOf(vp8, riffChunk("EXIF", "MM")),
		"XMP":               webpOf(vp8x("\x04"), vp8, riffChunk("XMP ", "<x/>")),
		"profile":           webpOf(vp8x("\x20"), riffChunk("ICCP", "x"), vp8),
		"flag without data": webpOf(vp8x("\x18"), alpha, vp8),
		"reserved bits":     webpOf(riffChunk("VP8X", "\x10abc\x0f\x00\x00\x0f\x00\x00"), alpha, vp8),
		"long VP8X":         webpOf(riffChunk("VP8X", "\x10\x00\x00\x00\x0f\x00\x00\x0f\x00\x00hi"), alpha, vp8),
		"animation":         webpOf(vp8x("\x02"), riffChunk("ANIM", "123456"), riffChunk("ANMF", "x")),
		"unknown chunk":     webpOf(vp8, riffChunk("note", "x")),
		"two pictures":      webpOf(vp8, vp8),
		"after the end":     append(webpOf(vp8), "more"...),
		"in the padding":    bytes.Replace(webpOf(riffChunk("VP8L", "abc")), []byte("abc\x00"), []byte("abcx"), 1),
		"half a chunk":      webpOf(vp8, "VP8"),
		"chunk past end":    webpOf("VP8 \xff\xff\xff\xff"),
		"no chunk":          webpOf(),
		"nothing":           nil,
	} {
		if err := photo.Inspect(bytes.NewReader(data), photo.WebP); !errors.Is(err, photo.ErrMetadata) {
			t.Errorf("%s: %v, want ErrMetadata", name, err)
		}
	}
	if err := photo.Inspect(bytes.NewReader(asPNG(t, corners(4, 4))), photo.PNG); !errors.Is(err, photo.ErrMetadata) {
		t.Errorf("PNG: %v", err)
	}
}

func FuzzInspect(f *testing.F) {
	plain := asJPEG(f, corners(16, 16))
	f.Add(plain)
	f.Add(afterSOI(plain, app(0xe0, jfif), app(0xe1, "Exif\x00\x00")))
	f.Add(webpOf(vp8))
	f.Add(webpOf(vp8x("\x10"), riffChunk("ALPH", "abc"), vp8))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []photo.Kind{photo.JPEG, photo.WebP} {
			err := photo.Inspect(bytes.NewReader(data), kind)
			if err != nil {
				continue
			}
			// What passed must end where the format says it ends.
			more := append(bytes.Clone(data), 'x')
			if photo.Inspect(bytes.NewReader(more), kind) == nil {
				t.Errorf("%s: a byte after the end passed", kind)
			}
		}
	})
}

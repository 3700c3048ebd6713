package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/photo"
)

func identify(data []byte) (photo.Header, error) {
	return photo.Identify(bytes.NewReader(data), int64(len(data)))
}

func TestIdentifyKnowsEachFormat(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	m := corners(300, 200)
	source := asPNG(t, m)
	for kind, data := range map[photo.Kind][]byte{
		photo.JPEG: afterSOI(asJPEG(t, m), app(0xe1, "Exif\x00\x00"+tiff(6, "x")), app(0xfe, strings.Repeat("c", 60000))),
		photo.PNG:  source,
		photo.GIF:  asGIF(t, 300, 200),
		photo.WebP: convert(t, box, "copy", source, "webp"),
		photo.AVIF: convert(t, box, "heifsave", source, "avif", "--compression", "av1"),
		photo.HEIC: convert(t, box, "heifsave", source, "heic", "--compression", "hevc"),
	} {
		got, err := identify(data)
		if want := (photo.Header{Kind: kind, Width: 300, Height: 200}); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", kind, got, err, want)
		}
	}
	for name, options := range map[string]string{"lossless": "[lossless]", "lossy": "[strip]"} {
		data := convert(t, box, "copy", source, "webp"+options)
		if got, err := identify(data); err != nil || got.Width != 300 || got.Height != 200 {
			t.Errorf("WebP %s: %+v, %v", name, got, err)
		}
	}
}

func TestIdentifyRefusesWhatIsNoPhoto(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"empty":      "",
		"SVG":        `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`,
		"SVG in XML": `<?xml version="1.0"?><svg/>`,
		"PostScript": "%!PS-Adobe-3.0\n",
		"PDF":        "%PDF-1.7\n",
		"MVG":        "push graphic-context\nimage over 0,0 0,0 'https://example.org/'\n",
		"TIFF":       "II*\x00\x08\x00\x00\x00",
		"BMP":        "BM" + strings.Repeat("\x00", 60),
		"MP4":        "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42" + strings.Repeat("\x00", 40),
		"AVI":        "RIFF\x10\x00\x00\x00AVI LIST",
		"text":       "hello",
		"space JPEG": " \xff\xd8\xff\xe0",
	} {
		if _, err := identify([]byte(data)); !errors.Is(err, photo.ErrUnknown) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want ErrUnknown", name, err)
		}
	}
}

func TestIdentifyRefusesBrokenHeaders(t *testing.T) {
	t.Parallel()
	jpg, pic := asJPEG(t, corners(30, 20)), asPNG(t, corners(30, 20))
	badCRC := bytes.Clone(pic)
	badCRC[20] ^= 1
	for name, data := range map[string][]byte{
		"JPEG without a frame":   jpg[:20],
		"JPEG of two bytes":      []byte("\xff\xd8\xff"),
		"JPEG ends at once":      []byte("\xff\xd8\xff\xd9\xff\xd9\xff\xd9\xff\xd9"),
		"JPEG of fill bytes":     append([]byte("\xff\xd8"), bytes.Repeat([]byte{0xff}, 100000)...),
		"JPEG segment of 0":      []byte("\xff\xd8\xff\xe0\x00\x00\x00\x00\x00\x00"),
		"PNG cut":                pic[:30],
		"PNG checksum":           badCRC,
		"PNG of no size":         []byte("\x89PNG\r\n\x1a\n" + pngChunk("IHDR", "\x00\x00\x00\x00\x00\x00\x00\x05\x08\x02\x00\x00\x00")),
		"PNG without IHDR":       []byte("\x89PNG\r\n\x1a\n" + pngChunk("IDAT", strings.Repeat("x", 40))),
		"GIF cut":                []byte("GIF89a\x05"),
		"WebP longer than it is": append([]byte("RIFF\xff\xff\x00\x00WEBPVP8 "), bytes.Repeat([]byte{0}, 40)...),
		"WebP of other chunks":   webpOf(riffChunk("EXIF", strings.Repeat("x", 40))),
		"HEIC without meta":      []byte("\x00\x00\x00\x10ftypheic\x00\x00\x00\x00"),
		"HEIC box of no size":    []byte("\x00\x00\x00\x10ftypheic\x00\x00\x00\x00\x00\x00\x00\x02meta\x00\x00\x00\x00"),
	} {
		if h, err := identify(data); !errors.Is(err, photo.ErrBroken) {
			t.Errorf("%s: %+v, %v; want ErrBroken", name, h, err)
		}
	}
}

// sized is a PNG that claims w x h and holds nothing.
func sized(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return []byte("\x89PNG\r\n\x1a\n" + pngChunk("IHDR", string(ihdr)+"\x08\x02\x00\x00\x00"))
}

// ispe is the HEIF property that holds a size.
func ispe(w, h uint32) string {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(make([]byte, 4), w), h)
	return isoBox("ispe", string(body))
}

func isoBox(kind, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))) + kind + body
}

func heic(properties ...string) []byte {
	meta := "\x00\x00\x00\x00" + isoBox("iprp", isoBox("ipco", strings.Join(properties, "")))
	return []byte(isoBox("ftyp", "heic\x00\x00\x00\x00mif1heic") + isoBox("meta", meta))
}

func TestPixelsAreBounded(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"60,000 x 60,000": sized(60_000, 60_000),
		"too wide":        sized(30_001, 1),
		"too many":        sized(10_001, 10_000),
		"GIF":             []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"),
		"WebP canvas":     webpOf(riffChunk("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"), riffChunk("VP8 ", "xxxxxxxx")),
		"HEIC":            heic(ispe(60_000, 60_000)),
		"HEIC hidden":     heic(ispe(300, 200), ispe(40_000, 1), ispe(400, 300)),
		"HEIC of 32 bits": heic(ispe(1<<32-1, 1<<32-1), ispe(300, 200)),
	} {
		if _, err := identify(data); !errors.Is(err, photo.ErrTooManyPixels) {
			t.Errorf("%s: %v, want ErrTooManyPixels", name, err)
		}
	}
	if _, err := identify(sized(10_000, 10_000)); err != nil {
		t.Errorf("just as many as allowed: %v", err)
	}
	if h, err := identify(heic(ispe(512, 512), ispe(4032, 3024))); err != nil || h.Width != 4032 {
		t.Errorf("a tiled HEIC: %+v, %v", h, err)
	}
}

// counter counts the bytes that Identify asks for.
type counter struct {
	io.ReaderAt
	n int
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	c.n += len(p)
	return c.ReaderAt.ReadAt(p, off)
}

func TestIdentifyReadsLittle(t *testing.T) {
	t.Parallel()
	segments := strings.Repeat(app(0xfe, strings.Repeat("c", 65000)), 200)
	data := afterSOI(asJPEG(t, corners(64, 64)), segments)
	c := &counter{ReaderAt: bytes.NewReader(data)}
	if _, err := photo.Identify(c, int64(len(data))); err != nil || c.n > 300_000 {
		t.Errorf("%d bytes read of %d, %v", c.n, len(data), err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestIdentifyPassesOnReadErrors(t *testing.T) {
	t.Parallel()
	if _, err := photo.Identify(failing{}, 1000); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func FuzzIdentify(f *testing.F) {
	m := corners(30, 20)
	for _, seed := range [][]byte{asJPEG(f, m), asPNG(f, m), asGIF(f, 30, 20), heic(ispe(30, 20)), sized(60_000, 60_000),
		webpOf(riffChunk("VP8X", "\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00"), riffChunk("VP8 ", "xxxxxxxx"))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &counter{ReaderAt: bytes.NewReader(data)}
		h, err := photo.Identify(c, int64(len(data)))
		if c.n > 400_000 {
			t.Errorf("read %d bytes", c.n)
		}
		if err == nil && (h.Width < 1 || h.Height < 1 || h.Width*h.Height > photo.MaxPixels) {
			t.Errorf("passed %+v", h)
		}
	})
}

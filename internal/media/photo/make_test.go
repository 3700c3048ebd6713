package photo_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

// openBox gives the real sandbox; without bubblewrap and vips the test fails.
func openBox(t testing.TB) *sandbox.Box {
	t.Helper()
	box := sandbox.New(sandbox.Bwrap, slog.New(slog.DiscardHandler))
	if err := box.Probe(t.Context()); err != nil {
		t.Fatalf("Probe: %v", err)
	}
	return box
}

// Colours far enough apart to be told after lossy coding.
var (
	red   = color.NRGBA{220, 20, 20, 255}
	green = color.NRGBA{20, 200, 20, 255}
	blue  = color.NRGBA{20, 20, 220, 255}
	white = color.NRGBA{250, 250, 250, 255}
)

// corners is a picture of four quarters: red, green above blue, white.
func corners(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [2][2]color.NRGBA{{red, green}, {blue, white}}[y*2/h][x*2/w]
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asGIF is an animation whose second frame is all blue.
func asGIF(t testing.TB, w, h int) []byte {
	t.Helper()
	frame := func(i uint8) *image.Paletted {
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{red, blue})
		for p := range m.Pix {
			m.Pix[p] = i
		}
		return m
	}
	var b bytes.Buffer
	all := &gif.GIF{Image: []*image.Paletted{frame(0), frame(1)}, Delay: []int{10, 10}}
	if err := gif.EncodeAll(&b, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// convert has vips, in the sandbox, make another file of one, with an operation
// of its command line.
func convert(t testing.TB, box *sandbox.Box, operation string, data []byte, suffix string, options ...string) []byte {
	t.Helper()
	in, out := filepath.Join(t.TempDir(), "in"), t.TempDir()
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{operation, sandbox.InputPath, sandbox.OutPath + "/made." + suffix}, options...)
	result, err := box.Run(t.Context(), sandbox.Job{Tool: "vips", Args: args, Input: in, OutDir: out})
	if err != nil {
		t.Fatalf("vips %s: %v %s", operation, err, result.Stderr)
	}
	suffix, _, _ = strings.Cut(suffix, "[") // savers take options in brackets
	made, err := os.ReadFile(filepath.Join(out, "made."+suffix))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// process runs data through Identify and Process.
func process(t testing.TB, box *sandbox.Box, data []byte) ([]rendition.File, error) {
	t.Helper()
	in := filepath.Join(t.TempDir(), "original")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := photo.Identify(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return photo.Process(t.Context(), box, in, h, t.TempDir())
}

// mustProcess is process for what has to succeed.
func mustProcess(t testing.TB, box *sandbox.Box, data []byte) []rendition.File {
	t.Helper()
	made, err := process(t, box, data)
	if err != nil {
		t.Fatalf("Process: %v", err)
	}
	return made
}

func read(t testing.TB, r rendition.File) []byte {
	t.Helper()
	data, err := os.ReadFile(r.Path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// view decodes a rendition, WebP by way of PNG.
func view(t testing.TB, box *sandbox.Box, r rendition.File) image.Image {
	t.Helper()
	data := read(t, r)
	if r.Type == "image/webp" {
		data = convert(t, box, "copy", data, "png")
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// near tells whether two colours look alike.
func near(a, b color.Color) bool {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	off := func(a, b uint8) bool { return max(a, b)-min(a, b) > 30 }
	return !off(x.R, y.R) && !off(x.G, y.G) && !off(x.B, y.B) && !off(x.A, y.A)
}

// at is the colour in the middle of a quarter; right and low are 0 or 1.
func at(m image.Image, right, low int) color.Color {
	b := m.Bounds()
	return m.At(b.Dx()*(1+2*right)/4, b.Dy()*(1+2*low)/4)
}

// app is a JPEG segment of the marker with the payload.
func app(marker byte, payload string) string {
	head := []byte{0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(head[2:], uint16(2+len(payload)))
	return string(head) + payload
}

// afterSOI puts segments where cameras put theirs.
func afterSOI(data []byte, segments ...string) []byte {
	made := append([]byte(nil), data[:2]...)
	for _, s := range segments {
		made = append(made, s...)
	}
	return append(made, data[2:]...)
}

// tiff is an EXIF block with an orientation, a maker's name and a description.
func tiff(orientation byte, text string) string {
	text += "\x00"
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x0e, 0, 2, 0, 0, 0, byte(len(text)), 0, 0, 0, 38) // ImageDescription
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0)      // Orientation
	b = append(b, 0, 0, 0, 0)
	return string(b) + text
}

// pngChunk is a PNG chunk with its checksum.
func pngChunk(kind, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+data))))
}

// afterIHDR puts chunks behind a PNG's header.
func afterIHDR(data []byte, chunks ...string) []byte {
	made := append([]byte(nil), data[:33]...)
	for _, c := range chunks {
		made = append(made, c...)
	}
	return append(made, data[33:]...)
}

// riffChunk is a RIFF chunk with its padding.
func riffChunk(kind, data string) string {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
	b = append(b, data...)
	return string(b) + "\x00"[:len(data)%2]
}

// webpOf is a WebP container of the chunks.
func webpOf(chunks ...string) []byte {
	body := "WEBP"
	for _, c := range chunks {
		body += c
	}
	return []byte(riffChunk("RIFF", body))
}

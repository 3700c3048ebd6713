package photo_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/rendition"
)

const canary = "CANARY-38.7223N-9.1393W"

// traces are words that stand at the head of every kind of metadata.
func traces() []string {
	return []string{canary, "Exif", "http://ns.adobe.com", "GPS", "Photoshop", "8BIM", "ICC_PROFILE", "ICCP", "XMP ", "EXIF", "xpacket", "JFIF", "tEXt", "PK\x03\x04"}
}

// mustBeClean looks for traces byte by byte, and by Inspect.
func mustBeClean(t *testing.T, made []rendition.File) {
	t.Helper()
	for _, r := range made {
		data := read(t, r)
		for _, trace := range traces() {
			// Three or four bytes can occur in coded data by chance; the head
			// of a file has none of it.
			where := data
			if len(trace) <= 4 {
				where = data[:min(len(data), 200)]
			}
			if bytes.Contains(where, []byte(trace)) {
				t.Errorf("%s holds %q", r.Name, trace)
			}
		}
		kind := photo.JPEG
		if r.Type == "image/webp" {
			kind = photo.WebP
		}
		if err := photo.Inspect(bytes.NewReader(data), kind); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
}

func TestNoPlantedWordGetsThrough(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	exif := tiff(1, canary)
	xmp := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + canary + `</rdf:RDF></x:xmpmeta>`
	iptc := "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00" + string(rune(len(canary)+5)) + "\x1c\x02\x78\x00" + string(rune(len(canary))) + canary
	plain := asJPEG(t, corners(600, 400))
	pic := asPNG(t, corners(600, 400))
	zip := "PK\x03\x04" + canary
	webp := convert(t, box, "copy", pic, "webp[strip]")
	vp8 := string(webp[bytes.Index(webp, []byte("VP8 ")):])
	vp8 = vp8[:8+int(vp8[4])+int(vp8[5])<<8+int(vp8[6])<<16]
	vp8 += "\x00"[:len(vp8)%2]
	canvas := "\x00\x00\x00\x57\x02\x00\x8f\x01\x00"

	for name, data := range map[string][]byte{
		"JPEG EXIF":    afterSOI(plain, app(0xe1, "Exif\x00\x00"+exif)),
		"JPEG XMP":     afterSOI(plain, app(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmp)),
		"JPEG IPTC":    afterSOI(plain, app(0xed, iptc)),
		"JPEG comment": afterSOI(plain, app(0xfe, canary)),
		"JPEG profile": afterSOI(plain, app(0xe2, "ICC_PROFILE\x00\x01\x01"+profile(t))),
		"JPEG unknown": afterSOI(plain, app(0xe9, canary)),
		"JPEG and ZIP": append(bytes.Clone(plain), zip...),
		"PNG tEXt":     afterIHDR(pic, pngChunk("tEXt", "Comment\x00"+canary)),
		"PNG iTXt":     afterIHDR(pic, pngChunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmp)),
		"PNG eXIf":     afterIHDR(pic, pngChunk("eXIf", exif)),
		"PNG tIME":     afterIHDR(pic, pngChunk("tIME", "\x07\xe8\x01\x02\x03\x04\x05")),
		"PNG own":      afterIHDR(pic, pngChunk("caNr", canary)),
		"PNG and ZIP":  append(bytes.Clone(pic), zip...),
		"WebP":         webpOf(riffChunk("VP8X", "\x0c"+canvas), vp8, riffChunk("EXIF", exif), riffChunk("XMP ", xmp)),
		"WebP and ZIP": append(bytes.Clone(webp), zip...),
		"GIF comment":  append(bytes.TrimSuffix(asGIF(t, 60, 40), []byte(";")), "\x21\xfe\x17"+canary+"\x00;"...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !bytes.Contains(data, []byte(canary)) && name != "PNG tIME" {
				t.Fatal("nothing was planted")
			}
			mustBeClean(t, mustProcess(t, box, data))
		})
	}
}

// profile is an ICC profile that names its device: libvips' own sRGB one, got
// from a file it wrote, with the canary over the start of its description.
func profile(t *testing.T) string {
	t.Helper()
	box := openBox(t)
	data := convert(t, box, "icc_export", convert(t, box, "colourspace", asPNG(t, corners(8, 8)), "tif", "lab"), "jpg", "--output-profile", "srgb")
	start := bytes.Index(data, []byte("ICC_PROFILE\x00"))
	if start < 0 {
		t.Fatal("vips wrote no profile")
	}
	length := int(data[start-2])<<8 | int(data[start-1])
	icc := bytes.Clone(data[start+14 : start-2+length])
	at := bytes.Index(icc, []byte("desc\x00\x00\x00\x00"))
	if at < 0 {
		at = bytes.Index(icc, []byte("text\x00\x00\x00\x00"))
	}
	if at < 0 {
		// A version 4 profile keeps its texts in UTF-16; append instead.
		return string(icc) + canary
	}
	copy(icc[at+12:], canary)
	return string(icc)
}

// TestCorpora runs the real photos: cameras, phones, every orientation.
func TestCorpora(t *testing.T) {
	t.Parallel()
	dir := "../../../../shared/corpora/metadata"
	files, _ := filepath.Glob(dir + "/*.jpg")
	pngs, _ := filepath.Glob(dir + "/*.png")
	if files = append(files, pngs...); len(files) == 0 {
		t.Skip("the corpora are not here: ../shared/corpora beside the repository")
	}
	box := openBox(t)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			made := mustProcess(t, box, data)
			mustBeClean(t, made)
			if strings.HasPrefix(name, "portrait") == (made[0].Width > made[0].Height) {
				t.Errorf("not upright: %v", sizes(made))
			}
			if got := view(t, box, made[0]).Bounds().Size(); got.X != made[0].Width || got.Y != made[0].Height {
				t.Errorf("%s decodes to %v", made[0].Name, got)
			}
		})
	}
}

package document_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media/document"
)

// darkness has the system's vips draw the first page and counts what is not white.
func darkness(t *testing.T, data []byte) float64 {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.png")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("vips", "copy", in, out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	dark, b := 0, m.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			if r, _, _, a := m.At(x, y).RGBA(); a > 0x8000 && r < 0x8000 {
				dark++
			}
		}
	}
	return float64(dark) / float64(b.Dx()*b.Dy())
}

// TestInspectFindsWhatIsPlanted plants words in a document that was made clean.
func TestInspectFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	made, err := process(t, openBox(t), dirty())
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(made[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Inspect(good); err != nil {
		t.Fatalf("the clean one: %v", err)
	}
	for name, data := range map[string][]byte{
		"behind the end":    append(bytes.Clone(good), canary...),
		"before the table":  bytes.Replace(good, []byte("\nxref\n"), []byte("\n%"+canary+"\nxref\n"), 1),
		"another name":      bytes.Replace(good, []byte("/Interpolate"), []byte("/InterpolatE"), 1),
		"a text":            bytes.Replace(good, []byte("/Interpolate true"), []byte("/Interpolate (tru"), 1),
		"a word in a page":  bytes.Replace(good, []byte("/MediaBox [ 0 0"), []byte("/MediaBox [ x 0"), 1),
		"another head":      bytes.Replace(good, []byte("%PDF-1.5"), []byte("%PDF-1.7"), 1),
		"a smaller picture": bytes.Replace(good, []byte("/Height "), []byte("/Height 1"), 1),
		"cut":               good[:len(good)-10],
		"nothing":           nil,
	} {
		if bytes.Equal(data, good) {
			t.Fatalf("%s: nothing was planted", name)
		}
		if err := document.Inspect(data); !errors.Is(err, document.ErrMetadata) {
			t.Errorf("%s: %v, want ErrMetadata", name, err)
		}
	}
}

// single is a document of one object, as cairo writes it.
func single(object, trailer string) []byte {
	head := "%PDF-1.5\n%\xb5\xed\xae\xfb\n"
	body := head + "1 0 obj\n<< " + object + "\n>>\nendobj\n"
	return fmt.Appendf(nil, "%sxref\n0 2\n0000000000 65535 f \n%010d 00000 n \ntrailer\n<< /Size 2\n   /Root 1 0 R\n%s>>\nstartxref\n%d\n%%%%EOF\n", body, len(head), trailer, len(body))
}

// TestWordsOfAnObjectAreBounded before there is a list of them in memory.
func TestWordsOfAnObjectAreBounded(t *testing.T) {
	t.Parallel()
	for n, good := range map[int]bool{1000: true, 1_000_000: false} {
		if err := document.Inspect(single("/Kids [ "+strings.Repeat("1 ", n)+"]", "")); (err == nil) != good {
			t.Errorf("%d words: %v", n, err)
		}
	}
}

// TestLargeDocumentIsMendedWhereItLies holds that there is no second one of it in memory.
func TestLargeDocumentIsMendedWhereItLies(t *testing.T) { //nolint:paralleltest // it looks at what the process allocates
	data := single(strings.Repeat(" ", 16<<20), "   /Info 1 0 R\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := document.Tidy(data); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if more := after.TotalAlloc - before.TotalAlloc; more > 1<<20 {
		t.Errorf("%d bytes were allocated", more)
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("%PDF-1.5\n%\xb5\xed\xae\xfb\n1 0 obj\n<< /Type /Catalog\n>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000015 00000 n \ntrailer\n<< /Size 2\n   /Root 1 0 R\n>>\nstartxref\n52\n%%EOF\n"))
	f.Add(dirty())
	f.Fuzz(func(t *testing.T, data []byte) {
		if document.Inspect(data) == nil && bytes.Contains(data, []byte("(")) && !bytes.Contains(data, []byte("stream")) {
			t.Errorf("passed a text in %q", data)
		}
		if made, err := document.Tidy(bytes.Clone(data)); err == nil && len(made) > 2*len(data)+1024 {
			t.Errorf("grew to %d bytes", len(made))
		}
	})
}

func FuzzIdentify(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := document.Identify(bytes.NewReader(data), int64(len(data))); err == nil && !bytes.HasPrefix(data, []byte("%PDF-")) {
			t.Errorf("passed %q", data)
		}
	})
}

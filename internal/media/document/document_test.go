package document_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media/document"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

const canary = "CANARY-38.7223N-9.1393W"

func openBox(t testing.TB) *sandbox.Box {
	t.Helper()
	box := sandbox.New(sandbox.Bwrap, slog.New(slog.DiscardHandler))
	if err := box.Probe(t.Context()); err != nil {
		t.Fatalf("Probe: %v", err)
	}
	return box
}

func process(t testing.TB, box *sandbox.Box, data []byte) ([]rendition.File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := document.Identify(bytes.NewReader(data), int64(len(data))); err != nil {
		return nil, err
	}
	return document.Process(t.Context(), box, path, t.TempDir())
}

// pdf writes a PDF of objects; the first is its catalog, the last its information.
func pdf(trailer string, objects ...string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.6\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, len(objects), trailer, at)
	return out.Bytes()
}

func stream(dictionary, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dictionary, len(content), content)
}

// dirty is a PDF with a word planted wherever there is room for one.
func dirty() []byte {
	xmp := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>` + canary + `</rdf:RDF></x:xmpmeta>`
	made := pdf("/ID [<"+fmt.Sprintf("%x", canary)+"> <00>]",
		"<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R /OpenAction 6 0 R /Names << /EmbeddedFiles << /Names [("+canary+") 7 0 R] >> /JavaScript << /Names [(x) 6 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 144 72] /Contents 4 0 R /Resources << /Font << /F 9 0 R >> >> /Annots [10 0 R] /PieceInfo << /X ("+canary+") >> >>",
		stream("", "BT /F 24 Tf 10 20 Td (Visible) Tj ET"),
		stream("/Type /Metadata /Subtype /XML", xmp),
		"<< /S /JavaScript /JS (app.launchURL\\(\"http://127.0.0.1/"+canary+"\"\\)) >>",
		"<< /Type /Filespec /F ("+canary+".doc) /EF << /F 8 0 R >> >>",
		stream("/Type /EmbeddedFile", canary),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Type /Annot /Subtype /Link /Rect [0 0 100 50] /A << /S /Launch /F ("+canary+".exe) >> /Contents ("+canary+") >>",
		"<< /Author ("+canary+") /Title ("+canary+") /Producer ("+canary+") /CreationDate (D:20200101000000Z) >>",
	)
	return append(made, "% "+canary+"\nPK\x03\x04"+canary...)
}

func TestNoPlantedWordGetsThrough(t *testing.T) {
	t.Parallel()
	data := dirty()
	if n := bytes.Count(data, []byte(canary)); n < 10 {
		t.Fatalf("planted %d words", n)
	}
	made, err := process(t, openBox(t), data)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(made[0].Path)
	if err != nil || made[0].Bytes != int64(len(got)) || made[0].Name != "document.pdf" {
		t.Fatalf("%+v of %d bytes, %v", made, len(got), err)
	}
	for _, trace := range []string{canary, "Producer", "cairo", "poppler", "JavaScript", "Author", "CreationDate", "Metadata", "Info", "/ID", "Launch", "PK\x03\x04"} {
		if bytes.Contains(got, []byte(trace)) {
			t.Errorf("it holds %q", trace)
		}
	}
	// What there is to see is there, though the file brings no font along.
	if ink := darkness(t, got); ink < 0.01 {
		t.Errorf("the page is empty: %f of it is dark", ink)
	}
}

func TestCorpora(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../../shared/corpora/metadata/*.pdf")
	if len(files) == 0 {
		t.Skip("the corpora are not here: ../shared/corpora beside the repository")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := process(t, openBox(t), data); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}

func TestWhatCannotBeCleanedIsRefused(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	page := "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s] >>"
	of := func(size string) []byte {
		return pdf("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", fmt.Sprintf(page, size), "<< >>")
	}
	locked := pdf("/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <"+strings.Repeat("ab", 32)+"> /U <"+strings.Repeat("cd", 32)+"> >> /ID [<00> <00>]",
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", fmt.Sprintf(page, "100 100"), "<< >>")
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"nothing behind the head": {[]byte("%PDF-1.7\n"), document.ErrUncleanable},
		"text":                    {[]byte("%PDF-1.7\n" + strings.Repeat("hello\n", 500)), document.ErrUncleanable},
		"locked":                  {locked, document.ErrUncleanable},
		"a page of a mile":        {of("4500000 4500000"), document.ErrUncleanable},
		"something before it":     {append([]byte("GIF89a"), of("100 100")...), document.ErrUnknown},
	} {
		if made, err := process(t, box, test.data); !errors.Is(err, test.want) && !errors.Is(err, document.ErrTooHeavy) {
			t.Errorf("%s: %v, %v; want %v", name, made, err, test.want)
		}
	}
	if _, err := process(t, box, of("100 100")); err != nil {
		t.Errorf("the next good one: %v", err)
	}
}

package document

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

const (
	// timeout is for some hundred pages.
	timeout = 10 * time.Minute
	memory  = 1 << 30
	// maxDocument bounds what is served, and read again as a whole.
	maxDocument = 192 << 20
	// output is for the document and for what mat2 keeps while it makes it.
	output = 2*maxDocument + 1<<20
	nice   = 10
	name   = "document.pdf"
)

// clean has mat2 draw the pages. Its own program wants what the sandbox has not: a
// name that ends in .pdf, shared memory, a large folder for temporary files.
const clean = `import os, sys, tempfile
from libmat2 import pdf
source, folder = sys.argv[1:]
tempfile.tempdir = folder
document = pdf.PDFParser(source)
document.output_filename = os.path.join(folder, "document.pdf")
sys.exit(0 if document.remove_all() else 3)
`

// Process makes document.pdf of the PDF at the host path in, in outDir, a folder
// for this alone: pictures of its pages, and nothing else of it.
//
// Errors: ErrUncleanable, ErrTooHeavy; ErrMetadata if something was left;
// fault.Busy while the sandbox does not work; the context's. After an error the
// caller throws outDir away.
func Process(ctx context.Context, box *sandbox.Box, in, outDir string) ([]rendition.File, error) {
	said, err := box.Run(ctx, sandbox.Job{
		Tool: "/usr/bin/python3", Needs: []string{"mat2"}, Args: []string{"-I", "-c", clean, sandbox.InputPath, sandbox.OutPath},
		Input: in, OutDir: outDir, Timeout: timeout, MemoryBytes: memory, OutputBytes: output, Nice: nice,
	})
	if err != nil {
		return nil, refusal(said, err)
	}
	made := rendition.File{Name: name, Path: filepath.Join(outDir, name), Type: "application/pdf"}
	data, err := read(made.Path)
	if err != nil {
		return nil, err
	}
	if data, err = tidy(data); err != nil {
		return nil, err
	}
	if err := inspect(data); err != nil {
		return nil, err
	}
	if err := os.WriteFile(made.Path, data, 0o600); err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	made.Bytes = int64(len(data))
	return []rendition.File{made}, secondLook(ctx, box, made.Path)
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: nothing was made of it", ErrUncleanable)
	}
	if err != nil {
		return nil, fmt.Errorf("read a document again: %w", err)
	}
	if info.Size() > maxDocument {
		return nil, ErrTooHeavy
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a document again: %w", err)
	}
	return data, nil
}

// secondLook has somebody else look for what inspect may not know of.
func secondLook(ctx context.Context, box *sandbox.Box, path string) error {
	said, err := box.Run(ctx, sandbox.Job{
		Tool: "exiftool", Args: []string{"-j", "-a", "-G1", "-u", "-ee", sandbox.InputPath},
		Input: path, Timeout: time.Minute, MemoryBytes: memory, Nice: nice,
	})
	if err != nil {
		return refusal(said, err)
	}
	var files []map[string]any
	if err := json.Unmarshal(said.Stdout, &files); err != nil || len(files) != 1 {
		return fmt.Errorf("%w: what ExifTool tells of it is not understood", ErrMetadata)
	}
	for tag := range files[0] {
		if !harmless(tag) {
			return fmt.Errorf("%w: ExifTool finds a tag", ErrMetadata)
		}
	}
	return nil
}

// harmless tells what ExifTool says of every file, and of every PDF.
func harmless(tag string) bool {
	switch tag {
	case "SourceFile", "ExifTool:ExifToolVersion", "File:FileType", "File:FileTypeExtension", "File:MIMEType",
		"PDF:PDFVersion", "PDF:Linearized", "PDF:PageCount":
		return true
	}
	return strings.HasPrefix(tag, "System:")
}

// refusal turns how a tool ended into what is wrong with the document.
func refusal(said sandbox.Result, err error) error {
	switch {
	case errors.Is(err, sandbox.ErrFailed) && strings.Contains(string(said.Stderr), "No space left on device"):
		return fault.New(fault.Busy, "the disk is full")
	case errors.Is(err, sandbox.ErrTimeout), errors.Is(err, sandbox.ErrTooMuch):
		return fmt.Errorf("%w: %w", ErrTooHeavy, err)
	case errors.Is(err, sandbox.ErrFailed):
		return fmt.Errorf("%w: %w", ErrUncleanable, err)
	}
	return err
}

// Package captions turns a stranger's captions into clean ones: they are read
// strictly as WebVTT, and what is served is written anew from times and text.
package captions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/rendition"
)

// Bounds of captions.
const (
	MaxBytes = 1_000_000
	maxCues  = 20_000
	maxText  = 2000 // bytes of one cue
)

// Why a file is no captions for us; all are fault.Invalid, errors.Is tells them
// apart.
var (
	ErrUnknown  = fault.New(fault.Invalid, "not WebVTT captions")
	ErrBroken   = fault.New(fault.Invalid, "the captions do not follow WebVTT")
	ErrTooLarge = fault.New(fault.Invalid, "there are too many captions")
)

// Header is what the first bytes of captions say.
type Header struct {
	Type string // MIME
}

// Identify tells WebVTT by its first line. Errors: ErrUnknown and the reader's own.
func Identify(r io.ReaderAt, size int64) (Header, error) {
	head := make([]byte, min(size, 10))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Header{}, err
	}
	rest, found := bytes.CutPrefix(bytes.TrimPrefix(head[:n], []byte(mark)), []byte("WEBVTT"))
	if !found || len(rest) > 0 && !bytes.ContainsAny(rest[:1], " \t\r\n") {
		return Header{}, ErrUnknown
	}
	return Header{Type: "text/vtt"}, nil
}

// mark is that of the order of bytes, which a file may begin with.
const mark = "\ufeff"

// Process makes captions.vtt of those at the host path in, in outDir, a folder for
// this alone. Errors: ErrBroken, ErrTooLarge, and those of the disk.
func Process(in, outDir string) ([]rendition.File, error) {
	data, err := read(in)
	if err != nil {
		return nil, err
	}
	cues, err := Parse(data)
	if err != nil {
		return nil, err
	}
	made := rendition.File{Name: "captions.vtt", Path: filepath.Join(outDir, "captions.vtt"), Type: "text/vtt"}
	text := Write(cues)
	if err := os.WriteFile(made.Path, text, 0o600); err != nil {
		return nil, fmt.Errorf("write captions: %w", err)
	}
	made.Bytes = int64(len(text))
	return []rendition.File{made}, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read captions: %w", nameless(err))
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read captions: %w", nameless(err))
	}
	if len(data) > MaxBytes {
		return nil, ErrTooLarge
	}
	return data, nil
}

// nameless is what went wrong with a file, without its name.
func nameless(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

const (
	// maxHeight is WebP's own bound, for a very tall photo.
	maxHeight = 16383
	timeout   = 60 * time.Second
	// memory suffices for MaxPixels of progressive JPEG, which vips and libjpeg
	// hold as coefficients.
	memory = 1 << 30
	// output is for the intermediate PNG and all renditions.
	output = 256 << 20
	// base is the intermediate picture, upright, sRGB, at most the largest width.
	base = "base.png"
)

// widths are the steps of a srcset, in pixels.
func widths() []int { return []int{480, 960, 1920} }

// formats are what each width is made in. Transparency stays in WebP and lies
// on white in JPEG.
func formats() []format {
	return []format{
		{WebP, "webp", "image/webp", "[strip,Q=80]", scrubWebP},
		{JPEG, "jpg", "image/jpeg", "[strip,Q=80,optimize_coding,background=255]", scrubJPEG},
	}
}

type format struct {
	kind         Kind
	suffix, mime string
	options      string // of vips' saver
	scrub        func([]byte) ([]byte, error)
}

// Process makes the renditions of the photo at the host path in, whose header
// Identify read, in outDir, a folder for this alone: up to three widths, each
// as WebP and JPEG, narrowest first, never larger than the photo, whose own
// width is the last step where it is under 1920. Orientation is baked in,
// colours are sRGB, and every file passed Inspect.
//
// Errors: ErrBroken, ErrTooHeavy; ErrMetadata if something was left; fault.Busy
// while the sandbox does not work; the context's. After an error the caller
// throws outDir away.
func Process(ctx context.Context, box *sandbox.Box, in string, h Header, outDir string) ([]rendition.File, error) {
	if _, err := h.check(); err != nil {
		return nil, err
	}
	upright, err := decode(ctx, box, in, outDir)
	if err != nil {
		return nil, err
	}
	var made []rendition.File
	for _, width := range steps(upright.Width) {
		for _, f := range formats() {
			r, err := f.render(ctx, box, width, outDir)
			if err != nil {
				return nil, err
			}
			made = append(made, r)
		}
	}
	if err := os.Remove(filepath.Join(outDir, base)); err != nil {
		return nil, fmt.Errorf("remove the intermediate picture: %w", err)
	}
	return made, nil
}

// steps are the widths to make of a picture that is full pixels wide, itself at
// most the last of widths. A step that full hardly exceeds is left out.
func steps(full int) []int {
	var made []int
	for _, width := range widths() {
		if width*5 < full*4 {
			made = append(made, width)
		}
	}
	return append(made, full)
}

// render makes one rendition, scrubs it and reads it again.
func (f format) render(ctx context.Context, box *sandbox.Box, width int, outDir string) (rendition.File, error) {
	name := fmt.Sprintf("%d.%s", width, f.suffix)
	_, err := box.Run(ctx, sandbox.Job{
		Tool: "vips",
		Args: []string{
			"thumbnail", sandbox.OutPath + "/" + base, sandbox.OutPath + "/" + name + f.options,
			fmt.Sprint(width), "--height", fmt.Sprint(maxHeight), "--size", "down",
		},
		OutDir: outDir, Timeout: timeout, MemoryBytes: memory, OutputBytes: output,
	})
	if err != nil {
		return rendition.File{}, fmt.Errorf("make %s: %w", name, err)
	}
	r := rendition.File{Name: name, Path: filepath.Join(outDir, name), Type: f.mime}
	return f.finish(r)
}

// finish rewrites the file without what vips left, and measures what is there.
func (f format) finish(r rendition.File) (rendition.File, error) {
	if err := f.rewrite(r.Path); err != nil {
		return rendition.File{}, err
	}
	file, err := os.Open(r.Path)
	if err != nil {
		return rendition.File{}, fmt.Errorf("read a rendition again: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := Inspect(file, f.kind); err != nil {
		return rendition.File{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return rendition.File{}, fmt.Errorf("read a rendition again: %w", err)
	}
	h, err := Identify(file, info.Size())
	if err != nil || h.Kind != f.kind {
		return rendition.File{}, fmt.Errorf("a rendition is no %s: %w", f.kind, errors.Join(err, ErrMetadata))
	}
	r.Width, r.Height, r.Bytes = h.Width, h.Height, info.Size()
	return r, nil
}

// rewrite scrubs a file in place.
func (f format) rewrite(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read a rendition: %w", err)
	}
	clean, err := f.scrub(data)
	if err != nil || bytes.Equal(clean, data) {
		return err
	}
	if err := os.WriteFile(path, clean, 0o600); err != nil {
		return fmt.Errorf("write a rendition: %w", err)
	}
	return nil
}

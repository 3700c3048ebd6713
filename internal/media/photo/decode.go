package photo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/indywire/indywire/internal/sandbox"
)

// decode makes the intermediate picture. It is PNG because that keeps alpha,
// loses nothing, and carries no EXIF with `strip`; compression is for speed.
// Any error of the decoder, truncation too, refuses the photo; mere warnings
// (odd bytes between segments, as some phones write) do not.
func decode(ctx context.Context, box *sandbox.Box, in, outDir string) (Header, error) {
	colour, err := colourArgs(in)
	if err != nil {
		return Header{}, err
	}
	args := []string{
		"thumbnail", sandbox.InputPath, sandbox.OutPath + "/" + base + "[strip,compression=1]",
		fmt.Sprint(widths()[len(widths())-1]), "--height", fmt.Sprint(maxHeight), "--size", "down",
		"--fail-on", "error",
	}
	_, err = box.Run(ctx, sandbox.Job{
		Tool: "vips", Args: append(args, colour...),
		Input: in, OutDir: outDir, Timeout: timeout, MemoryBytes: memory, OutputBytes: output,
	})
	if err != nil {
		return Header{}, refusal(err)
	}
	return identifyFile(filepath.Join(outDir, base))
}

// colourArgs has vips convert to sRGB. The import profile is for photos without
// one of their own: left to itself libvips 8.14 takes those by way of a Lab of
// another white point, and blue turns violet. A grey photo fits no such profile,
// is not converted, and needs none: its own, if any, is dropped.
func colourArgs(in string) ([]string, error) {
	grey := false
	err := withFile(in, func(r io.ReaderAt, size int64) (err error) {
		grey, err = isGrey(r, size)
		return err
	})
	if err != nil || grey {
		return nil, err
	}
	return []string{"--import-profile", "srgb", "--export-profile", "srgb"}, nil
}

// isGrey tells whether the file is a JPEG of one component or a PNG of a grey
// colour type (0 or 4). The other formats always decode to three.
func isGrey(r io.ReaderAt, size int64) (bool, error) {
	start, err := readAt(r, size, 0, 33)
	if err != nil {
		return false, err
	}
	h, err := Identify(r, size)
	switch {
	case err != nil:
		return false, err
	case h.Kind == PNG:
		return start[25]&^4 == 0, nil
	case h.Kind == JPEG:
		frame, err := jpegFrame(r, size)
		return err == nil && frame[9] == 1, err
	}
	return false, nil
}

// refusal turns how the decoder ended into what is wrong with the photo.
func refusal(err error) error {
	switch {
	case errors.Is(err, sandbox.ErrTimeout), errors.Is(err, sandbox.ErrTooMuch):
		return fmt.Errorf("%w: %w", ErrTooHeavy, err)
	case errors.Is(err, sandbox.ErrFailed):
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err
}

// identifyFile is Identify for a file of ours.
func identifyFile(path string) (h Header, err error) {
	err = withFile(path, func(r io.ReaderAt, size int64) error {
		h, err = Identify(r, size)
		return err
	})
	return h, err
}

// withFile opens a file for reading at will.
func withFile(path string, read func(r io.ReaderAt, size int64) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read a picture: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read a picture: %w", err)
	}
	return read(file, info.Size())
}

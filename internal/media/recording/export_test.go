package recording

import (
	"context"
	"io"
	"os"

	"github.com/indywire/indywire/internal/sandbox"
)

// Inspect reads a rendition again, by its name's ending.
func Inspect(ending string, r io.ReaderAt, size int64) error {
	var err error
	switch ending {
	case "mp4":
		_, err = inspectFilm(r, size)
	case "opus":
		_, err = inspectOpus(r, size)
	default:
		_, err = inspectMP3(r, size)
	}
	return err
}

// CleanOpus is what is done to an Ogg before it is inspected.
func CleanOpus(f *os.File, size int64) error {
	_, err := cleanOpus(f, size)
	return err
}

// Args are those that ffmpeg is given for a recording.
func Args(ctx context.Context, box *sandbox.Box, in string, h Header, threads int) ([]string, error) {
	f, err := examine(ctx, box, in, h)
	return plan{found: f, header: h, copied: f.video != nil, threads: threads}.args(), err
}

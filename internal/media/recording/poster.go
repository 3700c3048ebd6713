package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

const (
	// frame is the intermediate picture that a poster is made of.
	frame = "frame.png"
	// amid is how far into a video its poster may be looked for.
	amid = 10 * time.Second
	// among is of how many pictures the most telling is taken: the first are
	// often black.
	among = 25
)

// makePoster makes pictures of a video that was made, which is clean already.
func makePoster(ctx context.Context, box *sandbox.Box, film Result, outDir string) ([]rendition.File, error) {
	dir := filepath.Join(outDir, "poster")
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return nil, fmt.Errorf("make a folder for a poster: %w", err)
	}
	at := min(film.Duration/10, amid)
	args := append([]string{"-nostdin", "-v", "error", "-y", "-ss", strconv.FormatFloat(at.Seconds(), 'f', 3, 64)},
		inputArgs(Header{Demuxer: "mov"})...)
	args = append(args, "-map", "0:v:0", "-vf", fmt.Sprintf("thumbnail=%d", among), "-frames:v", "1", "-f", "image2", sandbox.OutPath+"/"+frame)
	said, err := box.Run(ctx, sandbox.Job{
		Tool: "ffmpeg", Args: args, Input: film.Files[0].Path, OutDir: dir, Timeout: time.Minute, MemoryBytes: memory, Nice: nice,
	})
	if err != nil {
		return nil, refusal(said, err)
	}
	return posters(ctx, box, dir)
}

// posters has the photo's room make of a picture what it makes of photos.
func posters(ctx context.Context, box *sandbox.Box, dir string) ([]rendition.File, error) {
	path := filepath.Join(dir, frame)
	h, err := identifyPicture(path)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "made")
	if err := os.Mkdir(out, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for a poster: %w", err)
	}
	made, err := photo.Process(ctx, box, path, h, out)
	if err != nil {
		return nil, err
	}
	for i := range made {
		made[i].Name = "poster-" + made[i].Name
	}
	return made, os.Remove(path)
}

func identifyPicture(path string) (photo.Header, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return photo.Header{}, fmt.Errorf("%w: no picture in it can be shown", ErrBroken)
	}
	if err != nil {
		return photo.Header{}, fmt.Errorf("read a poster: %w", err)
	}
	defer func() { _ = f.Close() }()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return photo.Header{}, fmt.Errorf("read a poster: %w", err)
	}
	return photo.Identify(f, end)
}

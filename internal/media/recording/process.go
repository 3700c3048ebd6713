package recording

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
)

const (
	// memory suffices for 8K film, of which a decoder holds a dozen pictures.
	memory = 3 << 29
	// nice has readers' pages go first.
	nice = 10
	// maxThreads keeps the tool's threads within what the sandbox allows.
	maxThreads = 4
)

// errFull is ours: the tool ran out of room.
var errFull = fault.New(fault.Busy, "the disk is full")

// Process makes the renditions of the recording at the host path in, whose
// header Identify read, in outDir, a folder for this alone: of a video up to two
// sizes as MP4, the larger first, and a poster; of sound Opus and MP3. progress
// is told how many percent are done; it may be nil. Every file was read again.
//
// A recording that breaks off, as of a phone that died, is taken up to there.
//
// Errors: ErrBroken, ErrTooLong, ErrTooManyPixels, ErrTooHeavy; ErrMetadata if
// something was left; fault.Busy while the sandbox does not work or has no room;
// the context's. After an error the caller throws outDir away.
func Process(ctx context.Context, box *sandbox.Box, in string, h Header, outDir string, progress func(percent int)) (Result, error) {
	f, err := examine(ctx, box, in, h)
	if err != nil {
		return Result{}, err
	}
	p := plan{found: f, header: h, copied: f.video != nil, threads: min(runtime.NumCPU(), maxThreads)}
	result, err := p.process(ctx, box, in, outDir, progress)
	if p.wouldCopy() && (errors.Is(err, ErrMetadata) || errors.Is(err, ErrBroken)) {
		// Its own stream holds what cannot be served, or does not fit into MP4: its pictures may.
		p.copied = false
		result, err = p.process(ctx, box, in, outDir, progress)
	}
	return result, err
}

func (p plan) wouldCopy() bool {
	return p.video != nil && p.copies(classes(p.video.width, p.video.height)[0])
}

// process makes all renditions and reads them again.
func (p plan) process(ctx context.Context, box *sandbox.Box, in, outDir string, progress func(percent int)) (Result, error) {
	said, err := box.Run(ctx, sandbox.Job{
		Tool: "ffmpeg", Args: p.args(), Input: in, OutDir: outDir, Stdout: newMeter(p.duration, progress),
		Timeout: p.timeout(), MemoryBytes: memory, OutputBytes: p.output(), Nice: nice,
	})
	if err != nil {
		return Result{}, refusal(said, err)
	}
	if p.video == nil {
		return soundsIn(outDir)
	}
	result, err := p.filmsIn(outDir)
	if err != nil {
		return Result{}, err
	}
	poster, err := makePoster(ctx, box, result, outDir)
	result.Files = append(result.Files, poster...)
	return result, err
}

// filmsIn reads again the videos that were made.
func (p plan) filmsIn(outDir string) (Result, error) {
	result := Result{Kind: Video}
	for _, c := range classes(p.video.width, p.video.height) {
		made := rendition.File{Name: c.name(), Path: filepath.Join(outDir, c.name()), Type: "video/mp4"}
		seen, err := finish(&made, cleanFilm)
		if err != nil {
			return Result{}, err
		}
		made.Width, made.Height = seen.width, seen.height
		result.Width, result.Height = max(result.Width, seen.width), max(result.Height, seen.height)
		result.Duration = max(result.Duration, seen.duration)
		result.Files = append(result.Files, made)
	}
	return result.bounded()
}

// soundsIn reads again the sounds that were made.
func soundsIn(outDir string) (Result, error) {
	result := Result{Kind: Audio}
	for _, s := range []struct {
		name, mime string
		clean      func(*os.File, int64) (seen, error)
	}{
		{"sound.opus", "audio/ogg", cleanOpus},
		{"sound.mp3", "audio/mpeg", cleanMP3},
	} {
		made := rendition.File{Name: s.name, Path: filepath.Join(outDir, s.name), Type: s.mime}
		seen, err := finish(&made, s.clean)
		if err != nil {
			return Result{}, err
		}
		result.Duration = max(result.Duration, seen.duration)
		result.Files = append(result.Files, made)
	}
	return result.bounded()
}

// bounded holds what was made to the bound that its source may have lied about.
func (r Result) bounded() (Result, error) {
	if r.Duration > MaxDuration {
		return Result{}, ErrTooLong
	}
	if r.Duration <= 0 {
		return Result{}, fmt.Errorf("%w: nothing in it can be played", ErrBroken)
	}
	return r, nil
}

// seen is what a rendition turned out to be when it was read again.
type seen struct {
	width, height int
	duration      time.Duration
}

// finish opens a rendition, has it cleaned or looked at, and measures it.
func finish(made *rendition.File, clean func(*os.File, int64) (seen, error)) (seen, error) {
	f, err := os.OpenFile(made.Path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return seen{}, fmt.Errorf("%w: nothing was made of it", ErrBroken)
	}
	if err != nil {
		return seen{}, fmt.Errorf("read a rendition again: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return seen{}, fmt.Errorf("read a rendition again: %w", err)
	}
	made.Bytes = info.Size()
	if made.Bytes == 0 {
		return seen{}, fmt.Errorf("%w: nothing was made of it", ErrBroken)
	}
	found, err := clean(f, info.Size())
	if err != nil {
		return seen{}, fmt.Errorf("%s: %w", made.Name, err)
	}
	return found, nil
}

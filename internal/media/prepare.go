package media

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/captions"
	"github.com/indywire/indywire/internal/media/document"
	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/recording"
	"github.com/indywire/indywire/internal/media/rendition"
)

// errNoPicture is for what is no picture where only one can stand.
var errNoPicture = errors.New("features and logos are pictures")

// prepared is what was made of a file, in the store already.
type prepared struct {
	kind          Kind
	duration      time.Duration
	width, height int
	renditions    []Rendition
}

// prepare makes the renditions and puts their bytes into the store, with signs
// of life.
func (p *Processor) prepare(ctx context.Context, m Media, original string) (prepared, error) {
	ctx, b := p.beat(ctx, m.ID)
	defer b.stop()
	made, err := p.render(ctx, m, original, b)
	if err != nil && errors.Is(context.Cause(ctx), errNotAwaited) {
		return prepared{}, errNotAwaited
	}
	return made, err
}

func (p *Processor) render(ctx context.Context, m Media, original string, b *pulse) (prepared, error) {
	in, done, err := p.Store.Original(ctx, original)
	if err != nil {
		return prepared{}, err
	}
	defer done()
	out, err := p.Store.Scratch()
	if err != nil {
		return prepared{}, fault.Wrap(fault.Busy, "make a folder for renditions", err)
	}
	defer func() { _ = os.RemoveAll(out) }()
	b.scratch.Store(&[]string{in, out})
	made, files, err := p.clean(ctx, m, in, out, b.progress)
	if err != nil {
		return prepared{}, p.crowded(err) // while what was made still takes up its room
	}
	made.renditions, err = p.keep(ctx, files)
	return made, err
}

// clean has the room of the file's kind make its renditions in the folder out.
// The kind is what the bytes say it is.
func (p *Processor) clean(ctx context.Context, m Media, in, out string, progress func(int)) (made prepared, files []rendition.File, err error) {
	original, err := openOriginal(in)
	if err != nil {
		return made, nil, err
	}
	defer func() { _ = original.Close() }()
	found, err := Sniff(original, original.size)
	if err == nil {
		err = NetworkLimits().Check(found.Kind, original.size)
	}
	if err == nil && found.Kind != Image && m.ArticleID == nil && m.CommentID == nil {
		err = errNoPicture
	}
	if err != nil {
		return made, nil, err
	}
	made.kind = found.Kind
	switch found.Kind {
	case Image:
		var h photo.Header
		if h, err = photo.Identify(original, original.size); err == nil {
			files, err = photo.Process(ctx, p.Box, in, h, out)
		}
	case Document:
		files, err = document.Process(ctx, p.Box, in, out)
	case Captions:
		files, err = captions.Process(in, out)
	default:
		var h recording.Header
		if h, err = recording.Identify(original, original.size); err == nil {
			made, files, err = p.play(ctx, in, h, out, progress)
		}
	}
	return made, files, err
}

func (p *Processor) play(ctx context.Context, in string, h recording.Header, out string, progress func(int)) (prepared, []rendition.File, error) {
	result, err := recording.Process(ctx, p.Box, in, h, out, progress)
	return prepared{kind: Kind(result.Kind), duration: result.Duration, width: result.Width, height: result.Height}, result.Files, err
}

// sent is the file that somebody sent.
type sent struct {
	*os.File
	size int64
}

func openOriginal(path string) (sent, error) {
	f, err := os.Open(path)
	if err != nil {
		return sent{}, fmt.Errorf("open original: %w", blob.Nameless(err))
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return sent{}, fmt.Errorf("open original: %w", blob.Nameless(err))
	}
	return sent{f, info.Size()}, nil
}

// minRoom is what has to be free on the disk, in bytes, for a failed cleaning to
// count as the photo's own fault: more than what is made of one takes up.
const minRoom = 64 << 20

// crowded tells a tool that failed for want of room from one that failed for the
// photo: to both it ends with an error of its own, which says nothing of a disk.
func (p *Processor) crowded(failure error) error {
	room, err := p.Store.Room()
	if err != nil || room >= minRoom {
		return failure
	}
	// not wrapped, or the photo would take the blame
	return fault.New(fault.Busy, fmt.Sprintf("cleaning failed with %d bytes left on the disk", room))
}

// keep puts the renditions, which photo.Process has read again for anything that
// may have stayed in them, into the store.
func (p *Processor) keep(ctx context.Context, made []rendition.File) ([]Rendition, error) {
	kept := make([]Rendition, 0, len(made))
	for _, r := range made {
		key, size, err := p.put(ctx, r.Path)
		if err != nil {
			return nil, err
		}
		kept = append(kept, Rendition{Name: r.Name, Type: r.Type, Width: r.Width, Height: r.Height, Bytes: size, Blob: key})
	}
	return kept, nil
}

// put puts a file into the store, and waits for one that is away: what was made may
// have taken hours.
func (p *Processor) put(ctx context.Context, path string) (blob.Key, int64, error) {
	for end := time.Now().Add(cmp.Or(p.KeepPatience, keepPatience)); ; {
		key, size, err := p.putOnce(ctx, path)
		if !fault.Is(err, fault.Busy) || time.Now().After(end) {
			return key, size, fault.Wrap(fault.Busy, "keep rendition", err)
		}
		select {
		case <-ctx.Done():
			return "", 0, fault.Wrap(fault.Busy, "keep rendition", ctx.Err())
		case <-time.After(keepPause):
		}
	}
}

func (p *Processor) putOnce(ctx context.Context, path string) (blob.Key, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("open rendition: %w", err)
	}
	key, size, err := p.Store.Put(ctx, f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return key, size, err
}

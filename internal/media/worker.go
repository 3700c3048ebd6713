package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/rendition"
	"github.com/indywire/indywire/internal/sandbox"
	"github.com/indywire/indywire/internal/site"
)

// ProcessArgs asks for the cleaning of one file.
type ProcessArgs struct {
	Media ID `json:"media"`
}

// Kind names the job.
func (ProcessArgs) Kind() string { return "media_process" }

// maxTries is how often cleaning is tried, over two and a half hours by river's
// pauses. Then the file counts as broken, so that nobody waits for it, and its
// original does not lie here, for ever.
const maxTries = 9

// InsertOpts implements river.JobArgsWithInsertOpts. One try is left over for a
// server that dies in the last.
func (ProcessArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: maxTries + 1} }

// Processor cleans files: the bytes readers get are made anew from the pixels,
// read again, and only then the file becomes Ready. It may die at any moment:
// nothing is half published, and the job is done again.
type Processor struct {
	river.WorkerDefaults[ProcessArgs]
	DB    db.Beginner
	Store *blob.Store
	Box   *sandbox.Box
	// Settled runs in the transaction in which a file became Ready or Failed,
	// for rooms above that keep something about the files of a post.
	Settled func(ctx context.Context, tx pgx.Tx, m Media) error
}

// unusableSandboxPause is how long a job waits where nothing may be decoded.
const unusableSandboxPause = time.Minute

// Work implements river.Worker.
func (p *Processor) Work(ctx context.Context, job *river.Job[ProcessArgs]) error {
	var m Media
	var original string
	err := db.InTx(ctx, p.DB, func(tx pgx.Tx) (err error) {
		m, original, err = lockMedia(ctx, tx, job.Args.Media)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if m.State != Waiting { // withdrawn meanwhile, or done before by a server that was killed
		return p.forget(ctx, m.ID, original)
	}
	if !p.Box.Usable() {
		return river.JobSnooze(unusableSandboxPause)
	}
	renditions, err := p.render(ctx, original)
	if passing(ctx, err) && job.Attempt < maxTries {
		return err
	}
	if err := p.settle(ctx, m.ID, renditions, err); err != nil {
		return err
	}
	return p.forget(ctx, m.ID, original)
}

// giveUp settles a file that no job will clean any more. Its original goes first:
// a server killed in between leaves a file that still waits, and is found again.
func (p *Processor) giveUp(ctx context.Context, id ID) error {
	var original string
	err := db.InTx(ctx, p.DB, func(tx pgx.Tx) (err error) {
		_, original, err = lockMedia(ctx, tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := p.forget(ctx, id, original); err != nil {
		return err
	}
	return p.settle(ctx, id, nil, errAbandoned)
}

// forget deletes what was sent, which may tell where a photo was taken. The row
// names it until it is gone: a server killed in between finds it again.
func (p *Processor) forget(ctx context.Context, id ID, original string) error {
	if original == "" {
		return nil
	}
	if err := p.Store.DeleteUpload(ctx, original); err != nil {
		return err
	}
	return db.InTx(ctx, p.DB, func(tx pgx.Tx) error { return forgetOriginal(ctx, tx, id) })
}

// Passing tells a failure of ours, which may not come back, from one of the file.
func Passing(err error) bool { return passing(context.Background(), err) }

// passing tells a failure that may not come back, such as a full disk or too
// many open files, from one that is the file's. What was sent is deleted after
// the latter, so a failure of an unknown kind counts as passing.
func passing(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		return err != nil
	}
	return !isAny(err, ownFaults()...)
}

// render makes the renditions and puts their bytes into the store.
func (p *Processor) render(ctx context.Context, original string) ([]Rendition, error) {
	in, done, err := p.Store.Original(ctx, original)
	if err != nil {
		return nil, err
	}
	defer done()
	header, err := identify(in)
	if err != nil {
		return nil, err
	}
	out, err := p.Store.Scratch()
	if err != nil {
		return nil, fault.Wrap(fault.Busy, "make a folder for renditions", err)
	}
	defer func() { _ = os.RemoveAll(out) }()
	made, err := photo.Process(ctx, p.Box, in, header, out)
	if err != nil {
		return nil, p.crowded(err) // while what was made still takes up its room
	}
	return p.keep(ctx, made)
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

func identify(path string) (photo.Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return photo.Header{}, fmt.Errorf("open original: %w", blob.Nameless(err))
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return photo.Header{}, fmt.Errorf("open original: %w", blob.Nameless(err))
	}
	return photo.Identify(f, info.Size())
}

// keep puts the renditions, which photo.Process has read again for anything that
// may have stayed in them, into the store.
func (p *Processor) keep(ctx context.Context, made []rendition.File) ([]Rendition, error) {
	kept := make([]Rendition, 0, len(made))
	for _, r := range made {
		f, err := os.Open(r.Path)
		if err != nil {
			return nil, fmt.Errorf("open rendition: %w", err)
		}
		key, size, err := p.Store.Put(ctx, f)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, fault.Wrap(fault.Busy, "keep rendition", err)
		}
		kept = append(kept, Rendition{Name: r.Name, Type: r.Type, Width: r.Width, Height: r.Height, Bytes: size, Blob: key})
	}
	return kept, nil
}

// settle writes down what became of the file. Where it was withdrawn while it
// was being cleaned, what was made of it goes too.
//
// The article is locked before the file, as verbs do: Settled writes to it, and
// a withdrawal that has it locked asks for its files.
func (p *Processor) settle(ctx context.Context, id ID, made []Rendition, failure error) error {
	return db.InTx(ctx, p.DB, func(tx pgx.Tx) error {
		if err := lockOwner(ctx, tx, id); err != nil {
			return err
		}
		m, _, err := lockMedia(ctx, tx, id)
		if err != nil {
			return err
		}
		if m.State != Waiting {
			return p.discard(ctx, tx, made)
		}
		if failure != nil {
			m.State, m.Failure = Failed, failureOf(failure)
		} else {
			m.State, m.Renditions = Ready, made
			err = p.insertKept(ctx, tx, &m)
		}
		if err != nil {
			return err
		}
		if err := updateSettled(ctx, tx, m); err != nil {
			return err
		}
		if p.Settled != nil {
			if err := p.Settled(ctx, tx, m); err != nil {
				return err
			}
		}
		return site.Bump(ctx, tx, m.SiteID)
	})
}

func (p *Processor) discard(ctx context.Context, tx pgx.Tx, made []Rendition) error {
	return release(ctx, tx, p.Store, blobsOf(made))
}

func blobsOf(renditions []Rendition) []blob.Key {
	keys := make([]blob.Key, 0, len(renditions))
	for _, r := range renditions {
		keys = append(keys, r.Blob)
	}
	return keys
}

// errBlobVanished asks river for another try: an erasure of the same content
// in another post took the bytes between Put and this transaction.
var errBlobVanished = errors.New("rendition vanished before it was recorded")

// insertKept records the renditions while it holds the locks under which an
// erasure decides whether a blob is still needed.
func (p *Processor) insertKept(ctx context.Context, tx pgx.Tx, m *Media) error {
	if err := lockBlobs(ctx, tx, blobsOf(m.Renditions)); err != nil {
		return err
	}
	for _, r := range m.Renditions {
		f, err := p.Store.Open(ctx, r.Blob)
		if err != nil {
			return errBlobVanished
		}
		if err := f.Close(); err != nil {
			return err
		}
		if err := insertRendition(ctx, tx, m.ID, r); err != nil {
			return err
		}
		m.Width, m.Height = max(m.Width, r.Width), max(m.Height, r.Height)
	}
	return nil
}

package media

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
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

// enqueue asks for the cleaning of a file. What takes long has a queue of its
// own, so that no photo waits behind a film.
func enqueue(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, m Media) error {
	opts := &river.InsertOpts{}
	if m.Kind == Video || m.Kind == Audio {
		opts.Queue = jobs.Films
	}
	_, err := queue.InsertTx(ctx, tx, ProcessArgs{Media: m.ID}, opts)
	return fault.Wrap(fault.Internal, "enqueue cleaning", db.Fault(err))
}

// Processor cleans files: the bytes readers get are made anew from pictures,
// sounds and pages, read again, and only then the file becomes Ready. It may die
// at any moment: nothing is half published, and the job is done again.
type Processor struct {
	river.WorkerDefaults[ProcessArgs]
	DB    db.Beginner // the primary; that of Waiting does not lose what was made to a failover
	Store *blob.Store
	Box   *sandbox.Box
	// Settled runs in the transaction in which a file became Ready or Failed,
	// for rooms above that keep something about the files of a post.
	Settled func(ctx context.Context, tx pgx.Tx, m Media) error
	// Pulse is how often a sign of life is written down; 0: every ten seconds.
	Pulse time.Duration
	// KeepPatience is how long what was made waits for a store that is away, rather
	// than be made again; 0: a minute.
	KeepPatience time.Duration
}

const (
	// unusableSandboxPause is how long a job waits where nothing may be decoded, or
	// a program for it is missing.
	unusableSandboxPause = time.Minute
	// settlePatience is how long what was made waits for a primary; keepPatience for
	// the store.
	settlePatience = 5 * time.Minute
	keepPatience   = time.Minute
	keepPause      = 2 * time.Second
	// filmTimeout ends what hangs; a film of any length that is taken is done
	// before that on a slow server.
	filmTimeout = 24 * time.Hour
)

// Timeout implements river.Worker.
func (p *Processor) Timeout(job *river.Job[ProcessArgs]) time.Duration {
	if job.Queue == jobs.Films {
		return filmTimeout
	}
	return 0 // the queue's own
}

// Work implements river.Worker. What is cut short because the server stops is
// done again at the next start, and has lost no try.
func (p *Processor) Work(ctx context.Context, job *river.Job[ProcessArgs]) error {
	err := p.work(ctx, job)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return river.JobSnooze(0)
	}
	return err
}

func (p *Processor) work(ctx context.Context, job *river.Job[ProcessArgs]) error {
	m, original, err := p.begin(ctx, job.Args.Media)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case m.State == Ready || m.State == Gone: // done before by a server that was killed, or withdrawn meanwhile
		return p.forget(ctx, m.ID, original)
	case m.State != Waiting:
		return nil
	case !p.Box.Usable():
		return river.JobSnooze(unusableSandboxPause)
	}
	made, err := p.prepare(ctx, m, original)
	switch {
	case errors.Is(err, errNotAwaited): // whoever settled it or took it away has seen to the rest
		return nil
	case errors.Is(err, sandbox.ErrMissing): // the operator has been told at the start
		return river.JobSnooze(unusableSandboxPause)
	case passing(ctx, err) && job.Attempt < maxTries:
		return err
	}
	settled, err := p.settle(ctx, m.ID, made, err, tryOf(job))
	if err != nil || settled != Ready && settled != Gone { // what failed may be tried again
		return err
	}
	return p.forget(ctx, m.ID, original)
}

// begin reads the file and writes down that somebody works on it.
func (p *Processor) begin(ctx context.Context, id ID) (m Media, original string, err error) {
	err = db.InTx(ctx, p.DB, func(tx pgx.Tx) (err error) {
		if m, original, err = lockMedia(ctx, tx, id); err != nil || m.State != Waiting {
			return err
		}
		_, err = updateProgress(ctx, tx, id, 0)
		return err
	})
	return m, original, err
}

// try is one try of a job; the zero value is none.
type try struct {
	job     int64
	attempt int
}

func tryOf(job *river.Job[ProcessArgs]) try {
	if job.JobRow == nil {
		return try{}
	}
	return try{job.ID, job.Attempt}
}

// giveUp settles a file that no job will clean any more. What was sent stays for
// as long as it may be tried again.
func (p *Processor) giveUp(ctx context.Context, id ID) error {
	_, err := p.settle(ctx, id, prepared{}, errAbandoned, try{})
	return err
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

// settle writes down what became of the file, and answers with its state. Where
// it was withdrawn while it was being cleaned, what was made of it goes too. A
// failure of a try whose job another server has taken up meanwhile, because this
// one was not heard of, is none: that one may do better.
//
// The article is locked before the file, as verbs do: Settled writes to it, and
// a withdrawal that has it locked asks for its files.
//
// It waits for a primary where DB does: a film is not made twice for a failover.
// What was settled without our knowing it finds settled.
func (p *Processor) settle(ctx context.Context, id ID, made prepared, failure error, t try) (state State, err error) {
	ctx, _ = db.Held(ctx, settlePatience)
	err = db.InTx(ctx, p.DB, func(tx pgx.Tx) error {
		if err := lockOwner(ctx, tx, id); err != nil {
			return err
		}
		m, _, err := lockMedia(ctx, tx, id)
		if err != nil {
			return err
		}
		state = m.State
		if m.State != Waiting {
			return p.discard(ctx, tx, made.renditions)
		}
		if failure != nil {
			if late, err := superseded(ctx, tx, t); err != nil || late {
				return err
			}
			m.State, m.Failure = Failed, failureOf(failure)
		} else if err := p.insertKept(ctx, tx, &m, made); err != nil {
			return err
		}
		state = m.State
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
	return state, err
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
func (p *Processor) insertKept(ctx context.Context, tx pgx.Tx, m *Media, made prepared) error {
	m.State, m.Renditions = Ready, made.renditions
	m.Kind, m.Duration, m.Width, m.Height = made.kind, made.duration, made.width, made.height
	if err := lockBlobs(ctx, tx, blobsOf(m.Renditions)); err != nil {
		return err
	}
	for _, r := range m.Renditions {
		there, err := p.Store.Has(ctx, r.Blob)
		if err != nil {
			return err
		}
		if !there {
			return errBlobVanished
		}
		if err := insertRendition(ctx, tx, m.ID, r); err != nil {
			return err
		}
		if m.Kind == Image {
			m.Width, m.Height = max(m.Width, r.Width), max(m.Height, r.Height)
		}
	}
	return nil
}

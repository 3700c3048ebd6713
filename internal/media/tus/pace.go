package tus

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/indywire/indywire/internal/fault"
)

// Pace shares what a node has for uploads among them: a number of streams, and
// bytes a second, so that readers go first.
type Pace struct {
	streams int64
	rate    int64 // bytes a second; 0: no bound
	running atomic.Int64
}

// MaxStreams is how many uploads a node takes at once where nothing else is said.
const MaxStreams = 64

// NewPace bounds the streams, and the bytes a second of all of them together
// where rate is not 0.
func NewPace(streams int, rate int64) *Pace { return &Pace{streams: int64(streams), rate: rate} }

// Enter takes one of the streams; fault.Busy where all are taken. Leave gives it
// back.
func (p *Pace) Enter() error {
	if p.running.Add(1) > p.streams {
		p.running.Add(-1)
		return fault.New(fault.Busy, "all upload streams are taken")
	}
	return nil
}

// Leave gives a stream back.
func (p *Pace) Leave() { p.running.Add(-1) }

// Reader reads r no faster than its share: the rate over all that are running.
func (p *Pace) Reader(ctx context.Context, r io.Reader) *PacedReader {
	return &PacedReader{p: p, ctx: ctx, r: r}
}

// PacedReader is a reader with a share of the node's rate. It ends for a sender
// of whom next to nothing comes, who would hold one of the streams for ever.
type PacedReader struct {
	p    *Pace
	ctx  context.Context
	r    io.Reader
	owed time.Duration // of waiting, for what was read

	waited time.Duration // for the sender alone, since it last counted
	came   int           // bytes, meanwhile
	slow   bool
}

// Less than leastProgress bytes in leastProgressTime of waiting for a sender are
// next to nothing: a tenth of what the slowest phones send.
const (
	leastProgress     = 8 << 10
	leastProgressTime = time.Minute
)

// Slow tells whether the sender was given up. What came until then was read.
func (r *PacedReader) Slow() bool { return r.slow }

// await reads, and counts how long that took.
func (r *PacedReader) await(b []byte) (int, error) {
	if r.slow {
		return 0, io.EOF
	}
	began := time.Now()
	n, err := r.r.Read(b)
	r.waited += time.Since(began)
	r.came += n
	if r.waited >= leastProgressTime {
		r.slow = r.came < leastProgress && err == nil
		r.waited, r.came = 0, 0
	}
	return n, err
}

const (
	leastWait = 20 * time.Millisecond // less is not worth a wait
	mostWait  = time.Second           // more would look like a dead connection
)

// Read implements io.Reader.
func (r *PacedReader) Read(b []byte) (int, error) {
	n, err := r.await(b)
	if r.p.rate <= 0 {
		return n, err
	}
	sharing := max(r.p.running.Load(), 1)
	r.owed += time.Duration(float64(n) * float64(sharing) / float64(r.p.rate) * float64(time.Second))
	for r.owed >= leastWait {
		pause := min(r.owed, mostWait)
		r.owed -= pause
		select {
		case <-r.ctx.Done():
			return n, err
		case <-time.After(pause):
		}
	}
	return n, err
}

package tus

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
)

// lockKey is the number of an upload's lock. Two uploads that shared one, by a
// chance of 2^-64, would wait for each other.
func lockKey(id string) int64 {
	sum := sha256.Sum256([]byte("indywire upload lock " + id))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

type lock struct {
	l    *Locker
	key  int64
	hold *hold
}

// hold is a request's place at a lock: of this node's requests one at a time has
// it, and that one takes the primary's lock. It ends when the request says so,
// and not before, even where the primary's lock is lost.
type hold struct {
	letGo    func()
	once     sync.Once
	asked    chan struct{} // closed once somebody else wants the upload, or the lock is lost
	released chan struct{} // closed once the request is done with the upload
	session  *session      // that has the primary's lock; nil until it does
}

// ask has the request let go, as soon as it can.
func (h *hold) ask() {
	h.once.Do(func() {
		close(h.asked)
		h.letGo()
	})
}

// standing is nil while the request may write, and handler.ErrFileLocked once
// its lock is lost. A request without a lock, in a server that has no locker,
// always may.
func (h *hold) standing() error {
	if h == nil || h.session.standing() {
		return nil
	}
	return handler.ErrFileLocked
}

// wanted is handler.ErrUploadInterrupted once somebody else wants the upload.
// tusd itself misses what is asked before it looks at the request's body.
func (h *hold) wanted() error {
	if h == nil {
		return nil
	}
	select {
	case <-h.asked:
		return handler.ErrUploadInterrupted
	default:
		return h.standing()
	}
}

// whileUnasked is ctx, ended too when somebody else wants the upload, and
// whileStanding when the lock is lost.
func (h *hold) whileUnasked(ctx context.Context) (context.Context, context.CancelFunc) {
	if h == nil {
		return context.WithCancel(ctx)
	}
	return until(ctx, h.asked)
}

func (h *hold) whileStanding(ctx context.Context) (context.Context, context.CancelFunc) {
	if h == nil {
		return context.WithCancel(ctx)
	}
	return until(ctx, h.session.ended)
}

// until is ctx, ended too when end is closed.
func until(ctx context.Context, end <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-end:
			cancel()
		case <-over:
		}
	})
	var once sync.Once
	return ctx, func() {
		once.Do(func() { close(over) })
		watching.Wait()
		cancel()
	}
}

// fenced reads what a request sends, and nothing more once its lock is lost:
// what was read and not yet written then is not written.
type fenced struct {
	r    io.Reader
	hold *hold
}

// Read implements io.Reader.
func (f *fenced) Read(p []byte) (int, error) {
	if err := f.hold.standing(); err != nil {
		return 0, err
	}
	n, err := f.r.Read(p)
	if lost := f.hold.standing(); lost != nil {
		return 0, lost
	}
	return n, err
}

// pieces are what bytes are passed on in: larger ones than io.Copy's own spare
// half of the processor's time.
var pieces = sync.Pool{New: func() any { return new([256 << 10]byte) }}

// WriteTo implements io.WriterTo, which io.Copy prefers to Read.
func (f *fenced) WriteTo(w io.Writer) (int64, error) {
	piece := pieces.Get().(*[256 << 10]byte)
	defer pieces.Put(piece)
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f}, piece[:])
}

// Lock implements handler.Lock: it asks whoever holds the upload to let go, and
// answers handler.ErrFileLocked where that is not done within lockPatience, and
// with a fault of kind Busy where the primary does not answer. Who comes later
// goes first: a request that still waits gives up too.
func (k *lock) Lock(ctx context.Context, letGo func()) error {
	c := claimOf(ctx)
	if c != nil {
		asked := letGo
		letGo = func() { c.interrupted.Store(true); asked() }
	}
	h := &hold{letGo: letGo, asked: make(chan struct{}), released: make(chan struct{})}
	patience, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	if err := k.l.queue(patience, k.key, h); err != nil {
		return err
	}
	if err := k.l.obtain(patience, k.key, h); err != nil {
		k.l.release(k.key, h)
		if c == nil {
			return err
		}
		return say(ctx, err)
	}
	k.hold = h
	if c != nil {
		c.hold = h
	}
	return nil
}

// Unlock implements handler.Lock.
func (k *lock) Unlock() error {
	h := k.hold
	if h == nil {
		return nil
	}
	k.hold = nil
	defer k.l.release(k.key, h)
	if h.session.over() {
		return nil // lost with its connection
	}
	return k.l.run(context.Background(), func(ctx context.Context, s *session) error {
		if s != h.session {
			return nil
		}
		_, err := s.conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", k.key)
		return err
	})
}

// queue waits until no other request of this node has the upload.
func (l *Locker) queue(ctx context.Context, key int64, h *hold) error {
	for {
		there := l.place(key, h)
		if there == h {
			return nil
		}
		there.ask()
		select {
		case <-there.released:
		case <-ctx.Done():
			return handler.ErrFileLocked
		}
	}
}

// place puts h at the lock, or tells who is there.
func (l *Locker) place(key int64, h *hold) *hold {
	l.mu.Lock()
	defer l.mu.Unlock()
	if there := l.held[key]; there != nil {
		return there
	}
	if l.held == nil {
		l.held = map[int64]*hold{}
	}
	l.held[key] = h
	return h
}

// release makes room for the next request of this node.
func (l *Locker) release(key int64, h *hold) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, key)
	close(h.released)
}

// obtain takes the primary's lock, for which it asks other nodes. Where one was
// found to have it, the end of patience says so, also in the middle of one more try.
func (l *Locker) obtain(ctx context.Context, key int64, h *hold) error {
	for held := false; ; held = true {
		taken, err := l.take(ctx, key, h)
		switch {
		case err != nil && held && ctx.Err() != nil:
			return handler.ErrFileLocked
		case err != nil || taken:
			return err
		}
		select {
		case <-h.asked:
			return handler.ErrFileLocked
		case <-ctx.Done():
			return handler.ErrFileLocked
		case <-time.After(lockPause):
		}
	}
}

// take is one try at the primary's lock.
func (l *Locker) take(ctx context.Context, key int64, h *hold) (taken bool, err error) {
	err = l.run(ctx, func(ctx context.Context, s *session) error {
		err := s.conn.QueryRow(ctx, `
			WITH try AS MATERIALIZED (SELECT pg_try_advisory_lock($1) AS taken)
			SELECT try.taken FROM try LEFT JOIN LATERAL (SELECT pg_notify($2, $3) WHERE NOT try.taken) AS asked ON true`,
			key, lockChannel, strconv.FormatInt(key, 10)).Scan(&taken)
		if err == nil && taken {
			l.mu.Lock()
			h.session = s
			l.mu.Unlock()
		}
		return err
	})
	return taken, err
}

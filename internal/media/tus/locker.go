package tus

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/tus/tusd/v2/pkg/handler"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
)

// Bounds of the locker.
const (
	lockPatience  = 5 * time.Second        // for a holder to let go
	lockPause     = 100 * time.Millisecond // between two tries for what another node holds
	lockStatement = 3 * time.Second        // one statement on the primary
	lockPulse     = time.Second            // between two signs of life of the connection
	lockLease     = 6 * time.Second        // from the last sign of life on; more than a pulse and a statement
)

// Locker gives an upload to one request of the whole network at a time, by
// advisory locks of sessions on the primary (PostgreSQL, section 13.3.5): those
// of a node that dies end with its connection. All locks of a node are held by
// one connection. It implements handler.Locker.
//
// Where that connection is lost, so are its locks, and another node may have one
// before this node knows. On this node the next request waits all the same until
// the one before it is gone. Against another node there is no such wall, for
// PostgreSQL hands out no token that a store could check; what bounds the time
// in which both may write is this: the connection is tried every lockPulse, so a
// session that the primary ended is noticed within about a second; a statement
// that is not answered within lockStatement counts as lost, and PostgreSQL keeps
// the locks of a peer that it cannot reach for longer than that (its
// tcp_user_timeout should be 10 s, docs/operating.md); and a process that was
// stopped for longer than lockLease writes nothing before it has asked again.
// From then on not a byte is written (hold.standing), and what is on its way to
// an S3 store is cut off. Within that second two nodes that share a store may
// write the same upload.
type Locker struct {
	// Connect opens a connection to the primary.
	Connect func(ctx context.Context) (*pgx.Conn, error)
	Log     *slog.Logger

	once    sync.Once
	turn    chan struct{} // holds something while somebody uses what follows
	session *session
	closed  bool

	pid atomic.Uint32 // of the session's process on the primary

	mu   sync.Mutex // held, and each hold's session; never kept over a statement
	held map[int64]*hold

	stop context.CancelFunc
	done sync.WaitGroup
}

// session is a connection that has locks.
type session struct {
	conn  *pgx.Conn
	ended chan struct{}             // closed once its locks are lost
	heard atomic.Pointer[time.Time] // when the last statement that was answered was sent
}

// standing tells whether the session's locks may be counted on.
func (s *session) standing() bool {
	select {
	case <-s.ended:
		return false
	default:
		return time.Since(*s.heard.Load()) < lockLease
	}
}

// Start listens for nodes that ask for locks of this one.
func (l *Locker) Start(ctx context.Context) error {
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.done.Go(func() { l.listen(ctx) })
	l.done.Go(func() { l.pulse(ctx) })
	return nil
}

// Stop lets go of everything.
func (l *Locker) Stop() {
	if l.stop != nil {
		l.stop()
	}
	l.done.Wait()
	if l.enter(context.Background()) != nil {
		return
	}
	defer l.leave()
	l.closed = true
	l.drop()
}

// enter waits for the turn to use the connection, for as long as ctx lasts.
func (l *Locker) enter(ctx context.Context) error {
	l.once.Do(func() { l.turn = make(chan struct{}, 1) })
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Wrap(fault.Busy, "wait for an answer of the primary about locks", ctx.Err())
	}
}

func (l *Locker) leave() { <-l.turn }

// run runs a statement on the connection that holds the locks, which is opened
// where there is none. One that fails is given up, and with it all locks.
func (l *Locker) run(ctx context.Context, statement func(ctx context.Context, s *session) error) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.leave()
	// not cut short by a request that ends: that would cost all others their locks
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockStatement)
	defer cancel()
	s, err := l.open(ctx)
	if err != nil {
		return err
	}
	sent := time.Now()
	if err := statement(ctx, s); err != nil {
		l.drop()
		return fault.Wrap(fault.Busy, "lock an upload", db.Fault(err))
	}
	s.heard.Store(&sent)
	return nil
}

// open gives the connection that holds the locks.
func (l *Locker) open(ctx context.Context) (*session, error) {
	if l.closed {
		return nil, fault.New(fault.Busy, "the server stops")
	}
	if l.session != nil {
		return l.session, nil
	}
	now := time.Now()
	c, err := l.Connect(ctx)
	if err != nil {
		return nil, fault.Wrap(fault.Busy, "connect to the primary for locks", db.Fault(err))
	}
	l.session = &session{conn: c, ended: make(chan struct{})}
	l.session.heard.Store(&now)
	l.pid.Store(c.PgConn().PID())
	return l.session, nil
}

// drop gives up the connection. Whoever had a lock by it is told to stop before
// the primary can know, for the next may have it from then on.
func (l *Locker) drop() {
	s := l.session
	if s == nil {
		return
	}
	l.session = nil
	close(s.ended)
	for _, h := range l.holds(s) {
		h.ask()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.conn.Close(ctx) // it may be broken
}

// holds are those by the session.
func (l *Locker) holds(s *session) (by []*hold) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.held {
		if h.session == s {
			by = append(by, h)
		}
	}
	return by
}

// holding tells whether a session has locks that somebody counts on.
func (l *Locker) holding() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.held {
		if h.session != nil && !h.session.over() {
			return true
		}
	}
	return false
}

func (s *session) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// pulse finds out that the connection is broken while nobody uses it.
func (l *Locker) pulse(ctx context.Context) {
	for sleep(ctx, lockPulse) {
		if l.holding() {
			_ = l.run(ctx, func(ctx context.Context, s *session) error { return s.conn.Ping(ctx) }) // run has dropped it
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// NewLock implements handler.Locker.
func (l *Locker) NewLock(id string) (handler.Lock, error) {
	return &lock{l: l, key: lockKey(id)}, nil
}

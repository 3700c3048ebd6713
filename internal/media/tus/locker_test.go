package tus_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/tus/tusd/v2/pkg/handler"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/tus"
)

// nodes starts so many lockers on one database.
func nodes(t *testing.T, n int) ([]*tus.Locker, *db.Pools) {
	t.Helper()
	pools := dbtest.New(t)
	lockers := make([]*tus.Locker, n)
	for i := range lockers {
		lockers[i] = &tus.Locker{Connect: pools.Connect, Log: slog.New(slog.DiscardHandler)}
		if err := lockers[i].Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(lockers[i].Stop)
	}
	return lockers, pools
}

// request is one that wants an upload.
type request struct {
	handler.Lock
	claim *tus.Claim
	asked chan struct{} // closed once it is to let go
}

func newRequest(t *testing.T, l *tus.Locker, id string) *request {
	t.Helper()
	k, err := l.NewLock(id)
	if err != nil {
		t.Fatal(err)
	}
	return &request{Lock: k, claim: &tus.Claim{Say: func(error) (int, string) { return 503, "later" }}, asked: make(chan struct{})}
}

func (r *request) lock(ctx context.Context) error {
	return r.Lock.Lock(tus.WithClaim(ctx, r.claim), sync.OnceFunc(func() { close(r.asked) }))
}

func mustLock(t *testing.T, l *tus.Locker, id string) *request {
	t.Helper()
	r := newRequest(t, l, id)
	if err := r.lock(t.Context()); err != nil {
		t.Fatalf("lock: %v", err)
	}
	return r
}

func mustUnlock(t *testing.T, r *request) {
	t.Helper()
	if err := r.Unlock(); err != nil {
		t.Errorf("unlock: %v", err)
	}
}

// told waits until the request is asked to let go.
func (r *request) told(t *testing.T) {
	t.Helper()
	select {
	case <-r.asked:
	case <-time.After(30 * time.Second):
		t.Fatal("the holder is not asked to let go")
	}
}

// TestLockIsOfOneRequestAtATime has many requests of two nodes want one upload.
func TestLockIsOfOneRequestAtATime(t *testing.T) {
	t.Parallel()
	lockers, _ := nodes(t, 2)
	var inside, most, served int
	var mu sync.Mutex
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		inside += by
		most = max(most, inside)
		served += max(by, 0)
	}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			r := newRequest(t, lockers[i%2], "upload")
			err := r.lock(t.Context())
			if errors.Is(err, handler.ErrFileLocked) {
				return // a later one went first
			}
			if err != nil {
				t.Errorf("lock: %v", err)
				return
			}
			count(1)
			select {
			case <-r.asked:
			case <-time.After(20 * time.Millisecond):
			}
			count(-1)
			mustUnlock(t, r)
		})
	}
	all.Wait()
	if most != 1 || served == 0 {
		t.Errorf("%d were served, up to %d at once", served, most)
	}
	mustUnlock(t, mustLock(t, lockers[0], "upload"))
}

// TestLockIsHandedOver to a request of the same node, and of another.
func TestLockIsHandedOver(t *testing.T) {
	t.Parallel()
	lockers, _ := nodes(t, 2)
	for name, next := range map[string]*tus.Locker{"same node": lockers[0], "another node": lockers[1]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			holder := mustLock(t, lockers[0], name)
			done := make(chan struct{})
			go func() {
				defer close(done)
				<-holder.asked
				mustUnlock(t, holder)
			}()
			mustUnlock(t, mustLock(t, next, name))
			<-done
		})
	}
}

// TestHolderThatDoesNotLetGo keeps its lock, and all others get theirs.
func TestHolderThatDoesNotLetGo(t *testing.T) {
	t.Parallel()
	lockers, _ := nodes(t, 2)
	holder := mustLock(t, lockers[0], "upload")
	for name, next := range map[string]*tus.Locker{"same node": lockers[0], "another node": lockers[1]} {
		if err := newRequest(t, next, "upload").lock(t.Context()); !errors.Is(err, handler.ErrFileLocked) {
			t.Errorf("%s: %v", name, err)
		}
		mustUnlock(t, mustLock(t, next, "another upload"))
	}
	holder.told(t)
	if err := holder.claim.Standing(); err != nil {
		t.Errorf("the holder may not finish what it does: %v", err)
	}
	mustUnlock(t, holder)
}

// TestPatienceEndsInATry for what somebody else has: that is still the reason.
func TestPatienceEndsInATry(t *testing.T) {
	t.Parallel()
	l, _ := nodes(t, 2)
	holder, next := mustLock(t, l[0], "x"), newRequest(t, l[1], "x")
	defer mustUnlock(t, holder)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- next.lock(ctx) }()
	holder.told(t)
	leave, err := l[1].Occupy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // the next try waits for its turn
	cancel()
	err = <-result
	leave()
	if !errors.Is(err, handler.ErrFileLocked) {
		t.Errorf("%v, want that it is locked", err)
	}
}

// terminate ends all sessions that hold locks.
func terminate(t *testing.T, pools *db.Pools) {
	t.Helper()
	var ended int
	err := pools.Primary.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_locks
		WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&ended)
	if err != nil || ended == 0 {
		t.Fatalf("%d sessions ended: %v", ended, err)
	}
}

// TestLostLockStopsItsHolder: told or not, it reads not a byte more, and nobody
// of its node goes on before it is gone.
func TestLostLockStopsItsHolder(t *testing.T) {
	t.Parallel()
	lockers, pools := nodes(t, 2)
	holder := mustLock(t, lockers[0], "upload")
	body := holder.claim.Fenced(strings.NewReader("some bytes"))
	if n, err := body.Read(make([]byte, 4)); n != 4 || err != nil {
		t.Fatalf("before: %d bytes, %v", n, err)
	}
	terminate(t, pools)
	holder.told(t)
	if rest, err := io.ReadAll(body); len(rest) != 0 || !errors.Is(err, handler.ErrFileLocked) {
		t.Errorf("after: %d bytes, %v", len(rest), err)
	}
	if err := newRequest(t, lockers[0], "upload").lock(t.Context()); !errors.Is(err, handler.ErrFileLocked) {
		t.Errorf("beside one that is not gone yet: %v", err)
	}
	other := mustLock(t, lockers[1], "upload")
	mustUnlock(t, holder) // takes nothing from the other
	if got := locks(t, pools); got != 1 {
		t.Errorf("%d locks are held, not the other node's", got)
	}
	mustUnlock(t, other)
	mustUnlock(t, mustLock(t, lockers[0], "upload"))
	if got := locks(t, pools); got != 0 {
		t.Errorf("%d locks are left", got)
	}
}

func locks(t *testing.T, pools *db.Pools) (n int) {
	t.Helper()
	err := pools.Primary.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks
		WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestDeadHoldersLockEnds with its connection, though nobody has unlocked.
func TestDeadHoldersLockEnds(t *testing.T) {
	t.Parallel()
	lockers, _ := nodes(t, 2)
	holder := mustLock(t, lockers[0], "upload")
	lockers[0].Stop()
	holder.told(t)
	mustUnlock(t, mustLock(t, lockers[1], "upload"))
	if err := newRequest(t, lockers[0], "third").lock(t.Context()); err == nil {
		t.Error("a locker that was stopped locks")
	}
}

func TestStopBeforeStart(t *testing.T) {
	t.Parallel()
	(&tus.Locker{Log: slog.New(slog.DiscardHandler)}).Stop()
}

// TestPrimaryAway is a passing failure.
func TestPrimaryAway(t *testing.T) {
	t.Parallel()
	l := &tus.Locker{Log: slog.New(slog.DiscardHandler), Connect: func(context.Context) (*pgx.Conn, error) { return nil, errors.New("refused") }}
	k, err := l.NewLock("upload")
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Lock(t.Context(), func() {}); !fault.Is(err, fault.Busy) {
		t.Errorf("lock: %v", err)
	}
}

// TestLocksAreOfThePrimary also where a standby is named first: it grants
// advisory locks too, and keeps nobody else from them.
func TestLocksAreOfThePrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Both(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	l := &tus.Locker{Connect: pools.Connect, Log: slog.New(slog.DiscardHandler)}
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Stop)
	held := mustLock(t, l, "upload")
	const count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
	for where, q := range map[string]db.Querier{"primary": pools.Primary, "standby": pools.Replica} {
		var n int
		if err := q.QueryRow(t.Context(), count).Scan(&n); err != nil || (n > 0) != (where == "primary") {
			t.Errorf("the %s holds %d locks, %v", where, n, err)
		}
	}
	pair.StopPrimary()
	if err := newRequest(t, l, "another").lock(t.Context()); err == nil {
		t.Error("a lock was given without a primary")
	}
	_ = held.Unlock() // its session is gone
	pair.Promote()
	r := newRequest(t, l, "upload")
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		err := r.lock(t.Context())
		if err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the new primary gives no lock: %v", err)
		}
	}
	// And what another node asks for is heard by way of the new primary: a standby
	// would take no LISTEN.
	other := &tus.Locker{Connect: pools.Connect, Log: slog.New(slog.DiscardHandler)}
	for tries, asked := 0, false; !asked; tries++ {
		if tries == 5 {
			t.Fatal("nobody hears that another node asks")
		}
		if err := newRequest(t, other, "upload").lock(t.Context()); !errors.Is(err, handler.ErrFileLocked) {
			t.Fatalf("beside a holder: %v", err)
		}
		select {
		case <-r.asked:
			asked = true
		default:
		}
	}
	mustUnlock(t, r)
	other.Stop()
}

// TestWaitEndsWithTheRequest while the primary does not answer another.
func TestWaitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	stuck, end := make(chan struct{}), make(chan struct{})
	l := &tus.Locker{Log: slog.New(slog.DiscardHandler), Connect: func(context.Context) (*pgx.Conn, error) {
		close(stuck)
		<-end
		return nil, errors.New("no answer")
	}}
	first, err := l.NewLock("first")
	second, err2 := l.NewLock("second")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- first.Lock(t.Context(), func() {}) }()
	<-stuck
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := second.Lock(gone, func() {}); !fault.Is(err, fault.Busy) {
		t.Errorf("lock: %v", err)
	}
	close(end)
	if err := <-done; !fault.Is(err, fault.Busy) {
		t.Errorf("the first: %v", err)
	}
}

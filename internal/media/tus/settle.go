package tus

import (
	"context"
	"sync"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
)

// settling are the uploads that are whole, and whose last bytes are still on the
// way from memory to the disk. That takes seconds for a large film: the sender
// is not kept waiting for it, the post that takes the film is. A server that is
// killed loses none of them; one that loses its power may.
type settling struct {
	disk    sync.Mutex // one at a time has the disk, so that commits and readers get their turn
	mu      sync.Mutex
	running sync.WaitGroup
	pending map[media.UploadID]*settlement
}

type settlement struct {
	secure func() error
	done   chan struct{}
	err    error // once done is closed
}

// begin has secure run for an upload. One that fails stays, for Settle to tell.
func (s *settling) begin(id media.UploadID, secure func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		s.pending = map[media.UploadID]*settlement{}
	}
	one := &settlement{secure: secure, done: make(chan struct{})}
	s.pending[id] = one
	s.running.Go(func() {
		defer close(one.done)
		s.disk.Lock()
		defer s.disk.Unlock()
		if one.err = secure(); one.err == nil {
			s.forget(id)
		}
	})
}

func (s *settling) forget(id media.UploadID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, id)
}

func (s *settling) find(id media.UploadID) *settlement {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending[id]
}

// Settle returns once the bytes of uploads that this node received would last
// over a loss of power: at once for all others. fault.Busy where ctx ends
// before; fault.Full and the like as the disk has it.
func (rc *Reception) Settle(ctx context.Context, ids []string) error {
	for _, id := range ids {
		one := rc.settling.find(media.UploadID(id))
		if one == nil {
			continue
		}
		select {
		case <-one.done:
			if one.err != nil { // there may be room by now
				if err := one.secure(); err != nil {
					return ours(err)
				}
				rc.settling.forget(media.UploadID(id))
			}
		case <-ctx.Done():
			return fault.Wrap(fault.Busy, "an upload is not on the disk yet", ctx.Err())
		}
	}
	return nil
}

// Stop waits until all that was received would last.
func (rc *Reception) Stop() { rc.settling.running.Wait() }

// secure begins to bring an upload that is whole to the disk.
func (rc *Reception) secure(ctx context.Context, id media.UploadID, key string) {
	ctx = context.WithoutCancel(ctx)
	rc.settling.begin(id, func() error {
		err := rc.Store.Secure(ctx, key)
		if fault.Is(err, fault.NotFound) { // taken away meanwhile
			return nil
		}
		if err != nil {
			rc.Log.ErrorContext(ctx, "an upload did not get to the disk", "reason", ours(err))
		}
		return err
	})
}

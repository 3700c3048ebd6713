package tus

import (
	"context"
	"syscall"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
)

// TestSettleWaitsForTheDisk holds a disk up by hand: how long a real one takes
// cannot be told.
func TestSettleWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	rc := &Reception{}
	written := make(chan error)
	ids := []string{"unknown", "slow"}
	rc.settling.begin("slow", func() error { return <-written })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := rc.Settle(ended, ids); !fault.Is(err, fault.Busy) {
		t.Errorf("while the disk writes: %v, want a fault that passes", err)
	}
	written <- nil
	if err := rc.Settle(t.Context(), ids); err != nil {
		t.Errorf("once it is written: %v", err)
	}
	rc.Stop()
	if rc.settling.find("slow") != nil {
		t.Error("what is on the disk is remembered")
	}
}

// TestSettleTellsOfAFullDisk holds that a file that did not get to the disk is
// not taken by a post as if it had.
func TestSettleTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	rc := &Reception{}
	id, room := media.NewUploadID(), false
	rc.settling.begin(id, func() error {
		if room {
			return nil
		}
		return syscall.ENOSPC
	})
	rc.Stop()
	if err := rc.Settle(t.Context(), []string{string(id)}); !fault.Is(err, fault.Full) {
		t.Errorf("after a failure: %v, want fault.Full", err)
	}
	room = true
	if err := rc.Settle(t.Context(), []string{string(id)}); err != nil || rc.settling.find(id) != nil {
		t.Errorf("once there is room: %v", err)
	}
}

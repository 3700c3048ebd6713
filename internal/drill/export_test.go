//go:build linux

package drill

import (
	"context"

	"golang.org/x/sys/unix"
)

// Running is how many processes live on the host.
func (h *Host) Running(ctx context.Context) int {
	ids, err := processes(ctx, h.namespace())
	if err != nil {
		return -1
	}
	return len(ids)
}

// Abandon lets go of the network's lock, as the end of its run does.
func (n *Network) Abandon() error { return unix.Flock(int(n.lock.Fd()), unix.LOCK_UN) }

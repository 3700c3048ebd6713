//go:build linux

package drill_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/drill"
)

// newNetwork is an empty network, or the test is skipped where none can be made.
func newNetwork(t *testing.T) *drill.Network {
	t.Helper()
	if why := drill.Refusal(t.Context()); why != "" {
		t.Skip("no network can be made here: " + why)
	}
	n, err := drill.NewNetwork(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func join(t *testing.T, n *drill.Network, name string) *drill.Host {
	t.Helper()
	h, err := n.Join(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestCable(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	a, b := join(t, n, "a"), join(t, n, "b")
	// whether b is reached is told by its refusal: nobody listens there
	reached := func(from *drill.Host) bool {
		conn, err := from.Dial(t.Context(), b.IP+":9", 700*time.Millisecond)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil || strings.Contains(err.Error(), syscall.ECONNREFUSED.Error())
	}
	soon := func(from *drill.Host) { // a link needs a moment to come up
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !reached(from); {
			if time.Now().After(end) {
				t.Fatalf("%s does not reach b though its cable is in", from.Name)
			}
		}
	}
	soon(a)
	soon(n.Client)
	if err := b.Unplug(t.Context()); err != nil {
		t.Fatal(err)
	}
	if reached(a) || reached(n.Client) {
		t.Error("b can be reached though its cable is pulled")
	}
	if err := b.Plug(t.Context()); err != nil {
		t.Fatal(err)
	}
	soon(a)
}

func TestKillEndsAllOfAHost(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	a, b := join(t, n, "a"), join(t, n, "b")
	sleep := drill.Program{Name: "sleep", Path: "/bin/sh", Args: []string{"-c", "sleep 600 & sleep 600"}}
	for _, h := range []*drill.Host{a, b} {
		if err := h.Run(sleep); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := a.Running(t.Context()); got != 0 {
		t.Errorf("%d processes live on a host that was killed", got)
	}
	if got := b.Running(t.Context()); got == 0 {
		t.Error("another host lost its processes")
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	h := join(t, newNetwork(t), "a")
	if err := h.Shrink(1 << 20); err != nil {
		t.Fatal(err)
	}
	write := func() error { return os.WriteFile(filepath.Join(h.Dir, "file"), make([]byte, 100<<10), 0o600) }
	for range 2 { // what was freed since is filled again
		if err := write(); err != nil {
			t.Fatal(err)
		}
		if err := h.Fill(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(h.Dir, "file")); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Fill(); err != nil {
		t.Fatal(err)
	}
	if err := write(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("writing to a full disk: %v", err)
	}
	if err := h.Empty(); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Errorf("writing to a disk that was full: %v", err)
	}
}

// TestSweep leaves a network behind as a run does that is killed, and has the next run clear it away.
func TestSweep(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	a := join(t, n, "a")
	if err := a.Shrink(1 << 20); err != nil {
		t.Fatal(err)
	}
	if err := a.Run(drill.Program{Name: "sleep", Path: "/bin/sleep", Args: []string{"600"}}); err != nil {
		t.Fatal(err)
	}
	if err := drill.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.Running(t.Context()) == 0 {
		t.Fatal("a network that is alive was swept away")
	}
	if err := n.Abandon(); err != nil {
		t.Fatal(err)
	}
	if err := drill.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob("/run/netns/" + filepath.Base(n.Dir) + "*")
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("namespaces are left: %q", left)
	}
	if _, err := os.Stat(n.Dir); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
}

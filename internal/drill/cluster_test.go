//go:build linux

package drill_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/drill"
)

// asked skips what takes minutes unless it is asked for, and what cannot run here with the reason.
func asked(t *testing.T) (context.Context, string) {
	t.Helper()
	if os.Getenv("INDYWIRE_DRILL") == "" {
		t.Skip("a drill takes minutes: it runs where INDYWIRE_DRILL is set, as make drill does")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if why := drill.MissingTools(t.Context(), root); why != "" {
		t.Skip("a program of the drill is missing: " + why)
	}
	// told to stop, all is cleaned up before the end
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	t.Cleanup(stop)
	return ctx, root
}

// TestFailover kills the primary's host: another takes over, and the old one comes back as a standby.
func TestFailover(t *testing.T) {
	ctx, root := asked(t)
	n := newNetwork(t)
	c, err := drill.NewCluster(ctx, n, root)
	if err == nil {
		err = c.Whole(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Primary(ctx)
	if err == nil {
		err = first.Kill(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	next, err := c.NewPrimary(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s took over from %s after %.1f s", next.Name, first.Name, time.Since(begun).Seconds())
	if err := c.Begin(first); err != nil {
		t.Fatal(err)
	}
	if err := c.Whole(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("whole again after %.1f s", time.Since(begun).Seconds())
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/sandbox"
)

// failing is a worker that fails with an error.
type failing struct {
	river.WorkerDefaults[media.SweepArgs]
	err error
}

func (f failing) Work(context.Context, *river.Job[media.SweepArgs]) error { return f.err }

func TestWorkersAreDiscreet(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef0123456789abcdef"
	path := &fs.PathError{Op: "open", Path: "/data/uploads/" + secret, Err: syscall.ENOSPC}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("keep %s: %w", secret, path), "internal: open: no space left on device"},
		{fault.Wrap(fault.Busy, "disk "+secret, path), "busy: open: no space left on device"},
		{fmt.Errorf("%s: %w", secret, sandbox.ErrTimeout), "internal: " + sandbox.ErrTimeout.Error()},
		{fmt.Errorf("%s", secret), "internal"},
	} {
		err := discreet(failing{err: tt.err}).Work(t.Context(), nil)
		if err == nil || err.Error() != tt.want || strings.Contains(fmt.Sprintf("%+v", err), secret) {
			t.Errorf("%v became %v, want %s", tt.err, err, tt.want)
		}
	}
	if err := discreet(failing{}).Work(t.Context(), nil); err != nil {
		t.Errorf("success became %v", err)
	}
	for _, err := range []error{river.JobSnooze(time.Minute), river.JobCancel(fault.New(fault.Gone, "x"))} {
		if got := discreet(failing{err: err}).Work(t.Context(), nil); !errors.Is(got, err) {
			t.Errorf("what the queue goes by became %v", got)
		}
	}
}

func TestAtLeast(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	log := slog.New(atLeast{slog.NewTextHandler(&b, nil), slog.LevelWarn}).With("a", 1).WithGroup("g")
	log.Info("quiet")
	log.Warn("loud")
	if got := b.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "loud") {
		t.Errorf("logged %q", got)
	}
}

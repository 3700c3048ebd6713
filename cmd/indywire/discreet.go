package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/sandbox"
)

// discreetWorker keeps the words of its worker's errors to itself. The queue
// writes errors down and logs them, and a file's path holds the id of an
// upload, which is a secret.
type discreetWorker[T river.JobArgs] struct{ river.Worker[T] }

func discreet[T river.JobArgs](w river.Worker[T]) river.Worker[T] { return discreetWorker[T]{w} }

// Work implements river.Worker.
func (d discreetWorker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	return bare(d.Worker.Work(ctx, job))
}

// bare keeps of an error what kind it was of, and what the queue goes by.
func bare(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*river.JobSnoozeError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*river.JobCancelError](err); ok {
		return err
	}
	said := []string{string(fault.KindOf(err))}
	if file, ok := errors.AsType[*fs.PathError](err); ok {
		said = append(said, file.Op, file.Err.Error())
	}
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		said = append(said, "SQLSTATE "+answer.Code)
	}
	for _, known := range []error{sandbox.ErrTimeout, sandbox.ErrTooMuch, sandbox.ErrFailed, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			said = append(said, known.Error())
		}
	}
	return errors.New(strings.Join(said, ": "))
}

// atLeast passes on what is of a level or above.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled implements slog.Handler.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup implements slog.Handler.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}

package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// The locks are flock(2): they belong to the open file, so the kernel releases
// them when the process ends, even by kill -9, and two users in one process
// count as two.

func lockExclusive(ctx context.Context, path string) (*os.File, error) {
	return lock(ctx, path, syscall.LOCK_EX)
}

func lockShared(ctx context.Context, path string) (*os.File, error) {
	return lock(ctx, path, syscall.LOCK_SH)
}

func lock(ctx context.Context, path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("the files in --data belong to another user: run indywire as that user: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open a lock in --data: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			unlock(f)
			return nil, fmt.Errorf("take a lock in --data: %w", err)
		}
		select {
		case <-ctx.Done():
			unlock(f)
			return nil, fmt.Errorf("another process is starting or stopping the private PostgreSQL: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// becomeExclusive tells whether nobody else holds the shared lock.
func becomeExclusive(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("count the users of the private PostgreSQL: %w", err)
	}
	return true, nil
}

// unlock releases the lock itself before it closes the file: a child that is
// between fork and exec has a copy, which would hold the lock a moment longer
// and make the last user look like the last but one. Nothing is ever written to
// these files, so there is nothing to be lost by an error.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close()
}

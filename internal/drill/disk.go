//go:build linux

package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Shrink gives the host a disk of its own of so many bytes, before anything is on it. It takes memory, for what is written.
func (h *Host) Shrink(diskSize int64) error {
	if err := unix.Mount("drill", h.Dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0711", diskSize)); err != nil {
		return fmt.Errorf("make a small disk: %w", err)
	}
	return nil
}

func (h *Host) filling() string { return filepath.Join(h.Dir, "filling") }

// Fill leaves no room on the host's disk. What is freed there later is room again, until it is filled once more.
func (h *Host) Fill() error {
	var disk unix.Statfs_t
	if err := unix.Statfs(h.Dir, &disk); err != nil {
		return err
	}
	if disk.Type != unix.TMPFS_MAGIC {
		return errors.New("the host's disk is the machine's own")
	}
	f, err := os.OpenFile(h.filling(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	end, err := f.Seek(0, io.SeekEnd)
	// others write meanwhile, so that what there was room for a moment ago may be too much
	for room := int64(disk.Bavail) * disk.Bsize; err == nil && room >= disk.Bsize; {
		switch err = unix.Fallocate(int(f.Fd()), 0, end, room); {
		case err == nil:
			end += room
		case errors.Is(err, unix.ENOSPC):
			room, err = room/2, nil
		}
	}
	return err
}

// Empty frees what Fill took.
func (h *Host) Empty() error { return os.Remove(h.filling()) }

// unmount takes away the disks below a folder.
func unmount(folder string) error {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	var failed error
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) > 4 && strings.HasPrefix(fields[4], folder+"/") {
			failed = errors.Join(failed, unix.Unmount(fields[4], unix.MNT_DETACH))
		}
	}
	return failed
}

// Slow has all that the host sends wait and get lost now and then. The kernel needs netem for it.
func (h *Host) Slow(ctx context.Context, delay, loss string) error {
	return tc(ctx, h, "add", "netem", "delay", delay, "loss", loss)
}

// Quicken undoes Slow.
func (h *Host) Quicken(ctx context.Context) error { return tc(ctx, h, "del") }

func tc(ctx context.Context, h *Host, what string, more ...string) error {
	return run(ctx, "/", "tc", append([]string{"-n", h.namespace(), "qdisc", what, "dev", "cable", "root"}, more...)...)
}

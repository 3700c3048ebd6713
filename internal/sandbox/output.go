package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errOdd marks what a media tool has no reason to write.
var errOdd = errors.New("neither file nor folder")

// checkOutput looks at what a job left: a link, pipe or socket planted by a
// tool that a file took over would lead the server's own next open elsewhere.
func checkOutput(job Job) error {
	if job.OutDir == "" {
		return nil
	}
	err := filepath.WalkDir(job.OutDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() && !entry.Type().IsRegular() {
			return errors.Join(errOdd, os.Remove(path))
		}
		return nil
	})
	if err != nil {
		// The walk's error names paths that the tool chose: not for logs.
		return fmt.Errorf("%w: it left something that is no plain file", ErrFailed)
	}
	if outputSize(job.OutDir) > job.OutputBytes {
		return fmt.Errorf("%w: output", ErrTooMuch)
	}
	return nil
}

// outputSize sums the files in dir. Each entry counts a page besides, so that a
// million empty files are not free. What vanishes meanwhile counts for nothing.
func outputSize(dir string) int64 {
	if dir == "" {
		return 0
	}
	var sum int64
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && path != dir {
			sum += entrySize(entry)
		}
		return nil
	})
	return sum
}

// entrySize is a page, and a regular file's bytes.
func entrySize(entry fs.DirEntry) int64 {
	size := int64(os.Getpagesize())
	if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
		size += info.Size()
	}
	return size
}

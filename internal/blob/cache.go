package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// cache bounds what the folder of a store with a bucket has of it. What was not
// asked for longest goes first.
type cache struct {
	most  int64        // bytes; 0: half of the disk
	grown atomic.Int64 // bytes since the last look
	mu    sync.Mutex   // one look at a time
}

const (
	cacheSlack = 16          // a look is due once the cache has grown by this part of what it may have
	touchAfter = time.Hour   // before that a file that is asked for again counts as asked for
	keepYoung  = time.Minute // for whoever fetched it to open it, however small the cache
	diskSpare  = 10          // this part of the disk is left to everything else
)

// touch notes that a file was asked for.
func (c *cache) touch(f *os.File) {
	if info, err := f.Stat(); err == nil && time.Since(info.ModTime()) > touchAfter {
		now := time.Now()
		_ = os.Chtimes(f.Name(), now, now) // else it goes a little early
	}
}

// grow notes that the folder has so many bytes more, and trims it where a look is
// due.
func (s *Store) grow(size int64) error {
	c := &s.remote.cache
	most, err := s.mostCached(0)
	if err != nil || c.grown.Add(size) < most/cacheSlack {
		return err
	}
	return s.trim()
}

// mostCached is how many bytes the cache may have, which has used of them now.
func (s *Store) mostCached(used int64) (int64, error) {
	free, size, err := s.disk()
	if err != nil {
		return 0, err
	}
	return max(min(cmp.Or(s.remote.most, size/2), used+free-size/diskSpare), 0), nil
}

// Cached is how many bytes this node has of the bucket's files; 0 without one. It
// looks at each of them.
func (s *Store) Cached() (bytes int64, err error) {
	if s.remote == nil {
		return 0, nil
	}
	err = s.eachCached(context.Background(), func(_ string, info fs.FileInfo) error {
		bytes += info.Size()
		return nil
	})
	return bytes, err
}

// lastRoom is what a disk keeps free of the cache at any moment, in bytes: readers who
// ask for everything at once fetch faster than trim takes away, and the database may
// lie on the same disk.
const lastRoom = 1 << 30

var errCrowded = errors.New("the disk is nearly full")

// considerate writes what is fetched for as long as there is room for everything else.
type considerate struct {
	io.Writer
	s    *Store
	left int64 // bytes until the next look
}

const lookAfter = 4 << 20

// Write implements io.Writer.
func (c *considerate) Write(p []byte) (int, error) {
	if c.left -= int64(len(p)); c.left < 0 {
		c.left = lookAfter
		free, size, err := c.s.disk()
		if err != nil {
			return 0, err
		}
		if free < min(size/(2*diskSpare), lastRoom)+lookAfter {
			return 0, errCrowded
		}
	}
	return c.Writer.Write(p)
}

type cached struct {
	path  string
	size  int64
	asked time.Time
}

// trim deletes what was not asked for longest, until there is room for a while.
func (s *Store) trim() error {
	if !s.remote.mu.TryLock() {
		return nil // somebody does
	}
	defer s.remote.mu.Unlock()
	s.remote.grown.Store(0)
	var list []cached
	var used int64
	err := s.eachCached(context.Background(), func(path string, info fs.FileInfo) error {
		used += info.Size()
		if time.Since(info.ModTime()) > keepYoung {
			list = append(list, cached{path, info.Size(), info.ModTime()})
		}
		return nil
	})
	if err != nil {
		return err
	}
	most, err := s.mostCached(used)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b cached) int { return a.asked.Compare(b.asked) })
	for _, one := range list {
		if used <= most-most/cacheSlack {
			return nil
		}
		if err := removed(os.Remove(one.path)); err != nil {
			return err
		}
		used -= one.size
	}
	return nil
}

func (s *Store) eachCached(ctx context.Context, each func(path string, info fs.FileInfo) error) error {
	err := filepath.WalkDir(filepath.Join(s.dir, "blobs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || d.IsDir() || !Key(d.Name()).Valid() {
			return gone(err)
		}
		info, err := d.Info()
		if err != nil {
			return gone(err)
		}
		return each(path, info)
	})
	if err != nil {
		return fmt.Errorf("look through the cache: %w", err)
	}
	return nil
}

// Tidy removes from this node what is not its own: files in its cache that forget
// names of those it is asked about, at most n at a time, and what a server that was
// killed left on its way longer than age ago. Without a bucket it does nothing.
func (s *Store) Tidy(ctx context.Context, age time.Duration, n int, forget func([]Key) ([]Key, error)) error {
	if s.remote == nil {
		return nil
	}
	left, err := s.strayFiles(age)
	if err != nil {
		return err
	}
	for _, id := range left { // on its way to the bucket, which it did not reach
		if err := removed(os.Remove(filepath.Join(s.dir, "uploads", id))); err != nil {
			return err
		}
	}
	var keys []Key
	err = s.eachCached(ctx, func(path string, _ fs.FileInfo) error {
		keys = append(keys, Key(filepath.Base(path)))
		return nil
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(keys, n) {
		forgotten, err := forget(part)
		if err != nil {
			return err
		}
		for _, k := range forgotten {
			if err := removed(os.Remove(s.path(k))); err != nil {
				return err
			}
		}
	}
	return nil
}

// Package blob keeps files: finished ones by the SHA-256 of their content, and
// uploads by their own id until they are processed. They lie in a folder, or in a
// bucket of the S3 protocol behind a folder that is this node's cache.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/indywire/indywire/internal/fault"
)

// Key names a finished file: the SHA-256 of its content in lower-case hex.
type Key string

var keyPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Valid tells whether k has the form of a key.
func (k Key) Valid() bool { return keyPattern.MatchString(string(k)) }

// Store keeps files. It is safe for use by several processes, and with a bucket
// by several nodes.
type Store struct {
	dir    string
	remote *remote // nil: the folder is all there is
}

// OpenDir opens the store in dir, which is made where it is missing.
func OpenDir(dir string) (*Store, error) {
	for _, sub := range []string{"", "blobs", "uploads"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("open media store: %w", err)
		}
	}
	return &Store{dir: dir}, nil
}

func (s *Store) path(k Key) string {
	return filepath.Join(s.dir, "blobs", string(k[:2]), string(k[2:4]), string(k))
}

// Put keeps what r holds and answers with its key and size in bytes. The file
// is on disk, and in the bucket, whole and under its name, when Put returns.
func (s *Store) Put(ctx context.Context, r io.Reader) (Key, int64, error) {
	tmp, err := os.CreateTemp(filepath.Join(s.dir, "uploads"), "put-*")
	if err != nil {
		return "", 0, fmt.Errorf("keep file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when it was moved
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(tmp, sum), contextReader{ctx, r})
	if err == nil {
		err = tmp.Sync()
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", 0, fmt.Errorf("keep file: %w", err)
	}
	key := Key(hex.EncodeToString(sum.Sum(nil)))
	if s.remote == nil {
		return key, size, s.settle(tmp.Name(), key)
	}
	if err := s.remote.push(ctx, tmp.Name(), blobKey(key)); err != nil {
		return "", 0, fmt.Errorf("keep file: %w", err)
	}
	return key, size, errors.Join(s.settle(tmp.Name(), key), s.grow(size))
}

// settle moves a whole file to its place and makes the move itself durable.
func (s *Store) settle(from string, key Key) error {
	to := s.path(key)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	return syncDir(filepath.Dir(to))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

// Open opens a kept file for reading; fault.NotFound where there is none. One
// that this node does not have comes from the bucket first.
func (s *Store) Open(ctx context.Context, k Key) (*os.File, error) {
	if !k.Valid() {
		return nil, fault.New(fault.NotFound, "blob")
	}
	f, err := os.Open(s.path(k))
	switch {
	case s.remote == nil:
	case err == nil:
		s.remote.touch(f)
	case errors.Is(err, fs.ErrNotExist):
		if err := s.fetch(ctx, k); err != nil {
			return nil, err
		}
		if f, err = os.Open(s.path(k)); errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.Busy, "a file was taken out of the cache as soon as it came")
		}
	}
	return f, missing(err)
}

// Has tells whether a file is kept, by all nodes: one in this node's cache alone
// is about to be gone.
func (s *Store) Has(ctx context.Context, k Key) (bool, error) {
	if !k.Valid() {
		return false, nil
	}
	if s.remote == nil {
		return isLocal(s.path(k))
	}
	_, err := s.remote.size(ctx, blobKey(k))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Delete removes a kept file; one that is not there is no error. The caller
// sees to it that nothing refers to the key any more.
func (s *Store) Delete(ctx context.Context, k Key) error {
	if !k.Valid() {
		return fault.New(fault.NotFound, "blob")
	}
	if s.remote != nil {
		if err := s.remote.remove(ctx, blobKey(k)); err != nil {
			return err
		}
	}
	return removed(os.Remove(s.path(k)))
}

// Old lists the kept files that were last put longer than age ago, at most n
// keys at a time, so that a store of any size goes through a small memory.
func (s *Store) Old(ctx context.Context, age time.Duration, n int, each func([]Key) error) error {
	if s.remote != nil {
		return s.remote.oldBlobs(ctx, age, func(keys []Key) error {
			for part := range slices.Chunk(keys, n) {
				if err := each(part); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var keys []Key
	err := filepath.WalkDir(filepath.Join(s.dir, "blobs"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || d.IsDir() || !Key(d.Name()).Valid() {
			return gone(err)
		}
		info, err := d.Info()
		if err != nil || time.Since(info.ModTime()) < age {
			return gone(err)
		}
		if keys = append(keys, Key(d.Name())); len(keys) < n {
			return nil
		}
		err = each(keys)
		keys = nil
		return err
	})
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	if len(keys) == 0 {
		return nil
	}
	return each(keys)
}

// gone is no error for what was deleted while it was being listed.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "blob")
	}
	return Nameless(err)
}

func removed(err error) error {
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete file: %w", Nameless(err))
	}
	return nil
}

// contextReader stops a long copy when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

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
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/indywire/indywire/internal/fault"
)

// remote is the bucket behind a Store whose folder is this node's cache, and
// where files lie on their way. Finished files are at blobs/, uploads at
// uploads/, each under the name that it would have in the folder.
type remote struct {
	*bucket
	cache
	fetching singleflight.Group
}

const (
	blobPrefix   = "blobs/"
	uploadPrefix = "uploads/"
)

// fetchPatience bounds how long one file may take to come from the bucket.
const fetchPatience = 30 * time.Minute

// OpenBucket opens a store in a bucket, with the folder dir for its cache.
func OpenBucket(dir string, b Bucket) (*Store, error) {
	s, err := OpenDir(dir)
	if err != nil {
		return nil, err
	}
	s.remote = &remote{bucket: b.reach(), cache: cache{most: b.Cache}}
	return s, nil
}

// Check tells whether the store can be reached; nil for a folder.
func (s *Store) Check(ctx context.Context) error {
	if s.remote == nil {
		return nil
	}
	err := s.remote.check(ctx)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Busy, "the media store has no such bucket")
	}
	return err
}

func blobKey(k Key) string { return path.Join(blobPrefix, string(k[:2]), string(k[2:4]), string(k)) }

// splitKey takes what the store knows an upload by apart: its id, and that of its
// multipart upload where there is one.
func splitKey(key string) (id, multipart string) {
	id, multipart, _ = strings.Cut(key, "+")
	return id, multipart
}

// push brings a local file to the bucket.
func (r *remote) push(ctx context.Context, from, key string) error {
	f, err := os.Open(from)
	if err != nil {
		return missing(err)
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return Nameless(err)
	}
	return r.put(ctx, key, f, info.Size())
}

// fetch brings a finished file into the cache: once, however many wait for it.
// It goes on when they do not.
func (s *Store) fetch(ctx context.Context, k Key) error {
	done := s.remote.fetching.DoChan(string(k), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchPatience)
		defer cancel()
		return nil, s.fetchNow(ctx, k)
	})
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.Busy, "wait for a file from the media store", ctx.Err())
	case result := <-done:
		return result.Err
	}
}

func (s *Store) fetchNow(ctx context.Context, k Key) error {
	if here, err := isLocal(s.path(k)); here || err != nil {
		return err // it came while whoever asks looked for it
	}
	tmp, err := os.CreateTemp(filepath.Join(s.dir, "uploads"), "fetch-*")
	if err != nil {
		return fmt.Errorf("fetch file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when it was moved
	sum := sha256.New()
	err = errors.Join(s.remote.copy(ctx, blobKey(k), &considerate{Writer: io.MultiWriter(tmp, sum), s: s}), tmp.Close())
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, errCrowded):
		return errors.Join(fault.Wrap(fault.Full, "fetch file", Nameless(err)), s.trim())
	case err != nil:
		return err
	case Key(hex.EncodeToString(sum.Sum(nil))) != k:
		return fault.New(fault.Internal, "the media store gave other bytes than those it was given")
	}
	size, err := sizeOf(tmp.Name())
	if err != nil {
		return err
	}
	return errors.Join(s.settle(tmp.Name(), k), s.grow(size))
}

func sizeOf(name string) (int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, Nameless(err)
	}
	return info.Size(), nil
}

// copy writes a whole object.
func (r *remote) copy(ctx context.Context, key string, to io.Writer) error {
	body, err := r.get(ctx, key, nil)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	_, err = io.Copy(to, body)
	return Nameless(err)
}

// download brings an upload's bytes into a file of this node for a while.
func (s *Store) download(ctx context.Context, id string) (name string, done func(), err error) {
	tmp, err := os.CreateTemp(filepath.Join(s.dir, "uploads"), "original-*")
	if err != nil {
		return "", nil, fmt.Errorf("fetch upload: %w", err)
	}
	done = func() { _ = os.Remove(tmp.Name()) } // else StrayUploads does
	if err := errors.Join(s.remote.copy(ctx, uploadPrefix+id, tmp), tmp.Close()); err != nil {
		done()
		return "", nil, err
	}
	return tmp.Name(), done, nil
}

// deleteUpload removes what the bucket has of an upload.
func (r *remote) deleteUpload(ctx context.Context, id, multipart string) error {
	key := uploadPrefix + id
	if multipart != "" {
		if err := r.abort(ctx, key, multipart); err != nil {
			return err
		}
	}
	return r.remove(ctx, key, key+partSuffix, key+noteSuffix)
}

// strays lists uploads whose objects were written longer than age ago, by what
// the store knows them by.
func (r *remote) strays(ctx context.Context, age time.Duration) (keys []string, err error) {
	begun, err := r.unfinished(ctx, uploadPrefix, age)
	if err != nil {
		return nil, err
	}
	for key, multipart := range begun {
		if !uploadPattern.MatchString(strings.TrimPrefix(key, uploadPrefix)) {
			continue // somebody else's
		}
		keys = append(keys, strings.TrimPrefix(key, uploadPrefix)+"+"+multipart)
	}
	err = r.old(ctx, uploadPrefix, age, func(found []string) error {
		for _, key := range found {
			id := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(key, uploadPrefix), partSuffix), noteSuffix)
			if _, known := begun[uploadPrefix+id]; !known && uploadPattern.MatchString(id) {
				begun[uploadPrefix+id] = ""
				keys = append(keys, id)
			}
		}
		return nil
	})
	return keys, err
}

// oldBlobs is Old for the bucket.
func (r *remote) oldBlobs(ctx context.Context, age time.Duration, each func([]Key) error) error {
	return r.old(ctx, blobPrefix, age, func(found []string) error {
		var keys []Key
		for _, name := range found {
			if k := Key(path.Base(name)); k.Valid() {
				keys = append(keys, k)
			}
		}
		if len(keys) == 0 {
			return nil
		}
		return each(keys)
	})
}

// remoteBytes reads an upload where it lies, a block at a time: whoever looks
// into a file reads here and there, and little.
type remoteBytes struct {
	ctx  context.Context
	r    *remote
	key  string
	size int64

	from  int64 // of block
	block []byte
}

const blockSize = 64 << 10

func (r *remote) open(ctx context.Context, id string) (Bytes, error) {
	size, err := r.size(ctx, uploadPrefix+id)
	if err != nil {
		return nil, err
	}
	return &remoteBytes{ctx: ctx, r: r, key: uploadPrefix + id, size: size}, nil
}

// ReadAt implements io.ReaderAt. It is for one goroutine.
func (b *remoteBytes) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		if at >= b.size {
			return n, io.EOF
		}
		if at < b.from || at >= b.from+int64(len(b.block)) {
			if err := b.load(at); err != nil {
				return n, err
			}
		}
		n += copy(p[n:], b.block[at-b.from:])
	}
	return n, nil
}

func (b *remoteBytes) load(at int64) error {
	size := min(blockSize, b.size-at)
	within := fmt.Sprintf("bytes=%d-%d", at, at+size-1)
	body, err := b.r.get(b.ctx, b.key, &within)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	b.from, b.block = at, make([]byte, size)
	if _, err := io.ReadFull(body, b.block); err != nil {
		b.block = nil
		return err
	}
	return nil
}

// Close implements io.Closer.
func (b *remoteBytes) Close() error { return nil }

// isLocal tells whether the folder has a file.
func isLocal(name string) (bool, error) {
	_, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, Nameless(err)
}

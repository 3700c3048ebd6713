package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/indywire/indywire/internal/fault"
)

// noteSuffix ends the name of what tusd notes about an upload.
const noteSuffix = ".info"

var uploadPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// UploadPath is where the folder has the bytes of an upload while they are
// needed; fault.NotFound for an id that is not of the form of one.
func (s *Store) UploadPath(id string) (string, error) {
	if !uploadPattern.MatchString(id) {
		return "", fault.New(fault.NotFound, "upload")
	}
	return filepath.Join(s.dir, "uploads", id), nil
}

// CreateUpload makes the empty file that an upload's bytes go into. Secure brings
// them to where the other nodes find them.
func (s *Store) CreateUpload(id string) (*os.File, error) {
	path, err := s.UploadPath(id)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return f, Nameless(err)
}

// Bytes are those of an upload, to look into.
type Bytes interface {
	io.ReaderAt
	io.Closer
}

// OpenUpload opens an upload's bytes; fault.NotFound where they are gone. The key
// is as DeleteUpload's.
func (s *Store) OpenUpload(ctx context.Context, key string) (Bytes, error) {
	id, _ := splitKey(key)
	path, err := s.UploadPath(id)
	if err != nil {
		return nil, err
	}
	if s.remote != nil {
		return s.remote.open(ctx, id)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, missing(err)
	}
	return f, nil
}

// Secure has the bytes of an upload that is whole last over a loss of power: in
// the bucket where there is one, which has most of them already.
func (s *Store) Secure(ctx context.Context, key string) error {
	id, _ := splitKey(key)
	path, err := s.UploadPath(id)
	if err != nil {
		return err
	}
	if s.remote != nil {
		return s.handOver(ctx, path, id)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return missing(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync upload: %w", Nameless(err))
	}
	return syncDir(filepath.Dir(path))
}

// handOver moves an upload that came to this node's folder to the bucket. What
// was sent may hold what must not be shown, so no copy stays here.
func (s *Store) handOver(ctx context.Context, path, id string) error {
	if here, err := isLocal(path); err != nil || !here {
		return err
	}
	if err := s.remote.push(ctx, path, uploadPrefix+id); err != nil {
		return err
	}
	return removed(os.Remove(path))
}

// DeleteUpload removes an upload's bytes and what the store noted about them;
// missing ones are no error. The key is the upload's id, or what the store knows
// it by.
func (s *Store) DeleteUpload(ctx context.Context, key string) error {
	id, multipart := splitKey(key)
	path, err := s.UploadPath(id)
	if err != nil {
		return err
	}
	if s.remote != nil {
		if err := s.remote.deleteUpload(ctx, id, multipart); err != nil {
			return err
		}
	}
	return errors.Join(removed(os.Remove(path)), removed(os.Remove(path+noteSuffix)))
}

// Original gives a file of this server with the whole of an upload's bytes, for
// as long as the caller does not call done; fault.NotFound where they are gone.
// The key is as DeleteUpload's.
func (s *Store) Original(ctx context.Context, key string) (path string, done func(), err error) {
	id, _ := splitKey(key)
	path, err = s.UploadPath(id)
	if err != nil {
		return "", nil, err
	}
	if s.remote != nil {
		return s.download(ctx, id)
	}
	if _, err := os.Stat(path); err != nil {
		return "", nil, missing(err)
	}
	return path, func() {}, nil
}

// Nameless takes the name of a file out of an error of the file system, and what
// was wrapped around it: an upload's name is its id, which no log may hold.
func Nameless(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", path.Op, path.Err)
	}
	return err
}

// Scratch makes an empty folder for what is needed only while a file is being
// processed. The caller removes it; StrayUploads deletes one that a killed
// server left.
func (s *Store) Scratch() (string, error) {
	return os.MkdirTemp(filepath.Join(s.dir, "uploads"), "scratch-*")
}

// Room is how much may still be written to the store's disk, in bytes: none where
// it can hold no further file, however small.
func (s *Store) Room() (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Join(s.dir, "uploads"), &disk); err != nil {
		return 0, fmt.Errorf("ask for room: %w", err)
	}
	if disk.Files > 0 && disk.Ffree == 0 { // some file systems do not count files
		return 0, nil
	}
	return int64(disk.Bavail) * disk.Bsize, nil
}

// endless stands for the room in a bucket, which cannot be asked for.
const endless = 1 << 60

// Disk is how many bytes the store's disk has free, for whoever may not use its
// last reserve, and how many in all. A bucket seems to have no end.
func (s *Store) Disk() (free, size int64, err error) {
	if s.remote != nil {
		return endless, 0, nil
	}
	return s.disk()
}

// LocalDisk is Disk of this node's own, whatever the store is.
func (s *Store) LocalDisk() (free, size int64, err error) { return s.disk() }

// disk is Disk of the folder's.
func (s *Store) disk() (free, size int64, err error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Join(s.dir, "uploads"), &disk); err != nil {
		return 0, 0, fmt.Errorf("look at the disk: %w", err)
	}
	return int64(disk.Bavail) * disk.Bsize, int64(disk.Blocks) * disk.Bsize, nil
}

// StrayUploads lists uploads whose bytes were last written longer than age ago,
// as DeleteUpload takes them: what a server that was killed in the middle left
// behind. Temporary files of Put and scratch folders of that age are deleted on
// the way.
func (s *Store) StrayUploads(ctx context.Context, age time.Duration) ([]string, error) {
	stray, err := s.strayFiles(age)
	if err != nil || s.remote == nil {
		return stray, err
	}
	more, err := s.remote.strays(ctx, age)
	return append(more, stray...), err
}

func (s *Store) strayFiles(age time.Duration) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, "uploads"))
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	stray := map[string]bool{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < age {
			continue // gone meanwhile, or young
		}
		if id := strings.TrimSuffix(e.Name(), noteSuffix); uploadPattern.MatchString(id) {
			stray[id] = true
		} else if err := os.RemoveAll(filepath.Join(s.dir, "uploads", e.Name())); err != nil {
			return nil, fmt.Errorf("delete left-over: %w", err)
		}
	}
	return slices.Sorted(maps.Keys(stray)), nil
}

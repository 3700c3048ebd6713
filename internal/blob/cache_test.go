package blob_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/blob/s3test"
	"github.com/indywire/indywire/internal/fault"
)

// TestFileIsFetchedOnce for all who wait for it, and who leaves does not end it
// for the others.
func TestFileIsFetchedOnce(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	a, _ := openNode(t, server)
	key, _, err := a.Put(t.Context(), bytes.NewReader(noise(300_000)))
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	began, goOn := make(chan struct{}), make(chan struct{})
	way := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) == 1 {
				close(began)
			}
			<-goOn
			next.ServeHTTP(w, r)
		})
	}
	b, err := blob.OpenBucket(t.TempDir(), server.Behind(way))
	if err != nil {
		t.Fatal(err)
	}
	leaving, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, err := b.Open(leaving, key); left <- err }()
	<-began
	var waiting sync.WaitGroup
	for range 16 {
		waiting.Go(func() {
			if got := read(t, b, key); len(got) != 300_000 {
				t.Errorf("%d bytes", len(got))
			}
		})
	}
	leave()
	if err := <-left; !fault.Is(err, fault.Busy) {
		t.Errorf("who left was told %v", err)
	}
	time.Sleep(50 * time.Millisecond) // most of them wait by now
	close(goOn)
	waiting.Wait()
	read(t, b, key)
	if n := asked.Load(); n != 1 {
		t.Errorf("the bucket was asked %d times", n)
	}
}

// TestWhatIsAskedForStays in a cache that is full, and what nobody asked for goes,
// whichever came first.
func TestWhatIsAskedForStays(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	dir, small := t.TempDir(), server.Bucket()
	small.Cache = 100_000
	b, err := blob.OpenBucket(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	var keys []blob.Key
	for i := range 4 {
		key, _, err := b.Put(t.Context(), bytes.NewReader(noise(20_000+i)))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
		age(t, dir, key, time.Duration(12-i)*time.Hour)
	}
	read(t, b, keys[0]) // the oldest
	age(t, dir, keys[0], 2*time.Minute+aged(t, dir, keys[0]))
	if _, _, err := b.Put(t.Context(), strings.NewReader(string(noise(30_000)))); err != nil {
		t.Fatal(err)
	}
	has := func(k blob.Key) bool {
		_, err := os.Stat(filepath.Join(dir, "blobs", string(k[:2]), string(k[2:4]), string(k)))
		return err == nil
	}
	if kept := []bool{has(keys[0]), has(keys[1]), has(keys[2]), has(keys[3])}; !slices.Equal(kept, []bool{true, false, true, true}) {
		t.Errorf("kept are %v: want all but the second, which nobody asked for longest", kept)
	}
}

// aged is for how long a file has not been asked for, as the cache knows it.
func aged(t *testing.T, dir string, k blob.Key) time.Duration {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "blobs", string(k[:2]), string(k[2:4]), string(k)))
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(info.ModTime())
}

// TestCacheLeavesRoom on a disk, which others need too: what does not fit is not
// fetched, and what does is served.
func TestCacheLeavesRoom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("a full disk is a small file system here, and this user may not mount one")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	server := s3test.Start(t)
	a, _ := openNode(t, server)
	b, err := blob.OpenBucket(dir, server.Bucket())
	if err != nil {
		t.Fatal(err)
	}
	film, _, err := a.Put(t.Context(), bytes.NewReader(noise(62<<20)))
	if err != nil {
		t.Fatal(err)
	}
	photo, _, err := a.Put(t.Context(), bytes.NewReader(noise(1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := b.Open(t.Context(), film)
	if err == nil {
		_ = f.Close()
	}
	if !fault.Is(err, fault.Full) {
		t.Errorf("a film that fills the disk: %v", err)
	}
	if got := read(t, b, photo); len(got) != 1<<20 {
		t.Errorf("%d bytes of the photo", len(got))
	}
}

// TestCacheIsBounded fetches more than a node may keep, and keeps what was asked
// for last.
func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	server, ctx := s3test.Start(t), t.Context()
	a, _ := openNode(t, server)
	dir, small := t.TempDir(), server.Bucket()
	small.Cache = 100_000
	b, err := blob.OpenBucket(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	var keys []blob.Key
	for i := range 12 {
		key, _, err := a.Put(ctx, bytes.NewReader(noise(20_000+i)))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
		read(t, b, key)
		age(t, dir, key, time.Duration(12-i)*time.Hour) // none is young enough to be left alone
	}
	read(t, b, keys[11])
	var used int64
	left, _ := filepath.Glob(filepath.Join(dir, "blobs", "*", "*", "*"))
	for _, name := range left {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		used += info.Size()
	}
	if used == 0 || used > small.Cache+20_100 || !slices.ContainsFunc(left, func(name string) bool { return filepath.Base(name) == string(keys[11]) }) {
		t.Errorf("%d bytes in %d files are kept", used, len(left))
	}
	if got := read(t, b, keys[0]); len(got) != 20_000 { // fetched anew
		t.Errorf("%d bytes", len(got))
	}
}

func age(t *testing.T, dir string, k blob.Key, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(dir, "blobs", string(k[:2]), string(k[2:4]), string(k)), then, then); err != nil {
		t.Fatal(err)
	}
}

// TestFileLargerThanTheCache is served all the same.
func TestFileLargerThanTheCache(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	small := server.Bucket()
	small.Cache = 10_000
	b, err := blob.OpenBucket(t.TempDir(), small)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := openNode(t, server)
	key, _, err := a.Put(t.Context(), bytes.NewReader(noise(20_000)))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, b, key); len(got) != 20_000 {
		t.Errorf("%d bytes", len(got))
	}
}

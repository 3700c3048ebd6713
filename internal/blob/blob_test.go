package blob_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/fault"
)

func open(t *testing.T) *blob.Store {
	t.Helper()
	s, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPutOpenDelete(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	key, size, err := s.Put(ctx, strings.NewReader("a crane against the sky"))
	if err != nil || size != 23 || !key.Valid() {
		t.Fatalf("Put = %q, %d, %v", key, size, err)
	}
	again, _, err := s.Put(ctx, strings.NewReader("a crane against the sky"))
	if err != nil || again != key {
		t.Fatalf("the same bytes got %q, %v; want %q", again, err, key)
	}
	f, err := s.Open(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got, _ := io.ReadAll(f); string(got) != "a crane against the sky" {
		t.Errorf("read back %q", got)
	}
	for range 2 { // the second finds nothing, and that is no error
		if err := s.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Open(ctx, key); !fault.Is(err, fault.NotFound) {
		t.Errorf("Open after Delete = %v, want not found", err)
	}
}

func TestKeysAreCheckedBeforeThePath(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, key := range []blob.Key{"", "../../etc/passwd", blob.Key(strings.Repeat("A", 64)), blob.Key(strings.Repeat("a", 63) + "/")} {
		if _, err := s.Open(t.Context(), key); !fault.Is(err, fault.NotFound) {
			t.Errorf("Open(%q) = %v, want not found", key, err)
		}
	}
	for _, id := range []string{"", "..", "../x", strings.Repeat("g", 32)} {
		if _, err := s.OpenUpload(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("OpenUpload(%q) = %v, want not found", id, err)
		}
	}
}

func TestCancelledPutLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Fatalf("Put = %v, want cancelled", err)
	}
	left, err := os.ReadDir(dir + "/uploads")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUploadsLiveUnderTheirID(t *testing.T) {
	t.Parallel()
	s, id := open(t), strings.Repeat("0a", 16)
	f, err := s.CreateUpload(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("bytes"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateUpload(id); err == nil {
		t.Error("an upload was overwritten")
	}
	if err := s.DeleteUpload(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenUpload(t.Context(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("OpenUpload after delete = %v", err)
	}
}

func TestErrorsDoNotNameUploads(t *testing.T) {
	t.Parallel()
	dir, id := t.TempDir(), strings.Repeat("0a", 16)
	s, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateUpload(id); err != nil {
		t.Fatal(err)
	}
	_, twice := s.CreateUpload(id)
	if err := os.RemoveAll(dir + "/uploads"); err != nil {
		t.Fatal(err)
	}
	_, nowhere := s.CreateUpload(id)
	if err := os.WriteFile(dir+"/uploads", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, unreadable := s.OpenUpload(t.Context(), id)
	for want, err := range map[error]error{fs.ErrExist: twice, fs.ErrNotExist: nowhere, syscall.ENOTDIR: unreadable} {
		if !errors.Is(err, want) || strings.Contains(err.Error(), id) {
			t.Errorf("error %v, want %v without the upload's id", err, want)
		}
	}
	if err := s.DeleteUpload(t.Context(), id); !errors.Is(err, syscall.ENOTDIR) || strings.Contains(err.Error(), id) {
		t.Errorf("DeleteUpload = %v, want %v without the upload's id", err, syscall.ENOTDIR)
	}
}

func TestStrayScratchIsSweptWithAllInIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	old, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old+"/480.webp", []byte("half a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	young, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if stray, err := s.StrayUploads(t.Context(), time.Hour); len(stray) != 0 || err != nil {
		t.Errorf("StrayUploads = %v, %v", stray, err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed server was working on was left: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("what is being worked on was taken away: %v", err)
	}
}

func TestOldComesInBatches(t *testing.T) {
	t.Parallel()
	s := open(t)
	want := map[blob.Key]bool{}
	for i := range 7 {
		key, _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", i)))
		if err != nil {
			t.Fatal(err)
		}
		want[key] = true
	}
	none := func(keys []blob.Key) error { t.Errorf("%v are young", keys); return nil }
	if err := s.Old(t.Context(), time.Hour, 3, none); err != nil {
		t.Fatal(err)
	}
	var batches []int
	err := s.Old(t.Context(), 0, 3, func(keys []blob.Key) error {
		batches = append(batches, len(keys))
		for _, key := range keys {
			if !want[key] {
				t.Errorf("%s came twice or was never put", key)
			}
			delete(want, key)
		}
		return nil
	})
	if err != nil || len(want) != 0 || len(batches) != 3 || batches[0] != 3 || batches[2] != 1 {
		t.Errorf("batches of %v, %d keys missing, %v", batches, len(want), err)
	}
	stop := errors.New("stop")
	if err := s.Old(t.Context(), 0, 3, func([]blob.Key) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the caller's: %v", err)
	}
}

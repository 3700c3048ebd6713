package blob_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

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
		if _, err := s.OpenUpload(id); !fault.Is(err, fault.NotFound) {
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
	if err := s.DeleteUpload(id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenUpload(id); !fault.Is(err, fault.NotFound) {
		t.Errorf("OpenUpload after delete = %v", err)
	}
}

package blob_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tus/tusd/v2/pkg/handler"

	"github.com/indywire/indywire/internal/blob"
)

const incomingID = "0123456789abcdef0123456789abcdef"

// begun is a store in a folder with an upload of ten bytes, four of which are here.
func begun(t *testing.T, dir string) *blob.Store {
	t.Helper()
	store, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	u, err := store.Incoming().NewUpload(t.Context(), handler.FileInfo{ID: incomingID, Size: 10})
	if err == nil {
		_, err = u.WriteChunk(t.Context(), 0, strings.NewReader("0123"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestUploadGoesOnInAFolderThatWasMoved, or that another node has elsewhere.
func TestUploadGoesOnInAFolderThatWasMoved(t *testing.T) {
	t.Parallel()
	old, moved := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "moved")
	begun(t, old)
	if err := os.Rename(old, moved); err != nil {
		t.Fatal(err)
	}
	store, err := blob.OpenDir(moved)
	if err != nil {
		t.Fatal(err)
	}
	u, err := store.Incoming().GetUpload(t.Context(), incomingID)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := u.GetInfo(t.Context()); err != nil || info.Offset != 4 || info.Size != 10 {
		t.Errorf("it is %+v, %v", info, err)
	}
	if _, err := u.WriteChunk(t.Context(), 4, strings.NewReader("456789")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(moved, "uploads", incomingID)); err != nil || string(got) != "0123456789" {
		t.Errorf("what came is %q, %v", got, err)
	}
}

// TestUploadWhoseNoteIsTorn is none, so that its sender begins anew.
func TestUploadWhoseNoteIsTorn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := begun(t, dir)
	for _, note := range []string{"", `{"ID":"0123`} {
		if err := os.WriteFile(filepath.Join(dir, "uploads", incomingID+".info"), []byte(note), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Incoming().GetUpload(t.Context(), incomingID); !errors.Is(err, handler.ErrNotFound) {
			t.Errorf("with %q: %v", note, err)
		}
	}
}

package tus

import (
	"testing"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/media"
)

// TestRoomIsPromisedOnce holds that what others were promised and have not sent
// yet is no longer free.
func TestRoomIsPromisedOnce(t *testing.T) {
	t.Parallel()
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rc := &Reception{Store: store}
	free := func(b media.Burden) int64 {
		n, err := rc.free(b)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const promised, sent, slack = 1 << 40, 1 << 39, 1 << 33 // others use the disk too
	got := free(media.Burden{}) - free(media.Burden{Network: promised, Stored: sent})
	if got < promised-sent-slack || got > promised-sent+slack {
		t.Errorf("%d bytes less are free, want about %d", got, promised-sent)
	}
}

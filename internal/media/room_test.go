package media

import (
	"testing"

	"github.com/indywire/indywire/internal/blob"
)

// TestRoomIsPromisedOnce holds that what others were promised and have not sent
// yet is no longer free.
func TestRoomIsPromisedOnce(t *testing.T) {
	t.Parallel()
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	free := func(b burden) int64 {
		n, err := (&Room{Store: store}).free(b)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const promised, sent, slack = 1 << 40, 1 << 39, 1 << 33 // others use the disk too
	got := free(burden{}) - free(burden{network: promised, stored: sent})
	if got < promised-sent-slack || got > promised-sent+slack {
		t.Errorf("%d bytes less are free, want about %d", got, promised-sent)
	}
}

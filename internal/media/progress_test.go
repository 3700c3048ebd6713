package media_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// TestProgressLeavesTheVersion of the site as it is: a cache would forget its
// pages with every part that arrives. What readers see changes when a file is
// settled, once.
func TestProgressLeavesTheVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, _ := b.attached()
	before := b.siteVersion()
	arrivals := media.Arrivals{DB: b.pools.Primary, Room: &media.Room{Store: b.processor.Store, Budget: 1 << 30}}
	upload := media.Upload{ID: media.UploadID(fmt.Sprintf("%032x", 9)), Name: "b.jpg", Size: 100, State: media.Receiving}
	upload.StoreKey = string(upload.ID)
	var st site.ID
	b.scan("SELECT id FROM site", &st)
	if err := arrivals.Begin(t.Context(), st, []byte("ticket"), upload, time.Now().Add(time.Hour), 5); err != nil {
		t.Fatal(err)
	}
	if err := arrivals.NoteReceived(t.Context(), upload.ID, 50); err != nil {
		t.Fatal(err)
	}
	if got := b.siteVersion(); got != before {
		t.Errorf("half an upload raised the version from %d to %d", before, got)
	}
	b.process(id) // whose beginning is written down too
	if got := b.siteVersion(); got != before+1 {
		t.Errorf("a photo that is ready raised the version from %d to %d, want one more", before, got)
	}
	b.process(id)
	if got := b.siteVersion(); got != before+1 {
		t.Errorf("a job that was done again raised the version from %d to %d", before+1, got)
	}
}

func (b bench) siteVersion() (version int64) {
	b.t.Helper()
	b.scan("SELECT version FROM site", &version)
	return version
}

package media_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/blob/s3test"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/media"
)

// TestNothingIsRecordedBeforeTheBucketHasIt: readers are never shown what only the
// node has that made it. Of the store a folder is taken away, then all of it.
func TestNothingIsRecordedBeforeTheBucketHasIt(t *testing.T) {
	t.Parallel()
	server, dir := s3test.Start(t), t.TempDir()
	store, err := blob.OpenBucket(dir, server.Bucket())
	if err != nil {
		t.Fatal(err)
	}
	b := benchWith(t, dir, store)
	b.processor.KeepPatience = time.Second
	id, original := b.attached()
	work := func() error {
		return b.processor.Work(t.Context(), &river.Job[media.ProcessArgs]{JobRow: &rivertype.JobRow{Attempt: 1}, Args: media.ProcessArgs{Media: id}})
	}
	recorded := func(when string) {
		t.Helper()
		var state string
		var renditions int
		b.scan("SELECT state, (SELECT count(*) FROM rendition) FROM media", &state, &renditions)
		if state != "waiting" || renditions != 0 {
			t.Errorf("%s it is %s with %d renditions", when, state, renditions)
		}
		if _, err := os.Stat(server.Path("uploads/" + original)); err != nil {
			t.Errorf("%s what was sent is lost: %v", when, err)
		}
	}
	blobs := server.Path("blobs")
	if err := os.WriteFile(blobs, nil, 0o600); err != nil { // in the place of their folder
		t.Fatal(err)
	}
	if err := work(); err == nil {
		t.Error("the store took nothing, and nobody says so")
	}
	recorded("where the store takes nothing")
	if err := os.Remove(blobs); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := work(); err == nil {
		t.Error("the store is away, and nobody says so")
	}
	recorded("while the store is away")
	server.Go()
	b.process(id)
	var keys []blob.Key
	b.scan("SELECT array_agg(blob) FROM rendition", &keys)
	if len(keys) == 0 {
		t.Error("nothing was made of it")
	}
	for _, k := range keys {
		if _, err := os.Stat(server.Path("blobs/" + string(k[:2]) + "/" + string(k[2:4]) + "/" + string(k))); err != nil {
			t.Errorf("a rendition is recorded that the bucket does not have: %v", err)
		}
	}
	if _, err := os.Stat(server.Path("uploads/" + original)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was sent is still there: %v", err)
	}
}

// TestWhatWasMadeWaitsForTheStore that is away for a moment, instead of being made
// again.
func TestWhatWasMadeWaitsForTheStore(t *testing.T) {
	t.Parallel()
	server, dir := s3test.Start(t), t.TempDir()
	store, err := blob.OpenBucket(dir, server.Bucket())
	if err != nil {
		t.Fatal(err)
	}
	b := benchWith(t, dir, store)
	id, _ := b.attached()
	blobs := server.Path("blobs")
	if err := os.WriteFile(blobs, nil, 0o600); err != nil { // it answers, and keeps nothing
		t.Fatal(err)
	}
	time.AfterFunc(2*time.Second, func() { _ = os.Remove(blobs) })
	b.process(id)
	var state string
	if b.scan("SELECT state FROM media", &state); state != "ready" {
		t.Errorf("the photo is %s", state)
	}
}

// TestWhatWasMadeWaitsForAPrimary: the one that there is goes as the file is
// written down that was made, and another comes.
func TestWhatWasMadeWaitsForAPrimary(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 0)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Both(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	b := newBench(t)
	b.pools, b.processor.DB = pools, pools.Waiting()
	id, _ := b.attached()
	settled := 0
	var promotion sync.WaitGroup
	b.processor.Settled = func(context.Context, pgx.Tx, media.Media) error {
		if settled++; settled == 1 {
			pair.StopPrimary()
			promotion.Go(func() {
				time.Sleep(time.Second)
				pair.Promote()
			})
		}
		return nil
	}
	b.process(id)
	promotion.Wait() // the server takes writes before it says so
	var state string
	var kept int
	b.scan("SELECT state, (SELECT count(*) FROM rendition) FROM media", &state, &kept)
	if state != "ready" || settled != 2 || len(b.files("blobs")) != kept {
		t.Errorf("the photo is %s after %d tries to write it down; %d files, %d are recorded", state, settled, len(b.files("blobs")), kept)
	}
}

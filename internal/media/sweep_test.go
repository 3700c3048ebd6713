package media_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

func (b bench) sweep() {
	b.t.Helper()
	s := media.Sweeper{DB: b.pools.Primary, Store: b.processor.Store}
	if err := s.Work(b.t.Context(), nil); err != nil {
		b.t.Fatal(err)
	}
}

// TestFileWithoutAJobIsGivenUp holds that nobody waits for ever for a file whose
// server died in the last try, and that what was sent does not stay.
func TestFileWithoutAJobIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.attached()
	for _, step := range []struct{ name, media, job, want string }{
		{"young, to be tried again", "now()", "state = 'retryable'", "waiting"},
		{"old, to be tried again", "now() - interval '25 hours'", "state = 'retryable'", "waiting"},
		{"old, being cleaned", "now() - interval '25 hours'", "state = 'running'", "waiting"},
		{"young, given up", "now()", "state = 'discarded', finalized_at = now()", "waiting"},
		{"old, given up", "now() - interval '25 hours'", "state = 'discarded', finalized_at = now()", "failed"},
	} {
		b.exec("UPDATE media SET created_at = " + step.media)
		b.exec("UPDATE river_job SET " + step.job + " WHERE kind = 'media_process'")
		b.sweep()
		if got := b.state(); string(got) != step.want {
			t.Errorf("%s: the file is %s, want %s", step.name, got, step.want)
		}
	}
	var failure string
	var original *string
	b.scan("SELECT failure, original FROM media", &failure, &original)
	if left := b.files("uploads"); failure != media.FailureNotPrepared || original == nil || len(left) != 1 {
		t.Errorf("failure %q, original %v, left %v", failure, original, left)
	}
	b.wantOriginalSweptLater()
}

// wantOriginalSweptLater holds that what was sent stays for another try, and not
// for longer than two days.
func (b bench) wantOriginalSweptLater() {
	b.t.Helper()
	for _, step := range []struct {
		settled string
		left    int
	}{{"47 hours", 1}, {"49 hours", 0}} {
		b.exec("UPDATE media SET settled_at = now() - $1::interval", step.settled)
		b.sweep()
		var kept int
		if b.scan("SELECT count(*) FROM media WHERE original IS NOT NULL", &kept); kept != step.left || len(b.files("uploads")) != step.left {
			b.t.Errorf("%s after it failed: original kept %d, files %v, want %d", step.settled, kept, b.files("uploads"), step.left)
		}
	}
}

// TestFileWhoseJobIsForgottenIsGivenUp is after the queue swept its own past.
func TestFileWhoseJobIsForgottenIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.attached()
	b.exec("DELETE FROM river_job")
	b.exec("UPDATE media SET created_at = now() - interval '25 hours'")
	b.sweep()
	if got := b.state(); got != media.Failed {
		t.Errorf("the file is %s", got)
	}
}

// TestPicturesOfNoFileAreSwept puts into the store what a server leaves that is
// killed before it records what it made.
func TestPicturesOfNoFileAreSwept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, _ := b.attached()
	b.process(id)
	want := b.files("blobs")
	if len(want) == 0 {
		t.Fatal("no picture was made")
	}
	for i := range 450 { // more than one batch
		b.put(strings.Repeat("left ", i+1))
	}
	for _, path := range b.files("blobs") {
		past := time.Now().Add(-49 * time.Hour)
		if err := os.Chtimes(path, past, past); err != nil {
			t.Fatal(err)
		}
	}
	young := b.put("made just now")
	b.sweep()
	left := b.files("blobs")
	if !slices.ContainsFunc(left, func(path string) bool { return filepath.Base(path) == string(young) }) {
		t.Error("what was made just now is gone")
	}
	for _, path := range want {
		if !slices.Contains(left, path) {
			t.Error("a picture of a file is gone")
		}
	}
	if len(left) != len(want)+1 {
		t.Errorf("%d left, want %d", len(left), len(want)+1)
	}
}

func (b bench) put(content string) blob.Key {
	b.t.Helper()
	key, _, err := b.processor.Store.Put(b.t.Context(), strings.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	return key
}

// takenHalfway is a file of a form of which a post takes what is here, by an id that
// its draft tells, before the connection breaks.
type takenHalfway struct{ take func() }

func (f takenHalfway) Read(p []byte) (int, error) {
	f.take()
	return copy(p, "WEBVTT\n"), io.ErrUnexpectedEOF
}

// TestFileOfABrokenFormIsNotWaitedForForEver by a post that took it.
func TestFileOfABrokenFormIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	st, err := site.Create(t.Context(), b.pools.Primary, modlog.ByOperator(), site.Draft{Slug: "news", Name: "News", Languages: []locale.Tag{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	take := func() {
		var id media.UploadID
		b.scan("SELECT id FROM upload", &id)
		err := db.InTx(t.Context(), b.pools.Primary, func(tx pgx.Tx) error {
			return media.Attach(t.Context(), tx, nil, st, []byte("ticket"), media.Owner{}, []media.Chosen{{ID: id}})
		})
		if err != nil {
			t.Error(err)
		}
	}
	intake := media.Intake{DB: b.pools.Primary, Store: b.processor.Store, Now: time.Now}
	if _, err := intake.Receive(t.Context(), st, []byte("ticket"), "a.vtt", takenHalfway{take}, 0); err == nil {
		t.Fatal("a file that broke off was received")
	}
	b.exec("UPDATE upload SET expires_at = now() - interval '1 minute'")
	b.sweep()
	if got, left := b.state(), b.files("uploads"); got != media.Failed || len(left) > 0 {
		t.Errorf("the file is %s; left: %v", got, left)
	}
}

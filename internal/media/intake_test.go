package media_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// endless is a file that begins like its kind and has no end; it counts what is
// taken of it.
type endless struct {
	head  io.Reader
	taken int64
}

func (e *endless) Read(p []byte) (int, error) {
	n, err := e.head.Read(p)
	if err != nil {
		n = copy(p, bytes.Repeat([]byte(" "), len(p)))
	}
	e.taken += int64(n)
	return n, nil
}

// TestIntakeEndsWhereTheFileIsTooLarge of its kind, or of what the site takes:
// nobody fills the disk with what is refused in the end.
func TestIntakeEndsWhereTheFileIsTooLarge(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), site.Draft{Slug: "news", Name: "News", Languages: []locale.Tag{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	few := int64(3_000_000)
	st.MaxFileBytes = &few
	intake := media.Intake{DB: tx, Store: store, Now: time.Now}
	const look, spare = 1 << 20, 1 << 16 // the first look, and what a copy reads ahead
	for name, tt := range map[string]struct {
		head    string
		most    int64
		failure string
	}{
		"captions": {"WEBVTT\n\n", look, media.FailureTooLarge},
		"document": {"%PDF-1.7\n", few, media.FailureTooLarge},
		"film":     {"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42\xff\xff\xff\xffmdat", few, media.FailureTooLarge},
		"unknown":  {"MZ", few, media.FailureUnknown},
	} {
		file := &endless{head: bytes.NewReader([]byte(tt.head))}
		u, err := intake.Receive(t.Context(), st, []byte("ticket"), name, file, 0)
		if err != nil {
			t.Fatal(err)
		}
		if u.State != media.Refused || u.Failure != tt.failure || file.taken > tt.most+spare {
			t.Errorf("%s: %s %s after %d bytes, want %s after %d", name, u.State, u.Failure, file.taken, tt.failure, tt.most)
		}
	}
}

// TestIntakeBoundsATicket holds that a form sent again and again is no way to
// fill the disk either.
func TestIntakeBoundsATicket(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), site.Draft{Slug: "bounded", Name: "News", Languages: []locale.Tag{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	one := 1
	st.MaxFiles = &one
	intake := media.Intake{DB: tx, Store: store, Now: time.Now}
	taken := 0
	for range 10 {
		u, err := intake.Receive(t.Context(), st, []byte("bounded"), "a.vtt", bytes.NewReader([]byte("WEBVTT\n\n00:01.000 --> 00:02.000\nHere.\n")), 0)
		switch {
		case err != nil:
			t.Fatal(err)
		case u.State == media.Complete:
			taken++
		case u.Failure != media.FailureTooMany:
			t.Errorf("refused as %s", u.Failure)
		}
	}
	if taken < 1 || taken > 5 {
		t.Errorf("%d files lie under the ticket of a post that takes one", taken)
	}
}

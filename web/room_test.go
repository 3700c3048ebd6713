package web_test

import (
	"context"
	"io"
	"net/http"
	"path"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/htmltest"
)

// begin asks for an upload under a ticket of its own.
func (s *sender) begin(size int, more ...string) answer {
	s.t.Helper()
	page := s.do(http.MethodGet, s.host, "/publish", "", nil).want(s.t, http.StatusOK).Body
	ticket := htmltest.FormValues(s.t, page, "form#post").Get("ticket")
	headers := append([]string{
		"Upload-Length", strconv.Itoa(size), "Upload-Metadata", metadata("ticket", ticket, "filename", "a.mp4", "filetype", "video/mp4"),
	}, more...)
	return s.ask(http.MethodPost, "/uploads/", nil, headers...)
}

// TestUploadsWaitForRoom within what all uploads may take up, and a collective
// within its half.
func TestUploadsWaitForRoom(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	s.uploads.Arrivals.Room.Budget = 1000
	s.begin(400).want(t, http.StatusCreated)
	full := s.begin(101).want(t, http.StatusServiceUnavailable)
	if full.Header.Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
	has(t, full.Body, "não há espaço")
	s.begin(100).want(t, http.StatusCreated)
	s.host = arHost
	s.begin(501).want(t, http.StatusServiceUnavailable)
	s.begin(500).want(t, http.StatusCreated)
}

// TestOneUploadIsTakenWhateverTheBudget, its length told late too.
func TestOneUploadIsTakenWhateverTheBudget(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	s.uploads.Arrivals.Room.Budget = 500
	at := s.begin(0, "Upload-Length", "", "Upload-Defer-Length", "1").want(t, http.StatusCreated).location()
	s.patch(at, 0, make([]byte, 600)).want(t, http.StatusNoContent)
	s.patch(at, 600, make([]byte, 10), "Upload-Length", "900").want(t, http.StatusNoContent)
	s.begin(1).want(t, http.StatusServiceUnavailable)

	s = newSender(t)
	s.uploads.Arrivals.Room.Budget = 500
	late := s.begin(0, "Upload-Length", "", "Upload-Defer-Length", "1").want(t, http.StatusCreated).location()
	s.begin(100).want(t, http.StatusCreated)
	s.patch(late, 0, make([]byte, 10), "Upload-Length", "900").want(t, http.StatusServiceUnavailable)
	s.patch(late, 0, make([]byte, 10), "Upload-Length", "150").want(t, http.StatusNoContent)
}

// TestRoomIsPromisedOnceToMany that ask at the same moment.
func TestRoomIsPromisedOnceToMany(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	s.uploads.Arrivals.Room.Budget = 2000
	tx, err := s.pools.Primary.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), "LOCK TABLE upload IN SHARE MODE"); err != nil { // to be read and not written, so that all have looked
		t.Fatal(err)
	}
	var begun atomic.Int64
	var all sync.WaitGroup
	for range 6 {
		ticket := s.openForm().Get("ticket")
		all.Go(func() {
			a := s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", "300", "Upload-Metadata", metadata("ticket", ticket, "filename", "a.jpg"))
			if a.StatusCode == http.StatusCreated {
				begun.Add(1)
			} else if a.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("status %d", a.StatusCode)
			}
		})
	}
	s.await("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", 6)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if n := s.count("SELECT count(*) FROM upload"); n != 3 || begun.Load() != 3 {
		t.Errorf("%d began, %d are there, want 3, of half the budget", begun.Load(), n)
	}
}

// TestRoomIsKeptForAForm from its first byte on, and given back where it breaks off.
func TestRoomIsKeptForAForm(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	s.uploads.Arrivals.Room.Budget = 1 << 20
	form := s.filled("Com um filme")
	whole, kind := multipartBody(t, form, upload{"a.jpg", append(smallPhoto(t), make([]byte, 400_000)...)})
	all, err := io.ReadAll(whole)
	if err != nil {
		t.Fatal(err)
	}
	body, rest := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+"/publish", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Host, r.ContentLength = s.host, int64(len(all))
	r.Header.Set("Content-Type", kind)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if w, err := s.server.Client().Do(r); err == nil { // it is broken off
			_ = w.Body.Close()
		}
	}()
	if _, err := rest.Write(all[:50_000]); err != nil {
		t.Fatal(err)
	}
	s.await("SELECT count(*) FROM upload WHERE state = 'receiving' AND size > 350000", 1)
	s.begin(200_000).want(t, http.StatusServiceUnavailable)
	_ = rest.CloseWithError(io.ErrUnexpectedEOF)
	<-ended
	s.await("SELECT count(*) FROM upload", 0)
	s.begin(200_000).want(t, http.StatusCreated)
}

// TestPreparedFileIsNoBurden any more, though its upload is still known.
func TestPreparedFileIsNoBurden(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	s.uploads.Arrivals.Room.Budget = 2 * int64(len(photo))
	form := s.filled("Com a foto")
	s.ticket = form.Get("ticket")
	at := s.create(len(photo))
	form.Set("upload", path.Base(at))
	s.post("/publish", form).want(t, http.StatusSeeOther)
	s.patch(at, 0, photo).want(t, http.StatusNoContent)
	s.begin(1).want(t, http.StatusServiceUnavailable)
	s.exec("UPDATE media SET state = 'ready', original = NULL, original_key = ''")
	s.begin(1).want(t, http.StatusCreated)
	s.begin(1).want(t, http.StatusCreated)
	if got := s.offset(at); got != strconv.Itoa(len(photo)) {
		t.Errorf("a client that never heard of it is told %s", got)
	}
}

// TestFileThatArrivesIsCalledWhatItsSenderSays until its bytes tell.
func TestFileThatArrivesIsCalledWhatItsSenderSays(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	for name, called := range map[string]string{"a.mp4": "Um vídeo", "a.pdf": "Um documento", "a.jpg": "Uma fotografia", "a": "Uma fotografia"} {
		form := s.filled("Com " + name)
		at := s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", "1000",
			"Upload-Metadata", metadata("ticket", form.Get("ticket"), "filename", name)).want(t, http.StatusCreated).location()
		form.Set("upload", path.Base(at))
		receipt := s.post("/publish", form).want(t, http.StatusSeeOther).location()
		has(t, s.get(s.permalink(receipt)).want(t, http.StatusOK).Body, called+" ainda está a ser enviad")
	}
}

// await waits until a query counts so many.
func (n *network) await(query string, want int) {
	n.t.Helper()
	for end := time.Now().Add(30 * time.Second); n.count(query) != want; {
		if time.Now().After(end) {
			n.t.Fatalf("%s: %d, want %d", query, n.count(query), want)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestKindOfALengthToldLate has the limit of what the upload was said to be.
func TestKindOfALengthToldLate(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	for name, status := range map[string]int{"a.pdf": http.StatusRequestEntityTooLarge, "a.mp4": http.StatusNoContent} {
		at := s.ask(http.MethodPost, "/uploads/", nil, "Upload-Defer-Length", "1",
			"Upload-Metadata", metadata("ticket", s.ticket, "filename", name)).want(t, http.StatusCreated).location()
		a := s.patch(at, 0, make([]byte, 10), "Upload-Length", "100000001").want(t, status)
		if status != http.StatusNoContent {
			has(t, a.Body, "maior do que")
		}
	}
}

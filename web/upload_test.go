package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/media"
)

// sender speaks tus 1.0 with a network, over real connections.
type sender struct {
	*network
	server *httptest.Server
	host   string
	ticket string
}

func newSender(t *testing.T) *sender {
	t.Helper()
	n := newNetwork(t, false)
	return &sender{network: n, server: n.listen(), host: ptHost, ticket: n.openForm().Get("ticket")}
}

func (n *network) listen() *httptest.Server {
	n.t.Helper()
	server := httptest.NewServer(n.http)
	n.t.Cleanup(func() { server.Close(); server.Config.Handler = nil })
	return server
}

// ask sends a request with the headers in pairs; Tus-Resumable is there unless
// it is one of them.
func (s *sender) ask(method, at string, body io.Reader, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+at, body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Host = s.host
	r.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	w, err := s.server.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{Response: w, Body: string(text)}
}

func metadata(pairs ...string) string {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(list, ",")
}

// create begins an upload and gives its address.
func (s *sender) create(size int, more ...string) string {
	s.t.Helper()
	headers := append([]string{
		"Upload-Metadata", metadata("ticket", s.ticket, "filename", "foto.jpg", "filetype", "image/jpeg"), "Upload-Length", strconv.Itoa(size),
	}, more...)
	a := s.ask(http.MethodPost, "/uploads/", nil, headers...).want(s.t, http.StatusCreated)
	return a.location()
}

func (s *sender) patch(at string, offset int, body []byte, more ...string) answer {
	s.t.Helper()
	headers := append([]string{"Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(offset)}, more...)
	return s.ask(http.MethodPatch, at, bytes.NewReader(body), headers...)
}

func (s *sender) offset(at string) string {
	s.t.Helper()
	return s.ask(http.MethodHead, at, nil).want(s.t, http.StatusOK).Header.Get("Upload-Offset")
}

func (a answer) header(t *testing.T, name, want string) answer {
	t.Helper()
	if got := a.Header.Get(name); got != want {
		t.Errorf("%s is %q, want %q", name, got, want)
	}
	return a
}

func TestUploadInParts(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	at := s.create(len(photo))
	if id := path.Base(at); at != "/uploads/"+id || !media.UploadID(id).Valid() {
		t.Fatalf("the upload's address is %q", at)
	}
	if got := s.offset(at); got != "0" {
		t.Errorf("begins at %s", got)
	}
	half := len(photo) / 2
	s.patch(at, 0, photo[:half]).want(t, http.StatusNoContent).header(t, "Upload-Offset", strconv.Itoa(half))
	if got := s.offset(at); got != strconv.Itoa(half) {
		t.Errorf("stands at %s, want %d", got, half)
	}
	s.patch(at, half, photo[half:]).want(t, http.StatusNoContent).header(t, "Upload-Offset", strconv.Itoa(len(photo)))
	if n := s.count("SELECT count(*) FROM upload WHERE state = 'complete' AND type = 'image/jpeg' AND name = 'foto.jpg'"); n != 1 {
		t.Errorf("%d complete uploads", n)
	}
	form := s.filled("Com a foto")
	form.Set("ticket", s.ticket)
	form.Set("upload", path.Base(at))
	form.Set("alt", "Uma grua")
	receipt := s.post("/publish", form).want(t, http.StatusSeeOther).location()
	s.get(receipt).want(t, http.StatusOK)
	if n := s.count("SELECT count(*) FROM media WHERE state = 'waiting' AND alt = 'Uma grua'"); n != 1 {
		t.Errorf("%d files wait for their cleaning", n)
	}
}

// TestUploadsSpeakTheProtocol goes through what the text of tus 1.0 asks for.
func TestUploadsSpeakTheProtocol(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	options := s.ask(http.MethodOptions, "/uploads/", nil, "Tus-Resumable", "").want(t, http.StatusOK).
		header(t, "Tus-Version", "1.0.0").header(t, "Tus-Max-Size", strconv.Itoa(media.MaxFileBytes))
	for _, name := range []string{"creation", "creation-with-upload", "termination", "creation-defer-length", "expiration"} {
		has(t, options.Header.Get("Tus-Extension"), name)
	}
	lacks(t, options.Header.Get("Tus-Extension"), "concatenation")
	at := s.create(10)
	t.Run("wrong offset", func(t *testing.T) {
		s.patch(at, 3, []byte("abc")).want(t, http.StatusConflict)
	})
	t.Run("wrong version", func(t *testing.T) {
		for _, version := range []string{"", "0.2.2"} {
			for _, method := range []string{http.MethodHead, http.MethodPatch, http.MethodDelete} {
				s.ask(method, at, nil, "Tus-Resumable", version, "Content-Type", "application/offset+octet-stream", "Upload-Offset", "0").
					want(t, http.StatusPreconditionFailed).header(t, "Tus-Version", "1.0.0")
			}
			s.ask(http.MethodPost, "/uploads/", nil, "Tus-Resumable", version, "Upload-Length", "1").
				want(t, http.StatusPreconditionFailed).header(t, "Tus-Version", "1.0.0")
		}
	})
	t.Run("more than was said", func(t *testing.T) {
		s.patch(at, 0, []byte("eleven byte")).want(t, http.StatusRequestEntityTooLarge)
	})
	t.Run("unknown", func(t *testing.T) {
		for _, id := range []string{strings.Repeat("0a", 16), "x", strings.Repeat("0A", 16), "..%2f..%2fetc", strings.Repeat("0a", 16) + ".info"} {
			s.ask(http.MethodHead, "/uploads/"+id, nil).want(t, http.StatusNotFound)
			s.patch("/uploads/"+id, 0, []byte("x")).want(t, http.StatusNotFound)
			s.ask(http.MethodDelete, "/uploads/"+id, nil).want(t, http.StatusNotFound)
		}
	})
	t.Run("another site's", func(t *testing.T) {
		elsewhere := *s
		elsewhere.host = arHost
		elsewhere.ask(http.MethodHead, at, nil).want(t, http.StatusNotFound)
		elsewhere.patch(at, 0, []byte("abc")).want(t, http.StatusNotFound)
		elsewhere.ask(http.MethodDelete, at, nil).want(t, http.StatusNotFound)
	})
	t.Run("nothing is told back", func(t *testing.T) {
		a := s.ask(http.MethodHead, at, nil, "Origin", "https://elsewhere.example").want(t, http.StatusOK).header(t, "Upload-Metadata", "").
			header(t, "Cache-Control", "no-store").header(t, "Access-Control-Allow-Origin", "")
		if a.Header.Get("Upload-Length") != "10" || a.Header.Get("Upload-Expires") == "" {
			t.Errorf("HEAD gives %v", a.Header)
		}
		s.ask(http.MethodGet, at, nil).want(t, http.StatusMethodNotAllowed)
		s.ask(http.MethodGet, "/uploads/", nil).want(t, http.StatusMethodNotAllowed)
		lacks(t, s.logs.String(), path.Base(at))
	})
	t.Run("other content type", func(t *testing.T) {
		s.patch(at, 0, []byte("abc"), "Content-Type", "text/plain").want(t, http.StatusBadRequest)
	})
	t.Run("by POST", func(t *testing.T) {
		s.ask(http.MethodPost, at, strings.NewReader("abc"), "X-HTTP-Method-Override", "PATCH",
			"Content-Type", "application/offset+octet-stream", "Upload-Offset", "0").want(t, http.StatusNoContent).header(t, "Upload-Offset", "3")
	})
	t.Run("ended", func(t *testing.T) {
		s.ask(http.MethodDelete, at, nil).want(t, http.StatusNoContent)
		s.ask(http.MethodHead, at, nil).want(t, http.StatusNotFound)
		if n := s.count("SELECT count(*) FROM upload"); n != 0 {
			t.Errorf("%d uploads are left", n)
		}
		if _, err := s.store.OpenUpload(t.Context(), path.Base(at)); err == nil {
			t.Error("its bytes are left")
		}
	})
}

// TestUploadsAreRefusedBeforeTheFirstByte where anything tells that they would be.
func TestUploadsAreRefusedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	try := func(status int, sentence string, length, ticket, name, kind string) {
		t.Helper()
		a := s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", length,
			"Upload-Metadata", metadata("ticket", ticket, "filename", name, "filetype", kind)).want(t, status)
		has(t, a.Body, sentence)
	}
	try(http.StatusForbidden, "não é deste sítio", "1", "", "a.jpg", "image/jpeg")
	try(http.StatusForbidden, "não é deste sítio", "1", s.ticket[1:]+"A", "a.jpg", "image/jpeg")
	try(http.StatusForbidden, "não é deste sítio", "1", s.key.Mint(s.ar.ID, time.Now()).String(), "a.jpg", "image/jpeg")
	try(http.StatusForbidden, "há demasiado tempo", "1", s.key.Mint(s.pt.ID, time.Now().Add(-49*time.Hour)).String(), "a.jpg", "image/jpeg")
	try(http.StatusUnsupportedMediaType, "tipo de ficheiro", "1", s.ticket, "a.exe", "application/x-msdownload")
	try(http.StatusUnsupportedMediaType, "tipo de ficheiro", "1", s.ticket, "a.svg", "image/svg+xml")
	try(http.StatusUnsupportedMediaType, "tipo de ficheiro", "1", s.ticket, "a.exe", "")
	try(http.StatusRequestEntityTooLarge, "32", "32000001", s.ticket, "a.jpg", "image/jpeg")
	try(http.StatusRequestEntityTooLarge, "maior", "4294967297", s.ticket, "a.mp4", "video/mp4")
	try(http.StatusBadRequest, "", "-1", s.ticket, "a.mp4", "video/mp4")
	try(http.StatusBadRequest, "", "many", s.ticket, "a.mp4", "video/mp4")
	s.exec("UPDATE site SET max_file_bytes = 1000, max_files = 2 WHERE slug = 'pt'")
	try(http.StatusRequestEntityTooLarge, "maior", "1001", s.ticket, "a.mp4", "video/mp4")
	s.create(1000)
	s.create(1000)
	try(http.StatusRequestEntityTooLarge, "2 ficheiros", "1", s.ticket, "a.jpg", "image/jpeg")
	s.exec("UPDATE site SET state = 'frozen' WHERE slug = 'pt'")
	try(http.StatusForbidden, "", "1", s.ticket, "a.jpg", "image/jpeg")
	if n := s.count("SELECT count(*) FROM upload"); n != 2 {
		t.Errorf("%d uploads, want the two that were taken", n)
	}
}

// TestUploadsOfATicketAreCountedOnce however many begin at the same time.
func TestUploadsOfATicketAreCountedOnce(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	s.exec("UPDATE site SET max_files = 2 WHERE slug = 'pt'")
	var begun atomic.Int64
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			a := s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", "10", "Upload-Metadata", metadata("ticket", s.ticket, "filename", "a.jpg"))
			if a.StatusCode == http.StatusCreated {
				begun.Add(1)
			} else if a.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("status %d", a.StatusCode)
			}
		})
	}
	all.Wait()
	if n := s.count("SELECT count(*) FROM upload"); n != 2 || begun.Load() != 2 {
		t.Errorf("%d began, %d are there, want 2", begun.Load(), n)
	}
}

// TestUnknownLengthHasTheLimits of every other upload, told or not.
func TestUnknownLengthHasTheLimits(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	s.exec("UPDATE site SET max_file_bytes = 1000 WHERE slug = 'pt'")
	at := s.create(0, "Upload-Length", "", "Upload-Defer-Length", "1")
	s.patch(at, 0, make([]byte, 10), "Upload-Length", "1001").want(t, http.StatusRequestEntityTooLarge)
	s.patch(at, 0, make([]byte, 1001)).want(t, http.StatusRequestEntityTooLarge)
	if got, _ := strconv.Atoi(s.offset(at)); got > 1000 {
		t.Errorf("%d bytes were taken", got)
	}
}

func TestEmptyUpload(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	a := s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", "0",
		"Upload-Metadata", metadata("ticket", s.ticket, "filename", "nada.jpg")).want(t, http.StatusUnsupportedMediaType)
	has(t, a.Body, "vazio")
	if n := s.count("SELECT count(*) FROM upload WHERE state = 'refused' AND failure = 'file.empty'"); n != 1 {
		t.Errorf("%d refused uploads", n)
	}
}

// TestFinishedUploadIsResumed by a client that never heard that it was done.
func TestFinishedUploadIsResumed(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	at := s.create(len(photo))
	s.patch(at, 0, photo).want(t, http.StatusNoContent)
	for range 2 {
		if got := s.offset(at); got != strconv.Itoa(len(photo)) {
			t.Errorf("stands at %s", got)
		}
		s.patch(at, len(photo), nil).want(t, http.StatusNoContent)
	}
	s.patch(at, 0, photo).want(t, http.StatusConflict)
}

func TestUploadOfUnknownLength(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	at := s.create(0, "Upload-Length", "", "Upload-Defer-Length", "1")
	if got := s.ask(http.MethodHead, at, nil).want(t, http.StatusOK).Header.Get("Upload-Defer-Length"); got != "1" {
		t.Errorf("Upload-Defer-Length is %q", got)
	}
	s.patch(at, 0, photo[:100]).want(t, http.StatusNoContent)
	s.patch(at, 100, photo[100:], "Upload-Length", strconv.Itoa(len(photo))).want(t, http.StatusNoContent)
	if n := s.count("SELECT count(*) FROM upload WHERE state = 'complete' AND size = $1", len(photo)); n != 1 {
		t.Errorf("%d complete uploads", n)
	}
}

func TestUploadWithItsCreation(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	a := s.ask(http.MethodPost, "/uploads/", bytes.NewReader(photo), "Upload-Length", strconv.Itoa(len(photo)),
		"Content-Type", "application/offset+octet-stream", "Upload-Metadata", metadata("ticket", s.ticket)).want(t, http.StatusCreated)
	a.header(t, "Upload-Offset", strconv.Itoa(len(photo)))
	if got := s.offset(a.location()); got != strconv.Itoa(len(photo)) {
		t.Errorf("stands at %s", got)
	}
}

func TestExpiredUpload(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	at := s.create(10)
	s.exec("UPDATE upload SET expires_at = now() - interval '1 minute'")
	s.ask(http.MethodHead, at, nil).want(t, http.StatusGone)
	s.patch(at, 0, []byte("abc")).want(t, http.StatusGone)
}

// TestBytesHaveTheLastWord on what a file is, whatever its sender said.
func TestBytesHaveTheLastWord(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	text := []byte("this is no picture")
	at := s.create(len(text))
	has(t, s.patch(at, 0, text).want(t, http.StatusUnsupportedMediaType).Body, "tipo de ficheiro")
	s.ask(http.MethodHead, at, nil).want(t, http.StatusGone)
	if _, err := s.store.OpenUpload(t.Context(), path.Base(at)); err == nil {
		t.Error("its bytes are left")
	}
	form := s.filled("Com o que não é foto")
	form.Set("ticket", s.ticket)
	form.Set("upload", path.Base(at))
	receipt := s.post("/publish", form).want(t, http.StatusSeeOther).location()
	has(t, s.get(receipt).want(t, http.StatusOK).Body, "foto.jpg")
}

// TestOneSenderAtATime has a second request ask for an upload that a first is
// still sending: the first lets go, and the second goes on where it was.
func TestOneSenderAtATime(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	at := s.create(len(photo))
	slow, first := s.sendSlowly(at, photo[:500])
	s.eventually("bytes are here", func() bool { return s.count("SELECT count(*) FROM upload") == 1 && s.stored(at) >= 500 })
	here, err := strconv.Atoi(s.offset(at))
	if err != nil || here < 500 {
		t.Fatalf("stands at %d, %v", here, err)
	}
	s.patch(at, here, photo[here:]).want(t, http.StatusNoContent)
	_ = slow.Close()
	if got := <-first; got == http.StatusNoContent {
		t.Error("the first sender was told that all was well")
	}
}

// sendSlowly begins a part whose end does not come.
func (s *sender) sendSlowly(at string, begin []byte) (*io.PipeWriter, <-chan int) {
	s.t.Helper()
	r, w := io.Pipe()
	status := make(chan int, 1)
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPatch, s.server.URL+at, r)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Host = ptHost
	for name, value := range map[string]string{"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"} {
		request.Header.Set(name, value)
	}
	go func() {
		a, err := s.server.Client().Do(request)
		if err != nil {
			status <- 0
			return
		}
		_ = a.Body.Close()
		status <- a.StatusCode
	}()
	if _, err := w.Write(begin); err != nil {
		s.t.Fatal(err)
	}
	return w, status
}

// stored is how many bytes of an upload are on disk.
func (s *sender) stored(at string) int {
	f, err := s.store.OpenUpload(s.t.Context(), path.Base(at))
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	n, _ := f.ReadAt(make([]byte, 1<<20), 0)
	return n
}

func (n *network) eventually(what string, is func() bool) {
	n.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			n.t.Fatalf("not in 20 s: %s", what)
		}
	}
}

// TestHolderThatWillNotLetGo is what another program on the primary is: whoever
// comes next gets 423 within a bound, and the upload when the lock is free.
func TestHolderThatWillNotLetGo(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	at := s.create(10)
	held, err := s.pools.Primary.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	if _, err := held.Exec(t.Context(), "SELECT pg_advisory_lock($1)", lockKeyOf(path.Base(at))); err != nil {
		t.Fatal(err)
	}
	s.patch(at, 0, []byte("abc")).want(t, http.StatusLocked)
	if _, err := held.Exec(t.Context(), "SELECT pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	s.patch(at, 0, []byte("abc")).want(t, http.StatusNoContent)
}

// TestStreamsAreBounded and who finds none is told when to try again.
func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	for range media.MaxFiles {
		if err := s.uploads.Pace.Enter(); err != nil {
			t.Fatal(err)
		}
	}
	at := s.create(10)
	s.patch(at, 0, []byte("abc")).want(t, http.StatusNoContent)
	for s.uploads.Pace.Enter() == nil {
		continue
	}
	if a := s.patch(at, 3, []byte("def")).want(t, http.StatusServiceUnavailable); a.Header.Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
	s.uploads.Pace.Leave()
	s.patch(at, 3, []byte("def")).want(t, http.StatusNoContent)
}

// TestPostStandsWhileItsFileArrives and is told when it is there, given up or too
// late.
func TestPostStandsWhileItsFileArrives(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	publish := func(title string) (at string) {
		form := s.filled(title)
		s.ticket = form.Get("ticket")
		at = s.create(len(photo))
		s.patch(at, 0, photo[:1000]).want(t, http.StatusNoContent)
		form.Set("upload", path.Base(at))
		s.post("/publish", form).want(t, http.StatusSeeOther)
		return at
	}
	state := func() (got string) {
		s.must(s.pools.Primary.QueryRow(t.Context(), "SELECT state || failure FROM media ORDER BY created_at DESC LIMIT 1").Scan(&got))
		return got
	}
	at := publish("Chega")
	if got := state(); got != "arriving" {
		t.Errorf("while it arrives the file is %s", got)
	}
	version := s.count("SELECT version FROM site WHERE slug = 'pt'")
	s.patch(at, 1000, photo[1000:]).want(t, http.StatusNoContent)
	if got := state(); got != "waiting" || s.count("SELECT count(*) FROM river_job WHERE kind = 'media_process'") != 1 {
		t.Errorf("here it is %s", got)
	}
	if s.count("SELECT version FROM site WHERE slug = 'pt'") == version {
		t.Error("pages that were kept go on without it")
	}
	if got := s.offset(at); got != strconv.Itoa(len(photo)) {
		t.Errorf("a client that never heard of it is told %s", got)
	}
	at = publish("Desiste")
	s.ask(http.MethodDelete, at, nil).want(t, http.StatusNoContent)
	if got := state(); got != "failedfile.never_came" {
		t.Errorf("given up it is %s", got)
	}
	at = publish("Demora")
	s.exec("UPDATE upload SET expires_at = now() - interval '1 minute' WHERE id = $1", path.Base(at))
	s.must((&media.Sweeper{DB: s.pools.Primary, Store: s.store}).Work(t.Context(), nil))
	if got := state(); got != "failedfile.never_came" || s.stored(at) != 0 {
		t.Errorf("too late it is %s, with %d bytes left", got, s.stored(at))
	}
}

// TestFileThatStillArrivesStaysWithItsPost when the form that named it comes once
// more, changed: what comes back can be sent, and the page of the first post finds
// its upload.
func TestFileThatStillArrivesStaysWithItsPost(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	form := s.filled("Ainda chega")
	s.ticket = form.Get("ticket")
	at := s.create(len(photo))
	form.Set("upload", path.Base(at))
	s.post("/publish", form).want(t, http.StatusSeeOther)
	form.Set("title", "Outra coisa")
	back := s.post("/publish", form).want(t, http.StatusConflict)
	again := htmltest.FormValues(t, back.Body, "form#post")
	again.Set("action", "publish")
	s.post("/publish", again).want(t, http.StatusSeeOther)
	if d := s.draft(http.StatusConflict, "ticket", s.ticket); len(d.Uploads) != 1 || string(d.Uploads[0].ID) != path.Base(at) {
		t.Errorf("the first post's page finds %+v", d.Uploads)
	}
}

// TestUploadWhoseBytesAreLost is one to begin anew.
func TestUploadWhoseBytesAreLost(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	at := s.create(1000)
	s.must(s.store.DeleteUpload(t.Context(), path.Base(at)))
	s.ask(http.MethodHead, at, nil).want(t, http.StatusGone)
	s.patch(at, 0, make([]byte, 10)).want(t, http.StatusGone)
}

func (n *network) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// TestUploadFinishedByADeadServer is whole on disk, and nobody had said so.
func TestUploadFinishedByADeadServer(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	at := s.create(len(photo))
	s.patch(at, 0, photo).want(t, http.StatusNoContent)
	s.exec("UPDATE upload SET state = 'receiving', type = '', received = 0")
	if got := s.offset(at); got != strconv.Itoa(len(photo)) {
		t.Errorf("stands at %s", got)
	}
	if n := s.count("SELECT count(*) FROM upload WHERE state = 'complete' AND type = 'image/jpeg'"); n != 1 {
		t.Errorf("%d complete uploads", n)
	}
}

// TestSweeperLeavesWhatIsPaused for longer than strays live.
func TestSweeperLeavesWhatIsPaused(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	at := s.create(len(photo))
	s.patch(at, 0, photo[:1000]).want(t, http.StatusNoContent)
	s.age(at, 2*time.Hour)
	s.must((&media.Sweeper{DB: s.pools.Primary, Store: s.store}).Work(t.Context(), nil))
	s.patch(at, 1000, photo[1000:]).want(t, http.StatusNoContent)
	s.exec("DELETE FROM upload")
	s.age(at, 2*time.Hour)
	s.must((&media.Sweeper{DB: s.pools.Primary, Store: s.store}).Work(t.Context(), nil))
	if s.stored(at) != 0 {
		t.Error("what no row names is left")
	}
}

func TestUploadsCrossNodes(t *testing.T) {
	t.Parallel()
	s, photo := newSender(t), smallPhoto(t)
	other := *s.network
	other.uploads = nil
	other.serve()
	there := &sender{network: &other, server: other.listen(), host: ptHost, ticket: s.ticket}
	at := s.create(len(photo))
	slow, first := s.sendSlowly(at, photo[:300]) // here, while the other is asked
	s.eventually("bytes are here", func() bool { return s.stored(at) >= 300 })
	here, err := strconv.Atoi(there.offset(at))
	if err != nil || here < 300 {
		t.Fatalf("stands at %d, %v", here, err)
	}
	for i, to := range []*sender{there, s, there, s} {
		end := here + (len(photo)-here)/(4-i)
		to.patch(at, here, photo[here:end]).want(t, http.StatusNoContent).header(t, "Upload-Offset", fmt.Sprint(end))
		here = end
	}
	_ = slow.Close()
	<-first
	if n := s.count("SELECT count(*) FROM upload WHERE state = 'complete'"); n != 1 {
		t.Errorf("%d complete uploads", n)
	}
}

// smallPhoto is a small photo.
func smallPhoto(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, noise(64, 48), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise is a picture that does not compress to nothing.
func noise(width, height int) image.Image {
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i * 31)
	}
	return m
}

// age makes what is on disk of an upload look older.
func (s *sender) age(at string, by time.Duration) {
	s.t.Helper()
	file, err := s.store.UploadPath(path.Base(at))
	s.must(err)
	past := time.Now().Add(-by)
	s.must(os.Chtimes(file, past, past))
	s.must(os.Chtimes(file+".info", past, past))
}

// lockKeyOf is the number of the lock that nodes take for an upload.
func lockKeyOf(id string) int64 {
	sum := sha256.Sum256([]byte("indywire upload lock " + id))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

package web_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/blob/s3test"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/htmltest"
)

// TestWhileTheStoreIsAway a node serves what it has, from the first moment what it
// took in itself; and what it would have to ask for or to give is told to come
// back, which it then can.
func TestWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	bucket := s3test.Start(t)
	here := networkWith(t, dbtest.New(t), cacheOf(t, bucket), true)
	seen, fresh := here.beside(bucket), here.beside(bucket)
	receipt := here.publish("Com uma fotografia", upload{"a.jpg", photo(t, 900, 700)})
	here.waitFor(receipt)
	address := renditionAddress.FindString(here.get(here.permalink(receipt)).Body)
	whole := seen.get(address).want(t, http.StatusOK).Body
	s := &sender{network: here, server: here.listen(), host: ptHost, ticket: here.openForm().Get("ticket")}
	picture := smallPhoto(t)
	at := s.create(len(picture))
	s.patch(at, 0, picture[:500]).want(t, http.StatusNoContent)
	form := here.filled("Durante a avaria")

	bucket.Stop()
	for name, n := range map[string]*network{"the node that took it in": here, "the node that had it asked for": seen} {
		if got := n.get(address).want(t, http.StatusOK).Body; got != whole {
			t.Errorf("%s serves %d bytes of %d", name, len(got), len(whole))
		}
		if got := n.part(address, 10, 19); got.StatusCode != http.StatusPartialContent || got.Body != whole[10:20] {
			t.Errorf("%s serves a part with %d, %d bytes", name, got.StatusCode, len(got.Body))
		}
	}
	back := here.post("/publish", form, upload{"b.jpg", picture})
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Durante a avaria" || again.Get("ticket") != form.Get("ticket") {
		t.Errorf("the form came back as %v", again)
	}
	if back.StatusCode != http.StatusServiceUnavailable || back.Header.Get("Retry-After") == "" {
		t.Errorf("a post with a photo: status %d, Retry-After %q", back.StatusCode, back.Header.Get("Retry-After"))
	}
	t.Run("refused", func(t *testing.T) {
		for name, ask := range map[string]func() answer{
			"a file that is not here": func() answer { return fresh.get(address) },
			"a part of an upload":     func() answer { return s.patch(at, 500, picture[500:]) },
			"a new upload": func() answer {
				return s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", "10",
					"Upload-Metadata", metadata("ticket", s.ticket, "filename", "c.jpg", "filetype", "image/jpeg"))
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if a := ask(); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
					t.Errorf("status %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
				}
			})
		}
	})
	if n := here.count("SELECT count(*) FROM article") + here.count("SELECT count(*) FROM media"); n != 2 {
		t.Errorf("%d articles and files are there, want the first of each", n)
	}

	bucket.Go()
	if got := fresh.get(address).want(t, http.StatusOK).Body; got != whole {
		t.Errorf("fetched were %d bytes of %d", len(got), len(whole))
	}
	if got := s.offset(at); got != "500" {
		t.Errorf("the upload stands at %s", got)
	}
	s.patch(at, 500, picture[500:]).want(t, http.StatusNoContent).header(t, "Upload-Offset", strconv.Itoa(len(picture)))
	here.waitFor(here.post("/publish", form, upload{"b.jpg", picture}).want(t, http.StatusSeeOther).location())
	if n := here.count("SELECT count(*) FROM media WHERE state = 'ready'"); n != 2 {
		t.Errorf("%d photos are ready, want two", n)
	}
}

// part gets the bytes of a file from one to another, both included.
func (n *network) part(path string, from, to int) answer {
	n.t.Helper()
	r := httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, "http://"+ptHost+path, nil)
	r.Header.Set("Range", "bytes="+strconv.Itoa(from)+"-"+strconv.Itoa(to))
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	return answer{Response: w.Result(), Body: w.Body.String()}
}

// TestFileThatComesSlowly is waited for longer than a page may take, and its
// readers are told to come back where that is too long for them.
func TestFileThatComesSlowly(t *testing.T) {
	t.Parallel()
	bucket := s3test.Start(t)
	n := networkWith(t, dbtest.New(t), cacheOf(t, bucket), true)
	receipt := n.publish("Com uma fotografia", upload{"a.jpg", photo(t, 900, 700)})
	n.waitFor(receipt)
	address := renditionAddress.FindString(n.get(n.permalink(receipt)).Body)
	comes := make(chan struct{})
	slow := bucket.Behind(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-comes
			next.ServeHTTP(w, r)
		})
	})
	other := *n
	other.patience, other.fetchPatience, other.uploads = 200*time.Millisecond, time.Second, nil
	var err error
	if other.store, err = blob.OpenBucket(t.TempDir(), slow); err != nil {
		t.Fatal(err)
	}
	other.serve()
	other.get(address).want(t, http.StatusServiceUnavailable).header(t, "Retry-After", "10")
	other.fetchPatience = time.Minute
	other.serve()
	time.AfterFunc(2*other.patience, func() { close(comes) })
	other.get(address).want(t, http.StatusOK)
}

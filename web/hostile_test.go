package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"testing/iotest"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestBytesThatAreNoText puts into addresses and fields what PostgreSQL takes
// for no text: bytes that are no UTF-8, and NUL.
func TestBytesThatAreNoText(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	for _, path := range []string{"/%00", "/old%ff.html", "/pages/%00", "/pages/%ff", "/topics/%ff", "/media/%00/%00", "/archive/%ff/01", "/receipts/%00"} {
		n.get(path).want(t, http.StatusNotFound)
	}
	n.do(http.MethodGet, portalHost, "/media/%00/x", "", nil).want(t, http.StatusNotFound)
	for _, bytes := range []string{"\xff\xfe", "a\x00b"} {
		form := n.filled("Greve")
		form.Set("upload", bytes)
		back := n.post("/publish", form).want(t, http.StatusUnprocessableEntity)
		if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Greve" {
			t.Errorf("upload %q: the form came back as %v", bytes, again)
		}
		comments := permalinkToComments(n.permalink(n.publish("Greve")))
		back = n.post(comments, url.Values{"body": {"Resposta"}, "upload": {bytes}}).want(t, http.StatusUnprocessableEntity)
		if again := htmltest.FormValues(t, back.Body, "form#reply"); again.Get("body") != "Resposta" {
			t.Errorf("upload %q: the comment came back as %v", bytes, again)
		}
	}
}

// TestUnfinishedIsNoSuccess gives up on a form in its middle, as the server does
// with a connection that stands still.
func TestUnfinishedIsNoSuccess(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	body, kind := multipartBody(t, n.filled("Greve"))
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://"+ptHost+"/publish", io.MultiReader(io.LimitReader(body, 60), iotest.ErrReader(os.ErrDeadlineExceeded)))
	r.Header.Set("Content-Type", kind)
	cancel()
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	if w.Code != http.StatusRequestTimeout {
		t.Errorf("status %d", w.Code)
	}
}

package web_test

import (
	"net/http"
	"path"
	"strconv"
	"testing"
)

// TestUploadGoesOnAfterAFailover: without a primary it is told to come back, and
// with the next it stands at what was acknowledged, is whole, and has its post.
func TestUploadGoesOnAfterAFailover(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	form := n.filled("Depois da avaria")
	s := &sender{network: n, server: n.listen(), host: ptHost, ticket: form.Get("ticket")}
	picture := smallPhoto(t)
	at := s.create(len(picture))
	s.patch(at, 0, picture[:500]).want(t, http.StatusNoContent).header(t, "Upload-Offset", "500")
	n.replayed()
	pair.StopPrimary()
	for name, a := range map[string]answer{
		"a part": s.patch(at, 500, picture[500:]), "the offset": s.ask(http.MethodHead, at, nil),
		"a new one": s.ask(http.MethodPost, "/uploads/", nil, "Upload-Length", "10",
			"Upload-Metadata", metadata("ticket", s.ticket, "filename", "b.jpg", "filetype", "image/jpeg")),
	} {
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s without a primary: status %d, Retry-After %q", name, a.StatusCode, a.Header.Get("Retry-After"))
		}
	}
	pair.Promote()
	waitFor(t, func() bool { return s.ask(http.MethodHead, at, nil).StatusCode == http.StatusOK })
	if got := s.offset(at); got != "500" {
		t.Errorf("it stands at %s, and 500 were acknowledged", got)
	}
	waitFor(t, func() bool { return s.patch(at, 500, picture[500:]).StatusCode == http.StatusNoContent })
	if got := s.offset(at); got != strconv.Itoa(len(picture)) {
		t.Errorf("it ends at %s", got)
	}
	form["upload"], form["alt"] = []string{path.Base(at)}, []string{"", "Um cais"}
	n.post("/publish", form).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM media WHERE state = 'waiting'"); got != 1 {
		t.Errorf("%d photos of the post, want one", got)
	}
}

//go:build linux

package drill

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsSentAgainUnasked has somebody send a form to a network of two hosts: nobody listens on the first, and the
// second does as the test says, and takes the form at the next try.
func TestWhatIsSentAgainUnasked(t *testing.T) {
	t.Parallel()
	answers := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	none := map[string]int{}
	tests := []struct {
		name          string
		first         http.HandlerFunc
		work          work
		unasked, seen map[string]int
	}{
		{"taken", answers(http.StatusSeeOther), post, map[string]int{"post: refused": 1}, none},
		{"broken", answers(http.StatusServiceUnavailable), post, map[string]int{"post: refused": 1}, map[string]int{"post: status 503": 1}},
		{"cut", cut, post, map[string]int{"post: refused": 1, "post: connection lost": 1}, none},
		{"cut under an act", cut, act, map[string]int{"act: refused": 1}, map[string]int{"act: connection lost": 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := insisted(t, test.work, test.first)
			if diff := cmp.Diff(test.seen, got.Errors); diff != "" {
				t.Errorf("seen (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.unasked, got.SentAgain); diff != "" {
				t.Errorf("sent again (-want +got):\n%s", diff)
			}
			if got.Posts+got.Acts != 1 {
				t.Errorf("acknowledged %d times, want once", got.Posts+got.Acts)
			}
		})
	}
}

func insisted(t *testing.T, w work, first http.HandlerFunc) Span {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			first(w, r)
			return
		}
		w.WriteHeader(http.StatusSeeOther)
	}))
	t.Cleanup(server.Close)
	r, from := newRecord(), time.Now()
	v := &visitor{hosts: []*Host{{IP: "nobody"}, {IP: "somebody"}}, record: r, sending: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "nobody") {
				return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:1") // where nobody listens
			}
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}}
	(&Load{record: r}).insist(t.Context(), v, 0, w, "name", posted(w, "/", nil))
	return r.between(from, time.Now())
}

// TestPageIsAskedForTwice has a reader meet a server that answers with an error of its own, which is seen, and pages after.
func TestPageIsAskedForTwice(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	r, from := newRecord(), time.Now()
	v := &visitor{hosts: []*Host{{IP: "somebody"}}, record: r, reading: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}}
	if _, err := v.show(t.Context(), 0, "/"); err != nil {
		t.Error(err)
	}
	got := r.between(from, time.Now())
	if diff := cmp.Diff(map[string]int{"page /: status 500": 1}, got.Errors); diff != "" || got.Reads != 1 || got.FailedReads != 0 {
		t.Errorf("%d pages, %d failed, seen (-want +got):\n%s", got.Reads, got.FailedReads, diff)
	}
}

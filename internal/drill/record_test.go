//go:build linux

package drill

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	at := func(s float64) time.Time { return begun.Add(time.Duration(s * float64(time.Second))) }
	r := newRecord()
	r.moments = []moment{
		{readDone, at(-1), 2 * time.Second, ""}, // before
		{postDone, at(2), 3 * time.Second, ""},  // begun before
		{readDone, at(1), time.Second / 10, ""},
		{readDone, at(4), 2 * time.Second, ""},
		{readFailed, at(5), time.Second, ""},
		{errorSeen, at(5), time.Second, "page: status 503"},
		{sentAgain, at(5), time.Second, "post: refused"},
		{postDone, at(3), time.Second, ""},
		{postFailed, at(50), 45 * time.Second, ""},
		{postDone, at(50), 45 * time.Second, ""}, // begun within, ended later
		{actDone, at(3), time.Second, ""},
		{sessionLost, at(3), time.Second, "session: status 303"},
		{restarted, at(6), 0, "a"},
		{readDone, at(12), time.Second, ""}, // after
	}
	want := Span{
		Reads: 2, Posts: 2, Acts: 1,
		WithoutReads: 8 * time.Second, WithoutWrites: 47 * time.Second, // they began within, and end when they end
		SlowestRead: 2 * time.Second, SlowestPost: 45 * time.Second,
		FailedReads: 1, FailedPosts: 1, SessionsLost: 1, Restarts: 1,
		SentAgain: map[string]int{"post: refused": 1},
		Errors:    map[string]int{"page: status 503": 1, "session: status 303": 1},
	}
	if diff := cmp.Diff(want, r.between(at(0), at(10))); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
}

// TestUnderWay waits for what was begun in an event, and not for what was begun after it.
func TestUnderWay(t *testing.T) {
	t.Parallel()
	r := newRecord()
	over := r.begin()
	end := time.Now()
	later := r.begin()
	defer later()
	if r.over(end) {
		t.Error("something is under way and nobody waits for it")
	}
	over()
	if !r.over(end) {
		t.Error("what was begun after the event is waited for")
	}
}

func TestLostAndDoubled(t *testing.T) {
	t.Parallel()
	promised := map[string]bool{"there": true, "lost": true, "twice": true, "never acknowledged": false, "twice, not acknowledged": false}
	found := map[string]int{"there": 1, "twice": 2, "twice, not acknowledged": 2, "of somebody else": 3}
	if lost, doubled := compare(promised, found); lost != 1 || doubled != 2 {
		t.Errorf("%d lost, %d doubled; want 1 and 2", lost, doubled)
	}
}

func TestFilmIsTheSameInParts(t *testing.T) {
	t.Parallel()
	const size = 1000
	var parts []byte
	for from := int64(0); from < size; from += 7 {
		parts = append(parts, film(size, from, min(7, size-from))...)
	}
	if diff := cmp.Diff(film(size, 0, size), parts); diff != "" {
		t.Errorf("in parts (-whole +parts):\n%s", diff)
	}
}

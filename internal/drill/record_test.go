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
		{readDone, at(-1), time.Minute, ""}, // before
		{readDone, at(1), time.Second / 10, ""},
		{readDone, at(4), 2 * time.Second, ""},
		{readFailed, at(5), time.Second, ""},
		{errorSeen, at(5), time.Second, "read: refused"},
		{postDone, at(2), time.Second, ""},
		{postFailed, at(8), 45 * time.Second, ""},
		{actDone, at(3), time.Second, ""},
		{sessionLost, at(3), time.Second, "session: refused"},
		{readDone, at(11), time.Minute, ""}, // after
	}
	want := Span{
		Reads: 2, Posts: 1, Acts: 1,
		WithoutReads: 6 * time.Second, WithoutWrites: 8 * time.Second, // up to the end
		SlowestRead: 2 * time.Second, SlowestPost: time.Second,
		FailedReads: 1, FailedPosts: 1, SessionsLost: 1,
		Errors: map[string]int{"read: refused": 1, "session: refused": 1},
	}
	if diff := cmp.Diff(want, r.between(at(0), at(10))); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
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

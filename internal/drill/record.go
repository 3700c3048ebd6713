//go:build linux

package drill

import (
	"errors"
	"maps"
	"sync"
	"time"
)

// record is what the load met, moment by moment.
type record struct {
	mu      sync.Mutex
	moments []moment
	// sent is every title that was ever sent, and every id that was ever ranked, with whether the network acknowledged it.
	sent map[work]map[string]bool
	// begun is when each thing began that is not over yet.
	begun map[int]time.Time
	count int
}

// work is what is acknowledged once and for all.
type work string

const (
	post work = "post"
	act  work = "act"
)

func (w work) done() kind {
	if w == act {
		return actDone
	}
	return postDone
}

func (w work) failed() kind {
	if w == act {
		return actFailed
	}
	return postFailed
}

// ofRetry is what becomes of a try that failed. The script of the form for posts sends it again by itself when the
// connection is gone; an editor is shown the browser's own page.
func (w work) ofRetry(err error) kind {
	if w == act || unreached(err) {
		return errorSeen
	}
	return ofRetry(err)
}

// ofRetry is the kind of a failure after which the same is asked for again. What a server has said is shown.
func ofRetry(err error) kind {
	var said status
	if errors.As(err, &said) {
		return errorSeen
	}
	return sentAgain
}

type kind int

const (
	readDone kind = iota
	readFailed
	postDone
	postFailed // not acknowledged within heldFor
	actDone
	actFailed // likewise
	sentAgain // without anybody asking for it: by a browser, by a page's script
	errorSeen // by a person
	sessionLost
	sessionSeen
	restarted // Indywire that had ended by itself
)

// moment is one thing that happened to somebody.
type moment struct {
	kind  kind
	ended time.Time
	took  time.Duration
	what  string
}

func newRecord() *record {
	return &record{sent: map[work]map[string]bool{post: {}, act: {}}, begun: map[int]time.Time{}}
}

// begin is called when somebody sets out to do something, and what it gives when that is over.
func (r *record) begin() (over func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	id := r.count
	r.begun[id] = time.Now()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.begun, id)
	}
}

// over tells whether all that was begun before a time has ended.
func (r *record) over(before time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, begun := range r.begun {
		if begun.Before(before) {
			return false
		}
	}
	return true
}

func (r *record) add(k kind, begun time.Time, what string) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moments = append(r.moments, moment{k, now, now.Sub(begun), what})
}

// note keeps a name before it is sent, and that it was acknowledged.
func (r *record) note(w work, name string, acknowledged bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent[w][name] = acknowledged
}

func (r *record) all(w work) map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.sent[w])
}

//go:build linux

package drill

import (
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

type kind int

const (
	readDone kind = iota
	readFailed
	postDone
	postFailed // not acknowledged within heldFor
	actDone
	actFailed // likewise
	errorSeen // by a person: after the one retry for reads, each refused try of a post
	sessionLost
	sessionSeen
)

// moment is one thing that happened to somebody.
type moment struct {
	kind  kind
	ended time.Time
	took  time.Duration
	what  string
}

func newRecord() *record { return &record{sent: map[work]map[string]bool{post: {}, act: {}}} }

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

// Span is what people met between two times.
type Span struct {
	Reads, Posts, Acts       int
	WithoutReads             time.Duration // the longest time in which nobody was shown a page
	WithoutWrites            time.Duration // the longest time in which no post was acknowledged
	SlowestRead, SlowestPost time.Duration // from the first try on
	FailedReads              int           // after the one retry on another node
	FailedPosts, FailedActs  int           // not acknowledged within 40 s
	SessionsLost             int           // somebody signed in was asked to sign in, or shown no page
	Errors                   map[string]int
}

func (r *record) between(from, to time.Time) Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Span{Errors: map[string]int{}}
	lastRead, lastPost := from, from
	for _, m := range r.moments {
		if m.ended.Before(from) || m.ended.After(to) {
			continue
		}
		switch m.kind {
		case readDone:
			s.Reads++
			s.SlowestRead = max(s.SlowestRead, m.took)
			s.WithoutReads, lastRead = max(s.WithoutReads, m.ended.Sub(lastRead)), m.ended
		case postDone:
			s.Posts++
			s.SlowestPost = max(s.SlowestPost, m.took)
			s.WithoutWrites, lastPost = max(s.WithoutWrites, m.ended.Sub(lastPost)), m.ended
		case readFailed:
			s.FailedReads++
		case postFailed:
			s.FailedPosts++
		case actDone:
			s.Acts++
		case actFailed:
			s.FailedActs++
		case sessionLost:
			s.SessionsLost++
			s.Errors[m.what]++
		case errorSeen:
			s.Errors[m.what]++
		}
	}
	s.WithoutReads = max(s.WithoutReads, to.Sub(lastRead))
	s.WithoutWrites = max(s.WithoutWrites, to.Sub(lastPost))
	return s
}

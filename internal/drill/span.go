//go:build linux

package drill

import (
	"slices"
	"time"
)

// Span is what people met between two times. What was begun in it belongs to it, though it may have ended later.
type Span struct {
	Reads, Posts, Acts       int
	WithoutReads             time.Duration // the longest time in which nobody was shown a page
	WithoutWrites            time.Duration // the longest time in which no post was acknowledged
	SlowestRead, SlowestPost time.Duration // from the first try on
	FailedReads              int           // after the one retry on another node
	FailedPosts, FailedActs  int           // not acknowledged within 40 s
	SessionsLost             int           // somebody signed in was answered with something else than the newsroom
	Restarts                 int           // of Indywire, that had ended by itself
	SentAgain, Errors        map[string]int
}

func (r *record) between(from, to time.Time) Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Span{SentAgain: map[string]int{}, Errors: map[string]int{}}
	for _, m := range r.moments {
		if begun := m.ended.Add(-m.took); !begun.Before(from) && begun.Before(to) {
			s.add(m)
		}
	}
	s.WithoutReads, s.WithoutWrites = r.longestWithout(readDone, from, to), r.longestWithout(postDone, from, to)
	return s
}

func (s *Span) add(m moment) {
	switch m.kind {
	case readDone:
		s.Reads++
		s.SlowestRead = max(s.SlowestRead, m.took)
	case postDone:
		s.Posts++
		s.SlowestPost = max(s.SlowestPost, m.took)
	case actDone:
		s.Acts++
	case readFailed:
		s.FailedReads++
	case postFailed:
		s.FailedPosts++
	case actFailed:
		s.FailedActs++
	case sentAgain:
		s.SentAgain[m.what]++
	case sessionLost:
		s.SessionsLost++
		s.Errors[m.what]++
	case errorSeen:
		s.Errors[m.what]++
	case restarted:
		s.Restarts++
	}
}

// longestWithout is the longest time without a kind of thing that began between two times, to its end or to the end of what
// is known.
func (r *record) longestWithout(k kind, from, to time.Time) time.Duration {
	ends := []time.Time{}
	for _, m := range r.moments {
		if m.kind == k && m.ended.After(from) {
			ends = append(ends, m.ended)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	last, longest := from, time.Duration(0)
	for _, end := range ends {
		longest = max(longest, end.Sub(last))
		if last = end; !last.Before(to) {
			return longest
		}
	}
	return max(longest, to.Sub(last))
}

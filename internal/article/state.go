package article

import (
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// State says who sees an article, or a comment.
type State string

// The states. Withdrawn and Removed are final.
const (
	Visible   State = "visible"   // everyone
	Pending   State = "pending"   // editors and the receipt
	Hidden    State = "hidden"    // everyone, at its address, with the reason
	Withdrawn State = "withdrawn" // nobody: deleted by its author
	Removed   State = "removed"   // nobody: deleted by editors for legal reasons
)

// Valid tells whether s is one of the states.
func (s State) Valid() bool {
	switch s {
	case Visible, Pending, Hidden, Withdrawn, Removed:
		return true
	}
	return false
}

// Final tells whether nothing leads out of s.
func (s State) Final() bool { return s == Withdrawn || s == Removed }

// After is the state that an act leads to from s: s itself where the act changes
// nothing. fault.Conflict where s is final; its field says what the state is.
func (s State) After(act modlog.Act) (State, error) {
	to := s
	switch act {
	case modlog.Hide:
		to = Hidden
	case modlog.Show:
		to = Visible
	case modlog.Remove:
		to = Removed
	case modlog.Withdraw:
		to = Withdrawn
	}
	if s.Final() && (to != s || act == modlog.Edit || act == modlog.Decline) {
		return s, s.Refusal()
	}
	return to, nil
}

// Refusal is the answer to an act that the state does not allow.
func (s State) Refusal() error {
	return &fault.Error{
		Kind: fault.Conflict, Message: "it is " + string(s),
		// i18n: state.*
		Fields: []fault.Field{{Name: "state", Message: "state." + string(s)}},
	}
}

// CheckVersion refuses an act on what has changed since it was seen; 0 asks for
// no check.
func CheckVersion(seen, now int64) error {
	if seen == 0 || seen == now {
		return nil
	}
	return &fault.Error{
		Kind: fault.Conflict, Message: "it has changed since",
		Fields: []fault.Field{{Name: "version", Message: "error.version"}},
	}
}

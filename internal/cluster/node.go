package cluster

import (
	"slices"
	"time"

	"github.com/indywire/indywire/internal/locale"
)

// Node is what a node last said of itself.
type Node struct {
	Name        string
	Standby     bool // its own PostgreSQL
	Version     string
	LagBytes    int64         // of the primary's log that its own PostgreSQL has not replayed; serverAway where that does not answer
	Lag         time.Duration // since what that replayed last was committed, by the primary's clock; some seconds where nothing is written
	Load        float64
	DiskFree    int64 // bytes, where its media are
	DiskSize    int64
	CacheBytes  int64 // of media of a bucket
	JobsRunning int
	SeenAt      time.Time
	Silent      time.Duration // since then
}

// serverAway stands for the lag of a server that does not answer.
const serverAway = -1

// ServerAway tells whether the node's own PostgreSQL does not answer it. Standby is
// what it was before.
func (n Node) ServerAway() bool { return n.LagBytes == serverAway }

// Role is what a node's own PostgreSQL was when it last said so.
func (n Node) Role() string {
	if n.Standby {
		return "standby"
	}
	return "primary"
}

// Bounds of what is no trouble yet.
const (
	SilentAfter = 20 * time.Second // four reports
	settleAfter = 15 * time.Second // in which all have reported to a primary that was found
	GoneAfter   = time.Hour        // it may have left the network, or have another name
	LagBytes    = 64 << 20
	Lag         = time.Minute
	DiskFull    = 0.05 // of a disk, free
	QueueLong   = 200  // jobs that wait
)

// Trouble is something that an admin should know of, the worst first.
type Trouble struct {
	Kind string // end of a message key
	Node Node   // none where it is of the network
	Jobs int
}

// In says it in a language.
func (t Trouble) In(l *locale.Localizer) string {
	// i18n: nodes.trouble.* nodes.last.*
	return l.T("nodes.trouble."+t.Kind, "Node", t.Node.Name, "Role", l.T("nodes.last."+t.Node.Role()), "Time", l.Span(t.Node.Silent),
		"Lag", l.Span(t.Node.Lag), "Bytes", l.Bytes(t.Node.LagBytes), "Free", l.Bytes(t.Node.DiskFree), "Count", l.Number(t.Jobs))
}

// The kinds of trouble.
const (
	NoPrimary  = "no_primary" // nobody can write, and no report is new
	NoReply    = "no_reply"   // from a node
	NoServer   = "no_server"  // a node's own PostgreSQL does not answer
	FarBehind  = "behind"     // a standby
	AlmostFull = "disk"       // a node's
	LongQueue  = "queue"      // files and other jobs wait
	Unlike     = "versions"   // the nodes run several
	NoStandby  = "no_standby" // that replies: what is published may have to wait
)

// State is how the network stands.
type State struct {
	Nodes       []Node
	JobsWaiting int
	Away        bool          // no primary can be reached from here
	Settled     time.Duration // since when one can; 0: for as long as matters
}

// Lost tells whether a node has not replied for too long. Without a primary no
// report is new, and of one that was found just now few are: then those count that
// were old already when the last one came before.
func (s State) Lost(n Node) bool {
	if !s.Away && (s.Settled == 0 || s.Settled > settleAfter) {
		return n.Silent > SilentAfter
	}
	return slices.ContainsFunc(s.Nodes, func(later Node) bool {
		return s.Before(later) && later.SeenAt.Sub(n.SeenAt) > SilentAfter
	})
}

// Before tells whether what a node last said is from before the primary that there
// is, as its role is then.
func (s State) Before(n Node) bool { return s.Away || s.Settled > 0 && n.Silent > s.Settled }

// InOrder puts who has not reported to the primary behind the others: what was a
// primary before must not stand for the one there is.
func (s State) InOrder() []Node {
	nodes := slices.Clone(s.Nodes)
	behind := func(n Node) int {
		if s.Lost(n) || s.Before(n) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(nodes, func(a, b Node) int { return behind(a) - behind(b) })
	return nodes
}

// Settling tells whether a primary was found that nodes have yet to report to.
func (s State) Settling() bool {
	return !s.Away && slices.ContainsFunc(s.Nodes, func(n Node) bool { return s.Before(n) && !s.Lost(n) })
}

// Troubles lists what is wrong. Without a primary only that is told, and what was
// known before.
func (s State) Troubles() []Trouble {
	var list []Trouble
	if s.Away {
		list = append(list, Trouble{Kind: NoPrimary})
	}
	living := slices.DeleteFunc(slices.Clone(s.Nodes), s.Lost)
	for _, n := range s.Nodes {
		if s.Lost(n) {
			list = append(list, Trouble{Kind: NoReply, Node: n})
		}
	}
	for _, n := range living {
		if n.ServerAway() {
			list = append(list, Trouble{Kind: NoServer, Node: n})
		}
	}
	if s.lacksStandby(living) {
		list = append(list, Trouble{Kind: NoStandby})
	}
	for _, n := range living {
		if n.Standby && (n.LagBytes > LagBytes || n.Lag > Lag) {
			list = append(list, Trouble{Kind: FarBehind, Node: n})
		}
		if n.DiskSize > 0 && float64(n.DiskFree) < DiskFull*float64(n.DiskSize) {
			list = append(list, Trouble{Kind: AlmostFull, Node: n})
		}
	}
	if s.JobsWaiting > QueueLong {
		list = append(list, Trouble{Kind: LongQueue, Jobs: s.JobsWaiting})
	}
	if slices.ContainsFunc(living, func(n Node) bool { return n.Version != living[0].Version }) {
		list = append(list, Trouble{Kind: Unlike})
	}
	return list
}

// lacksStandby tells whether there was a standby, by what the nodes say, and is none
// that replies. A primary that is gone was replaced by one.
func (s State) lacksStandby(living []Node) bool {
	gone := func(n Node) bool { return n.Standby || s.Lost(n) }
	copies := func(n Node) bool { return n.Standby && !n.ServerAway() }
	return !s.Away && slices.ContainsFunc(s.Nodes, gone) && !slices.ContainsFunc(living, copies)
}

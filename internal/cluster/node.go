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
	LagBytes    int64         // of the primary's log that its own PostgreSQL has not replayed
	Lag         time.Duration // since what that replayed last was committed; some seconds where nothing is written
	Load        float64
	DiskFree    int64 // bytes, where its media are
	DiskSize    int64
	CacheBytes  int64 // of media of a bucket
	JobsRunning int
	SeenAt      time.Time
	Silent      time.Duration // since then
}

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
	// i18n: nodes.trouble.*
	return l.T("nodes.trouble."+t.Kind, "Node", t.Node.Name, "Role", l.T("nodes.role."+t.Node.Role()), "Time", l.Span(t.Node.Silent),
		"Lag", l.Span(t.Node.Lag), "Bytes", l.Bytes(t.Node.LagBytes), "Free", l.Bytes(t.Node.DiskFree), "Count", l.Number(t.Jobs))
}

// The kinds of trouble.
const (
	NoPrimary  = "no_primary" // nobody can write, and no report is new
	NoReply    = "no_reply"   // from a node
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
	Away        bool // no primary can be reached from here
}

// Troubles lists what is wrong. Without a primary no report is new: then only
// that is told, and what was known before.
func (s State) Troubles() []Trouble {
	var list []Trouble
	if s.Away {
		list = append(list, Trouble{Kind: NoPrimary})
	}
	living := slices.DeleteFunc(slices.Clone(s.Nodes), func(n Node) bool { return !s.Away && n.Silent > SilentAfter })
	for _, n := range s.Nodes {
		if !s.Away && n.Silent > SilentAfter {
			list = append(list, Trouble{Kind: NoReply, Node: n})
		}
	}
	standby := func(n Node) bool { return n.Standby }
	if slices.ContainsFunc(s.Nodes, standby) && !slices.ContainsFunc(living, standby) {
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

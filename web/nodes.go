package web

import (
	"net/http"
	"time"

	"github.com/indywire/indywire/internal/cluster"
)

// NodesPage is a picture of the network for its admins: what is wrong first.
type NodesPage struct {
	Page
	Troubles []string
	Nodes    []NodeItem
	Waiting  string // jobs, as a number
	AsOf     string // when it was made, by UTC
	Away     bool   // no primary: what is shown is from before
	Found    string // how long ago a primary was, that nodes have yet to report to
	Gone     bool   // a node may have left the network
}

// NodeItem is one node of the picture.
type NodeItem struct {
	Name, Version         string
	Standby, Silent, Here bool
	Primary               bool // as far as is known
	ServerAway            bool // its own PostgreSQL does not answer
	Was                   bool // the role is from before
	Seen, Lag, LagBytes   string
	Load, Free, Size      string
	Cache, Running        string
}

// showNodes reads this node's own server where there is no primary, so that the
// page is there when it is needed most.
func (s *Server) showNodes(w http.ResponseWriter, r *http.Request) error {
	state, err := cluster.StateOf(r.Context(), s.Pools.Newest())
	if err != nil {
		return err
	}
	state.Away, state.Settled = s.Pools.Away(), s.Pools.Settled()
	p := NodesPage{Page: s.page(r, ""), Away: state.Away}
	p.Title, p.NoIndex, p.Section = p.T("nodes.title"), true, "/network/nodes"
	p.Waiting, p.AsOf = p.L.Number(state.JobsWaiting), p.L.DateTime(p.Now, time.UTC)
	for _, t := range state.Troubles() {
		p.Troubles = append(p.Troubles, t.In(p.L))
	}
	if state.Settling() {
		p.Found = p.L.Span(state.Settled)
	}
	for _, n := range state.InOrder() {
		item := s.nodeItem(p.Page, n)
		item.Silent = state.Lost(n)
		item.Primary = !n.Standby && !item.Silent && (state.Away || !state.Before(n))
		item.Was = item.Silent || n.ServerAway() || state.Before(n)
		p.Nodes = append(p.Nodes, item)
		p.Gone = p.Gone || !state.Away && n.Silent > cluster.GoneAfter
	}
	return s.render(w, http.StatusOK, "network/nodes", p)
}

func (s *Server) nodeItem(p Page, n cluster.Node) NodeItem {
	item := NodeItem{
		Name: n.Name, Version: n.Version, Standby: n.Standby, ServerAway: n.ServerAway(), Here: n.Name == s.Node,
		Seen: p.L.Span(n.Silent), Lag: p.L.Span(n.Lag), LagBytes: p.L.Bytes(n.LagBytes),
		Load: p.L.Ratio(n.Load), Free: p.L.Bytes(n.DiskFree), Size: p.L.Bytes(n.DiskSize), Running: p.L.Number(n.JobsRunning),
	}
	if n.CacheBytes > 0 {
		item.Cache = p.L.Bytes(n.CacheBytes)
	}
	return item
}

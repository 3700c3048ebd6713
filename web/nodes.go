package web

import (
	"net/http"
	"slices"
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
	Gone     bool   // a node may have left the network
}

// NodeItem is one node of the picture.
type NodeItem struct {
	Name, Version         string
	Standby, Silent, Here bool
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
	state.Away = s.Pools.Away()
	p := NodesPage{Page: s.page(r, ""), Away: state.Away}
	p.Title, p.NoIndex, p.Section = p.T("nodes.title"), true, "/network/nodes"
	p.Waiting, p.AsOf = p.L.Number(state.JobsWaiting), p.L.DateTime(p.Now, time.UTC)
	for _, t := range state.Troubles() {
		p.Troubles = append(p.Troubles, t.In(p.L))
	}
	for _, n := range state.Nodes {
		item := s.nodeItem(p.Page, n)
		item.Silent = state.Lost(n)
		item.Was = item.Silent || n.ServerAway() || state.Away
		p.Nodes = append(p.Nodes, item)
		p.Gone = p.Gone || !state.Away && n.Silent > cluster.GoneAfter
	}
	slices.SortStableFunc(p.Nodes, func(a, b NodeItem) int { return order(a) - order(b) })
	return s.render(w, http.StatusOK, "network/nodes", p)
}

// order puts who does not reply behind the others: what was a primary before must not
// stand for the one there is.
func order(n NodeItem) int {
	if n.Silent {
		return 1
	}
	return 0
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

package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
)

type nodeCommands struct {
	List   nodeList   `cmd:"" help:"List the nodes and what each last said of itself."`
	Status nodeStatus `cmd:"" help:"Say what is wrong with the network; the exit status is 1 where something is."`
	Forget nodeForget `cmd:"" help:"Take a node off the list that has left the network, or has another name now."`
}

// nodeOut is a node as programs read it.
type nodeOut struct {
	Node     string    `json:"node"`
	Role     string    `json:"role"`
	LastSeen time.Time `json:"last_seen"`
	LagBytes int64     `json:"lag_bytes"`
	Version  string    `json:"version"`
}

type nodeList struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c nodeList) Run(ctx context.Context, p *program) error {
	return p.withState(ctx, func(s cluster.State) error {
		if c.JSON {
			return p.printJSON(nodesOut(s))
		}
		return p.printNodes(s)
	})
}

// withState reads how the network stands: where there is no primary from this
// node's own server, and that is when it is asked for.
func (p *program) withState(ctx context.Context, do func(s cluster.State) error) error {
	if s, away := p.stateBefore(ctx); away {
		return do(s)
	}
	return p.withDatabase(ctx, func(d *database) error {
		s, err := cluster.StateOf(ctx, d.Primary)
		if err != nil {
			return err
		}
		return do(s)
	})
}

// primaryPatience is for a primary to be found among several hosts.
const primaryPatience = 10 * time.Second

// stateBefore is the state as a standby has it, where no primary can be reached.
func (p *program) stateBefore(ctx context.Context) (s cluster.State, away bool) {
	if p.place.Database == "" { // the private one, which may have to be started
		return s, false
	}
	pools, err := db.Open(ctx, db.Settings{Primary: p.place.Database, Replica: p.place.Replica})
	if err != nil {
		return s, false
	}
	defer pools.Close()
	patient, cancel := context.WithTimeout(ctx, primaryPatience)
	defer cancel()
	if pools.Primary.Ping(patient) == nil {
		return s, false
	}
	s, err = cluster.StateOf(ctx, pools.Replica)
	s.Away = true
	return s, err == nil
}

func nodesOut(s cluster.State) []nodeOut {
	outs := make([]nodeOut, 0, len(s.Nodes))
	for _, n := range s.Nodes {
		outs = append(outs, nodeOut{Node: n.Name, Role: n.Role(), LastSeen: n.SeenAt.UTC(), LagBytes: n.LagBytes, Version: n.Version})
	}
	return outs
}

func (p *program) printNodes(s cluster.State) error {
	rows := make([][]string, 0, len(s.Nodes))
	for _, o := range nodesOut(s) {
		rows = append(rows, []string{o.Node, o.Role, o.LastSeen.Format(time.RFC3339), fmt.Sprint(o.LagBytes), o.Version})
	}
	return p.printTable([]string{"NODE", "ROLE", "LAST SEEN", "LAG BYTES", "VERSION"}, rows)
}

type nodeStatus struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// statusOut is how the network stands, as programs read it.
type statusOut struct {
	Nodes    []nodeOut `json:"nodes"`
	Troubles []string  `json:"troubles"`
}

// Run implements the command.
func (c nodeStatus) Run(ctx context.Context, p *program) error {
	return p.withState(ctx, func(s cluster.State) (err error) {
		out := statusOut{Nodes: nodesOut(s), Troubles: []string{}}
		for _, t := range s.Troubles() {
			out.Troubles = append(out.Troubles, t.In(p.catalog.Localizer(locale.English)))
		}
		if c.JSON {
			err = p.printJSON(out)
		} else if err = p.printNodes(s); err == nil {
			err = p.say("%s", strings.Join(append([]string{""}, out.Troubles...), "\n"))
		}
		if err == nil && len(out.Troubles) > 0 {
			err = failure("something is wrong with the network: read above what")
		}
		return err
	})
}

type nodeForget struct {
	Node string `arg:"" help:"Its name."`
}

// Run implements the command.
func (c nodeForget) Run(ctx context.Context, p *program) error {
	return p.withDatabase(ctx, func(d *database) error {
		err := cluster.Forget(ctx, d.Primary, c.Node)
		if fault.Is(err, fault.NotFound) {
			return failure("there is no node " + c.Node + ": indywire node list names them")
		}
		return err
	})
}

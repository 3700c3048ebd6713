//go:build linux

package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is three hosts with one database: etcd, and PostgreSQL under Patroni, on each.
type Cluster struct {
	Network *Network
	Hosts   []*Host
	tools   tools
	client  *http.Client // asks from the client's place
}

// NewCluster puts the hosts a, b and c on a network and starts their database. root is the folder of the source.
func NewCluster(ctx context.Context, n *Network, root string) (*Cluster, error) {
	t, err := gather(ctx, root, n.Dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Network: n, tools: t, client: n.Client.browser(2*time.Second, 5*time.Second)}
	for _, name := range []string{"a", "b", "c"} {
		h, err := n.Join(ctx, name)
		if err != nil {
			return nil, err
		}
		c.Hosts = append(c.Hosts, h)
	}
	if err := c.small().Shrink(diskSize); err != nil {
		return nil, err
	}
	for _, h := range c.Hosts {
		if err := c.Begin(h); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// diskSize holds a node's share of a drill with room to spare.
const diskSize = 3 << 30

// small is the host whose disk has an end.
func (c *Cluster) small() *Host { return c.Hosts[len(c.Hosts)-1] }

// Begin starts a host's share of the database, the first time or after it was killed.
func (c *Cluster) Begin(h *Host) error { return startData(h, c.Hosts, c.tools) }

// browser is a client of HTTP whose connections begin on the host and are given up early, as its people would. It follows
// nothing by itself.
func (h *Host) browser(connect, whole time.Duration) *http.Client {
	return &http.Client{
		Timeout:       whole,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 16,
			DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
				return h.Dial(ctx, address, connect)
			},
		},
	}
}

// Member is what Patroni says of a node.
type Member struct {
	Name  string `json:"name"`
	Role  string `json:"role"`  // leader, quorum_standby, replica
	State string `json:"state"` // running, streaming, ...
}

// Members asks the first of the hosts that answers what it takes the network to be.
func (c *Cluster) Members(ctx context.Context) ([]Member, error) {
	failed := errors.New("no Patroni answers")
	for _, h := range c.Hosts {
		members, err := c.membersBy(ctx, h)
		if err == nil && len(members) > 0 {
			return members, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func (c *Cluster) membersBy(ctx context.Context, h *Host) ([]Member, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.IP+":8008/cluster", nil)
	if err != nil {
		return nil, err
	}
	answer, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var said struct {
		Members []Member `json:"members"`
	}
	return said.Members, json.NewDecoder(answer.Body).Decode(&said)
}

// Primary is the host whose PostgreSQL takes writes now, asked of PostgreSQL itself: Patroni's word may be older.
func (c *Cluster) Primary(ctx context.Context) (*Host, error) {
	for _, h := range c.Hosts {
		var standby bool
		err := c.ask(ctx, h, "postgres", func(ctx context.Context, conn *pgx.Conn) error {
			return conn.QueryRow(ctx, `SELECT pg_is_in_recovery()`).Scan(&standby)
		})
		if err == nil && !standby {
			return h, nil
		}
	}
	return nil, errors.New("no host has a primary")
}

// ask connects to a host's own PostgreSQL from the client.
func (c *Cluster) ask(ctx context.Context, h *Host, database string, do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second) // CREATE DATABASE on a busy machine takes seconds
	defer cancel()
	settings, err := pgx.ParseConfig(fmt.Sprintf("postgres://indywire@%s:5432/%s?sslmode=disable", h.IP, database))
	if err != nil {
		return err
	}
	settings.DialFunc = func(ctx context.Context, _, address string) (net.Conn, error) {
		return c.Network.Client.Dial(ctx, address, 2*time.Second)
	}
	conn, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return do(ctx, conn)
}

// Whole waits until there is one leader and two standbys in its quorum, all of whom stream.
func (c *Cluster) Whole(ctx context.Context) error {
	return eventually(ctx, 3*time.Minute, func(ctx context.Context) error {
		members, err := c.Members(ctx)
		if err != nil {
			return err
		}
		var leaders, standbys int
		for _, m := range members {
			switch {
			case m.Role == "leader" && m.State == "running":
				leaders++
			case m.Role == "quorum_standby" && m.State == "streaming":
				standbys++
			}
		}
		if leaders != 1 || standbys != len(c.Hosts)-1 {
			return fmt.Errorf("the network is not whole: %v", members)
		}
		return nil
	})
}

// eventually asks until it is so, and gives the last reason where it does not come.
func eventually(ctx context.Context, patience time.Duration, is func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := is(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("given up after %s: %w", patience, err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// urls are --database and --replica of a host: all hosts, and its own first.
func (c *Cluster) urls(h *Host) (database, replica string) {
	all, own := []string{}, []string{h.IP + ":5432"}
	for _, m := range c.Hosts {
		all = append(all, m.IP+":5432")
		if m != h {
			own = append(own, m.IP+":5432")
		}
	}
	const scheme, name = "postgres://indywire@", "/indywire?sslmode=disable"
	return scheme + strings.Join(all, ",") + name, scheme + strings.Join(own, ",") + name
}

// NewPrimary waits until another host than the one before takes writes.
func (c *Cluster) NewPrimary(ctx context.Context, before *Host) (*Host, error) {
	var found *Host
	err := eventually(ctx, 2*time.Minute, func(ctx context.Context) (err error) {
		found, err = c.Primary(ctx)
		if err == nil && found == before {
			err = errors.New("the primary is where it was")
		}
		return err
	})
	return found, err
}

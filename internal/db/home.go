package db

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// home has readers come back to this node's own server, the first that is named.
// A pool keeps what connections it has, and those that were made while the own
// server was away lead to others: they would be asked for an hour, whose lines
// are longer and whose cables may be pulled next.
type home struct {
	pool   *pgxpool.Pool   // set before it is used first
	ended  context.Context // with the pools
	end    context.CancelFunc
	mu     sync.Mutex
	abroad bool // somebody looks for the own server
	looker sync.WaitGroup
}

const homeEvery = time.Second // a look at whether the own server is back

func newHome() *home {
	h := &home{}
	h.ended, h.end = context.WithCancel(context.Background())
	return h
}

// watch is told of each new connection.
func (h *home) watch(ctx context.Context, c *pgx.Conn) error {
	if leadsTo(ctx, c, c.Config().Host, c.Config().Port) {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.abroad && h.ended.Err() == nil {
		h.abroad = true
		h.looker.Go(h.look)
	}
	return nil
}

func (h *home) look() {
	for !h.there() {
		if !pause(h.ended, homeEvery) {
			return
		}
	}
	h.mu.Lock()
	h.abroad = false // before the reset: what leads elsewhere after it is seen again
	h.mu.Unlock()
	h.pool.Reset()
}

// there tells whether the own server answers.
func (h *home) there() bool {
	ctx, cancel := context.WithTimeout(h.ended, lookFor)
	defer cancel()
	own := h.pool.Config().ConnConfig
	firstOnly(own)
	c, err := pgx.ConnectConfig(ctx, own)
	if err != nil {
		return false
	}
	_ = c.Close(ctx) // it has told all there is to know
	return true
}

// firstOnly has connections made to the first server that is named; that one without
// TLS is among the others.
func firstOnly(c *pgx.ConnConfig) {
	c.Fallbacks = slices.DeleteFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port })
}

func (h *home) close() {
	h.end()
	h.looker.Wait()
}

// leadsTo tells whether a connection is to a host, by any of its addresses. Where
// they cannot be told it is taken to be.
func leadsTo(ctx context.Context, c *pgx.Conn, host string, port uint16) bool {
	remote := c.PgConn().Conn().RemoteAddr()
	network, address := pgconn.NetworkAddress(host, port)
	if network == "unix" || remote.Network() == "unix" {
		return remote.String() == address
	}
	ips, err := net.DefaultResolver.LookupHost(ctx, host)
	return err != nil || slices.ContainsFunc(ips, func(ip string) bool {
		_, address := pgconn.NetworkAddress(ip, port)
		return remote.String() == address
	})
}

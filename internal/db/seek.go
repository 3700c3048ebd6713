package db

import (
	"context"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// server is one of those that a connection string names.
type server string

func serverOf(host string, port uint16) server {
	return server(net.JoinHostPort(host, strconv.Itoa(int(port))))
}

// ways are all that a connection string names, in its order: of a server there are
// several, with TLS and without.
func ways(cfg *pgx.ConnConfig) []*pgconn.FallbackConfig {
	first := &pgconn.FallbackConfig{Host: cfg.Host, Port: cfg.Port, TLSConfig: cfg.TLSConfig}
	return append([]*pgconn.FallbackConfig{first}, cfg.Fallbacks...)
}

// by has connections made by the ways given, and no others.
func by(cfg *pgx.ConnConfig, ways []*pgconn.FallbackConfig) {
	cfg.Host, cfg.Port, cfg.TLSConfig, cfg.Fallbacks = ways[0].Host, ways[0].Port, ways[0].TLSConfig, ways[1:]
}

// primaryFirst has a new connection tried with the server that was the primary when
// it was last looked for: those named before it may be dead, and cost seconds each,
// or may not know that they are the primary no more.
func (o *outage) primaryFirst(_ context.Context, cfg *pgx.ConnConfig) error {
	if known := o.primary.Load(); known != nil {
		all := ways(cfg)
		slices.SortStableFunc(all, func(a, b *pgconn.FallbackConfig) int {
			return other(a, *known) - other(b, *known)
		})
		by(cfg, all)
	}
	return nil
}

func other(w *pgconn.FallbackConfig, s server) int {
	if serverOf(w.Host, w.Port) == s {
		return 0
	}
	return 1
}

// claim is what a server says that takes writes.
type claim struct {
	of       server
	timeline int64 // 0: it takes none, or does not answer
}

// found asks all servers at once, and takes for the primary the one of the newest
// timeline. One whose keeper has died may take writes for as long as it likes, while
// another was made the primary: nobody confirms its commits any more.
func (o *outage) found() bool {
	ctx, cancel := context.WithTimeout(o.ended, lookFor)
	var asked sync.WaitGroup
	defer func() { cancel(); asked.Wait() }()
	cfg := o.pool.Config().ConnConfig
	servers := map[server][]*pgconn.FallbackConfig{}
	for _, w := range ways(cfg) {
		s := serverOf(w.Host, w.Port)
		servers[s] = append(servers[s], w)
	}
	claims := make(chan claim, len(servers))
	for s, ways := range servers {
		one := cfg.Copy()
		by(one, ways)
		asked.Go(func() { claims <- claim{of: s, timeline: timelineOf(ctx, one)} })
	}
	best := newestOf(claims, len(servers))
	if best.timeline == 0 {
		return false
	}
	o.primary.Store(&best.of)
	return true
}

// newestOf waits for all claims, and once there is one not much longer for others.
func newestOf(claims <-chan claim, most int) (best claim) {
	var enough <-chan time.Time
	for range most {
		select {
		case c := <-claims:
			if c.timeline > best.timeline {
				best = c
			}
		case <-enough:
			return best
		}
		if best.timeline > 0 && enough == nil {
			enough = time.After(lookAround)
		}
	}
	return best
}

// timelineOf is the timeline that a server writes: it rises with each promotion
// (PostgreSQL, section 26.3.6, "Timelines").
func timelineOf(ctx context.Context, cfg *pgx.ConnConfig) (timeline int64) {
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return 0
	}
	defer func() { _ = c.Close(ctx) }() // it has told all there is to know
	if c.QueryRow(ctx, "SELECT ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint").Scan(&timeline) != nil {
		return 0
	}
	return timeline
}

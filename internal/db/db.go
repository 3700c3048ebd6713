// Package db reaches PostgreSQL: one pool for the primary, one for this node's
// replica, transactions, and the translation of its errors into faults.
package db

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Querier runs statements: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Beginner opens a transaction: a pool, or a transaction, whose own are savepoints.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Pools are the two ways to the data. Handlers read through Replica and verbs
// write through Primary, even while both are the same server, so that nothing
// has to change on the day they are not.
type Pools struct {
	Primary *pgxpool.Pool
	Replica *Replica
	own     *pgxpool.Pool // nil where Replica leads to one server only
	outage  *outage       // nil for pools that were not opened here
	home    *home         // likewise
}

// Settings say where the servers are. Both are connection strings as libpq
// knows them, with several hosts if need be.
type Settings struct {
	Primary string // of the hosts named, the one that takes writes is used
	Replica string // tried in order, any role will do; empty: Primary's hosts
	// Bounds of the pools; 0 means 10 and 16.
	PrimaryConns, ReplicaConns int32
}

// Time limits of a session. The server ends what runs longer, so that a lost
// client or a runaway query never holds locks or a connection for ever; the
// shorter deadline of a page is its context's.
const (
	statementTimeout = 30 * time.Second
	lockTimeout      = 10 * time.Second
	idleInTxTimeout  = 60 * time.Second
	connectTimeout   = 3 * time.Second // one host: dial, TLS and authentication
	dialTimeout      = 2 * time.Second
)

// Open makes the pools. It does not wait for a server: a node must come up while
// the primary is away, so the first use reports what cannot be reached.
func Open(ctx context.Context, s Settings) (*Pools, error) {
	primary, err := primaryConfig(s)
	if err != nil {
		return nil, err
	}
	replica, err := replicaConfig(s)
	if err != nil {
		return nil, err
	}
	p := &Pools{home: newHome(), outage: newOutage()}
	primary.BeforeConnect = p.outage.primaryFirst
	replica.AfterConnect = p.home.watch
	if p.Primary, err = pgxpool.NewWithConfig(ctx, primary); err != nil {
		return nil, fmt.Errorf("open the primary's pool: %w", err)
	}
	local, err := pgxpool.NewWithConfig(ctx, replica)
	if err != nil {
		p.Primary.Close()
		return nil, fmt.Errorf("open the replica's pool: %w", err)
	}
	p.home.pool = local // nothing has been asked yet
	p.Replica = NewReplica(local, p.Primary)
	if p.own, err = ownPool(ctx, s); err != nil {
		p.Replica.Close()
		p.Primary.Close()
		return nil, fmt.Errorf("open the own server's pool: %w", err)
	}
	p.Replica.away = p.Away
	p.outage.pool = p.Primary
	primary.ConnConfig.Tracer.(*tracer).outage = p.outage // nothing has been asked yet
	return p, nil
}

// Connect opens a connection to the primary that is the caller's alone, for what
// lasts as long as a session does.
func (p *Pools) Connect(ctx context.Context) (*pgx.Conn, error) {
	cfg := p.Primary.Config().ConnConfig
	if p.outage != nil {
		_ = p.outage.primaryFirst(ctx, cfg) // never fails
	}
	return pgx.ConnectConfig(ctx, cfg)
}

// Close waits for the connections in use to be given back and ends them all.
func (p *Pools) Close() {
	if p.outage != nil {
		p.outage.close()
		p.home.close()
	}
	p.Replica.Close()
	p.Primary.Close()
	if p.own != nil {
		p.own.Close()
	}
}

// Own reads from this node's own server and no other, for who wants to know how
// that one is: Replica goes on reading from another when it dies.
func (p *Pools) Own() Querier {
	if p.own == nil {
		return p.Replica
	}
	return p.own
}

// ownPool leads to the first host that Replica names, by one connection.
func ownPool(ctx context.Context, s Settings) (*pgxpool.Pool, error) {
	if s.Replica == "" {
		return nil, nil // whichever answers
	}
	cfg, err := replicaConfig(s)
	if err != nil {
		return nil, err
	}
	firstOnly(cfg.ConnConfig)
	cfg.MaxConns = 1
	return pgxpool.NewWithConfig(ctx, cfg)
}

func primaryConfig(s Settings) (*pgxpool.Config, error) {
	cfg, err := config(s.Primary, cmp.Or(s.PrimaryConns, 10))
	if err != nil {
		return nil, fmt.Errorf("the primary's address: %w", err)
	}
	if cfg.ConnConfig.ValidateConnect == nil {
		// After a failover the old primary may be back as a standby and still
		// be the first host named; its role is only looked at on connecting.
		cfg.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	return cfg, nil
}

func replicaConfig(s Settings) (*pgxpool.Config, error) {
	url := s.Replica
	if url == "" {
		url = s.Primary
	}
	cfg, err := config(url, cmp.Or(s.ReplicaConns, 16))
	if err != nil {
		return nil, fmt.Errorf("the replica's address: %w", err)
	}
	if s.Replica == "" {
		cfg.ConnConfig.ValidateConnect = nil // reads go on while there is no primary
	}
	return cfg, nil
}

// config parses a connection string and adds what every session of ours has.
// Values that the string sets itself win.
func config(url string, conns int32) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = conns
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.HealthCheckPeriod = 15 * time.Second
	conn := cfg.ConnConfig
	if conn.ConnectTimeout == 0 || conn.ConnectTimeout > time.Minute {
		conn.ConnectTimeout = connectTimeout
	}
	conn.DialFunc = dial
	conn.OnNotice = noteUnreplicated
	conn.OnPgError = notYet
	conn.Tracer = &tracer{}
	for name, value := range sessionParams() {
		if _, set := conn.RuntimeParams[name]; !set {
			conn.RuntimeParams[name] = value
		}
	}
	return cfg, nil
}

func sessionParams() map[string]string {
	ms := func(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
	return map[string]string{
		"application_name":                    "indywire",
		"statement_timeout":                   ms(statementTimeout),
		"lock_timeout":                        ms(lockTimeout),
		"idle_in_transaction_session_timeout": ms(idleInTxTimeout),
		"timezone":                            "UTC",
	}
}

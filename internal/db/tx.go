package db

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/indywire/indywire/internal/fault"
)

// rollbackTimeout bounds the clean-up after a failure; past it the connection
// is dropped and the server rolls back by itself.
const rollbackTimeout = 3 * time.Second

// InTx runs fn in a transaction and commits it. When fn fails or panics
// everything it did is rolled back. Every error comes back as a fault; one of
// kind Busy after the commit was sent means that its outcome is unknown, which
// is why what people send carries an idempotency key.
func InTx(ctx context.Context, b Beginner, fn func(tx pgx.Tx) error) error {
	outcome := &commitOutcome{}
	ctx = context.WithValue(ctx, commitKey{}, outcome)
	tx, err := b.Begin(ctx)
	if err != nil {
		return Fault(err)
	}
	done := false
	defer func() {
		if !done {
			rollback(ctx, tx)
		}
	}()
	if err := fn(tx); err != nil {
		return Fault(err)
	}
	if err := tx.Commit(ctx); err != nil {
		return Fault(err)
	}
	done = true
	noteWritten(ctx)
	if outcome.unreplicated {
		return fault.New(fault.Busy, "the commit was not confirmed by a second server")
	}
	return nil
}

// rollback also works when the request that began it is gone.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	// Nothing is left to do about a failure: pgx drops the connection then.
	_ = tx.Rollback(ctx)
}

// commitOutcome tells InTx what the server said beside "COMMIT".
type commitOutcome struct{ unreplicated bool }

type commitKey struct{}

// unreplicatedKey marks a connection in its CustomData.
const unreplicatedKey = "indywire.unreplicated"

// noteUnreplicated marks the connection when an acknowledgement lies: a commit
// whose wait for the standby was cancelled succeeds, with only a warning.
// With messages in another language than English only the code tells, and
// 01000 is the code of plain warnings too, so the place in the server's source
// is looked at as well.
func noteUnreplicated(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.Code == "01000" && (n.Routine == "SyncRepWaitForLSN" || strings.Contains(n.Message, "synchronous replication")) {
		conn.CustomData()[unreplicatedKey] = true
	}
}

// commitTracer carries the mark from the connection to InTx before the pool can
// hand the connection to somebody else.
type commitTracer struct{}

// TraceQueryStart forgets marks of earlier statements that nobody asked about.
func (commitTracer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	delete(conn.PgConn().CustomData(), unreplicatedKey)
	return ctx
}

// TraceQueryEnd tells the transaction that the statement belonged to.
func (commitTracer) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryEndData) {
	outcome, ok := ctx.Value(commitKey{}).(*commitOutcome)
	if ok && conn.PgConn().CustomData()[unreplicatedKey] == true {
		outcome.unreplicated = true
	}
}

package db

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// rollbackTimeout bounds the clean-up after a failure; past it the connection
// is dropped and the server rolls back by itself.
const rollbackTimeout = 3 * time.Second

// InTx runs fn in a transaction and commits it. When fn fails or panics
// everything it did is rolled back; what AtEnd was asked for comes right before
// the commit. Every error comes back as a fault; one of kind Busy after the commit
// was sent means that its outcome is unknown, which is why what people send
// carries an idempotency key.
func InTx(ctx context.Context, b Beginner, fn func(tx pgx.Tx) error) error {
	for {
		err := inTx(ctx, b, fn)
		w, waits := b.(waiting)
		if !waits || !away(ctx, err) && !full(ctx, err) || !w.Again(ctx) {
			return err
		}
	}
}

func inTx(ctx context.Context, b Beginner, fn func(tx pgx.Tx) error) error {
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
	if err := withEndings(ctx, b, tx, fn); err != nil {
		return Fault(err)
	}
	if err := confirm(ctx, b, tx); err != nil {
		return Fault(err)
	}
	if err := tx.Commit(ctx); err != nil {
		return Fault(err)
	}
	done = true
	noteWritten(ctx)
	if outcome.unreplicated {
		meetOutage(ctx)
		return errUnconfirmed
	}
	return nil
}

// confirm has the commit of a transaction that has written nothing wait for a
// second server like any other. A verb that meets by its key what an attempt
// before it wrote writes nothing; that attempt's commit may never have been
// confirmed, and to answer that all is well would be to acknowledge it. It is for
// what answers somebody who sent something.
func confirm(ctx context.Context, b Beginner, tx pgx.Tx) error {
	_, nested := b.(pgx.Tx)
	_, sent := ctx.Value(writtenKey{}).(*Written)
	if nested || !sent || tx.Conn().PgConn().CustomData()[wroteKey] == true {
		return nil
	}
	_, err := tx.Exec(ctx, "SELECT pg_logical_emit_message(true, 'indywire', '')")
	return err
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

// wroteKey marks a connection whose transaction has written rows.
const wroteKey = "indywire.wrote"

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

// tracer carries the mark from the connection to InTx before the pool can hand
// the connection to somebody else, and notes what meets the primary's absence,
// whoever asked: a verb, the session store, the queue.
type tracer struct{ outage *outage } // nil for a replica's

// TraceQueryStart forgets marks of earlier statements that nobody asked about,
// and bounds the statement of somebody who is held: a server that stands still
// and whose machine lives on would never be given up.
func (t *tracer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	delete(conn.PgConn().CustomData(), unreplicatedKey)
	if strings.HasPrefix(data.SQL, "begin") { // pgx's own; a savepoint is another word
		delete(conn.PgConn().CustomData(), wroteKey)
	}
	if _, held := ctx.Value(holdKey{}).(*Hold); !held || t.outage == nil {
		return ctx
	}
	b := &boundStatement{asked: ctx}
	ctx, b.cancel = context.WithTimeout(ctx, heldStatement)
	return context.WithValue(ctx, boundKey{}, b)
}

// heldStatement is more than a lock is waited for.
const heldStatement = lockTimeout + 3*time.Second

// boundStatement is a statement with an end: the context it was asked with lives on.
type boundStatement struct {
	asked  context.Context
	cancel context.CancelFunc
}

type boundKey struct{}

// TraceQueryEnd tells the transaction that the statement belonged to.
func (t *tracer) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	if b, ok := ctx.Value(boundKey{}).(*boundStatement); ok {
		b.cancel()
		ctx = b.asked
	}
	t.meet(ctx, data.Err)
	if tag := data.CommandTag; tag.RowsAffected() > 0 && (tag.Insert() || tag.Update() || tag.Delete()) {
		conn.PgConn().CustomData()[wroteKey] = true
	}
	outcome, ok := ctx.Value(commitKey{}).(*commitOutcome)
	if ok && conn.PgConn().CustomData()[unreplicatedKey] == true {
		outcome.unreplicated = true
	}
}

// TraceAcquireStart implements pgxpool.AcquireTracer.
func (*tracer) TraceAcquireStart(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData) context.Context {
	return ctx
}

// TraceAcquireEnd implements pgxpool.AcquireTracer.
func (t *tracer) TraceAcquireEnd(ctx context.Context, _ *pgxpool.Pool, data pgxpool.TraceAcquireEndData) {
	t.meet(ctx, data.Err)
}

func (t *tracer) meet(ctx context.Context, err error) {
	if t.outage != nil && away(ctx, err) {
		t.outage.meet()
		meetOutage(ctx)
	}
	if full(ctx, err) {
		meetOutage(ctx) // who is held tries again
	}
}

package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// LSN is a position in the log of the primary (PostgreSQL, chapter 30,
// "WAL Internals"): what was written before it is replayed before it.
type LSN uint64

// String is the position as PostgreSQL writes it, "16/B374D848".
func (l LSN) String() string { return fmt.Sprintf("%X/%X", uint32(l>>32), uint32(l)) }

// ParseLSN reads what String writes.
func ParseLSN(s string) (LSN, error) {
	high, low, found := strings.Cut(s, "/")
	h, errHigh := strconv.ParseUint(high, 16, 32)
	l, errLow := strconv.ParseUint(low, 16, 32)
	if !found || errHigh != nil || errLow != nil {
		return 0, fmt.Errorf("not a log position")
	}
	return LSN(h<<32 | l), nil
}

// Position is where the log of the primary ends now: behind all that has been
// committed there.
func Position(ctx context.Context, primary Querier) (LSN, error) {
	var text string
	if err := primary.QueryRow(ctx, "SELECT pg_current_wal_insert_lsn()::text").Scan(&text); err != nil {
		return 0, Fault(err)
	}
	return ParseLSN(text)
}

// Written tells whether a transaction was committed by InTx.
type Written struct{ atomic.Bool }

type writtenKey struct{}

// WatchWrites has InTx note in w what it commits with the context.
func WatchWrites(ctx context.Context, w *Written) context.Context {
	return context.WithValue(ctx, writtenKey{}, w)
}

func noteWritten(ctx context.Context) {
	if w, ok := ctx.Value(writtenKey{}).(*Written); ok {
		w.Store(true)
	}
}

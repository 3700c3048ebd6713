package db

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Ending is the last thing that a transaction does, for what it locks many wait
// for. Equal endings are one.
type Ending interface {
	// Order says which of two comes first, in all transactions alike: none may
	// wait for what another has while that waits for it.
	Order() int64
	End(ctx context.Context, tx pgx.Tx) error
}

// AtEnd has InTx do e right before it commits, once however often it is asked
// for. Within a savepoint it is left to the transaction around it, and is
// forgotten with what the savepoint takes back. In a transaction that InTx does
// not run it is done at once.
func AtEnd(ctx context.Context, tx pgx.Tx, e Ending) error {
	t, ok := tx.(*endingTx)
	if !ok {
		return e.End(ctx, tx)
	}
	if !slices.Contains(t.endings, e) {
		t.endings = append(t.endings, e)
	}
	return nil
}

// endingTx is a transaction that knows its endings.
type endingTx struct {
	pgx.Tx
	endings []Ending
}

// withEndings runs fn and then the endings of tx, which b began; those of a
// savepoint go to the transaction around it.
func withEndings(ctx context.Context, b Beginner, tx pgx.Tx, fn func(tx pgx.Tx) error) error {
	t := &endingTx{Tx: tx}
	if err := fn(t); err != nil {
		return err
	}
	slices.SortStableFunc(t.endings, func(a, b Ending) int { return cmp.Compare(a.Order(), b.Order()) })
	for _, e := range t.endings {
		var err error
		if around, nested := b.(*endingTx); nested {
			err = AtEnd(ctx, around, e)
		} else {
			err = e.End(ctx, tx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

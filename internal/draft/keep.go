package draft

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// Read gives what was kept under a ticket, nothing where nothing was.
// fault.Conflict where the ticket has become an article.
func Read(ctx context.Context, q db.Querier, st site.ID, t article.Ticket) (Fields, error) {
	if err := checkOpen(ctx, q, st, t); err != nil {
		return nil, err
	}
	sealed, err := sealedOf(ctx, q, st, t.Hash())
	if fault.Is(err, fault.NotFound) {
		return Fields{}, nil
	}
	if err != nil {
		return nil, err
	}
	return unseal(st, t, sealed)
}

// Keep puts the fields in the place of those that were kept before.
// fault.Conflict where the ticket has become an article, fault.Denied where the
// site is frozen, fault.TooLarge beyond MaxBytes.
func Keep(ctx context.Context, b db.Beginner, st site.Site, t article.Ticket, f Fields) error {
	if err := st.CheckOpen(); err != nil {
		return err
	}
	sealed, err := seal(st.ID, t, f)
	if err != nil {
		return err
	}
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		// who publishes takes the same lock: nothing is kept behind their back
		if err := lock(ctx, tx, t.Hash()); err != nil {
			return err
		}
		if err := checkOpen(ctx, tx, st.ID, t); err != nil {
			return err
		}
		return upsert(ctx, tx, st.ID, t.Hash(), sealed, t.Expires())
	})
}

// Forget deletes what was kept under a ticket, in the transaction that publishes
// it.
func Forget(ctx context.Context, tx pgx.Tx, st site.ID, t article.Ticket) error {
	if err := lock(ctx, tx, t.Hash()); err != nil {
		return err
	}
	return deleteOf(ctx, tx, st, t.Hash())
}

func checkOpen(ctx context.Context, q db.Querier, st site.ID, t article.Ticket) error {
	_, err := article.ByTicket(ctx, q, st, t)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	return fault.New(fault.Conflict, "the ticket was published")
}

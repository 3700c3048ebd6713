package article

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Withdraw deletes an article for good, by receipt: title, author, text, slug,
// revisions and files. It works on a frozen site too. Withdrawing again changes
// nothing; fault.Conflict where the editors removed it, fault.NotFound for an
// unknown receipt.
func Withdraw(ctx context.Context, b db.Beginner, queue jobs.Inserter, st site.ID, r Receipt) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lockByReceipt(ctx, tx, st, r)
		if err != nil {
			return err
		}
		to, err := a.State.After(modlog.Withdraw)
		if err != nil || to == a.State {
			return err
		}
		return a.destroy(ctx, tx, queue, to, modlog.Actor{Kind: modlog.Author}, modlog.Withdraw, "")
	})
}

// destroy brings an article into a final state and deletes what it held.
func (a Article) destroy(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, to State, by modlog.Actor, act modlog.Act, reason string) error {
	if err := media.Erase(ctx, tx, queue, media.Owner{Article: int64(a.ID)}); err != nil {
		return err
	}
	if err := erase(ctx, tx, a.ID, to, reason); err != nil {
		return err
	}
	if _, err := queue.InsertTx(ctx, tx, GoneArgs{Article: a.ID}, nil); err != nil {
		return fault.Wrap(fault.Internal, "tell that an article is gone", db.Fault(err))
	}
	if err := a.log(ctx, tx, by, act, reason); err != nil {
		return err
	}
	return site.Bump(ctx, tx, a.SiteID)
}

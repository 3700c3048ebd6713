// Package demo fills sample collectives, so that a newcomer sees every page
// full at once. Texts and pictures are our own; towns and people are made up.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Filler makes the sample collectives.
type Filler struct {
	Pool  *pgxpool.Pool // the primary
	Store *blob.Store
	Queue jobs.Inserter
	Now   func() time.Time
}

// Fill makes each sample collective that is not there yet, whole or not at all:
// one transaction each. A collective that is there stays as it is, whatever was
// done to it since. Its pictures are cleaned by the queue like anybody's, but
// after everybody's.
func (f Filler) Fill(ctx context.Context) error {
	collectives, err := load()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, c := range collectives {
		group.Go(func() error {
			if err := f.fill(ctx, c); err != nil {
				return fmt.Errorf("sample collective %s: %w", c.Site.Slug, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func (f Filler) fill(ctx context.Context, c collective) error {
	_, err := site.BySlug(ctx, f.Pool, c.Site.Slug)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	prints, err := draw(c)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, f.Pool, func(tx pgx.Tx) error {
		// Another server may be at it, and takes as long as it takes.
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '5min'; SET LOCAL statement_timeout = '5min'"); err != nil {
			return db.Fault(err)
		}
		st, err := site.Create(ctx, tx, modlog.ByOperator(), c.Site.draft())
		if err != nil {
			return err
		}
		e := &edition{Filler: f, collective: c, tx: tx, site: st, prints: prints, now: f.Now()}
		return e.write(ctx)
	})
	if fault.Is(err, fault.Conflict) {
		return nil // another server made it at the same time
	}
	return err
}

// Package jobs is the queue for work that a request need not wait for: river
// on PostgreSQL, so that a job is enqueued in the transaction that needs it.
// Arguments hold ids only, never a person's text or a secret.
package jobs

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Inserter enqueues a job in a transaction. *Client is one.
type Inserter interface {
	InsertTx(ctx context.Context, tx pgx.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// Client is the queue of this process.
type Client = river.Client[pgx.Tx]

// NewInserter makes a client that enqueues and works nothing.
func NewInserter(pool *pgxpool.Pool, log *slog.Logger) (*Client, error) {
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return c, nil
}

// Films is the queue of what takes minutes or hours.
const Films = "film"

// filmsAtOnce is how many of those a node works at: one film takes all processors.
const filmsAtOnce = 1

// NewWorker makes a client of a node that works, at most parallel jobs at once,
// and beside them one film.
// A node has one at a time; Reclaim goes before its Start.
func NewWorker(pool *pgxpool.Pool, log *slog.Logger, node string, workers *river.Workers, periodic []*river.PeriodicJob, parallel int) (*Client, error) {
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		ID:                          clientPrefix(node) + rand.Text()[:8],
		Logger:                      log,
		Workers:                     workers,
		PeriodicJobs:                periodic,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: parallel}, Films: {MaxWorkers: filmsAtOnce}},
		JobTimeout:                  10 * time.Minute,
		RescueStuckJobsAfter:        15 * time.Minute,
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: 24 * time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return c, nil
}

// clientPrefix begins the names of a node's clients, of which each start makes
// another: the queue's leader is told by it. Left to itself the library would
// write the host name down, which is nobody's business. No node's name holds a
// slash.
func clientPrefix(node string) string { return node + "/" }

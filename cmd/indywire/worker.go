package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/draft"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/sandbox"
)

const (
	parallelJobs = 2
	sweepEvery   = time.Hour
	rescueEvery  = 30 * time.Second
	// jobs that are being worked when the server stops get this long, and then
	// as long again to notice that they were told to stop; they are done again
	jobGrace = 1500 * time.Millisecond
)

// worker does the jobs of the queue.
type worker struct {
	node  string
	pools *db.Pools
	store *blob.Store
	box   *sandbox.Box
	log   *slog.Logger

	queue   *jobs.Client
	cancel  context.CancelFunc // of the trial of the sandbox
	done    sync.WaitGroup
	started bool // once done has been waited for
}

// prepare makes the queue, into which jobs may be put from then on.
func (w *worker) prepare() (err error) {
	w.box.Parallel = max(w.box.Parallel, parallelJobs+1) // or photos would wait for a film all the same
	workers := river.NewWorkers()
	river.AddWorker(workers, discreet(&media.Processor{DB: w.pools.Waiting(), Store: w.store, Box: w.box, Settled: article.MediaSettled}))
	river.AddWorker(workers, discreet(&media.Eraser{DB: w.pools.Primary, Store: w.store}))
	river.AddWorker(workers, discreet(&media.Sweeper{DB: w.pools.Primary, Store: w.store, Settled: article.MediaSettled}))
	river.AddWorker(workers, discreet(&media.Rescuer{DB: w.pools.Primary}))
	river.AddWorker(workers, discreet(&article.Forgetter{DB: w.pools.Primary}))
	river.AddWorker(workers, discreet(&draft.Sweeper{DB: w.pools.Primary}))
	river.AddWorker(workers, discreet(&account.Forgetter{DB: w.pools.Primary}))
	river.AddWorker(workers, discreet(&report.Forgetter{DB: w.pools.Primary}))
	river.AddWorker(workers, discreet(&report.Eraser{DB: w.pools.Primary}))
	w.queue, err = jobs.NewWorker(w.pools.Primary, slog.New(atLeast{w.log.Handler(), slog.LevelWarn}), w.node, workers, []*river.PeriodicJob{
		hourly(media.SweepArgs{}),
		every(rescueEvery, media.RescueArgs{}),
		hourly(article.ForgetArgs{}),
		hourly(draft.SweepArgs{}),
		hourly(account.ForgetArgs{}),
		hourly(report.ForgetArgs{}),
	}, parallelJobs)
	return err
}

func hourly(args river.JobArgs) *river.PeriodicJob { return every(sweepEvery, args) }

func every(pause time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(pause),
		func() (river.JobArgs, *river.InsertOpts) { return args, nil },
		&river.PeriodicJobOpts{RunOnStart: true})
}

// Start begins to work. The sandbox is tried first and beside everything else:
// readers need not wait for it, and jobs must, or they would be put off.
func (w *worker) Start(ctx context.Context) error {
	working := context.WithoutCancel(ctx)
	trying, cancel := context.WithCancel(working)
	w.cancel = cancel
	w.done.Go(func() {
		err := w.box.Probe(trying)
		if trying.Err() != nil {
			return // stopped again already
		}
		if err != nil {
			w.log.Error("no file is decoded until this is mended and the server started again", "reason", err)
		}
		w.started = w.begin(trying, working)
	})
	return nil
}

// begin waits for a primary, which the queue needs, and begins to work, unless
// trying ends before.
func (w *worker) begin(trying, working context.Context) bool {
	for told := false; w.pools.Found(trying); told = true {
		err := w.work(trying, working)
		if err == nil {
			return true
		}
		if !told && trying.Err() == nil {
			w.log.Warn("jobs are not being done until the primary answers", "reason", db.Fault(err))
		}
		if !sleep(trying, schemaPause) {
			break
		}
	}
	return false
}

// work takes up first what a start before this one was at when it was killed.
func (w *worker) work(trying, working context.Context) error {
	if _, err := jobs.Reclaim(trying, w.pools.Primary, w.node); err != nil {
		return err
	}
	return w.queue.Start(working)
}

// Stop takes no new job and gives those at work a moment.
func (w *worker) Stop() {
	w.cancel()
	w.done.Wait()
	if !w.started {
		return
	}
	soft, cancel := context.WithTimeout(context.Background(), jobGrace)
	defer cancel()
	if w.queue.Stop(soft) == nil {
		return
	}
	hard, cancel := context.WithTimeout(context.Background(), jobGrace)
	defer cancel()
	if err := w.queue.StopAndCancel(hard); err != nil {
		w.log.Warn("jobs were cut in the middle and will be done again")
	}
}

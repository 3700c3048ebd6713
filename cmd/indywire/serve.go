package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/config"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/demo"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/media/tus"
	"github.com/indywire/indywire/internal/sandbox"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/static"
	"github.com/indywire/indywire/web"
)

type serve struct {
	config.Server
}

// part is a part of the server that lives as long as it. What Start began goes
// on when its context ends; Stop ends it, and waits no longer than a few seconds.
type part interface {
	Start(ctx context.Context) error
	Stop()
}

// Run implements the command: it serves until ctx ends or a part breaks.
func (c serve) Run(ctx context.Context, p *program) error {
	p.log = logTo(p.errs, slog.LevelInfo)
	ctx, broke := context.WithCancelCause(ctx)
	defer broke(nil)
	public, err := listen(ctx, "--listen", p.place.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = public.Close() }() // its server has closed it before, if it came to that
	ops, err := listen(ctx, "--ops-listen", c.OpsListen)
	if err != nil {
		return err
	}
	defer func() { _ = ops.Close() }()
	p.place.Listen = public.Addr().String() // port 0 has become a real one
	err = c.open(ctx, broke, p, public, ops)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // told to stop while it was starting
	}
	return err
}

// open answers the operator, and the public when there is a database. Who comes
// while that takes its time is refused, and tries another node.
func (c serve) open(ctx context.Context, broke context.CancelCauseFunc, p *program, public, ops net.Listener) error {
	node, err := c.node(p.place.Data)
	if err != nil {
		return err
	}
	front := &opsFront{}
	front.put(web.Starting(node))
	operator := &httpServer{listener: ops, handler: front, log: p.log, broke: broke}
	if err := operator.Start(ctx); err != nil {
		return err
	}
	defer operator.Stop()
	refused := false
	d, err := p.openToServe(ctx, func() { refused = true; _ = public.Close() })
	if err != nil {
		return err
	}
	if refused {
		if public, err = listen(ctx, "--listen", p.place.Listen); err != nil {
			return errors.Join(err, d.close())
		}
		defer func() { _ = public.Close() }()
	}
	return errors.Join(c.serve(ctx, broke, p, d, node, public, front), d.close())
}

func (c serve) serve(ctx context.Context, broke context.CancelCauseFunc, p *program, d *database, node string, public net.Listener, front *opsFront) error {
	parts, err := c.parts(ctx, broke, p, d, node, public, front)
	if err != nil {
		return err
	}
	defer front.put(web.Starting(node))
	for _, part := range parts {
		if err := part.Start(ctx); err != nil {
			return err
		}
		defer part.Stop()
	}
	if err := p.sayWhere(ctx, d); err != nil {
		return err
	}
	late := &arrival{p: p, d: d}
	if err := late.Start(ctx); err != nil {
		return err
	}
	defer late.Stop()
	<-ctx.Done()
	p.log.Info("stopping")
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// parts puts the server together; they are started in this order and stopped in
// the reverse one.
func (c serve) parts(ctx context.Context, broke context.CancelCauseFunc, p *program, d *database, node string, public net.Listener, front *opsFront) ([]part, error) {
	store, err := p.openStore(ctx, c.MediaCache)
	if err != nil {
		return nil, err
	}
	work := &worker{node: node, pools: d.Pools, store: store, box: sandbox.New(sandbox.Mode(c.Sandbox), p.log), log: p.log}
	if err := work.prepare(); err != nil {
		return nil, err
	}
	if c.Demo {
		if err := c.fill(ctx, p, d, store, work.queue); err != nil {
			return nil, err
		}
	}
	reporter := &cluster.Reporter{Pools: d.Pools, Name: node, Version: buildVersion(), Disk: store.LocalDisk, Cached: store.Cached, Log: p.log}
	locker := &tus.Locker{Connect: d.Connect, Log: p.log}
	uploads := &tus.Reception{
		Store: store, Locker: locker, Pace: tus.NewPace(tus.MaxStreams, c.UploadRate), Log: p.log, Now: time.Now,
		Arrivals: media.Arrivals{
			DB: d.Primary, Queue: work.queue, Settled: article.MediaSettled, Room: &media.Room{Store: store, Budget: c.UploadBudget},
		},
	}
	sites := site.NewDirectory(d.Replica, p.place.Portal)
	server, err := c.server(ctx, p, d, sites, store, work.queue, uploads, reporter)
	if err != nil {
		return nil, err
	}
	front.put(server.Ops())
	return []part{
		sites,
		locker,
		uploads,
		reporter,
		&media.Housekeeper{DB: d.Primary, Store: store, Log: p.log},
		work,
		&httpServer{listener: public, handler: server.Handler(), log: p.log, broke: broke, release: d.Release},
	}, nil
}

// fill makes the sample collectives. They need the primary, and nobody who reads
// is kept waiting for them.
func (c serve) fill(ctx context.Context, p *program, d *database, store *blob.Store, queue jobs.Inserter) error {
	sample := demo.Filler{Pool: d.Primary, Store: store, Queue: queue, Now: time.Now}
	switch err := sample.Fill(ctx); {
	case fault.Is(err, fault.Busy):
		p.log.Warn("the sample collectives were not looked through: the primary does not answer")
	case err != nil:
		return fmt.Errorf("fill the sample collectives: %w", err)
	}
	return nil
}

func (c serve) server(ctx context.Context, p *program, d *database, sites *site.Directory, store *blob.Store, queue jobs.Inserter, uploads *tus.Reception, reporter *cluster.Reporter) (*web.Server, error) {
	var key article.TicketKey
	err := d.read(func(q db.Querier) (err error) {
		key, err = article.TicketKeyOf(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	assets, err := static.Load()
	if err != nil {
		return nil, err
	}
	return web.New(web.Options{
		Pools: d.Pools, Sites: sites, Store: store, Uploads: uploads, Queue: queue, Key: key, Catalog: p.catalog, Assets: assets,
		Portal: p.place.Portal, Node: reporter.Name, TrustedProxies: c.TrustedProxy, Log: p.log, Metrics: metrics(d.Pools, reporter), Now: time.Now,
	})
}

// openStore opens the media store that --media names. A bucket that does not
// answer is no reason not to serve what this node has of it.
func (p *program) openStore(ctx context.Context, cache int64) (*blob.Store, error) {
	m, err := p.place.MediaStore()
	if err != nil {
		return nil, wrongUsage(err.Error()) // Check has refused it before
	}
	if m.Bucket == "" {
		return blob.OpenDir(m.Dir)
	}
	b := blob.Bucket{
		Name: m.Bucket, Endpoint: m.Endpoint, Region: m.Region, Cache: cache,
		Key: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	}
	if b.Key == "" || b.Secret == "" {
		return nil, failure("--media names a bucket, and its key is missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	store, err := blob.OpenBucket(m.Dir, b)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, storeMoment)
	defer cancel()
	if err := store.Check(ctx); err != nil {
		p.log.Warn("files cannot be taken, nor fetched from the bucket, until its store answers or --media is corrected", "reason", err)
	}
	return store, nil
}

// sayWhere says that the server is ready, and at which addresses.
func (p *program) sayWhere(ctx context.Context, d *database) error {
	moment, cancel := context.WithTimeout(ctx, primaryMoment)
	defer cancel()
	d.Found(moment) // what was made on another node just now is there first
	sites, err := site.All(ctx, d.Newest())
	if fault.Is(err, fault.Busy) {
		sites, err = site.All(ctx, d.Replica)
	}
	if err != nil {
		return err
	}
	if err := p.say("Indywire serves %s", p.origin(p.place.Portal)); err != nil {
		return err
	}
	for _, s := range sites {
		if err := p.say("  %s  %s", p.origin(s.CanonicalHost(p.place.Portal)), s.Name); err != nil {
			return err
		}
	}
	return nil
}

// offerSetup says how to make the first admin, as long as there is none. The
// link is the one secret that the server ever writes; the next start makes it
// void.
func (p *program) offerSetup(ctx context.Context, d *database) error {
	made, needed, err := account.Setup(ctx, d.Primary)
	if err != nil || !needed {
		return err
	}
	return p.say("setup: %s", p.origin(p.place.Portal)+made.Token.Path())
}

package site

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
)

// Directory knows all sites of the network as this node's own server has them:
// the hosts they are found by, their settings, their versions. It asks for the
// versions four times a second and reads again those sites that have changed; who
// looks one up asks no database. While that server is away it goes on with what
// it knows.
//
// A site's version is known before anything else is read for a page of it. What
// is made from that is at least as new, and may be kept under the version.
type Directory struct {
	local  db.Querier
	portal string
	roll   atomic.Pointer[roll] // nil: nothing is known yet

	turn    chan struct{} // who has put something into it looks
	looked  time.Time     // when the last look began
	failure error         // of the last look

	polls sync.WaitGroup
	stop  context.CancelFunc
}

const (
	pollEvery    = 250 * time.Millisecond
	pollPatience = 3 * time.Second
	// strangerPause is the least between two looks for hosts that nobody has:
	// however many ask for them, they cost the database the same.
	strangerPause = 50 * time.Millisecond
)

// NewDirectory makes a directory of what local has. The portal is the network's
// host, below which sites without a host of their own are found.
func NewDirectory(local db.Querier, portal string) *Directory {
	return &Directory{local: local, portal: portal, turn: make(chan struct{}, 1)}
}

// Start follows the versions until Stop. A server that is away is waited for by
// nobody.
func (d *Directory) Start(ctx context.Context) error {
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = stop
	d.polls.Go(func() { d.follow(following) })
	return nil
}

// Stop ends that.
func (d *Directory) Stop() {
	d.stop()
	d.polls.Wait()
}

func (d *Directory) follow(ctx context.Context) {
	every := time.NewTicker(pollEvery)
	defer every.Stop()
	for ctx.Err() == nil {
		patient, cancel := context.WithTimeout(ctx, pollPatience)
		_ = d.Refresh(patient) // what is known is served, and the next one tries again
		cancel()
		select {
		case <-every.C:
		case <-ctx.Done():
		}
	}
}

// At finds the site that a normalised host serves, as ByHost does; fault.NotFound
// for an unknown host, of which nobody is told before the server was asked once
// more. Somebody who has just written (db.After) gets the site as the write left
// it, from the database while that can be reached.
func (d *Directory) At(ctx context.Context, host string) (Site, error) {
	if db.Wrote(ctx) {
		if s, err := ByHost(ctx, d.local, d.portal, host); !fault.Is(err, fault.Busy) {
			return s, err
		}
	}
	if s, found := d.roll.Load().at(host); found {
		return s, nil
	}
	err := d.look(ctx, strangerPause)
	if s, found := d.roll.Load().at(host); found {
		return s, nil
	}
	if err == nil {
		err = fault.New(fault.NotFound, "host")
	}
	return Site{}, err
}

// All lists the sites of the network by name, as At has them.
func (d *Directory) All(ctx context.Context) ([]Site, error) {
	if db.Wrote(ctx) {
		if sites, err := All(ctx, d.local); !fault.Is(err, fault.Busy) {
			return sites, err
		}
	}
	if d.roll.Load() == nil {
		if err := d.Refresh(ctx); err != nil {
			return nil, err
		}
	}
	return slices.Clone(d.roll.Load().sites), nil
}

// Refresh returns when the directory knows all that this node's server had when
// it was called: of what was just written here, nobody is told what was before.
func (d *Directory) Refresh(ctx context.Context) error { return d.look(ctx, 0) }

// look asks for the versions, or waits for somebody who does. What began before
// it was called may have missed what the caller knows of; what began later is as
// good as its own. Between two looks there is a pause.
func (d *Directory) look(ctx context.Context, pause time.Duration) error {
	called := time.Now()
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return db.Fault(ctx.Err())
	}
	if d.looked.After(called) {
		return d.failure
	}
	select {
	case <-time.After(time.Until(d.looked.Add(pause))):
	case <-ctx.Done():
		return db.Fault(ctx.Err())
	}
	began := time.Now()
	err := d.read(db.Anyhow(ctx))
	if ctx.Err() == nil { // or it says nothing about the server
		d.looked, d.failure = began, err
	}
	return err
}

// read asks for the versions, and for the sites whose version is another.
func (d *Directory) read(ctx context.Context) error {
	had := d.roll.Load()
	now, err := stamps(ctx, d.local)
	if err != nil || had.same(now) {
		return err
	}
	known, changed := had.byID(), []ID{}
	for _, s := range now {
		if k, found := known[s.ID]; !found || k.Version != s.Version {
			changed = append(changed, s.ID)
		}
	}
	fresh, err := byIDs(ctx, d.local, changed)
	if err != nil {
		return err
	}
	for _, s := range fresh {
		known[s.ID] = s
	}
	sites := make([]Site, 0, len(now))
	for _, s := range now {
		if k, found := known[s.ID]; found {
			sites = append(sites, k)
		}
	}
	d.roll.Store(newRoll(now, sites, d.portal))
	return nil
}

package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"image/color"
	"runtime"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"golang.org/x/sync/errgroup"

	"github.com/indywire/indywire/internal/demo/poster"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// pictures lists those of the articles and then those of the features, which is
// the order in which they are attached.
func (c collective) pictures() []picture {
	var all []picture
	for _, p := range c.Articles {
		all = append(all, p.Pictures...)
	}
	for _, f := range c.Features {
		all = append(all, f.Picture)
	}
	return all
}

// draw prints all pictures of a collective, each with a seed of its own. It is
// done before the transaction, which should be short.
func draw(c collective) ([][]byte, error) {
	colour, err := rgba(c.Site.Accent)
	if err != nil {
		return nil, err
	}
	pictures := c.pictures()
	prints := make([][]byte, len(pictures))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for n, p := range pictures {
		group.Go(func() error {
			var b bytes.Buffer
			err := poster.Write(&b, p.Scene, uint64(n+1), colour)
			prints[n] = b.Bytes()
			return err
		})
	}
	return prints, group.Wait()
}

func rgba(a site.Accent) (color.RGBA, error) {
	accent, err := site.ParseAccent(string(a))
	if err != nil {
		return color.RGBA{}, err
	}
	v, err := strconv.ParseUint(string(accent[1:]), 16, 32)
	if err != nil {
		return color.RGBA{}, fmt.Errorf("accent: %w", err)
	}
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}, nil
}

// attach gives the next prints to an article.
func (e *edition) attach(ctx context.Context, owner media.Owner, pictures []picture) error {
	ticket := looseTicket()
	chosen, err := e.receive(ctx, ticket, pictures)
	if err != nil || len(chosen) == 0 {
		return err
	}
	return media.Attach(ctx, e.tx, unhurried{e.Queue, articlePriority}, e.site, ticket, owner, chosen)
}

// receive takes the next prints in, the way a form does: as uploads of a ticket,
// for a post to take.
func (e *edition) receive(ctx context.Context, ticket []byte, pictures []picture) ([]media.Chosen, error) {
	intake := media.Intake{DB: e.tx, Store: e.Store, Now: e.Now}
	chosen := make([]media.Chosen, 0, len(pictures))
	for _, p := range pictures {
		upload, err := intake.Receive(ctx, e.site, ticket, string(p.Scene)+".png", bytes.NewReader(e.prints[0]), 0)
		if err != nil {
			return nil, err
		}
		if upload.State != media.Complete {
			return nil, fault.New(fault.Internal, "a sample picture was refused")
		}
		e.prints = e.prints[1:]
		chosen = append(chosen, media.Chosen{ID: upload.ID, Alt: p.Alt})
	}
	return chosen, nil
}

// looseTicket stands for the hash of a ticket, which no form brought.
func looseTicket() []byte {
	var ticket [32]byte
	_, _ = rand.Read(ticket[:]) // never fails (crypto/rand)
	return ticket[:]
}

// logo gives the collective its logo, likewise.
func (e *edition) logo(ctx context.Context) error {
	colour, err := rgba(e.Site.Accent)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := poster.WriteMark(&b, uint64(len(e.Site.Slug))+uint64(e.Site.Slug[0]), colour); err != nil {
		return err
	}
	ticket := looseTicket()
	upload, err := media.Intake{DB: e.tx, Store: e.Store, Now: e.Now}.Receive(ctx, e.site, ticket, "logo.png", &b, 0)
	if err != nil {
		return err
	}
	act := media.LogoAct{Site: e.site.ID, By: modlog.ByOperator()}
	_, err = media.AttachLogo(ctx, e.tx, unhurried{e.Queue, featurePriority}, act, ticket, upload.ID)
	return err
}

// The queue has priorities from 1 on, which everybody's photos have, to 4
// (river.InsertOpts).
const (
	featurePriority = 3 // what is seen first
	articlePriority = 4
)

// unhurried enqueues jobs behind all others: nobody's photo waits for samples.
type unhurried struct {
	queue    jobs.Inserter
	priority int
}

// InsertTx implements jobs.Inserter.
func (u unhurried) InsertTx(ctx context.Context, tx pgx.Tx, args river.JobArgs, _ *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	return u.queue.InsertTx(ctx, tx, args, &river.InsertOpts{Priority: u.priority})
}

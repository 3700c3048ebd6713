package demo

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	features "github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// edition writes one collective in one transaction.
type edition struct {
	Filler
	collective
	tx     pgx.Tx
	site   site.Site
	prints [][]byte // of pictures(), in its order; taken from the front
	now    time.Time
}

func (e *edition) write(ctx context.Context) error {
	ids := make(map[string]article.ID, len(e.Articles))
	for n, p := range e.Articles {
		id, err := e.post(ctx, p, e.now.Add(-age(n)).Truncate(time.Minute))
		if err != nil {
			return err
		}
		ids[p.Key] = id
	}
	position := 0
	for n, f := range e.Features {
		d := features.Draft{Language: e.site.Language(), Title: f.Title, Summary: f.Summary, Body: f.Body}
		d.PublishedAt = e.now.Add(-age(3 * n)).Truncate(time.Minute)
		for _, key := range f.Articles {
			d.Articles = append(d.Articles, ids[key])
		}
		at := 0
		if f.Placed {
			position++
			at = position
		}
		if err := e.feature(ctx, d, f.Picture, at); err != nil {
			return err
		}
	}
	if err := e.logo(ctx); err != nil {
		return err
	}
	return site.Bump(ctx, e.tx, e.site.ID)
}

// age is how long ago the nth newest article was published: minutes for the
// newest, months for the last, so that the wire looks lived in and the archive
// has something in it.
func age(n int) time.Duration {
	return time.Duration(17 * math.Pow(1.25, float64(n)) * float64(time.Minute))
}

func (e *edition) post(ctx context.Context, p post, at time.Time) (article.ID, error) {
	d := article.Draft{Title: p.Title, Summary: p.Summary, Body: p.Body, Author: p.Author, Language: p.Language}
	for _, n := range p.Topics {
		d.Topics = append(d.Topics, e.site.Topics[n-1].Slug)
	}
	d = d.Clean(e.site)
	if err := d.Check(e.site); err != nil {
		return 0, err
	}
	id, _, err := article.Create(ctx, e.tx, e.site, article.New{Draft: d, State: article.Visible, Rank: p.Rank, PublishedAt: at})
	if err != nil {
		return 0, err
	}
	if err := e.attach(ctx, media.Owner{Article: int64(id)}, p.Pictures); err != nil {
		return 0, err
	}
	for _, r := range p.Comments {
		draft := comment.Draft{Author: r.Author, Kind: r.Kind, Body: r.Body}
		if _, err := comment.Post(ctx, e.tx, e.Queue, e.site, id, draft); err != nil {
			return 0, err
		}
	}
	return id, e.hide(ctx, id, p.Hidden)
}

func (e *edition) hide(ctx context.Context, id article.ID, reason string) error {
	if reason == "" {
		return nil
	}
	return article.Hide(ctx, e.tx, article.Act{
		Site: e.site.ID, ID: id, By: modlog.ByOperator(), Reason: reason,
	})
}

// feature writes one, and places it unless its place is 0.
func (e *edition) feature(ctx context.Context, d features.Draft, p picture, place int) error {
	ticket := looseTicket()
	chosen, err := e.receive(ctx, ticket, []picture{p})
	if err != nil {
		return err
	}
	d.Files = chosen
	by := modlog.ByOperator()
	written, err := features.Create(ctx, e.tx, unhurried{e.Queue, featurePriority}, e.site, by, ticket, d)
	if err != nil || place == 0 {
		return err
	}
	return features.Place(ctx, e.tx, features.Act{Site: e.site, ID: written.ID, By: by}, place)
}

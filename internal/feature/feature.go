// Package feature is the centre column: what the editors write, and where on
// the front page they place it.
package feature

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/internal/slug"
)

// ID names a feature in the database and in its address.
type ID int64

// Feature is a feature as its own page shows it.
type Feature struct {
	ID          ID
	SiteID      site.ID
	Slug        string
	Language    locale.Tag
	Title       string
	Summary     string
	HTML        string
	Picture     *media.ID
	Position    *int // on the front page, from 1 on; nil: not placed
	PublishedAt time.Time
}

// Item is a feature in a list: without its text. Articles is from how many
// posts of the wire it was written.
type Item struct {
	ID          ID
	SiteID      site.ID
	Slug        string
	Language    locale.Tag
	Title       string
	Summary     string
	Picture     *media.ID
	PublishedAt time.Time
	Articles    int
}

// Draft is what a feature is written from; Body is Markdown.
type Draft struct {
	Language    locale.Tag
	Title       string
	Summary     string
	Body        string
	Position    int // on the front page, from 1 on; 0: not placed
	Articles    []article.ID
	PublishedAt time.Time // zero: now
}

// Check says which fields are at fault: fault.Invalid.
func (d Draft) Check() error {
	var bad []fault.Field
	for _, f := range []struct {
		name, text string
		limit      int
	}{{"title", d.Title, article.MaxTitle}, {"summary", d.Summary, article.MaxSummary}, {"body", d.Body, article.MaxBody}} {
		if strings.TrimSpace(f.text) == "" {
			bad = append(bad, fault.Field{Name: f.name, Message: "error.required." + f.name})
		} else if length := len([]rune(f.text)); length > f.limit {
			bad = append(bad, fault.Field{Name: f.name, Message: "error.too_long", Args: map[string]any{"Max": f.limit, "Length": length}})
		}
	}
	return fault.InvalidFields(bad...)
}

// Create writes a feature and links it to the articles it is made from.
func Create(ctx context.Context, tx pgx.Tx, st site.ID, d Draft) (ID, error) {
	if err := d.Check(); err != nil {
		return 0, err
	}
	id, err := insert(ctx, tx, st, slug.Make(d.Title), d, markup.Render(markup.Markdown, d.Body))
	if err != nil {
		return 0, err
	}
	if err := linkArticles(ctx, tx, st, id, d.Articles); err != nil {
		return 0, err
	}
	return id, site.Bump(ctx, tx, st)
}

// SetPicture makes the first file that belongs to a feature its picture.
func SetPicture(ctx context.Context, tx pgx.Tx, st site.ID, id ID) error {
	if err := setPicture(ctx, tx, st, id); err != nil {
		return err
	}
	return site.Bump(ctx, tx, st)
}

// ByID finds a feature of a site.
func ByID(ctx context.Context, q db.Querier, st site.ID, id ID) (Feature, error) {
	return byID(ctx, q, st, id)
}

package markdown

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// errKnown takes back what was written for a file that another run brought in
// at the same time.
var errKnown = fault.New(fault.Conflict, "the key is known")

// one brings in one file, and counts it in result unless it fails.
func (i *Importer) one(ctx context.Context, dir, file string, result *Result) error {
	text, err := read(dir, file)
	if err != nil {
		return err
	}
	f, body, err := parse(text)
	if err != nil {
		return err
	}
	if f.Draft {
		result.Skipped++
		return nil
	}
	d, err := f.document(i.Site, file, body)
	if err != nil {
		return err
	}
	known, err := article.OriginKnown(ctx, i.Pool, i.Site.ID, system, d.key)
	if err == nil && !known {
		err = i.write(ctx, d)
	}
	switch {
	case known || errors.Is(err, errKnown):
		result.Known++
	case err != nil:
		return err
	default:
		result.Imported++
	}
	return nil
}

// write brings in a document, all of it or nothing.
func (i *Importer) write(ctx context.Context, d document) error {
	st := i.Site
	err := db.InTx(ctx, i.Pool, func(tx pgx.Tx) error {
		var err error
		if st.Topics, err = withTopics(ctx, tx, st, d.topics); err != nil {
			return err
		}
		id, _, err := article.Create(ctx, tx, st, article.New{
			Draft: d.draft, State: article.Visible, Rank: i.Rank, PublishedAt: d.date,
		})
		if err != nil {
			return err
		}
		fresh, err := article.MarkOrigin(ctx, tx, st.ID, system, d.key, id)
		if err != nil {
			return err
		}
		if !fresh {
			return errKnown
		}
		for _, path := range d.paths {
			if err := article.AddRedirect(ctx, tx, st.ID, path, id); err != nil {
				return err
			}
		}
		return site.Bump(ctx, tx, st.ID)
	})
	if err == nil {
		i.Site = st
	}
	return err
}

// withTopics gives the site's topics, those that a file brings along included.
func withTopics(ctx context.Context, tx pgx.Tx, st site.Site, more []topic) ([]site.Topic, error) {
	topics := slices.Clone(st.Topics)
	for _, t := range more {
		if slices.ContainsFunc(topics, func(has site.Topic) bool { return has.Slug == t.slug }) {
			continue
		}
		added, err := site.AddTopic(ctx, tx, modlog.ByOperator(), st.ID, t.slug, t.name)
		if err != nil {
			return nil, err
		}
		topics = append(topics, added)
	}
	return topics, nil
}

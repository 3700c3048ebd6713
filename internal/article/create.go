package article

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/internal/slug"
)

// New is what a first revision is written from.
type New struct {
	Draft       Draft // cleaned and checked
	State       State
	Rank        Rank
	PublishedAt time.Time // zero: now
	Ticket      Ticket    // zero for what no form brought (imports, samples)
	ContentMAC  []byte
}

// Create writes an article and its first revision, and files it under its
// topics. inserted is false where an article with this ticket is there already:
// then nothing was written. It neither takes files nor bumps the site: verbs do.
func Create(ctx context.Context, tx pgx.Tx, st site.Site, n New) (id ID, inserted bool, err error) {
	text := n.Draft.text()
	id, inserted, err = insert(ctx, tx, st.ID, slug.Make(text.Title), text, n)
	if err != nil || !inserted {
		return 0, false, err
	}
	topics := n.Draft.topicIDs(st)
	if err := insertRevision(ctx, tx, id, 1, true, text, topics); err != nil {
		return 0, false, err
	}
	if err := setTopics(ctx, tx, id, topics); err != nil {
		return 0, false, err
	}
	return id, true, nil
}

// AddRedirect makes an address of the system an article came from lead to it;
// an address that leads somewhere already stays as it is.
func AddRedirect(ctx context.Context, tx pgx.Tx, st site.ID, path string, id ID) error {
	return insertRedirect(ctx, tx, st, path, id)
}

// MarkOrigin notes by which key of which system an article was imported. It is
// false where that key is known: then the article must not be kept.
func MarkOrigin(ctx context.Context, tx pgx.Tx, st site.ID, system, key string, id ID) (bool, error) {
	return insertOrigin(ctx, tx, st, system, key, id)
}

// OriginKnown tells whether a key of a system was imported before.
func OriginKnown(ctx context.Context, q db.Querier, st site.ID, system, key string) (bool, error) {
	return originKnown(ctx, q, st, system, key)
}

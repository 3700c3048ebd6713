package article

import (
	"context"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

// Editable is what the author's form shows: the newest text, which may wait for
// review while readers keep the one before.
type Editable struct {
	Article
	Newest  Text
	Topics  []string // slugs
	Waiting bool     // Newest is not yet what readers see
	// Declined is a Newest that editors left out: readers have the text before.
	Declined bool
}

// EditableOf gives what the author of an article may edit.
func EditableOf(ctx context.Context, q db.Querier, st site.Site, a Article) (Editable, error) {
	if a.State.Final() {
		return Editable{Article: a}, nil
	}
	r, err := revisionByNumber(ctx, q, a.ID, a.Revision)
	if err != nil {
		return Editable{}, err
	}
	e := Editable{Article: a, Newest: r.Text, Waiting: r.State == waiting, Declined: r.State == declined}
	for _, t := range st.Topics {
		for _, id := range r.Topics {
			if t.ID == id {
				e.Topics = append(e.Topics, t.Slug)
			}
		}
	}
	return e, nil
}

package feature

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

func insert(ctx context.Context, tx pgx.Tx, st site.ID, slug string, d Draft, html string) (ID, error) {
	var published *time.Time
	if !d.PublishedAt.IsZero() {
		published = &d.PublishedAt
	}
	var id ID
	err := tx.QueryRow(ctx, `
		INSERT INTO feature (site_id, slug, language, title, summary, source, html, markup_version, published_at)
		VALUES (@site, @slug, @language, @title, @summary, @source, @html, @markup, coalesce(@published::timestamptz, now()))
		RETURNING id`,
		pgx.StrictNamedArgs{
			"site": st, "slug": slug, "language": d.Language, "title": d.Title, "summary": d.Summary, "source": d.Body,
			"html": html, "markup": markup.Version, "published": published,
		}).Scan(&id)
	return id, db.Fault(err)
}

// update writes the text and raises both versions.
func update(ctx context.Context, tx pgx.Tx, id ID, d Draft, html string) error {
	_, err := tx.Exec(ctx, `
		UPDATE feature
		SET language = @language, title = @title, summary = @summary, source = @source, html = @html,
		    markup_version = @markup, version = version + 1, edited_version = version + 1
		WHERE id = @id`,
		pgx.StrictNamedArgs{
			"id": id, "language": d.Language, "title": d.Title, "summary": d.Summary, "source": d.Body,
			"html": html, "markup": markup.Version,
		})
	return db.Fault(err)
}

// linkArticles links a feature to these posts and no others.
func linkArticles(ctx context.Context, tx pgx.Tx, id ID, articles []article.ID) error {
	if _, err := tx.Exec(ctx, "DELETE FROM feature_article WHERE feature_id = $1", id); err != nil {
		return db.Fault(err)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO feature_article (feature_id, article_id, position)
		SELECT $1, l.id, l.n
		FROM unnest($2::bigint[]) WITH ORDINALITY AS l (id, n)`, id, articles)
	return db.Fault(err)
}

func setPicture(ctx context.Context, tx pgx.Tx, id ID, picture *media.ID) error {
	_, err := tx.Exec(ctx, "UPDATE feature SET picture = $2 WHERE id = $1", id, picture)
	return db.Fault(err)
}

// lockOrder has those who change the order of a site's front page take turns.
// To lock the features placed would not do: it keeps nobody from adding one. The
// row of the site is not for this either, since it is locked last of all.
func lockOrder(ctx context.Context, tx pgx.Tx, st site.ID) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('feature order ' || $1::bigint, 0))", st)
	return db.Fault(err)
}

func countPlaced(ctx context.Context, tx pgx.Tx, st site.ID) (int, error) {
	var n int
	// by feature_position
	err := tx.QueryRow(ctx, "SELECT count(*) FROM feature WHERE site_id = $1 AND position IS NOT NULL", st).Scan(&n)
	return n, db.Fault(err)
}

// move gives a feature another position, nil for none, and moves those from
// first to last by so many places: in one statement, after which feature_position
// holds again. What was moved has changed for whoever looks at the order.
func move(ctx context.Context, tx pgx.Tx, f Feature, to *int, first, last, by int) error {
	_, err := tx.Exec(ctx, `
		UPDATE feature
		SET position = CASE WHEN id = @id THEN @to::integer ELSE position + @by::integer END, version = version + 1
		WHERE site_id = @site AND (id = @id OR position BETWEEN @first AND @last)`,
		pgx.StrictNamedArgs{"site": f.SiteID, "id": f.ID, "to": to, "first": first, "last": last, "by": by})
	return db.Fault(err)
}

// deleteFeature deletes a feature that no file names any more.
func deleteFeature(ctx context.Context, tx pgx.Tx, id ID) error {
	for _, sql := range []string{
		"DELETE FROM feature_article WHERE feature_id = $1",
		"DELETE FROM feature_form WHERE feature_id = $1",
		"DELETE FROM feature WHERE id = $1",
	} {
		if _, err := tx.Exec(ctx, sql, id); err != nil {
			return db.Fault(err)
		}
	}
	return nil
}

// lockForm has forms with one ticket take turns.
func lockForm(ctx context.Context, tx pgx.Tx, ticket []byte) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('feature form ' || encode($1, 'hex'), 0))", ticket)
	return db.Fault(err)
}

func formByTicket(ctx context.Context, tx pgx.Tx, st site.ID, ticket []byte) (id ID, content []byte, err error) {
	err = tx.QueryRow(ctx, `
		SELECT feature_id, content_hash
		FROM feature_form
		WHERE site_id = $1 AND ticket_hash = $2`, st, ticket).Scan(&id, &content)
	return id, content, db.Fault(err)
}

// rememberForm notes what a form wrote. One that was sent once more after it
// came back is known by what it held last.
func rememberForm(ctx context.Context, tx pgx.Tx, st site.ID, ticket []byte, id ID, content []byte) error {
	if ticket == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO feature_form (site_id, ticket_hash, feature_id, content_hash)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (site_id, ticket_hash) DO UPDATE
		SET feature_id = excluded.feature_id, content_hash = excluded.content_hash`, st, ticket, id, content)
	return db.Fault(err)
}

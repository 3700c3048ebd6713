package article

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// weighted is the search vector of a text in its own language: a word of the
// title counts for more than one of the summary or the text. PostgreSQL bounds
// a vector to 1 MB, so very long texts are searched by their beginning.
const weighted = `
	setweight(to_tsvector(@config::regconfig, @title), 'A') ||
	setweight(to_tsvector(@config::regconfig, @summary), 'B') ||
	setweight(to_tsvector(@config::regconfig, left(@plain, 300000)), 'D')`

func searchable(text Text) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"config": text.Language.SearchConfig(), "title": text.Title, "summary": text.Summary, "plain": markup.Plain(text.HTML),
		"language": text.Language, "author": text.Author, "format": text.Format, "source": text.Source,
		"html": text.HTML, "markup": markup.Version,
	}
}

// insert is false where the ticket was used before. It names no index in ON
// CONFLICT, so that all of them count: of two that come at once, the second may
// meet the first in article_receipt before article_ticket, which would be an error.
func insert(ctx context.Context, tx pgx.Tx, st site.ID, slug string, text Text, n New) (ID, bool, error) {
	args := searchable(text)
	args["site"], args["slug"], args["state"], args["contact"] = st, slug, n.State, n.Draft.Contact
	args["rank"] = Other
	if n.Rank != "" {
		args["rank"] = n.Rank
	}
	args["published"], args["ticket"], args["mac"], args["receipt"] = (*time.Time)(nil), []byte(nil), n.ContentMAC, []byte(nil)
	if !n.PublishedAt.IsZero() {
		args["published"] = &n.PublishedAt
	}
	if !n.Ticket.IsZero() {
		args["ticket"], args["receipt"] = n.Ticket.Hash(), n.Ticket.Receipt().Hash()
	}
	var id ID
	err := tx.QueryRow(ctx, `
		INSERT INTO article (site_id, slug, state, rank, language, title, summary, author, contact, format, source, html,
		                     markup_version, published_at, ticket_hash, content_mac, receipt_hash, words)
		VALUES (@site, @slug, @state, @rank, @language, @title, @summary, @author, @contact, @format, @source, @html,
		        @markup, coalesce(@published::timestamptz, now()), @ticket, @mac, @receipt, `+weighted+`)
		ON CONFLICT DO NOTHING
		RETURNING id`, args).Scan(&id)
	if err = db.Fault(err); fault.Is(err, fault.NotFound) {
		return 0, false, nil
	}
	return id, err == nil, err
}

type revisionState string

const (
	approved revisionState = "approved"
	waiting  revisionState = "waiting"
	declined revisionState = "declined"
)

// revision is one text of an article; the newest may wait for review.
type revision struct {
	State  revisionState
	Topics []site.TopicID
	Text
}

func insertRevision(ctx context.Context, tx pgx.Tx, id ID, n int, isApproved bool, text Text, topics []site.TopicID) error {
	state := waiting
	if isApproved {
		state = approved
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO article_revision (article_id, n, state, language, title, summary, author, format, source, html, topics)
		VALUES (@id, @n, @state, @language, @title, @summary, @author, @format, @source, @html, @topics)`,
		pgx.StrictNamedArgs{
			"id": id, "n": n, "state": state, "language": text.Language, "title": text.Title, "summary": text.Summary,
			"author": text.Author, "format": text.Format, "source": text.Source, "html": text.HTML, "topics": topics,
		})
	return db.Fault(err)
}

func revisionByNumber(ctx context.Context, q db.Querier, id ID, n int) (revision, error) {
	rows, err := q.Query(ctx, `
		SELECT state, topics, language, title, summary, author, format, source, html
		FROM article_revision
		WHERE article_id = $1 AND n = $2`, id, n)
	if err != nil {
		return revision{}, db.Fault(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[revision])
	return r, db.Fault(err)
}

// applyRevision makes revision n what readers see; the address stays.
func applyRevision(ctx context.Context, tx pgx.Tx, id ID, n int) error {
	r, err := revisionByNumber(ctx, tx, id, n)
	if err != nil {
		return err
	}
	args := searchable(r.Text)
	args["id"], args["n"] = id, n
	if _, err := tx.Exec(ctx, `
		UPDATE article
		SET language = @language, title = @title, summary = @summary, author = @author, format = @format,
		    source = @source, html = @html, markup_version = @markup, words = `+weighted+`,
		    revision = @n, version = version + 1, rank = 'other', edited_at = now()
		WHERE id = @id`, args); err != nil {
		return db.Fault(err)
	}
	if _, err := tx.Exec(ctx, "UPDATE article_revision SET state = 'approved' WHERE article_id = $1 AND n = $2", id, n); err != nil {
		return db.Fault(err)
	}
	return setTopics(ctx, tx, id, r.Topics)
}

// declineRevision leaves out what waits; its text stays for the author alone.
func declineRevision(ctx context.Context, tx pgx.Tx, id ID, n int) error {
	if _, err := tx.Exec(ctx, "UPDATE article_revision SET state = 'declined' WHERE article_id = $1 AND n = $2", id, n); err != nil {
		return db.Fault(err)
	}
	return raiseVersion(ctx, tx, id)
}

// bumpRevision notes that a revision waits; readers keep what they have.
func bumpRevision(ctx context.Context, tx pgx.Tx, id ID) error {
	_, err := tx.Exec(ctx, "UPDATE article SET revision = revision + 1, version = version + 1 WHERE id = $1", id)
	return db.Fault(err)
}

// raiseVersion notes that something beside the text changed: files, the contact.
func raiseVersion(ctx context.Context, tx pgx.Tx, id ID) error {
	_, err := tx.Exec(ctx, "UPDATE article SET version = version + 1 WHERE id = $1", id)
	return db.Fault(err)
}

func setTopics(ctx context.Context, tx pgx.Tx, id ID, topics []site.TopicID) error {
	if _, err := tx.Exec(ctx, "DELETE FROM article_topic WHERE article_id = $1", id); err != nil {
		return db.Fault(err)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO article_topic (article_id, topic_id, published_at)
		SELECT a.id, t.id, a.published_at
		FROM article a
		JOIN site_topic t ON t.site_id = a.site_id AND t.id = ANY($2)
		WHERE a.id = $1`, id, topics)
	return db.Fault(err)
}

func sameTopics(a, b []site.TopicID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func setState(ctx context.Context, tx pgx.Tx, id ID, s State, reason string) error {
	_, err := tx.Exec(ctx, "UPDATE article SET state = $2, reason = $3, version = version + 1 WHERE id = $1", id, s, reason)
	return db.Fault(err)
}

// setPublished puts an article on the wire now, rather than where it stood
// while it waited for review.
func setPublished(ctx context.Context, tx pgx.Tx, id ID) error {
	if _, err := tx.Exec(ctx, "UPDATE article SET published_at = now() WHERE id = $1", id); err != nil {
		return db.Fault(err)
	}
	_, err := tx.Exec(ctx, "UPDATE article_topic SET published_at = now() WHERE article_id = $1", id)
	return db.Fault(err)
}

func setRank(ctx context.Context, tx pgx.Tx, id ID, r Rank) error {
	_, err := tx.Exec(ctx, "UPDATE article SET rank = $2, version = version + 1 WHERE id = $1", id, r)
	return db.Fault(err)
}

func setContact(ctx context.Context, tx pgx.Tx, id ID, contact string) error {
	_, err := tx.Exec(ctx, "UPDATE article SET contact = $2 WHERE id = $1 AND contact <> $2", id, contact)
	return db.Fault(err)
}

// erase deletes what an article held. Its ticket's hash stays, so that a form
// sent once more leads to the receipt rather than to a second article.
func erase(ctx context.Context, tx pgx.Tx, id ID, to State, reason string) error {
	for _, sql := range []string{
		"DELETE FROM article_revision WHERE article_id = $1",
		"DELETE FROM article_topic WHERE article_id = $1",
	} {
		if _, err := tx.Exec(ctx, sql, id); err != nil {
			return db.Fault(err)
		}
	}
	_, err := tx.Exec(ctx, `
		UPDATE article
		SET state = $2, reason = $3, rank = 'other', slug = '', title = '', summary = '', author = '', contact = '',
		    source = '', html = '', words = '', media_kinds = '{}', content_mac = NULL, version = version + 1
		WHERE id = $1`, id, to, reason)
	return db.Fault(err)
}

func insertRedirect(ctx context.Context, tx pgx.Tx, st site.ID, path string, id ID) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO article_redirect (site_id, path, article_id)
		VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, st, path, id)
	return db.Fault(err)
}

func insertOrigin(ctx context.Context, tx pgx.Tx, st site.ID, system, key string, id ID) (bool, error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO article_origin (site_id, system, key, article_id)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, st, system, key, id)
	return tag.RowsAffected() == 1, db.Fault(err)
}

func originKnown(ctx context.Context, q db.Querier, st site.ID, system, key string) (bool, error) {
	var known bool
	err := q.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM article_origin WHERE site_id = $1 AND system = $2 AND key = $3)`, st, system, key).Scan(&known)
	return known, db.Fault(err)
}

// CountComment adds n, which may be negative, to what an article says of how
// many comments it has. The caller holds the article locked.
func CountComment(ctx context.Context, tx pgx.Tx, id ID, n int) error {
	_, err := tx.Exec(ctx, "UPDATE article SET comment_count = comment_count + $2 WHERE id = $1", id, n)
	return db.Fault(err)
}

// MediaSettled keeps in mind which kinds of files an article shows, for the
// filters of the wire. It is media.Processor's Settled.
func MediaSettled(ctx context.Context, tx pgx.Tx, m media.Media) error {
	if m.ArticleID == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `
		UPDATE article
		SET media_kinds = ARRAY(SELECT DISTINCT kind FROM media WHERE article_id = $1 AND state = 'ready' AND kind <> 'captions' ORDER BY kind)
		WHERE id = $1`, *m.ArticleID)
	return db.Fault(err)
}

// deleteContacts forgets the contacts of articles older than age.
func deleteContacts(ctx context.Context, q db.Querier, age time.Duration) error {
	// by article_contact
	_, err := q.Exec(ctx, "UPDATE article SET contact = '' WHERE contact <> '' AND created_at < now() - $1::interval", age)
	return db.Fault(err)
}

package media

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/site"
)

// filesOf tells how many files a post has, and which position is the next one's.
func filesOf(ctx context.Context, tx pgx.Tx, o Owner) (present, next int, err error) {
	// by media_article, media_comment, media_feature
	err = tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE state <> 'gone'), coalesce(max(position), 0) + 1
		FROM media
		WHERE article_id = nullif($1::bigint, 0) OR comment_id = nullif($2::bigint, 0) OR feature_id = nullif($3::bigint, 0)`,
		o.Article, o.Comment, o.Feature).Scan(&present, &next)
	return present, next, db.Fault(err)
}

func insertMedia(ctx context.Context, tx pgx.Tx, m Media, o Owner, position int, u Upload) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO media (id, site_id, article_id, comment_id, feature_id, position, kind, type, name, alt, state, failure, original, original_key, settled_at)
		VALUES (@id, @site, nullif(@article::bigint, 0), nullif(@comment::bigint, 0), nullif(@feature::bigint, 0),
		        @position, @kind, @type, @name, @alt, @state, @failure, CASE WHEN @state <> 'failed' THEN @original END, @key, CASE WHEN @state = 'failed' THEN now() END)`,
		pgx.StrictNamedArgs{
			"id": m.ID, "site": m.SiteID, "article": o.Article, "comment": o.Comment, "feature": o.Feature,
			"position": position, "kind": m.Kind, "type": u.Type, "name": m.Name, "alt": m.Alt, "state": m.State,
			"failure": m.Failure, "original": u.ID, "key": u.StoreKey,
		})
	return db.Fault(err)
}

// lockOwner locks the article that a file belongs to, if it belongs to one. Who
// holds a file locked may not ask for its article any more.
func lockOwner(ctx context.Context, tx pgx.Tx, id ID) error {
	_, err := tx.Exec(ctx, `
		SELECT
		FROM article
		WHERE id = (SELECT article_id FROM media WHERE id = $1)
		FOR NO KEY UPDATE`, id)
	return db.Fault(err)
}

// lockMedia answers with the file and what the store knows its original by,
// nothing once that is gone.
func lockMedia(ctx context.Context, tx pgx.Tx, id ID) (Media, string, error) {
	var original string
	err := tx.QueryRow(ctx, `
		SELECT CASE WHEN original IS NULL THEN '' ELSE coalesce(nullif(original_key, ''), original) END
		FROM media
		WHERE id = $1
		FOR UPDATE`, id).Scan(&original)
	if err != nil {
		return Media{}, "", db.Fault(err)
	}
	files, err := list(ctx, tx, "WHERE m.id = $1", id)
	if err != nil {
		return Media{}, "", err
	}
	return files[0], original, nil
}

func updateSettled(ctx context.Context, tx pgx.Tx, m Media) error {
	_, err := tx.Exec(ctx, `
		UPDATE media
		SET state = $2, failure = $3, kind = $4, width = $5, height = $6, duration_ms = $7, progress = 0, settled_at = now()
		WHERE id = $1`, m.ID, m.State, m.Failure, m.Kind, m.Width, m.Height, m.Duration.Milliseconds())
	return db.Fault(err)
}

// updateRetried has a file wait once more.
func updateRetried(ctx context.Context, tx pgx.Tx, id ID) error {
	_, err := tx.Exec(ctx, `
		UPDATE media
		SET state = 'waiting', failure = '', progress = 0, worked_at = NULL, settled_at = NULL
		WHERE id = $1`, id)
	return db.Fault(err)
}

// updateProgress is a sign of life of who prepares a file that waits; false where
// nobody waits for it any more.
func updateProgress(ctx context.Context, tx pgx.Tx, id ID, percent int) (awaited bool, err error) {
	tag, err := tx.Exec(ctx, "UPDATE media SET worked_at = now(), progress = $2 WHERE id = $1 AND state = 'waiting'", id, percent)
	return tag.RowsAffected() > 0, db.Fault(err)
}

// superseded tells whether a job has been given to somebody else since a try.
func superseded(ctx context.Context, tx pgx.Tx, t try) (bool, error) {
	if t.job == 0 {
		return false, nil
	}
	var given bool
	// by river_job_pkey
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM river_job WHERE id = $1 AND (attempt <> $2 OR state <> 'running'))`, t.job, t.attempt).Scan(&given)
	return given, db.Fault(err)
}

// lost lists the jobs of files that somebody began to prepare and of whom there
// was no sign of life for longer than age. A job whose tries are used up is not
// among them: it may be what kills the server.
func lost(ctx context.Context, q db.Querier, age time.Duration) ([]int64, error) {
	// by river_job_state_and_finalized_at_index or media_waiting, which are both short
	rows, err := q.Query(ctx, `
		SELECT j.id
		FROM river_job j
		JOIN media m ON m.id = j.args ->> 'media'
		WHERE j.kind = $2 AND j.state = 'running' AND j.attempt < j.max_attempts
		  AND j.attempted_at < now() - $1::interval
		  AND m.state = 'waiting'
		  AND coalesce(m.worked_at < now() - $1::interval, true)`, age, ProcessArgs{}.Kind())
	if err != nil {
		return nil, db.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, db.Fault(err)
}

// overdueFailures lists files that failed longer than age ago and whose originals
// are still here, some at a time.
func overdueFailures(ctx context.Context, q db.Querier, age time.Duration) ([]ID, error) {
	// by media_failed
	rows, err := q.Query(ctx, `
		SELECT id
		FROM media
		WHERE state = 'failed' AND original IS NOT NULL
		  AND (settled_at < now() - $1::interval OR settled_at IS NULL)
		LIMIT 200`, age)
	if err != nil {
		return nil, db.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ID])
	return ids, db.Fault(err)
}

// forgetOriginal notes that the bytes that were sent are gone.
func forgetOriginal(ctx context.Context, tx pgx.Tx, id ID) error {
	_, err := tx.Exec(ctx, "UPDATE media SET original = NULL, original_key = '' WHERE id = $1", id)
	return db.Fault(err)
}

// abandoned lists files that have waited longer than age and that no job will
// clean any more, the oldest first, some at a time.
func abandoned(ctx context.Context, q db.Querier, age time.Duration) ([]ID, error) {
	// by media_waiting
	rows, err := q.Query(ctx, `
		SELECT m.id
		FROM media m
		WHERE m.state = 'waiting'
		  AND m.created_at < now() - $1::interval
		  AND NOT EXISTS (
			SELECT FROM river_job j
			WHERE j.kind = $2 AND j.args @> jsonb_build_object('media', m.id)
			  AND j.state NOT IN ('completed', 'cancelled', 'discarded'))
		ORDER BY m.created_at
		LIMIT 200`, age, ProcessArgs{}.Kind())
	if err != nil {
		return nil, db.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ID])
	return ids, db.Fault(err)
}

// lockBlobs makes those who record blobs and those who delete them take turns.
// Everybody takes them in the order of their keys, for the same photo may be
// recorded for one post while it is erased with another.
func lockBlobs(ctx context.Context, tx pgx.Tx, keys []blob.Key) error {
	for _, key := range slices.Sorted(slices.Values(keys)) {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('blob:' || $1, 0))", string(key)); err != nil {
			return db.Fault(err)
		}
	}
	return nil
}

func insertRendition(ctx context.Context, tx pgx.Tx, id ID, r Rendition) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO rendition (media_id, name, type, width, height, bytes, blob)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, r.Name, r.Type, r.Width, r.Height, r.Bytes, r.Blob)
	return db.Fault(err)
}

func deleteRenditions(ctx context.Context, tx pgx.Tx, id ID) ([]blob.Key, error) {
	rows, err := tx.Query(ctx, "DELETE FROM rendition WHERE media_id = $1 RETURNING blob", id)
	if err != nil {
		return nil, db.Fault(err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[blob.Key])
	return keys, db.Fault(err)
}

// unnamed are those of the keys that no rendition names.
func unnamed(ctx context.Context, q db.Querier, keys []blob.Key) ([]blob.Key, error) {
	// by rendition_blob
	rows, err := q.Query(ctx, `
		SELECT k.blob
		FROM unnest($1::text[]) AS k (blob)
		WHERE NOT EXISTS (SELECT FROM rendition r WHERE r.blob = k.blob)`, keys)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[blob.Key])
	return found, db.Fault(err)
}

func blobNeeded(ctx context.Context, tx pgx.Tx, key blob.Key) (bool, error) {
	var needed bool
	err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM rendition WHERE blob = $1)", key).Scan(&needed)
	return needed, db.Fault(err)
}

// markGone takes the files of a post, and with an article those of its
// comments, out of everybody's sight.
func markGone(ctx context.Context, tx pgx.Tx, o Owner) ([]ID, error) {
	// by media_article, media_comment, comment_article, media_feature; these
	// conditions joined by OR would have the whole table read
	rows, err := tx.Query(ctx, `
		UPDATE media SET state = 'gone', name = '', alt = '', failure = ''
		WHERE state <> 'gone'
		  AND id IN (
			SELECT id FROM media WHERE article_id = nullif($1::bigint, 0)
			UNION
			SELECT m.id FROM comment c JOIN media m ON m.comment_id = c.id WHERE c.article_id = nullif($1::bigint, 0)
			UNION
			SELECT id FROM media WHERE comment_id = nullif($2::bigint, 0)
			UNION
			SELECT id FROM media WHERE feature_id = nullif($3::bigint, 0))
		RETURNING id`, o.Article, o.Comment, o.Feature)
	if err != nil {
		return nil, db.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[ID])
	return ids, db.Fault(err)
}

// disown takes the name of their post from files.
func disown(ctx context.Context, tx pgx.Tx, o Owner) error {
	// by media_article, media_comment, media_feature
	_, err := tx.Exec(ctx, `
		UPDATE media SET article_id = NULL, comment_id = NULL, feature_id = NULL
		WHERE article_id = nullif($1::bigint, 0) OR comment_id = nullif($2::bigint, 0) OR feature_id = nullif($3::bigint, 0)`,
		o.Article, o.Comment, o.Feature)
	return db.Fault(err)
}

func setAlt(ctx context.Context, tx pgx.Tx, st site.ID, id ID, alt string) error {
	_, err := tx.Exec(ctx, "UPDATE media SET alt = $3 WHERE site_id = $1 AND id = $2 AND state <> 'gone'", st, id, alt)
	return db.Fault(err)
}

// markLogoGone takes a file that belongs to nothing but a site out of everybody's sight.
func markLogoGone(ctx context.Context, tx pgx.Tx, st site.ID, id ID) error {
	_, err := tx.Exec(ctx, `
		UPDATE media SET state = 'gone', name = '', alt = '', failure = ''
		WHERE site_id = $1 AND id = $2`, st, id)
	return db.Fault(err)
}

package media

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

func insertUpload(ctx context.Context, q db.Querier, st site.ID, ticketHash []byte, u Upload, expires time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO upload (id, site_id, ticket_hash, store_key, name, type, width, height, size, deferred, declared, received, sha256, state, failure, expires_at)
		VALUES (@id, @site, @ticket, @key, @name, @type, @width, @height, @size, @deferred, @declared, @received, @sha256, @state, @failure, @expires)
		ON CONFLICT (id) DO NOTHING -- of a commit that nobody heard of`,
		pgx.StrictNamedArgs{
			"id": u.ID, "site": st, "key": u.StoreKey, "deferred": u.Deferred, "declared": u.Declared, "received": u.Received, "ticket": ticketHash, "name": u.Name, "type": u.Type, "width": u.Width,
			"height": u.Height, "size": u.Size, "sha256": u.SHA256, "state": u.State, "failure": u.Failure, "expires": expires,
		})
	return db.Fault(err)
}

// keepUpload writes down what an upload turned out to be that came with a form.
func keepUpload(ctx context.Context, tx pgx.Tx, st site.ID, ticketHash []byte, u Upload, expires time.Time) error {
	tag, err := tx.Exec(ctx, `
		UPDATE upload
		SET type = $4, width = $5, height = $6, size = $7, received = $7, sha256 = $8, state = $9, failure = $10, expires_at = $11
		WHERE id = $1 AND site_id = $2 AND ticket_hash = $3 AND media_id IS NULL`,
		u.ID, st, ticketHash, u.Type, u.Width, u.Height, u.Size, u.SHA256, u.State, u.Failure, expires)
	if err == nil && tag.RowsAffected() == 0 { // it took so long that its bytes were swept away, or a post took it halfway
		return fault.New(fault.Busy, "an upload of a form is gone")
	}
	return db.Fault(err)
}

// updateLiving says that an upload still comes.
func updateLiving(ctx context.Context, tx pgx.Tx, id UploadID, received int64, expires time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE upload SET received = $2, expires_at = $3 WHERE id = $1", id, received, expires)
	return db.Fault(err)
}

// Rebind moves uploads from one ticket to another: the fresh one of a form that
// came back, so that they go along. They last as long as that one, for those of
// an expired ticket are about to be swept away. What a post has taken stays.
func Rebind(ctx context.Context, b db.Beginner, st site.ID, from, to []byte, ids []UploadID) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			UPDATE upload SET ticket_hash = $3, expires_at = now() + $5::interval
			WHERE site_id = $1 AND ticket_hash = $2 AND id = ANY($4) AND media_id IS NULL`, st, from, to, ids, UploadLife)
		return db.Fault(err)
	})
}

// lockUpload gives an upload of a ticket to one transaction at a time.
func lockUpload(ctx context.Context, tx pgx.Tx, st site.ID, ticketHash []byte, id UploadID) (Upload, error) {
	rows, err := tx.Query(ctx, `
		SELECT `+uploadColumns+`
		FROM upload
		WHERE id = $1 AND site_id = $2 AND ticket_hash = $3 AND media_id IS NULL
		FOR UPDATE`, id, st, ticketHash)
	if err != nil {
		return Upload{}, db.Fault(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Upload])
	return u, db.Fault(err)
}

// lockAnyUpload is lockUpload whatever its ticket, and whoever waits for it.
func lockAnyUpload(ctx context.Context, tx pgx.Tx, id UploadID) (Upload, error) {
	rows, err := tx.Query(ctx, "SELECT "+uploadColumns+" FROM upload WHERE id = $1 FOR UPDATE", id)
	if err != nil {
		return Upload{}, db.Fault(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Upload])
	return u, db.Fault(err)
}

func deleteUpload(ctx context.Context, tx pgx.Tx, id UploadID) error {
	_, err := tx.Exec(ctx, "DELETE FROM upload WHERE id = $1", id)
	return db.Fault(err)
}

// setAwaited has a file of a post wait for an upload.
func setAwaited(ctx context.Context, tx pgx.Tx, id UploadID, by ID) error {
	_, err := tx.Exec(ctx, "UPDATE upload SET media_id = $2 WHERE id = $1", id, by)
	return db.Fault(err)
}

// updateReceived notes how much of an upload is here.
func updateReceived(ctx context.Context, q db.Querier, id UploadID, received int64) error {
	_, err := q.Exec(ctx, "UPDATE upload SET received = $2 WHERE id = $1 AND state = 'receiving'", id, received)
	return db.Fault(err)
}

// updateSize notes a size that was not known when the upload began.
func updateSize(ctx context.Context, q db.Querier, id UploadID, size int64) error {
	_, err := q.Exec(ctx, "UPDATE upload SET size = $2, deferred = false WHERE id = $1", id, size)
	return db.Fault(err)
}

// updateFinished writes down what an upload is that is here whole.
func updateFinished(ctx context.Context, tx pgx.Tx, u Upload) error {
	_, err := tx.Exec(ctx, `
		UPDATE upload
		SET state = $2, failure = $3, type = $4, width = $5, height = $6, received = size
		WHERE id = $1`, u.ID, u.State, u.Failure, u.Type, u.Width, u.Height)
	return db.Fault(err)
}

// updateArrived has a file whose upload is over wait for its cleaning, or fail.
func updateArrived(ctx context.Context, tx pgx.Tx, m Media, u Upload) error {
	_, err := tx.Exec(ctx, `
		UPDATE media
		SET state = $2, failure = $3, kind = $4, type = $5, original_key = $6,
		    original = CASE WHEN $2 <> 'failed' THEN original END, -- a refused upload's bytes are gone
		    settled_at = CASE WHEN $2 = 'failed' THEN now() END
		WHERE id = $1`, m.ID, m.State, m.Failure, m.Kind, u.Type, u.StoreKey)
	return db.Fault(err)
}

// storeKey is what the store knows an upload's bytes by.
const storeKey = "coalesce(nullif(store_key, ''), id)"

// deleteUploads and deleteExpired tell what the store knows those uploads by. One
// that a file of a post waits for stays until it is overdue, or that would wait for
// ever.
func deleteUploads(ctx context.Context, q db.Querier, st site.ID, ids []UploadID) ([]string, error) {
	return storeKeys(q.Query(ctx, "DELETE FROM upload WHERE site_id = $1 AND id = ANY($2) AND media_id IS NULL RETURNING "+storeKey, st, ids))
}

func deleteExpired(ctx context.Context, q db.Querier) ([]string, error) {
	// by upload_expires
	return storeKeys(q.Query(ctx, "DELETE FROM upload WHERE expires_at < now() AND media_id IS NULL RETURNING "+storeKey))
}

// overdue lists uploads that expired and that a file of a post waits or waited
// for, some at a time.
func overdue(ctx context.Context, q db.Querier) ([]UploadID, error) {
	// by upload_expires
	rows, err := q.Query(ctx, "SELECT id FROM upload WHERE expires_at < now() AND media_id IS NOT NULL LIMIT 200")
	if err != nil {
		return nil, db.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[UploadID])
	return ids, db.Fault(err)
}

// awaitedBy are the uploads that a file waits or waited for.
func awaitedBy(ctx context.Context, tx pgx.Tx, id ID) ([]UploadID, error) {
	// by upload_media
	rows, err := tx.Query(ctx, "SELECT id FROM upload WHERE media_id = $1", id)
	if err != nil {
		return nil, db.Fault(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[UploadID])
	return ids, db.Fault(err)
}

// underTicket counts the uploads that lie under a ticket.
func underTicket(ctx context.Context, q db.Querier, st site.ID, ticketHash []byte) (n int, err error) {
	// by upload_ticket
	err = q.QueryRow(ctx, "SELECT count(*) FROM upload WHERE site_id = $1 AND ticket_hash = $2 AND state <> 'refused'", st, ticketHash).Scan(&n)
	return n, db.Fault(err)
}

// burdenBeside adds up all uploads but one. An upload that came for a post is known
// for longer than its bytes are here: what was made of them is no burden.
func burdenBeside(ctx context.Context, q db.Querier, st site.ID, one UploadID) (b burden, err error) {
	err = q.QueryRow(ctx, `
		SELECT coalesce(sum(greatest(u.size, u.received)), 0)::bigint,
		       coalesce(sum(greatest(u.size, u.received)) FILTER (WHERE u.site_id = $1), 0)::bigint,
		       coalesce(sum(u.received), 0)::bigint
		FROM upload u
		LEFT JOIN media m ON m.id = u.media_id
		WHERE u.state <> 'refused' AND u.expires_at > now() AND u.id <> $2
		  AND (u.media_id IS NULL OR m.original IS NOT NULL)`, st, one).Scan(&b.network, &b.site, &b.stored)
	return b, db.Fault(err)
}

// lockTicket has those who add to what lies under a ticket go one by one.
func lockTicket(ctx context.Context, tx pgx.Tx, ticketHash []byte) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('uploads of ticket ' || encode($1, 'hex'), 0))", ticketHash)
	return db.Fault(err)
}

// lockRoom has those who take up room go one by one.
func lockRoom(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('room of uploads', 0))")
	return db.Fault(err)
}

func storeKeys(rows pgx.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return keys, db.Fault(err)
}

// originalKept tells whether an upload's bytes are still needed. What a store
// knows them by begins with the upload's id.
func originalKept(ctx context.Context, q db.Querier, key string) (bool, error) {
	var kept bool
	err := q.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM upload WHERE id = left($1, 32))
		    OR EXISTS (SELECT FROM media WHERE original = left($1, 32))`, key).Scan(&kept)
	return kept, db.Fault(err)
}

package account

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

func insert(ctx context.Context, tx pgx.Tx, d Draft, password string) (ID, error) {
	var id ID
	err := tx.QueryRow(ctx, `
		INSERT INTO account (email, name, name_key, password, admin)
		VALUES ($1, $2, $3, $4, $5)
		RETURNING id`, d.Email, d.Name, nameKey(d.Name), password, d.Admin).Scan(&id)
	return id, db.Fault(err)
}

// rehash puts one hash in the place of another; fault.Conflict where that one
// has gone meanwhile.
func rehash(ctx context.Context, tx pgx.Tx, id ID, from, to string) error {
	tag, err := tx.Exec(ctx, "UPDATE account SET password = $3 WHERE id = $1 AND password = $2", id, from, to)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "the password was changed meanwhile")
	}
	return db.Fault(err)
}

func setName(ctx context.Context, tx pgx.Tx, id ID, name string) error {
	_, err := tx.Exec(ctx, "UPDATE account SET name = $2, name_key = $3 WHERE id = $1", id, name, nameKey(name))
	return db.Fault(err)
}

func setDisabled(ctx context.Context, tx pgx.Tx, id ID, disabled bool) error {
	_, err := tx.Exec(ctx, "UPDATE account SET disabled_at = CASE WHEN $2::boolean THEN now() END WHERE id = $1", id, disabled)
	return db.Fault(err)
}

// setAdmin is false where the account is as wanted already.
func setAdmin(ctx context.Context, tx pgx.Tx, id ID, admin bool) (bool, error) {
	tag, err := tx.Exec(ctx, "UPDATE account SET admin = $2 WHERE id = $1 AND admin <> $2", id, admin)
	return tag.RowsAffected() == 1, db.Fault(err)
}

// lockAdmins locks all who are admins, in one order for everybody, so that two
// who would make the network lose both take turns.
func lockAdmins(ctx context.Context, tx pgx.Tx) ([]ID, error) {
	rows, err := tx.Query(ctx, `
		SELECT id
		FROM account
		WHERE admin AND disabled_at IS NULL
		ORDER BY id
		FOR UPDATE`)
	if err != nil {
		return nil, db.Fault(err)
	}
	admins, err := pgx.CollectRows(rows, pgx.RowTo[ID])
	return admins, db.Fault(err)
}

func insertRole(ctx context.Context, tx pgx.Tx, id ID, st site.ID) (bool, error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO account_role (account_id, site_id, role)
		VALUES ($1, $2, 'editor')
		ON CONFLICT DO NOTHING`, id, st)
	return tag.RowsAffected() == 1, db.Fault(err)
}

func deleteRole(ctx context.Context, tx pgx.Tx, id ID, st site.ID) (bool, error) {
	tag, err := tx.Exec(ctx, "DELETE FROM account_role WHERE account_id = $1 AND site_id = $2", id, st)
	return tag.RowsAffected() == 1, db.Fault(err)
}

func insertInvitation(ctx context.Context, tx pgx.Tx, i Invitation, hash []byte) (id int64, expires time.Time, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO invitation (token_hash, email, site_id, role, setup, invited_by, expires_at)
		VALUES (@hash, @email, nullif(@site::bigint, 0), @role, @setup, nullif(@by::bigint, 0), now() + @life::interval)
		RETURNING id, expires_at`,
		pgx.StrictNamedArgs{
			"hash": hash, "email": i.Email, "site": i.Site, "role": i.Role, "setup": i.Setup, "by": i.By, "life": InvitationLife,
		}).Scan(&id, &expires)
	return id, expires, db.Fault(err)
}

func use(ctx context.Context, tx pgx.Tx, invitation int64) error {
	_, err := tx.Exec(ctx, "UPDATE invitation SET used_at = now() WHERE id = $1", invitation)
	return db.Fault(err)
}

// voided is an invitation that was just made void.
type voided struct {
	ID   int64
	Site site.ID // 0: the network
	Role Role
}

// voidInvitations ends those that can still be followed and fit the condition.
func voidInvitations(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]voided, error) {
	rows, err := tx.Query(ctx, `
		UPDATE invitation SET expires_at = now()
		WHERE used_at IS NULL AND expires_at > now() AND NOT setup AND `+where+`
		RETURNING id, coalesce(site_id, 0) AS site, role`, args...)
	if err != nil {
		return nil, db.Fault(err)
	}
	ended, err := pgx.CollectRows(rows, pgx.RowToStructByName[voided])
	return ended, db.Fault(err)
}

// voidSetups ends all setup links, and tells whether there is an admin.
func voidSetups(ctx context.Context, tx pgx.Tx) (hasAdmin bool, err error) {
	if _, err := tx.Exec(ctx, "UPDATE invitation SET expires_at = now() WHERE setup AND used_at IS NULL AND expires_at > now()"); err != nil {
		return false, db.Fault(err)
	}
	err = tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM account WHERE admin AND disabled_at IS NULL)").Scan(&hasAdmin)
	return hasAdmin, db.Fault(err)
}

// insertSession refuses one of an account that was disabled, or whose sessions
// have all ended, since it signed in.
func insertSession(ctx context.Context, tx pgx.Tx, token string, d SessionData) error {
	tag, err := tx.Exec(ctx, `
		INSERT INTO session (token_hash, account_id, epoch, host, deadline)
		SELECT @token, a.id, a.epoch, @host, @deadline
		FROM account a
		WHERE a.id = @account AND a.epoch = @epoch AND a.disabled_at IS NULL
		ON CONFLICT (token_hash) DO UPDATE
		SET epoch = excluded.epoch, host = excluded.host, deadline = excluded.deadline, seen_at = now()`,
		pgx.StrictNamedArgs{"token": token, "account": d.Account, "epoch": d.Epoch, "host": d.Host, "deadline": d.Deadline})
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Denied, "the account's sessions have ended")
	}
	return db.Fault(err)
}

func touchSession(ctx context.Context, q db.Querier, id int64) error {
	_, err := q.Exec(ctx, "UPDATE session SET seen_at = now() WHERE id = $1", id)
	return db.Fault(err)
}

func deleteSession(ctx context.Context, tx pgx.Tx, token string) error {
	_, err := tx.Exec(ctx, "DELETE FROM session WHERE token_hash = $1", token)
	return db.Fault(err)
}

func deleteSessionOf(ctx context.Context, tx pgx.Tx, id ID, session int64) (bool, error) {
	tag, err := tx.Exec(ctx, "DELETE FROM session WHERE account_id = $1 AND id = $2", id, session)
	return tag.RowsAffected() == 1, db.Fault(err)
}

// endSessions raises the epoch: a session that is being written just now is of
// the old one.
func endSessions(ctx context.Context, tx pgx.Tx, id ID) error {
	if _, err := tx.Exec(ctx, "UPDATE account SET epoch = epoch + 1 WHERE id = $1", id); err != nil {
		return db.Fault(err)
	}
	_, err := tx.Exec(ctx, "DELETE FROM session WHERE account_id = $1", id)
	return db.Fault(err)
}

func deleteEnded(ctx context.Context, q db.Querier) error {
	// by session_seen; sessions are few
	if _, err := q.Exec(ctx, "DELETE FROM session WHERE deadline < now() OR seen_at < now() - $1::interval", SessionIdle); err != nil {
		return db.Fault(err)
	}
	// by invitation_expires
	_, err := q.Exec(ctx, "UPDATE invitation SET email = '' WHERE email <> '' AND (used_at IS NOT NULL OR expires_at <= now())")
	return db.Fault(err)
}

package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

const columns = `
	a.id, a.email, a.name, a.admin, a.disabled_at IS NOT NULL AS disabled, a.epoch, a.created_at,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('site', s.id, 'slug', s.slug, 'name', s.name, 'role', r.role) ORDER BY lower(s.name), s.id), '[]')
	 FROM account_role r JOIN site s ON s.id = r.site_id WHERE r.account_id = a.id) AS roles`

func one(ctx context.Context, q db.Querier, where string, args ...any) (Account, error) {
	rows, err := q.Query(ctx, "SELECT "+columns+"\nFROM account a\n"+where, args...)
	if err != nil {
		return Account{}, db.Fault(err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Account])
	return a, db.Fault(err)
}

// ByID finds an account; fault.NotFound where there is none.
func ByID(ctx context.Context, q db.Querier, id ID) (Account, error) {
	return one(ctx, q, "WHERE a.id = $1", id)
}

// ByEmail finds an account by its address; fault.NotFound where there is none.
func ByEmail(ctx context.Context, q db.Querier, email string) (Account, error) {
	return one(ctx, q, "WHERE a.email = $1", NormalEmail(email))
}

func lock(ctx context.Context, tx pgx.Tx, id ID) (Account, error) {
	return one(ctx, tx, "WHERE a.id = $1\nFOR UPDATE OF a", id)
}

// All lists the accounts of the network by name.
func All(ctx context.Context, q db.Querier) ([]Account, error) {
	return list(q.Query(ctx, "SELECT "+columns+"\nFROM account a\nORDER BY lower(a.name), a.id"))
}

// Names are what accounts go by now.
func Names(ctx context.Context, q db.Querier, ids []ID) (map[ID]string, error) {
	// by account_pkey
	rows, err := q.Query(ctx, "SELECT id, name FROM account WHERE id = ANY($1)", ids)
	if err != nil {
		return nil, db.Fault(err)
	}
	names := make(map[ID]string, len(ids))
	var id ID
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		names[id] = name
		return nil
	})
	return names, db.Fault(err)
}

// EditorsOf lists the editors of a site by name.
func EditorsOf(ctx context.Context, q db.Querier, st site.ID) ([]Account, error) {
	// by account_role_site
	return list(q.Query(ctx, "SELECT "+columns+`
		FROM account a
		WHERE a.id IN (SELECT account_id FROM account_role WHERE site_id = $1)
		ORDER BY lower(a.name), a.id`, st))
}

func list(rows pgx.Rows, err error) ([]Account, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Account])
	return found, db.Fault(err)
}

// credentials is an account with the hash of its password.
type credentials struct {
	Account
	Password string
}

func credentialsOf(ctx context.Context, q db.Querier, email string) (credentials, error) {
	rows, err := q.Query(ctx, "SELECT a.password, "+columns+"\nFROM account a\nWHERE a.email = $1", email)
	if err != nil {
		return credentials{}, db.Fault(err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[credentials])
	return c, db.Fault(err)
}

// OpenInvitations lists the invitations to a site that can still be followed, or,
// with site 0, those to whatever they are.
func OpenInvitations(ctx context.Context, q db.Querier, st site.ID) ([]Invitation, error) {
	rows, err := q.Query(ctx, "SELECT "+invitationColumns+`
		FROM invitation i
		WHERE $1::bigint IN (0, coalesce(i.site_id, 0)) AND i.used_at IS NULL AND i.expires_at > now() AND NOT i.setup
		ORDER BY i.id`, st)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Invitation])
	return found, db.Fault(err)
}

// SessionViewer is who goes on in a session, as things stand now; nobody where it
// has ended.
func SessionViewer(ctx context.Context, q db.Querier, session int64) (Viewer, error) {
	a, err := one(ctx, q, `
		JOIN session s ON s.account_id = a.id AND s.epoch = a.epoch
		WHERE s.id = $1 AND a.disabled_at IS NULL AND s.deadline > now()`, session)
	if fault.Is(err, fault.NotFound) {
		return Viewer{}, nil
	}
	return a.Viewer(), err
}

const invitationColumns = `
	i.id, i.email, coalesce(i.site_id, 0) AS site, i.role, i.setup, coalesce(i.invited_by, 0) AS by, i.expires_at, i.used_at, now() AS now,
	EXISTS (SELECT FROM account a WHERE a.email = i.email) AS known,
	EXISTS (SELECT FROM account a WHERE a.admin AND a.disabled_at IS NULL) AS admin_is`

func invitationByHash(ctx context.Context, q db.Querier, st site.ID, hash []byte, lock string) (Invitation, error) {
	rows, err := q.Query(ctx, "SELECT "+invitationColumns+`
		FROM invitation i
		WHERE i.token_hash = $1 AND coalesce(i.site_id, 0) = $2
		`+lock, hash, st)
	if err != nil {
		return Invitation{}, db.Fault(err)
	}
	i, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Invitation])
	return i, db.Fault(err)
}

// SessionsOf lists the sessions of an account, the one last used first.
func SessionsOf(ctx context.Context, q db.Querier, id ID) ([]Session, error) {
	// by session_account
	rows, err := q.Query(ctx, `
		SELECT s.id, s.host, s.begun_at, s.seen_at
		FROM session s
		JOIN account a ON a.id = s.account_id AND a.epoch = s.epoch AND a.disabled_at IS NULL
		WHERE s.account_id = $1 AND s.deadline > now() AND s.seen_at > now() - $2::interval
		ORDER BY s.seen_at DESC, s.id DESC`, id, SessionIdle)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Session])
	return found, db.Fault(err)
}

// sessionByToken also tells whether it is time to note that the session is used.
func sessionByToken(ctx context.Context, q db.Querier, token string) (d SessionData, stale bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT s.id, s.account_id, s.epoch, s.host, s.deadline, s.seen_at < now() - $3::interval
		FROM session s
		JOIN account a ON a.id = s.account_id AND a.epoch = s.epoch AND a.disabled_at IS NULL
		WHERE s.token_hash = $1 AND s.deadline > now() AND s.seen_at > now() - $2::interval`,
		token, SessionIdle, seenEvery).Scan(&d.ID, &d.Account, &d.Epoch, &d.Host, &d.Deadline, &stale)
	return d, stale, db.Fault(err)
}

package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// InviteEditor makes the link by which somebody becomes an editor of a site.
// fault.Invalid for what is no address, fault.NotFound for a site that is not
// there.
func InviteEditor(ctx context.Context, b db.Beginner, email string, st site.ID, by modlog.Actor) (Invited, error) {
	return invite(ctx, b, Invitation{Email: NormalEmail(email), Site: st, Role: Editor}, by)
}

// InviteAdmin makes the link by which somebody becomes an admin of the network.
func InviteAdmin(ctx context.Context, b db.Beginner, email string, by modlog.Actor) (Invited, error) {
	return invite(ctx, b, Invitation{Email: NormalEmail(email), Role: Admin}, by)
}

func invite(ctx context.Context, b db.Beginner, i Invitation, by modlog.Actor) (made Invited, err error) {
	if err := fault.InvalidFields(checkEmail(i.Email)...); err != nil {
		return Invited{}, err
	}
	err = db.InTx(ctx, b, func(tx pgx.Tx) (err error) {
		made, err = issue(ctx, tx, i, by)
		return err
	})
	return made, err
}

func issue(ctx context.Context, tx pgx.Tx, i Invitation, by modlog.Actor) (Invited, error) {
	made := Invited{Token: db.Once(ctx, newToken)}
	if db.Tried(ctx) {
		before, err := invitationByHash(ctx, tx, i.Site, made.Token.hash(), "")
		if made.ExpiresAt = before.ExpiresAt; !fault.Is(err, fault.NotFound) {
			return made, err
		}
	}
	i.By = ID(by.ID)
	id, expires, err := insertInvitation(ctx, tx, i, made.Token.hash())
	if err != nil {
		return Invited{}, err
	}
	made.ExpiresAt = expires
	return made, modlog.Add(ctx, tx, modlog.Entry{
		Site: int64(i.Site), Actor: by, Act: modlog.Invite, Subject: modlog.Invitation, SubjectID: id, Reason: string(i.Role),
	})
}

// Uninvite makes an invitation to a site void, or with site 0 one to whatever it
// is. fault.NotFound where there is none that can still be followed.
func Uninvite(ctx context.Context, b db.Beginner, st site.ID, invitation int64, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		ended, err := voidInvitations(ctx, tx, "id = $1 AND $2::bigint IN (0, coalesce(site_id, 0))", invitation, st)
		if err == nil && len(ended) == 0 {
			err = fault.New(fault.NotFound, "invitation")
		}
		if err != nil {
			return err
		}
		return logVoided(ctx, tx, ended, by)
	})
}

func logVoided(ctx context.Context, tx pgx.Tx, ended []voided, by modlog.Actor) error {
	for _, i := range ended {
		err := modlog.Add(ctx, tx, modlog.Entry{
			Site: int64(i.Site), Actor: by, Act: modlog.Revoke, Subject: modlog.Invitation, SubjectID: i.ID, Reason: string(i.Role),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Setup makes the link by which the first admin comes to be, as long as there is
// none, and makes those of earlier starts void. needed is false where there is
// an admin.
func Setup(ctx context.Context, b db.Beginner) (made Invited, needed bool, err error) {
	err = db.InTx(ctx, b, func(tx pgx.Tx) error {
		has, err := voidSetups(ctx, tx)
		if err != nil || has {
			return err
		}
		needed = true
		made, err = issue(ctx, tx, Invitation{Role: Admin, Setup: true}, modlog.ByOperator())
		return err
	})
	return made, needed, err
}

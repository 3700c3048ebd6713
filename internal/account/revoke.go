package account

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Revoke takes the role of editor on a site from an account, and makes void what
// would bring it back: invitations to the site that the account made, or that
// are for its address. One that has no role there changes nothing.
// fault.NotFound for an unknown account.
func Revoke(ctx context.Context, b db.Beginner, id ID, st site.ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := deleteRole(ctx, tx, id, st)
		if err != nil || !changed {
			return err
		}
		if err := id.log(ctx, tx, int64(st), by, modlog.Revoke, string(Editor)); err != nil {
			return err
		}
		return a.uninvite(ctx, tx, by, "coalesce(site_id, 0) = $3", st)
	})
}

// uninvite makes void the invitations that an account made, or that are for its
// address, of those that fit the condition.
func (a Account) uninvite(ctx context.Context, tx pgx.Tx, by modlog.Actor, where string, args ...any) error {
	// by invitation_invited_by; invitations are few
	ended, err := voidInvitations(ctx, tx, "(invited_by = $1 OR email = $2) AND "+where, append([]any{a.ID, a.Email}, args...)...)
	if err != nil {
		return err
	}
	return logVoided(ctx, tx, ended, by)
}

// Demote takes the rights of an admin of the network from an account, and makes
// void the invitations it made as one. The last admin stays: fault.Conflict.
func Demote(ctx context.Context, b db.Beginner, id ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lockBesideAdmins(ctx, tx, id, by)
		if err != nil || !a.Admin {
			return err
		}
		if _, err := setAdmin(ctx, tx, id, false); err != nil {
			return err
		}
		if err := id.log(ctx, tx, 0, by, modlog.Revoke, string(Admin)); err != nil {
			return err
		}
		return a.uninvite(ctx, tx, by, "true")
	})
}

// lockBesideAdmins locks all admins and then an account that is about to be one
// no more. The last admin can be taken by the operator only, whose server then
// offers to make another: fault.Conflict for everybody else.
func lockBesideAdmins(ctx context.Context, tx pgx.Tx, id ID, by modlog.Actor) (Account, error) {
	admins, err := lockAdmins(ctx, tx)
	if err != nil {
		return Account{}, err
	}
	a, err := lock(ctx, tx, id)
	if err == nil && by.Kind != modlog.Operator && len(admins) == 1 && slices.Contains(admins, id) {
		err = &fault.Error{Kind: fault.Conflict, Message: "the last admin", Fields: []fault.Field{{Name: "account", Message: "error.last_admin"}}}
	}
	return a, err
}

// Disable lets an account sign in no more; its sessions end at once, and with
// them the invitations that it made. The last admin is as in Demote.
func Disable(ctx context.Context, b db.Beginner, id ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lockBesideAdmins(ctx, tx, id, by)
		if err != nil || a.Disabled {
			return err
		}
		if err := setDisabled(ctx, tx, id, true); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		if err := id.log(ctx, tx, 0, by, modlog.Disable, ""); err != nil {
			return err
		}
		return a.uninvite(ctx, tx, by, "true")
	})
}

// Enable lets an account sign in again.
func Enable(ctx context.Context, b db.Beginner, id ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lock(ctx, tx, id)
		if err != nil || !a.Disabled {
			return err
		}
		if err := setDisabled(ctx, tx, id, false); err != nil {
			return err
		}
		return id.log(ctx, tx, 0, by, modlog.Enable, "")
	})
}

package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Revoke takes the role of editor on a site from an account. One that has none
// there changes nothing. fault.NotFound for an unknown account.
func Revoke(ctx context.Context, b db.Beginner, id ID, st site.ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		changed, err := deleteRole(ctx, tx, id, st)
		if err != nil || !changed {
			return err
		}
		return id.log(ctx, tx, int64(st), by, modlog.Revoke, string(Editor))
	})
}

// Disable lets an account sign in no more; its sessions end at once. The last
// admin can be disabled by the operator only, whose server then offers to make
// another: fault.Conflict for everybody else.
func Disable(ctx context.Context, b db.Beginner, id ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lock(ctx, tx, id)
		if err != nil || a.Disabled {
			return err
		}
		if a.Admin && by.Kind != modlog.Operator {
			others, err := otherAdmins(ctx, tx, id)
			if err != nil {
				return err
			}
			if !others {
				return &fault.Error{Kind: fault.Conflict, Message: "the last admin", Fields: []fault.Field{{Name: "account", Message: "error.last_admin"}}}
			}
		}
		if err := setDisabled(ctx, tx, id, true); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		return id.log(ctx, tx, 0, by, modlog.Disable, "")
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

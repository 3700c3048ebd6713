package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
)

// Rename changes the name by which the log will call somebody; entries that are
// there stay. fault.Conflict where another goes by it.
func Rename(ctx context.Context, b db.Beginner, id ID, name string) error {
	name = markup.Line(name)
	if err := fault.InvalidFields(checkName(name)...); err != nil {
		return err
	}
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lock(ctx, tx, id)
		if err != nil || a.Name == name {
			return err
		}
		if err := setName(ctx, tx, id, name); err != nil {
			if fault.Is(err, fault.Conflict) {
				return taken("name")
			}
			return err
		}
		a.Name = name
		return id.log(ctx, tx, 0, a.Viewer().Actor(), modlog.Rename, "")
	})
}

// SetPassword changes the own password and ends all sessions, this one too: the
// epoch of the answer is for the one that is begun anew. fault.Invalid where the
// present password is wrong or the new one does not do.
func (k Desk) SetPassword(ctx context.Context, v Viewer, present, fresh string) (Account, error) {
	if err := fault.InvalidFields(checkPassword("fresh", fresh)...); err != nil {
		return Account{}, err
	}
	var known credentials
	err := db.InTx(ctx, k.DB, func(tx pgx.Tx) (err error) {
		known, err = credentialsOf(ctx, tx, v.Email)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	matches, err := k.Hasher.Matches(ctx, known.Password, present)
	if err == nil && !matches {
		err = wrongPassword("password", "error.present_password")
	}
	if err != nil {
		return Account{}, err
	}
	made, err := k.Hasher.Hash(ctx, fresh)
	if err != nil {
		return Account{}, err
	}
	return k.rekey(ctx, known, made)
}

func (k Desk) rekey(ctx context.Context, known credentials, made string) (a Account, err error) {
	err = db.InTx(ctx, k.DB, func(tx pgx.Tx) error {
		if err := rehash(ctx, tx, known.ID, known.Password, made); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, known.ID); err != nil {
			return err
		}
		if err := known.ID.log(ctx, tx, 0, known.Viewer().Actor(), modlog.Rekey, ""); err != nil {
			return err
		}
		a, err = ByID(ctx, tx, known.ID)
		return err
	})
	return a, err
}

package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// Create makes an account. fault.Invalid names the fields at fault,
// fault.Conflict says which of email and name is taken.
func (k Desk) Create(ctx context.Context, d Draft, by modlog.Actor) (Account, error) {
	d = d.clean()
	if err := d.Check(); err != nil {
		return Account{}, err
	}
	made, err := k.Hasher.Hash(ctx, d.Password)
	if err != nil {
		return Account{}, err
	}
	var a Account
	err = db.InTx(ctx, k.DB, func(tx pgx.Tx) error {
		id, err := register(ctx, tx, d, made, by)
		if err != nil {
			return err
		}
		a, err = ByID(ctx, tx, id)
		return err
	})
	return a, err
}

// register writes a new account and, for an admin's, the right.
func register(ctx context.Context, tx pgx.Tx, d Draft, password string, by modlog.Actor) (ID, error) {
	id, err := insert(ctx, tx, d, password)
	if fault.Is(err, fault.Conflict) {
		field := "email"
		if db.Constraint(err) == "account_name" {
			field = "name"
		}
		return 0, taken(field)
	}
	if err != nil {
		return 0, err
	}
	if by.Kind == modlog.Editor && by.ID == 0 { // who follows an invitation makes the own account
		by = modlog.Actor{Kind: modlog.Editor, Name: d.Name, ID: int64(id)}
	}
	if err := id.log(ctx, tx, 0, by, modlog.Register, ""); err != nil || !d.Admin {
		return id, err
	}
	return id, id.log(ctx, tx, 0, by, modlog.Grant, string(Admin))
}

func (id ID) log(ctx context.Context, tx pgx.Tx, site int64, by modlog.Actor, act modlog.Act, reason string) error {
	return modlog.Add(ctx, tx, modlog.Entry{Site: site, Actor: by, Act: act, Subject: modlog.Account, SubjectID: int64(id), Reason: reason})
}

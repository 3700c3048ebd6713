package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
)

// Desk is where people sign in and rights are given.
type Desk struct {
	DB     db.Beginner // the primary
	Hasher *Hasher
}

// SignIn finds the account of an address and a password. An unknown address, a
// wrong password and a disabled account are one and the same fault.Invalid, at
// the cost of one hash each.
func (k Desk) SignIn(ctx context.Context, email, password string) (Account, error) {
	var known credentials
	err := db.InTx(ctx, k.DB, func(tx pgx.Tx) (err error) {
		known, err = credentialsOf(ctx, tx, NormalEmail(email))
		return err
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Account{}, err
	}
	return k.verify(ctx, known, password)
}

// verify compares; known is empty for an unknown address.
func (k Desk) verify(ctx context.Context, known credentials, password string) (Account, error) {
	matches, err := k.Hasher.Matches(ctx, known.Password, password)
	if err != nil {
		return Account{}, err
	}
	if !matches || known.Disabled {
		return Account{}, ErrSignIn
	}
	return known.Account, k.refresh(ctx, known, password)
}

// refresh hashes a password anew whose hash was made at another cost.
func (k Desk) refresh(ctx context.Context, known credentials, password string) error {
	if !outdated(known.Password) {
		return nil
	}
	made, err := k.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return db.InTx(ctx, k.DB, func(tx pgx.Tx) error { return rehash(ctx, tx, known.ID, known.Password, made) })
}

// ErrSignIn is the one answer to all who may not sign in, whatever the reason.
var ErrSignIn = wrongPassword("password", "error.sign_in")

func wrongPassword(field, message string) error {
	return fault.InvalidFields(fault.Field{Name: field, Message: message})
}

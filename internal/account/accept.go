package account

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Acceptance is what somebody fills in who follows an invitation.
type Acceptance struct {
	Email    string // only a setup link asks for it
	Name     string // of a new account
	Password string // of a new account, or the one that the account has
	Viewer   Viewer // who is signed in on this host
}

// InvitationBy reads an invitation to a site, or, with site 0, to the network.
// It uses nothing up. fault.NotFound for an unknown token or one of another
// site, fault.Gone once it was used or has expired.
func InvitationBy(ctx context.Context, q db.Querier, st site.ID, t Token) (Invitation, error) {
	i, err := invitationByHash(ctx, q, st, t.hash(), "")
	if err != nil {
		return Invitation{}, err
	}
	return i, i.check()
}

// Accept follows an invitation. It makes an account for a new address; for one
// that has an account the right password, or being signed in as it, is asked
// for, and only the role is added. fault.Invalid names the fields at fault; the
// other errors are those of InvitationBy.
func (k Desk) Accept(ctx context.Context, st site.ID, t Token, a Acceptance) (Account, error) {
	a.Email, a.Name = NormalEmail(a.Email), markup.Line(a.Name)
	i, known, err := k.invited(ctx, st, t, a)
	if fault.Is(err, fault.Gone) && i.UsedAt != nil && db.Tried(ctx) {
		return k.accepted(ctx, i, a, err)
	}
	if err != nil {
		return Account{}, err
	}
	made := ""
	switch {
	case known.ID == 0:
		made, err = k.newPassword(ctx, i, a)
	case known.ID != a.Viewer.ID:
		_, err = k.verify(ctx, known, a.Password)
	}
	if err != nil {
		return Account{}, err
	}
	var joined Account
	err = db.InTx(ctx, k.DB, func(tx pgx.Tx) error {
		joined, err = join(ctx, tx, st, t, a, known.ID, made)
		return err
	})
	return joined, err
}

// accepted answers an attempt before which another may have used the invitation up:
// who has the password signs in, as by the form for that.
func (k Desk) accepted(ctx context.Context, i Invitation, a Acceptance, gone error) (Account, error) {
	known, err := k.SignIn(ctx, i.address(a), a.Password)
	if fault.Is(err, fault.Invalid) {
		err = gone
	}
	return known, err
}

// invited reads the invitation, and the account that is there already for it.
func (k Desk) invited(ctx context.Context, st site.ID, t Token, a Acceptance) (i Invitation, known credentials, err error) {
	err = db.InTx(ctx, k.DB, func(tx pgx.Tx) error {
		if i, err = InvitationBy(ctx, tx, st, t); err != nil {
			return err
		}
		known, err = credentialsOf(ctx, tx, i.address(a))
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return i, known, err
}

// address is whom the invitation is for.
func (i Invitation) address(a Acceptance) string {
	if i.Setup {
		return a.Email
	}
	return i.Email
}

func (k Desk) newPassword(ctx context.Context, i Invitation, a Acceptance) (string, error) {
	bad := slices.Concat(checkName(a.Name), checkPassword("password", a.Password))
	if i.Setup {
		bad = slices.Concat(checkEmail(a.Email), bad)
	}
	if err := fault.InvalidFields(bad...); err != nil {
		return "", err
	}
	return k.Hasher.Hash(ctx, a.Password)
}

// join uses the invitation up. It is looked at once more under its lock, for the
// password was hashed in between.
func join(ctx context.Context, tx pgx.Tx, st site.ID, t Token, a Acceptance, known ID, password string) (Account, error) {
	i, err := invitationByHash(ctx, tx, st, t.hash(), "FOR UPDATE OF i")
	if err != nil {
		return Account{}, err
	}
	if err := i.check(); err != nil {
		return Account{}, err
	}
	if known == 0 {
		d := Draft{Email: i.address(a), Name: a.Name}
		if known, err = register(ctx, tx, d, password, modlog.Actor{Kind: modlog.Editor}); err != nil {
			return Account{}, err
		}
	}
	if err := use(ctx, tx, i.ID); err != nil {
		return Account{}, err
	}
	joined, err := ByID(ctx, tx, known)
	if err != nil {
		return Account{}, err
	}
	if joined.Disabled {
		return Account{}, ErrSignIn
	}
	if err := grant(ctx, tx, joined, i); err != nil {
		return Account{}, err
	}
	return ByID(ctx, tx, known)
}

// grant gives the role of an invitation; one that the account has changes nothing.
func grant(ctx context.Context, tx pgx.Tx, a Account, i Invitation) error {
	give := func() (bool, error) { return insertRole(ctx, tx, a.ID, i.Site) }
	if i.Role == Admin {
		give = func() (bool, error) { return setAdmin(ctx, tx, a.ID, true) }
	}
	if changed, err := give(); err != nil || !changed {
		return err
	}
	return a.ID.log(ctx, tx, int64(i.Site), a.Viewer().Actor(), modlog.Grant, string(i.Role))
}

package site

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// Seal stands for the colour in a form.
func (a Accent) Seal() Seal { return SealOf("accent", a) }

// SetAccent gives a site its colour. fault.Invalid for one that cannot be read;
// fault.Conflict where the colour has changed since it was read as seal says.
// The colour it has changes nothing.
func SetAccent(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, seal Seal, colour string) error {
	want, err := ParseAccent(colour)
	if err != nil {
		return err
	}
	return change(ctx, b, id, func(tx pgx.Tx, st Site) (bool, error) {
		if st.Accent == want {
			return false, nil
		}
		if err := seal.Check(st.Accent.Seal()); err != nil {
			return false, err
		}
		if err := updateAccent(ctx, tx, id, want); err != nil {
			return false, err
		}
		return true, log(ctx, tx, by, id, modlog.Change, "accent")
	})
}

// LogoSeal stands for a logo in a form; media is empty where there is none.
func LogoSeal(media string) Seal { return SealOf("logo", media) }

// SetLogo makes a media file the logo of a site in place of was, or with an
// empty one takes the logo away. fault.Conflict where the logo is not was any
// more. It is the last statement but one of media.AttachLogo: who has a file
// locked waits for the site, never the other way round.
func SetLogo(ctx context.Context, tx pgx.Tx, by modlog.Actor, id ID, was, want string) error {
	return change(ctx, tx, id, func(tx pgx.Tx, _ Site) (bool, error) {
		stands, err := LogoOf(ctx, tx, id)
		if err != nil {
			return false, err
		}
		if stands != was {
			return false, fault.New(fault.Conflict, "the logo has changed meanwhile")
		}
		if err := updateLogo(ctx, tx, id, want); err != nil {
			return false, err
		}
		return true, log(ctx, tx, by, id, modlog.Change, "logo")
	})
}

package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// LogoAct is one change of a site's logo.
type LogoAct struct {
	Site site.ID
	By   modlog.Actor
	Seal site.Seal // of the logo as it was seen; empty: no check
}

// AttachLogo makes an upload the logo of a site in place of the one it had,
// which is erased; pages show it once it is cleaned. repeated says that the same
// file was sent with the same form before: then nothing is changed, and the
// upload is left to the caller to discard. fault.Conflict where the logo has
// changed since it was seen; fault.Invalid for an upload that is unknown or was
// refused.
func AttachLogo(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, act LogoAct, ticketHash []byte, upload UploadID) (repeated bool, err error) {
	was, err := site.LogoOf(ctx, tx, act.Site)
	if err != nil {
		return false, err
	}
	sent, err := Uploads(ctx, tx, act.Site, ticketHash, []UploadID{upload})
	if err != nil {
		return false, err
	}
	if len(sent) == 0 {
		return false, unknownUpload(fault.New(fault.NotFound, "upload"))
	}
	if sent[0].State == Refused { // readers would never see it
		return false, fault.InvalidFields(fault.Field{Name: "file", Message: sent[0].Failure})
	}
	if kindOf(sent[0].Type) != Image {
		return false, noPicture()
	}
	id := logoID(ticketHash, sent[0].SHA256)
	if string(id) == was {
		return true, nil
	}
	if err := act.Seal.Check(site.LogoSeal(was)); err != nil {
		return false, err
	}
	if _, err := attachAs(ctx, tx, queue, id, act.Site, ticketHash, Owner{}, 1, Chosen{ID: upload}); err != nil {
		return false, err
	}
	if err := eraseLogo(ctx, tx, queue, act.Site, was); err != nil {
		return false, err
	}
	return false, site.SetLogo(ctx, tx, act.By, act.Site, was, string(id))
}

// logoID is the same for the same file sent with the same form. Nobody guesses
// it, for the ticket holds 128 secret bits.
func logoID(ticketHash, sum []byte) ID {
	all := sha256.New()
	for _, part := range [][]byte{[]byte("logo"), ticketHash, sum} {
		_, _ = all.Write(part) // never fails (hash.Hash)
	}
	return ID(hex.EncodeToString(all.Sum(nil)[:16]))
}

// RemoveLogo takes a site's logo away and erases it. Where there is none nothing
// changes; fault.Conflict where it has changed since it was seen.
func RemoveLogo(ctx context.Context, b db.Beginner, queue jobs.Inserter, act LogoAct) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		was, err := site.LogoOf(ctx, tx, act.Site)
		if err != nil || was == "" {
			return err
		}
		if err := act.Seal.Check(site.LogoSeal(was)); err != nil {
			return err
		}
		if err := eraseLogo(ctx, tx, queue, act.Site, was); err != nil {
			return err
		}
		return site.SetLogo(ctx, tx, act.By, act.Site, was, "")
	})
}

// eraseLogo takes a logo out of everybody's sight and has its bytes deleted.
func eraseLogo(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.ID, media string) error {
	if media == "" {
		return nil
	}
	if err := markLogoGone(ctx, tx, st, ID(media)); err != nil {
		return err
	}
	_, err := queue.InsertTx(ctx, tx, EraseArgs{Media: ID(media)}, nil)
	return fault.Wrap(fault.Internal, "enqueue erasure", db.Fault(err))
}

// LogoOf is the file that is a site's logo, whatever state it is in;
// fault.NotFound where there is none.
func LogoOf(ctx context.Context, q db.Querier, st site.ID) (Media, error) {
	found, err := list(ctx, q, "WHERE m.site_id = $1 AND m.id = (SELECT logo FROM site WHERE id = $1)", st)
	if err != nil {
		return Media{}, err
	}
	if len(found) == 0 {
		return Media{}, fault.New(fault.NotFound, "logo")
	}
	return found[0], nil
}

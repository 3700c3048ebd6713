package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// Seal stands for a group of settings as somebody read them. A site's version
// is raised by every post and would tell an editor of changes that are none, so
// each form carries the seal of what it shows. Empty: no check.
type Seal string

// SealOf is the seal of a group of settings.
func SealOf(group ...any) Seal {
	text, err := json.Marshal(group)
	if err != nil {
		panic("site: settings that are no JSON: " + err.Error()) // a mistake in the type, found by the first test
	}
	sum := sha256.Sum256(text)
	return Seal(hex.EncodeToString(sum[:8]))
}

// Check is fault.Conflict where a group has changed since it was read; now is
// the seal of how it stands.
func (s Seal) Check(now Seal) error {
	if s == "" || s == now {
		return nil
	}
	return &fault.Error{
		Kind: fault.Conflict, Message: "the settings have changed since they were read",
		Fields: []fault.Field{{Name: "version", Message: "error.version"}},
	}
}

// change locks a site and runs the rule of the change, which answers false where
// everything is as it is wanted already: then nothing is logged either.
// fault.NotFound where there is no such site.
func change(ctx context.Context, b db.Beginner, id ID, rule func(tx pgx.Tx, st Site) (changed bool, err error)) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		st, err := lockByID(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := rule(tx, st)
		if err != nil || !changed {
			return err
		}
		return Bump(ctx, tx, id)
	})
}

// log notes what was done to a site as a whole. Of a change the reason names the
// settings.
func log(ctx context.Context, tx pgx.Tx, by modlog.Actor, id ID, act modlog.Act, reason string) error {
	return modlog.Add(ctx, tx, modlog.Entry{Site: int64(id), Actor: by, Act: act, Subject: modlog.Site, SubjectID: int64(id), Reason: reason})
}

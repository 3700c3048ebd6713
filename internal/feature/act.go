package feature

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Act is one editorial act on one feature.
type Act struct {
	Site    site.Site
	ID      ID
	By      modlog.Actor
	Version int64 // the version the editor saw; 0: no check
}

// lock gives a feature of a site to one transaction at a time.
type lock func(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Feature, error)

// lockInOrder also has all who change the order of a site's front page take
// turns. That lock goes first: who holds a feature never asks for it.
func lockInOrder(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Feature, error) {
	if err := lockOrder(ctx, tx, st); err != nil {
		return Feature{}, err
	}
	return lockByID(ctx, tx, st, id)
}

// do locks the feature and runs the rule of the act. The rule answers false
// where the feature is already as the act wants it: then nothing changes and
// nothing is logged a second time. fault.Denied is a frozen site, fault.NotFound
// and fault.Gone are the feature's.
func (act Act) do(ctx context.Context, b db.Beginner, get lock, rule func(tx pgx.Tx, f Feature) (changed bool, err error)) error {
	if err := act.Site.CheckOpen(); err != nil {
		return err
	}
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		f, err := get(ctx, tx, act.Site.ID, act.ID)
		if err != nil {
			return err
		}
		changed, err := rule(tx, f)
		if err != nil || !changed {
			return err
		}
		return site.Bump(ctx, tx, act.Site.ID)
	})
}

// checkVersion refuses an act on what has changed since last; that is the
// version in which what the act is about was changed.
func (act Act) checkVersion(last int64) error {
	if act.Version == 0 || act.Version >= last {
		return nil
	}
	return &fault.Error{
		Kind: fault.Conflict, Message: "the feature has changed since",
		Fields: []fault.Field{{Name: "version", Message: "error.version"}},
	}
}

func (act Act) log(ctx context.Context, tx pgx.Tx, what modlog.Act, reason string) error {
	return modlog.Add(ctx, tx, modlog.Entry{
		Site: int64(act.Site.ID), Actor: act.By, Act: what, Subject: modlog.Feature, SubjectID: int64(act.ID), Reason: reason,
	})
}

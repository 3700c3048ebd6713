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

// lockInOrder gives a feature to one transaction at a time, which has the order
// of the site's front page too. To write a feature is to enter its position into
// the index anew, and that waits for whoever moves another there: two who locked
// each a feature alone could wait for each other.
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
func (act Act) do(ctx context.Context, b db.Beginner, rule func(tx pgx.Tx, f Feature) (changed bool, err error)) error {
	if err := act.Site.CheckOpen(); err != nil {
		return err
	}
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		f, err := lockInOrder(ctx, tx, act.Site.ID, act.ID)
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

package comment

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Act is one editorial act on one comment. Its rules are those of articles.
type Act struct {
	Site    site.ID
	ID      ID
	By      modlog.Actor
	Reason  string
	Version int64 // the version the editor saw; 0: no check
}

// Hide folds a comment away; who wants to read it still can, with the reason.
// fault.Invalid without a reason, fault.Conflict in a final state, fault.Gone
// where its article is deleted.
func Hide(ctx context.Context, b db.Beginner, act Act) error {
	return act.do(ctx, b, modlog.Hide, func(tx pgx.Tx, id ID, to article.State, reason string) error {
		return setState(ctx, tx, id, to, reason)
	})
}

// Show brings a comment under its article: a hidden one back, one that waits for
// review for the first time. fault.Conflict in a final state, fault.Gone where
// its article is deleted.
func Show(ctx context.Context, b db.Beginner, act Act) error {
	return act.do(ctx, b, modlog.Show, func(tx pgx.Tx, id ID, to article.State, _ string) error {
		return setState(ctx, tx, id, to, "")
	})
}

// Remove deletes a comment for legal reasons, for good; only the reason stays.
// fault.Invalid without a reason, fault.Gone where its article is deleted.
func Remove(ctx context.Context, b db.Beginner, queue jobs.Inserter, act Act) error {
	return act.do(ctx, b, modlog.Remove, func(tx pgx.Tx, id ID, to article.State, reason string) error {
		if err := media.Erase(ctx, tx, queue, media.Owner{Comment: int64(id)}); err != nil {
			return err
		}
		return erase(ctx, tx, id, to, reason)
	})
}

// do locks the comment, takes it to where the act leads by write, and logs that
// in the same transaction. Where the comment is already as the act wants it,
// nothing changes and nothing is logged a second time.
func (act Act) do(ctx context.Context, b db.Beginner, what modlog.Act, write func(tx pgx.Tx, id ID, to article.State, reason string) error) error {
	var err error
	if act.Reason, err = article.CleanReason(act.Reason, what != modlog.Show); err != nil {
		return err
	}
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		c, err := lock(ctx, tx, act.Site, act.ID)
		if err != nil {
			return err
		}
		to, err := c.State.After(what)
		if err != nil {
			return err
		}
		if to == c.State {
			if same, err := act.again(ctx, tx, what, c); err != nil || same {
				return err
			}
		}
		if err := article.CheckVersion(act.Version, c.Version); err != nil {
			return err
		}
		if err := write(tx, c.ID, to, act.Reason); err != nil {
			return err
		}
		return act.settle(ctx, tx, c, what, to)
	})
}

// again tells whether the act was done before, as article.Again has it. What is
// removed keeps the reason that it was removed for.
func (act Act) again(ctx context.Context, tx pgx.Tx, what modlog.Act, c Full) (bool, error) {
	same, err := article.Again(ctx, tx, modlog.Entry{
		Site: int64(act.Site), Act: what, Subject: modlog.Comment, SubjectID: int64(act.ID), Reason: act.Reason,
	}, act.Version)
	switch {
	case err != nil || same:
		return same, err
	case c.State.Final():
		return true, c.State.Refusal()
	case c.State == article.Visible: // there is no reason to keep
		return true, article.CheckVersion(act.Version, c.Version)
	}
	return false, nil
}

// settle counts the comment anew, logs the act and bumps the site.
func (act Act) settle(ctx context.Context, tx pgx.Tx, c Full, what modlog.Act, to article.State) error {
	if n := visible(to) - visible(c.State); n != 0 {
		if err := article.CountComment(ctx, tx, c.ArticleID, n); err != nil {
			return err
		}
	}
	if err := modlog.Add(ctx, tx, modlog.Entry{
		Site: int64(act.Site), Actor: act.By, Act: what, Subject: modlog.Comment, SubjectID: int64(c.ID), Reason: act.Reason,
	}); err != nil {
		return err
	}
	return site.Bump(ctx, tx, act.Site)
}

// visible is how many comments a comment counts for.
func visible(s article.State) int {
	if s == article.Visible {
		return 1
	}
	return 0
}

// lock locks the article first, as everybody does who writes under it, and then
// the comment. Which article it is never changes.
func lock(ctx context.Context, tx pgx.Tx, st site.ID, id ID) (Full, error) {
	c, err := ByID(ctx, tx, st, id)
	if err != nil {
		return Full{}, err
	}
	a, err := article.Lock(ctx, tx, st, c.ArticleID)
	if err != nil {
		return Full{}, err
	}
	if a.State.Final() {
		return Full{}, fault.New(fault.Gone, "article")
	}
	return lockByID(ctx, tx, st, id)
}

package article

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// MaxReason bounds the reason of an editorial act, in characters.
const MaxReason = 1000

// Act is one editorial act on one article.
type Act struct {
	Site    site.ID
	ID      ID
	By      modlog.Actor
	Reason  string
	Version int64 // the version the editor saw; 0: no check
}

// do locks the article, checks the version and runs the rule of the act. The
// rule answers false where the article is already as the act wants it: then
// nothing changes and nothing is logged a second time.
func (act Act) do(ctx context.Context, b db.Beginner, rule func(tx pgx.Tx, a Article) (changed bool, err error)) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lockByID(ctx, tx, act.Site, act.ID)
		if err != nil {
			return err
		}
		changed, err := rule(tx, a)
		if err != nil || !changed {
			return err
		}
		if err := CheckVersion(act.Version, a.Version); err != nil {
			return err
		}
		return site.Bump(ctx, tx, act.Site)
	})
}

// CleanReason is the reason of an act without what surrounds it: fault.Invalid
// where it is too long, or missing although it is needed.
func CleanReason(reason string, needed bool) (string, error) {
	reason = strings.TrimSpace(markup.Lines(reason))
	switch length := utf8.RuneCountInString(reason); {
	case needed && length == 0:
		return "", fault.InvalidFields(fault.Field{Name: "reason", Message: "error.reason"})
	case length > MaxReason:
		return "", fault.InvalidFields(fault.Field{Name: "reason", Message: "error.too_long", Args: map[string]any{"Max": MaxReason, "Length": length}})
	}
	return reason, nil
}

// Again tells whether an act does once more what was done, where the thing is
// already in the state that the act leads to: no reason is given, the one that
// it was done for, or nothing is known of what the editor saw. Otherwise somebody
// else gave another reason, and this editor has to be told.
func Again(ctx context.Context, tx pgx.Tx, done modlog.Entry, seen int64) (bool, error) {
	if seen == 0 || done.Reason == "" {
		return true, nil
	}
	last, err := modlog.LastReason(ctx, tx, done)
	return last == done.Reason, err
}

// again is Again of an article.
func (act Act) again(ctx context.Context, tx pgx.Tx, what modlog.Act) (bool, error) {
	return Again(ctx, tx, modlog.Entry{Site: int64(act.Site), Act: what, Subject: modlog.Article, SubjectID: int64(act.ID), Reason: act.Reason}, act.Version)
}

// reasoned is the act with its reason cleaned.
func (act Act) reasoned(needed bool) (Act, error) {
	var err error
	act.Reason, err = CleanReason(act.Reason, needed)
	return act, err
}

// Hide takes an article off the wire; it stays at its address with the reason.
// Hiding what is hidden, for another reason, by an editor who saw that it is,
// hides it for that one. fault.Invalid without a reason, fault.Conflict in a final
// state or for a version that has passed.
func Hide(ctx context.Context, b db.Beginner, act Act) error {
	act, err := act.reasoned(true)
	if err != nil {
		return err
	}
	return act.do(ctx, b, func(tx pgx.Tx, a Article) (bool, error) {
		to, err := a.State.After(modlog.Hide)
		if err != nil {
			return false, err
		}
		if to == a.State {
			if same, err := act.again(ctx, tx, modlog.Hide); err != nil || same {
				return false, err
			}
		}
		if err := setState(ctx, tx, a.ID, to, act.Reason); err != nil {
			return false, err
		}
		return true, a.log(ctx, tx, act.By, modlog.Hide, act.Reason)
	})
}

// Show brings an article onto the wire: a hidden one back, one that waits for
// review for the first time, and with it a revision that waits. Showing what is
// shown changes nothing; fault.Conflict in a final state.
func Show(ctx context.Context, b db.Beginner, act Act) error {
	act, err := act.reasoned(false)
	if err != nil {
		return err
	}
	return act.do(ctx, b, func(tx pgx.Tx, a Article) (bool, error) {
		to, err := a.State.After(modlog.Show)
		if err != nil {
			return false, err
		}
		newest, err := revisionByNumber(ctx, tx, a.ID, a.Revision)
		if err != nil {
			return false, err
		}
		if to == a.State && newest.State != waiting {
			same, err := act.again(ctx, tx, modlog.Show)
			if err == nil && !same {
				err = CheckVersion(act.Version, a.Version)
			}
			return false, err
		}
		if newest.State == waiting {
			if err := applyRevision(ctx, tx, a.ID, a.Revision); err != nil {
				return false, err
			}
		}
		if a.State == Pending {
			if err := setPublished(ctx, tx, a.ID); err != nil {
				return false, err
			}
		}
		if err := setState(ctx, tx, a.ID, to, ""); err != nil {
			return false, err
		}
		return true, a.log(ctx, tx, act.By, modlog.Show, act.Reason)
	})
}

// Decline leaves out a change that waits for review: readers keep the text they
// have, and the author, who still has the other, may change it again. Declining
// again changes nothing. fault.Invalid without a reason, fault.Conflict in a final
// state, for a version that has passed, and where no change waits.
func Decline(ctx context.Context, b db.Beginner, act Act) error {
	act, err := act.reasoned(true)
	if err != nil {
		return err
	}
	return act.do(ctx, b, func(tx pgx.Tx, a Article) (bool, error) {
		if _, err := a.State.After(modlog.Decline); err != nil {
			return false, err
		}
		newest, err := revisionByNumber(ctx, tx, a.ID, a.Revision)
		if err != nil {
			return false, err
		}
		if newest.State == declined {
			if same, err := act.again(ctx, tx, modlog.Decline); err != nil || same {
				return false, err
			}
		}
		if newest.State != waiting {
			return false, noChange()
		}
		if err := declineRevision(ctx, tx, a.ID, a.Revision); err != nil {
			return false, err
		}
		return true, a.log(ctx, tx, act.By, modlog.Decline, act.Reason)
	})
}

func noChange() error {
	return &fault.Error{
		Kind: fault.Conflict, Message: "no change waits",
		Fields: []fault.Field{{Name: "change", Message: "error.no_change"}},
	}
}

// SetRank ranks a visible article; the rank it has changes nothing.
// fault.Conflict in any other state.
func SetRank(ctx context.Context, b db.Beginner, act Act, rank Rank) error {
	if !rank.Valid() {
		return fault.InvalidFields(fault.Field{Name: "rank", Message: "error.rank"})
	}
	return act.do(ctx, b, func(tx pgx.Tx, a Article) (bool, error) {
		if a.State != Visible {
			return false, a.State.Refusal()
		}
		if a.Rank == rank {
			return false, nil
		}
		if err := setRank(ctx, tx, a.ID, rank); err != nil {
			return false, err
		}
		return true, a.log(ctx, tx, act.By, modlog.Rank, string(rank))
	})
}

// Remove deletes an article for legal reasons, for good; only the reason stays.
// Removing again changes nothing; fault.Conflict where its author withdrew it, or
// another editor removed it for another reason.
func Remove(ctx context.Context, b db.Beginner, queue jobs.Inserter, act Act) error {
	act, err := act.reasoned(true)
	if err != nil {
		return err
	}
	return act.do(ctx, b, func(tx pgx.Tx, a Article) (bool, error) {
		to, err := a.State.After(modlog.Remove)
		if err != nil {
			return false, err
		}
		if to == a.State {
			same, err := act.again(ctx, tx, modlog.Remove)
			if err == nil && !same {
				err = a.State.Refusal()
			}
			return false, err
		}
		if err := CheckVersion(act.Version, a.Version); err != nil {
			return false, err
		}
		return false, a.destroy(ctx, tx, queue, to, act.By, modlog.Remove, act.Reason)
	})
}

package article

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Edit saves what the author changed, by receipt, as a new revision. The state
// stays; a rank falls back to Other, for the editors ranked another text. Where
// the collective holds articles for review, readers keep the approved revision
// until an editor shows the new one. seen is the version the form was made
// from, 0 for no check. A draft that changes nothing makes no revision, and the
// same form sent again changes nothing.
//
// fault.Invalid names fields, fault.Denied is a frozen site, fault.Conflict a
// final state or a version that has passed, fault.NotFound an unknown receipt.
func Edit(ctx context.Context, b db.Beginner, queue jobs.Inserter, st site.Site, r Receipt, t Ticket, d Draft, seen int64) error {
	if err := st.CheckOpen(); err != nil {
		return err
	}
	d = d.Clean(st)
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		a, err := lockByReceipt(ctx, tx, st.ID, r)
		if err != nil {
			return err
		}
		if _, err := a.State.After(modlog.Edit); err != nil {
			return err
		}
		if st, err = site.ByID(ctx, tx, st.ID); err != nil { // it may have been frozen since the form began to come
			return err
		}
		if err := st.CheckOpen(); err != nil {
			return err
		}
		if err := d.Check(st, a.Language); err != nil {
			return err
		}
		text, topics := d.text(), d.topicIDs(st)
		same, err := a.unchanged(ctx, tx, text, topics)
		if err != nil || (same && a.Contact == d.Contact && len(d.Files) == 0) {
			return err
		}
		if err := CheckVersion(seen, a.Version); err != nil {
			return err
		}
		if err := takeFiles(ctx, tx, queue, st, a, t, d.Files); err != nil {
			return err
		}
		if err := setContact(ctx, tx, a.ID, d.Contact); err != nil {
			return err
		}
		if same {
			err = raiseVersion(ctx, tx, a.ID)
		} else {
			err = a.revise(ctx, tx, st, text, topics)
		}
		if err != nil {
			return err
		}
		return site.Bump(ctx, tx, st.ID)
	})
}

func takeFiles(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.Site, a Article, t Ticket, files []media.Chosen) error {
	if len(files) == 0 {
		return nil
	}
	return media.Attach(ctx, tx, queue, st, t.Hash(), media.Owner{Article: int64(a.ID)}, files)
}

// revise writes the next revision and, unless it must wait, makes it the one
// that readers see.
func (a Article) revise(ctx context.Context, tx pgx.Tx, st site.Site, text Text, topics []site.TopicID) error {
	waits := st.HoldArticles && a.State != Pending
	if err := insertRevision(ctx, tx, a.ID, a.Revision+1, !waits, text, topics); err != nil {
		return err
	}
	if err := a.log(ctx, tx, modlog.Actor{Kind: modlog.Author}, modlog.Edit, ""); err != nil {
		return err
	}
	if waits {
		return bumpRevision(ctx, tx, a.ID)
	}
	return applyRevision(ctx, tx, a.ID, a.Revision+1)
}

// unchanged compares a text with the newest revision, approved or waiting.
func (a Article) unchanged(ctx context.Context, tx pgx.Tx, text Text, topics []site.TopicID) (bool, error) {
	newest, err := revisionByNumber(ctx, tx, a.ID, a.Revision)
	if err != nil {
		return false, err
	}
	return newest.Text == text && sameTopics(newest.Topics, topics), nil
}

func (a Article) log(ctx context.Context, tx pgx.Tx, by modlog.Actor, act modlog.Act, reason string) error {
	return modlog.Add(ctx, tx, modlog.Entry{
		Site: int64(a.SiteID), Actor: by, Act: act, Subject: modlog.Article, SubjectID: int64(a.ID), Reason: reason,
	})
}

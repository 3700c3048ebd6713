package feature

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Edit saves what an editor changed: text, posts, picture. The address stays. A
// draft that changes nothing, and the same form sent again, change nothing.
//
// fault.Invalid names fields, fault.Conflict is a version that has passed: not
// where only the order of the front page has changed since.
func Edit(ctx context.Context, b db.Beginner, queue jobs.Inserter, act Act, ticket []byte, d Draft) error {
	d = d.Clean(act.Site)
	return act.do(ctx, b, func(tx pgx.Tx, f Feature) (bool, error) {
		before, err := repeated(ctx, tx, f.SiteID, ticket, d.hash())
		if err == nil && before.Repeated && before.ID == f.ID {
			return false, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		if f.Picture == nil {
			d.Alt = nil
		}
		if err := checkAll(ctx, tx, act.Site, d, f.Language); err != nil {
			return false, err
		}
		if same, err := f.same(ctx, tx, d); err != nil || same {
			return false, err
		}
		if err := act.checkVersion(f.EditedVersion); err != nil {
			return false, err
		}
		return true, act.rewrite(ctx, tx, queue, f, ticket, d)
	})
}

func (act Act) rewrite(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, f Feature, ticket []byte, d Draft) error {
	if err := update(ctx, tx, f.ID, d, markup.Render(markup.Markdown, d.Body)); err != nil {
		return err
	}
	if err := linkArticles(ctx, tx, f.ID, d.Articles); err != nil {
		return err
	}
	if err := f.takePicture(ctx, tx, queue, ticket, d); err != nil {
		return err
	}
	if err := rememberForm(ctx, tx, f.SiteID, ticket, f.ID, d.hash()); err != nil {
		return err
	}
	return act.log(ctx, tx, modlog.Edit, "")
}

// same tells whether a draft says what the feature says already.
func (f Feature) same(ctx context.Context, tx pgx.Tx, d Draft) (bool, error) {
	if f.Title != d.Title || f.Summary != d.Summary || f.Source != d.Body || f.Language != d.Language {
		return false, nil
	}
	if len(d.Files) > 0 || d.NoPicture && f.Picture != nil {
		return false, nil
	}
	linked, err := LinkedTo(ctx, tx, f.SiteID, f.ID)
	if err != nil || !slices.EqualFunc(linked, d.Articles, func(i article.Item, id article.ID) bool { return i.ID == id }) {
		return false, err
	}
	if d.Alt == nil {
		return true, nil
	}
	files, err := media.OfFeature(ctx, tx, f.SiteID, int64(f.ID))
	return len(files) > 0 && files[0].Alt == *d.Alt, err
}

// takePicture makes the draft's file the feature's picture: the one before is
// deleted, and its address answers that it is gone.
func (f Feature) takePicture(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, ticket []byte, d Draft) error {
	if len(d.Files) == 0 && !d.NoPicture {
		if d.Alt == nil {
			return nil
		}
		return media.Describe(ctx, tx, f.SiteID, *f.Picture, *d.Alt)
	}
	owner := media.Owner{Feature: int64(f.ID)}
	if f.Picture != nil {
		if err := media.Erase(ctx, tx, queue, owner); err != nil {
			return err
		}
	}
	if len(d.Files) == 0 {
		return setPicture(ctx, tx, f.ID, nil)
	}
	picture, err := media.AttachPicture(ctx, tx, queue, f.SiteID, ticket, owner, d.Files[0])
	if err != nil {
		return err
	}
	return setPicture(ctx, tx, f.ID, &picture)
}

// checkAll is Check, and whether the posts are the site's own: those that are
// not are named, unless there are too many to look for.
func checkAll(ctx context.Context, tx pgx.Tx, st site.Site, d Draft, present ...locale.Tag) error {
	bad := fault.Fields(d.Check(st, present...))
	if d.tooMany() {
		return fault.InvalidFields(bad...)
	}
	unknown := slices.Clone(d.Strange)
	found, err := Linkable(ctx, tx, st.ID, d.Articles)
	if err != nil {
		return err
	}
	for _, id := range d.Articles {
		if !slices.ContainsFunc(found, func(i article.Item) bool { return i.ID == id }) {
			unknown = append(unknown, fmt.Sprint(id))
		}
	}
	if len(unknown) > 0 {
		bad = append(bad, fault.Field{Name: "article", Message: "error.articles_unknown", Args: map[string]any{"Names": strings.Join(unknown, ", ")}})
	}
	return fault.InvalidFields(bad...)
}

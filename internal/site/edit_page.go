package site

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// AddPage adds a static page to a site. fault.Invalid names the fields at fault;
// fault.Conflict where the site has a page at the address. The same page again
// changes nothing.
func AddPage(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, d PageDraft) error {
	d = d.Clean()
	if err := d.Check(); err != nil {
		return err
	}
	return change(ctx, b, id, func(tx pgx.Tx, st Site) (bool, error) {
		there, err := PageBySlug(ctx, tx, id, d.Slug)
		switch {
		case err == nil && there.Draft() == d:
			return false, nil
		case err == nil:
			return false, taken("slug", fault.New(fault.Conflict, "page"))
		case !fault.Is(err, fault.NotFound):
			return false, err
		case len(st.Pages) >= MaxPages:
			return false, fault.InvalidFields(fault.Field{Name: "slug", Message: "error.too_many_pages", Args: map[string]any{"Max": MaxPages}})
		}
		page, err := insertPage(ctx, tx, id, d)
		if err != nil {
			return false, err
		}
		return true, logPage(ctx, tx, by, id, modlog.Create, page, "")
	})
}

// EditPage writes a static page anew; its address stays. fault.NotFound where
// there is none; fault.Conflict where it has changed since it was read as seal
// says. The text it has changes nothing.
func EditPage(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, seal Seal, d PageDraft) error {
	d = d.Clean()
	return change(ctx, b, id, func(tx pgx.Tx, _ Site) (bool, error) {
		had, err := PageBySlug(ctx, tx, id, d.Slug)
		if err != nil {
			return false, err
		}
		if err := d.Check(); err != nil {
			return false, err
		}
		names := had.changes(d)
		if len(names) == 0 {
			return false, nil
		}
		if err := seal.Check(had.Seal()); err != nil {
			return false, err
		}
		if err := updatePage(ctx, tx, had.ID, d); err != nil {
			return false, err
		}
		return true, logPage(ctx, tx, by, id, modlog.Change, had.ID, strings.Join(names, " "))
	})
}

// changes names what is another in d.
func (p Page) changes(d PageDraft) (names []string) {
	if p.Title != d.Title {
		names = append(names, "title")
	}
	if p.Language != d.Language {
		names = append(names, "language")
	}
	if p.Source != d.Source {
		names = append(names, "text")
	}
	return names
}

// DeletePage deletes a static page for good. fault.NotFound where there is none;
// fault.Conflict for one that every site has, and where it has changed since it
// was read as seal says.
func DeletePage(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, seal Seal, slug string) error {
	return change(ctx, b, id, func(tx pgx.Tx, _ Site) (bool, error) {
		had, err := PageBySlug(ctx, tx, id, slug)
		if err != nil {
			return false, err
		}
		if had.Lasting() {
			return false, fault.New(fault.Conflict, "every site has this page")
		}
		if err := seal.Check(had.Seal()); err != nil {
			return false, err
		}
		if err := deletePage(ctx, tx, had.ID); err != nil {
			return false, err
		}
		return true, logPage(ctx, tx, by, id, modlog.Delete, had.ID, "")
	})
}

func logPage(ctx context.Context, tx pgx.Tx, by modlog.Actor, id ID, act modlog.Act, page PageID, reason string) error {
	return modlog.Add(ctx, tx, modlog.Entry{Site: int64(id), Actor: by, Act: act, Subject: modlog.Page, SubjectID: int64(page), Reason: reason})
}

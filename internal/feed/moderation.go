package feed

import (
	"context"
	"fmt"

	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Moderation is the newest of what was done to articles, comments and features,
// as everyone may read it: by their numbers, so that a reader's copy holds
// nothing of what was withdrawn.
func (p Press) Moderation(ctx context.Context, q db.Querier, st site.Site) (Feed, error) {
	made := p.frame(st, p.Speech.T("moderation.title"), "/moderation", "/moderation", nil)
	log, err := modlog.List(ctx, q, int64(st.ID), modlog.Filter{})
	if err != nil {
		return Feed{}, err
	}
	spots, err := Spots(ctx, q, st.ID, log.Items)
	if err != nil {
		return Feed{}, err
	}
	for _, r := range log.Items {
		made.Entries = append(made.Entries, p.act(st, r, spots))
	}
	return made.dated(st.CreatedAt), nil
}

func (p Press) act(st site.Site, r modlog.Record, spots map[comment.ID]comment.Spot) Entry {
	path := PathOf(r, spots)
	if path == "" {
		path = "/moderation"
	}
	who := r.Who(p.Speech)
	return Entry{
		ID: p.tag(fmt.Sprintf("%s/log/%d", st.Slug, r.ID)), URL: p.Origin + path, Author: who,
		Title: p.Speech.T("log.line", "Who", who, "What", r.What(p.Speech)), HTML: paragraph(r.Why(p.Speech)),
		Language: p.Speech.Tag(), Published: r.At, Updated: r.At,
	}
}

// Spots are where the comments stand that records of a site's log are about.
func Spots(ctx context.Context, q db.Querier, st site.ID, records []modlog.Record) (map[comment.ID]comment.Spot, error) {
	var ids []comment.ID
	for _, r := range records {
		if r.Subject == modlog.Comment {
			ids = append(ids, comment.ID(r.SubjectID))
		}
	}
	return comment.Spots(ctx, q, st, ids)
}

// PathOf is where readers may look into an act, by numbers only; empty where
// there is nothing to see.
func PathOf(r modlog.Record, spots map[comment.ID]comment.Spot) string {
	switch r.Subject {
	case modlog.Article:
		return fmt.Sprintf("/articles/%d", r.SubjectID)
	case modlog.Comment:
		if spot, found := spots[comment.ID(r.SubjectID)]; found {
			return fmt.Sprintf("/articles/%d", spot.Article) + spot.Anchor()
		}
	case modlog.Feature:
		if r.Act != modlog.Discard {
			return fmt.Sprintf("/features/%d", r.SubjectID)
		}
	}
	return ""
}

package web

import (
	"context"

	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Shot is what a list shows of an article's first file of a kind.
type Shot struct {
	Src           string // path of a picture; empty for what has none
	Width, Height int
	Length        string // how long it plays
}

// shotWidth is what a list has room for.
const shotWidth = 480

// addShots gives the items of a list what their files of a kind look like, in
// one query for all.
func (s *Server) addShots(ctx context.Context, p Page, st site.ID, items []WireItem, kind media.Kind) error {
	ids := make([]int64, 0, len(items))
	for _, i := range items {
		ids = append(ids, int64(i.ID))
	}
	files, err := media.OfKind(ctx, s.Pools.Replica, st, ids, kind)
	if err != nil {
		return err
	}
	for i := range items {
		for _, m := range files {
			if *m.ArticleID == int64(items[i].ID) {
				items[i].Shot = shot(p, m)
				break
			}
		}
	}
	return nil
}

func shot(p Page, m media.Media) *Shot {
	sh := &Shot{}
	if r, found := posterOf(m, shotWidth); found {
		sh.Src, sh.Width, sh.Height = mediaPath(m.ID, r.Name), r.Width, r.Height
	}
	if m.Duration > 0 {
		sh.Length = p.L.Length(m.Duration)
	}
	return sh
}

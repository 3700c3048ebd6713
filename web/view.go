package web

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
)

// WireItem is an article in a list.
type WireItem struct {
	ID       article.ID
	URL      string
	Title    string
	Summary  string
	Author   string
	Lang     locale.Tag
	When     When
	Rank     article.Rank
	RankName string
	Media    []string // words for the kinds of files
	Shot     *Shot    // in a list of one kind of files
	Comments int
	From     *Source // on the portal
}

// Source is the site that something on the portal comes from.
type Source struct {
	Name, URL string
	Lang      locale.Tag
}

func wireItem(p Page, base string, i article.Item) WireItem {
	item := WireItem{
		ID: i.ID, URL: base + articlePath(i.ID, i.Slug), Title: i.Title, Summary: i.Summary, Author: i.Author, Lang: i.Language,
		When: p.WireTime(i.PublishedAt), Rank: i.Rank, RankName: p.RankName(i.Rank), Comments: i.CommentCount,
	}
	for _, kind := range i.MediaKinds {
		item.Media = append(item.Media, p.T("media."+kind)) // i18n: media.*
	}
	return item
}

func wireItems(p Page, items []article.Item) []WireItem {
	list := make([]WireItem, 0, len(items))
	for _, i := range items {
		list = append(list, wireItem(p, "", i))
	}
	return list
}

// FeatureItem is a feature in a list.
type FeatureItem struct {
	URL      string
	Title    string
	Summary  string
	Lang     locale.Tag
	When     When
	Articles int  // posts of the wire it is made from
	Lead     bool // it leads its page
	Picture  *Picture
	From     *Source // on the portal
}

// featureItems adds their pictures to features, in one query for all.
func (s *Server) featureItems(ctx context.Context, p Page, items []feature.Item) ([]FeatureItem, error) {
	var ids []media.ID
	for _, f := range items {
		if f.Picture != nil {
			ids = append(ids, *f.Picture)
		}
	}
	pictures, err := s.pictures(ctx, p, ids)
	if err != nil {
		return nil, err
	}
	list := make([]FeatureItem, 0, len(items))
	for _, f := range items {
		item := featureItem(p, f)
		if f.Picture != nil {
			item.Picture = pictures[*f.Picture]
		}
		list = append(list, item)
	}
	return list, nil
}

// featureItem is one without its picture.
func featureItem(p Page, f feature.Item) FeatureItem {
	return FeatureItem{
		URL: featurePath(f.ID, f.Slug), Title: f.Title, Summary: f.Summary, Lang: f.Language,
		When: p.Date(f.PublishedAt), Articles: f.Articles,
	}
}

func (s *Server) pictures(ctx context.Context, p Page, ids []media.ID) (map[media.ID]*Picture, error) {
	found := map[media.ID]*Picture{}
	if len(ids) == 0 {
		return found, nil
	}
	files, err := media.ByIDs(ctx, s.Pools.Replica, ids)
	for _, m := range files {
		found[m.ID] = picture(p, m)
	}
	return found, err
}

// Picture is a photo in all its renditions.
type Picture struct {
	Alt           string
	Src           string // a JPEG that every browser shows
	JPEG, WebP    string // srcset
	Width, Height int    // of the largest
	Large         string // path of the largest JPEG
	LargeText     string // of the link to it
	LargeLang     locale.Tag
}

// picture is nil for a file that is not ready, and for what is no picture.
func picture(p Page, m media.Media) *Picture {
	if m.Kind != media.Image || m.State != media.Ready || len(m.Renditions) == 0 {
		return nil
	}
	pic := &Picture{Alt: m.Alt, JPEG: srcset(m, "image/jpeg"), WebP: srcset(m, "image/webp")}
	jpegs := slices.DeleteFunc(slices.Clone(m.Renditions), func(r media.Rendition) bool { return r.Type != "image/jpeg" })
	if len(jpegs) == 0 {
		return nil
	}
	slices.SortFunc(jpegs, func(a, b media.Rendition) int { return cmp.Compare(a.Width, b.Width) })
	middle, large := jpegs[len(jpegs)/2], jpegs[len(jpegs)-1]
	pic.Src, pic.Large = mediaPath(m.ID, middle.Name), mediaPath(m.ID, large.Name)
	pic.Width, pic.Height = large.Width, large.Height
	pic.LargeText, pic.LargeLang = p.T("picture.larger", "Size", p.L.Bytes(large.Bytes)), p.Lang()
	return pic
}

func srcset(m media.Media, kind string) string {
	var set []string
	for _, r := range m.Renditions {
		if r.Type == kind {
			set = append(set, mediaPath(m.ID, r.Name)+" "+strconv.Itoa(r.Width)+"w")
		}
	}
	return strings.Join(set, ", ")
}

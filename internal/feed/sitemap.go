package feed

import (
	"context"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// SitemapSize bounds the articles in one file of a sitemap, and the features
// that the first one lists, so that no file comes near the 50,000 addresses that
// the protocol allows (https://www.sitemaps.org/protocol.html).
const SitemapSize = 10_000

// Place is an address for search engines.
type Place struct {
	URL     string
	Changed time.Time // zero: not known
}

// Places are all pages of a site but its articles: those that every site has,
// topics, static pages and the newest features.
func Places(ctx context.Context, q db.Querier, st site.Site, origin string) ([]Place, error) {
	places := []Place{{URL: origin + "/"}, {URL: origin + "/newswire"}, {URL: origin + "/features"}, {URL: origin + "/archive"}}
	for _, t := range st.Topics {
		places = append(places, Place{URL: origin + "/topics/" + t.Slug})
	}
	found, err := standing(ctx, q, st.ID)
	for _, f := range found {
		at := Place{URL: origin + "/pages/" + f.Slug, Changed: f.Changed}
		if f.ID != 0 {
			at.URL = fmt.Sprintf("%s/features/%d/%s", origin, f.ID, f.Slug)
		}
		places = append(places, at)
	}
	return places, err
}

// Starts gives where each file of a site's sitemap begins, from the oldest
// article on, so that files that are full stay as they are. There is always at
// least one, the zero cursor.
func Starts(ctx context.Context, q db.Querier, st site.ID) ([]paging.Cursor, error) {
	found, err := sitemapStarts(ctx, q, st)
	if len(found) == 0 {
		return []paging.Cursor{0}, err
	}
	found[0] = 0 // whatever is first by then
	return found, err
}

// Articles are the visible articles of one file, from the one that Starts named.
func Articles(ctx context.Context, q db.Querier, st site.ID, origin string, from paging.Cursor) ([]Place, error) {
	found, err := sitemapArticles(ctx, q, st, from)
	places := make([]Place, 0, len(found))
	for _, f := range found {
		places = append(places, Place{URL: origin + fmt.Sprintf("/articles/%d/%s", f.ID, f.Slug), Changed: f.Changed})
	}
	return places, err
}

const sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"

type sitemapFile struct {
	XMLName xml.Name
	URLs    []sitemapURL `xml:"url"`
	Files   []sitemapURL `xml:"sitemap"`
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// Sitemap writes a file of a sitemap.
func Sitemap(places []Place) ([]byte, error) {
	file := sitemapFile{XMLName: xml.Name{Space: sitemapSpace, Local: "urlset"}}
	for _, p := range places {
		u := sitemapURL{Loc: clean(p.URL)}
		if !p.Changed.IsZero() {
			u.LastMod = stamp(p.Changed)
		}
		file.URLs = append(file.URLs, u)
	}
	return document(file)
}

// SitemapIndex writes the list of a sitemap's files, by their addresses.
func SitemapIndex(files []string) ([]byte, error) {
	index := sitemapFile{XMLName: xml.Name{Space: sitemapSpace, Local: "sitemapindex"}}
	for _, url := range files {
		index.Files = append(index.Files, sitemapURL{Loc: clean(url)})
	}
	return document(index)
}

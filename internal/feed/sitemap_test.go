package feed_test

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/feed"
	"github.com/indywire/indywire/internal/paging"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	id := p.feature(feature.Draft{Title: "Lead", Summary: "x", Body: "x", PublishedAt: p.at})
	p.site("lisboa")
	places, err := feed.Places(context.Background(), p.tx, p.st, "https://here")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"https://here/", "https://here/newswire", "https://here/features", "https://here/archive", "https://here/topics/labour", "https://here/topics/housing",
		"https://here/pages/about", "https://here/pages/contact", "https://here/pages/policy", fmt.Sprintf("https://here/features/%d/lead", id),
	}
	var got []string
	for _, at := range places {
		got = append(got, at.URL)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestSitemapInFiles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPaper(t)
	starts, err := feed.Starts(ctx, p.tx, p.st.ID)
	if diff := cmp.Diff([]paging.Cursor{0}, starts); diff != "" || err != nil {
		t.Errorf("an empty site: %v %s", err, diff)
	}
	hidden := p.post(p.st, article.Hidden, article.Other, article.Draft{Title: "Hidden", Body: "x"})
	p.post(p.site("lisboa"), article.Visible, article.Other, article.Draft{Title: "Elsewhere", Body: "x"})
	const total = 2*feed.SitemapSize + 7
	p.exec(`
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at)
		SELECT $1, 'post', 'visible', 'en', 'Post', '', '', 'text', '', '', 1, $2::timestamptz - n * interval '1 hour' FROM generate_series(1, $3) n`,
		p.st.ID, p.at, total)
	if starts, err = feed.Starts(ctx, p.tx, p.st.ID); err != nil || len(starts) != 3 {
		t.Fatalf("%d files, error %v", len(starts), err)
	}
	seen := map[string]bool{}
	for i, from := range starts {
		places, err := feed.Articles(ctx, p.tx, p.st.ID, "https://here", from)
		if err != nil {
			t.Fatal(err)
		}
		if want := min(feed.SitemapSize, total-i*feed.SitemapSize); len(places) != want {
			t.Errorf("file %d has %d addresses, want %d", i, len(places), want)
		}
		for _, at := range places {
			seen[at.URL] = true
		}
	}
	if len(seen) != total || seen[fmt.Sprintf("https://here/articles/%d/hidden", hidden)] {
		t.Errorf("%d addresses, want %d", len(seen), total)
	}
}

func TestSitemapIsWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 14, 52, 31, 0, time.FixedZone("", 3600))
	data, err := feed.Sitemap([]feed.Place{{URL: "https://here/?a=1&b=2"}, {URL: "https://here/x", Changed: at}})
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(read.URLs); got != "[{https://here/?a=1&b=2 } {https://here/x 2026-11-22T13:52:00Z}]" {
		t.Error(got)
	}
	index, err := feed.SitemapIndex([]string{"https://here/sitemap.xml?from=x"})
	if err != nil || !strings.Contains(string(index), `<sitemapindex xmlns="`+read.XMLName.Space+`">`) || !strings.Contains(string(index), "<sitemap>\n  <loc>https://here/sitemap.xml?from=x</loc>") {
		t.Errorf("%v: %s", err, index)
	}
}

package feed

import (
	"context"
	"encoding/xml"
	"fmt"
	"html"
	"slices"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
)

// Podcast is the newest of a site's wire that is heard or watched, an entry for
// each recording and video: programs for podcasts take one file of an entry.
func (p Press) Podcast(ctx context.Context, q db.Querier, st site.Site) (Feed, error) {
	made := p.frame(st, p.Speech.T("feed.podcast"), "/feeds/podcast", "/newswire", nil)
	made, err := p.wire(ctx, q, made, st, newswire.Filter{Plays: true})
	if err != nil {
		return Feed{}, err
	}
	if st.Logo != nil {
		made.Image = p.Origin + "/media/" + st.Logo.ID + "/" + st.Logo.JPEG
	}
	made.Entries = episodes(made.Entries)
	return made, nil
}

// episodes has an entry for each file that plays. The first keeps the entry's id.
func episodes(entries []Entry) []Entry {
	var list []Entry
	for _, e := range entries {
		played := slices.DeleteFunc(slices.Clone(e.Enclosures), func(file Enclosure) bool { return !file.plays() })
		id, title := e.ID, e.Title
		for i, file := range played {
			e.Enclosures = []Enclosure{file}
			if i > 0 {
				e.ID, e.Title = fmt.Sprintf("%s/%d", id, i+1), fmt.Sprintf("%s (%d)", title, i+1)
			}
			list = append(list, e)
		}
	}
	return list
}

type podcast struct {
	XMLName xml.Name       `xml:"rss"`
	Version string         `xml:"version,attr"`
	Atom    string         `xml:"xmlns:atom,attr"`
	Content string         `xml:"xmlns:content,attr"`
	ITunes  string         `xml:"xmlns:itunes,attr"`
	Channel podcastChannel `xml:"channel"`
}

type podcastChannel struct {
	Title       string         `xml:"title"`
	Link        string         `xml:"link"`
	Description string         `xml:"description"`
	Language    string         `xml:"language,omitempty"`
	Built       string         `xml:"lastBuildDate"`
	Self        atomLink       `xml:"atom:link"`
	Author      string         `xml:"itunes:author"`
	Explicit    bool           `xml:"itunes:explicit"`
	Category    itunesCategory `xml:"itunes:category"`
	Image       *itunesImage   `xml:"itunes:image"`
	Items       []podcastItem  `xml:"item"`
}

type podcastItem struct {
	Title       string       `xml:"title"`
	Link        string       `xml:"link"`
	GUID        rssGUID      `xml:"guid"`
	Published   string       `xml:"pubDate"`
	Description string       `xml:"description,omitempty"`
	Content     string       `xml:"content:encoded"`
	Enclosure   rssEnclosure `xml:"enclosure"`
	Duration    int64        `xml:"itunes:duration,omitempty"` // seconds
	Author      string       `xml:"itunes:author,omitempty"`
	Explicit    bool         `xml:"itunes:explicit"`
	Image       *itunesImage `xml:"itunes:image"`
}

type itunesCategory struct {
	Text string `xml:"text,attr"`
}

type itunesImage struct {
	Href string `xml:"href,attr"`
}

// WritePodcast writes f as RSS 2.0 with what programs for podcasts ask for
// (http://www.itunes.com/dtds/podcast-1.0.dtd). An entry without a file that
// plays is left out.
func WritePodcast(f Feed) ([]byte, error) {
	p := podcast{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Content: "http://purl.org/rss/1.0/modules/content/",
		ITunes: "http://www.itunes.com/dtds/podcast-1.0.dtd",
		Channel: podcastChannel{
			Title: clean(f.Title), Link: clean(f.Home), Description: clean(f.Description), Language: f.Language.String(),
			Built: rssTime(f.Updated), Self: atomLink{Rel: "self", Type: TypeRSS, Href: clean(f.Self.RSS)},
			Author: clean(f.Author), Category: itunesCategory{"News"}, Image: imageAt(f.Image),
		},
	}
	if p.Channel.Description == "" {
		p.Channel.Description = p.Channel.Title // which the channel must have
	}
	for _, e := range f.Entries {
		if main := e.mainEnclosure(); main < len(e.Enclosures) && e.Enclosures[main].plays() {
			p.Channel.Items = append(p.Channel.Items, episode(e, e.Enclosures[main]))
		}
	}
	return document(p)
}

func episode(e Entry, file Enclosure) podcastItem {
	return podcastItem{
		Title: clean(e.Title), Link: clean(e.URL), GUID: rssGUID{ID: clean(e.ID)}, Published: rssTime(e.Published),
		Description: html.EscapeString(clean(e.Summary)), Content: clean(e.content()),
		Enclosure: rssEnclosure{URL: clean(file.URL), Length: file.Length, Type: file.Type},
		Duration:  seconds(file.Duration), Author: clean(e.Author), Image: imageAt(file.Poster),
	}
}

func imageAt(address string) *itunesImage {
	if address == "" {
		return nil
	}
	return &itunesImage{clean(address)}
}

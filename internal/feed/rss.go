package feed

import (
	"encoding/xml"
	"html"
	"slices"
	"strings"
	"time"
)

type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Content string     `xml:"xmlns:content,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Media   string     `xml:"xmlns:media,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language,omitempty"`
	Built       string    `xml:"lastBuildDate"`
	Self        atomLink  `xml:"atom:link"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string         `xml:"title"`
	Link        string         `xml:"link"`
	GUID        rssGUID        `xml:"guid"`
	Published   string         `xml:"pubDate"`
	Updated     string         `xml:"atom:updated"`
	Creator     string         `xml:"dc:creator,omitempty"`
	Language    string         `xml:"dc:language,omitempty"`
	Categories  []string       `xml:"category"`
	Description string         `xml:"description,omitempty"`
	Content     string         `xml:"content:encoded"`
	Enclosure   *rssEnclosure  `xml:"enclosure"`
	Media       []mediaContent `xml:"media:content"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	ID          string `xml:",chardata"`
}

type rssEnclosure struct {
	URL    string `xml:"url,attr"`
	Length int64  `xml:"length,attr"`
	Type   string `xml:"type,attr"`
}

type mediaContent struct {
	URL      string `xml:"url,attr"`
	FileSize int64  `xml:"fileSize,attr,omitempty"`
	Type     string `xml:"type,attr"`
	Medium   string `xml:"medium,attr,omitempty"`
	Duration int64  `xml:"duration,attr,omitempty"` // seconds

	Thumbnail *mediaThumbnail `xml:"media:thumbnail"`
}

type mediaThumbnail struct {
	URL string `xml:"url,attr"`
}

// RSS writes f as RSS 2.0 (https://www.rssboard.org/rss-specification) with the
// whole text in content:encoded. An item may have one enclosure only; all of
// them stand as media:content (Media RSS) beside it.
func RSS(f Feed) ([]byte, error) {
	r := rss{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Content: "http://purl.org/rss/1.0/modules/content/",
		DC: "http://purl.org/dc/elements/1.1/", Media: "http://search.yahoo.com/mrss/",
		Channel: rssChannel{
			Title: clean(f.Title), Link: clean(f.Home), Description: clean(f.Description), Language: f.Language.String(),
			Built: rssTime(f.Updated), Self: atomLink{Rel: "self", Type: TypeRSS, Href: clean(f.Self.RSS)},
		},
	}
	if r.Channel.Description == "" {
		r.Channel.Description = r.Channel.Title // which the channel must have
	}
	for _, e := range f.Entries {
		r.Channel.Items = append(r.Channel.Items, rssOf(e))
	}
	return document(r)
}

func rssOf(e Entry) rssItem {
	item := rssItem{
		Title: clean(e.Title), Link: clean(e.URL), GUID: rssGUID{ID: clean(e.ID)}, Published: rssTime(e.Published),
		Updated: stamp(e.Updated), Creator: clean(e.Author), Language: e.Language.String(),
		Description: html.EscapeString(clean(e.Summary)), // readers take a description for HTML
		Content:     clean(e.content()),
	}
	for _, topic := range e.Topics {
		item.Categories = append(item.Categories, clean(topic))
	}
	for i, file := range e.Enclosures {
		if i == e.mainEnclosure() {
			item.Enclosure = &rssEnclosure{URL: clean(file.URL), Length: file.Length, Type: file.Type}
		}
		content := mediaContent{URL: clean(file.URL), FileSize: file.Length, Type: file.Type, Medium: medium(file.Type), Duration: seconds(file.Duration)}
		if file.Poster != "" {
			content.Thumbnail = &mediaThumbnail{clean(file.Poster)}
		}
		item.Media = append(item.Media, content)
	}
	return item
}

// mainEnclosure is which file an item hands on where it may hand on one: the
// first that plays, for there are programs for that; else the first.
func (e Entry) mainEnclosure() int {
	return max(slices.IndexFunc(e.Enclosures, Enclosure.plays), 0)
}

// rssTime is RFC 822 with a year of four digits.
func rssTime(t time.Time) string { return minute(t).Format(time.RFC1123Z) }

// medium is the kind of a media type as Media RSS names it.
func medium(mime string) string {
	kind, _, _ := strings.Cut(mime, "/")
	switch kind {
	case "image", "audio", "video":
		return kind
	}
	return "document"
}

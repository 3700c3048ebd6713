package feed

import (
	"encoding/xml"
	"fmt"
)

// Media types of the formats.
const (
	TypeAtom = "application/atom+xml" // RFC 4287, 7
	TypeRSS  = "application/rss+xml"  // not registered, but what readers look for
	TypeJSON = "application/feed+json"
)

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"xml:lang,attr,omitempty"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   atomPerson  `xml:"author"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Language   string         `xml:"xml:lang,attr,omitempty"`
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Author     *atomPerson    `xml:"author"`
	Categories []atomCategory `xml:"category"`
	Links      []atomLink     `xml:"link"`
	Summary    string         `xml:"summary,omitempty"`
	Content    atomText       `xml:"content"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomLink struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Href   string `xml:"href,attr"`
	Length int64  `xml:"length,attr,omitempty"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Body string `xml:",chardata"`
}

// Atom writes f as RFC 4287 has it. The direction of a text, of which Atom does
// not speak, stands in its HTML.
func Atom(f Feed) ([]byte, error) {
	a := atomFeed{
		Language: f.Language.String(), ID: clean(f.ID), Title: clean(f.Title), Subtitle: clean(f.Description),
		Updated: stamp(f.Updated), Author: atomPerson{clean(f.Author)},
		Links: []atomLink{
			{Rel: "self", Type: TypeAtom, Href: clean(f.Self.Atom)},
			{Rel: "alternate", Type: "text/html", Href: clean(f.Home)},
		},
	}
	if a.Author.Name == "" {
		a.Author.Name = a.Title // an entry without an author needs one of the feed (4.1.1)
	}
	for _, e := range f.Entries {
		a.Entries = append(a.Entries, atomOf(e))
	}
	return document(a)
}

func atomOf(e Entry) atomEntry {
	a := atomEntry{
		Language: e.Language.String(), ID: clean(e.ID), Title: clean(e.Title), Published: stamp(e.Published), Updated: stamp(e.Updated),
		Summary: clean(e.Summary), Content: atomText{"html", clean(e.content())},
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: clean(e.URL)}},
	}
	if author := clean(e.Author); author != "" {
		a.Author = &atomPerson{author}
	}
	for _, topic := range e.Topics {
		a.Categories = append(a.Categories, atomCategory{clean(topic)})
	}
	for _, file := range e.Enclosures {
		a.Links = append(a.Links, atomLink{Rel: "enclosure", Type: file.Type, Href: clean(file.URL), Length: file.Length})
	}
	return a
}

// document writes XML with its declaration.
func document(v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write a feed: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

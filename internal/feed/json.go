package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	Home        string       `json:"home_page_url"`
	Self        string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	Language    string       `json:"language,omitempty"`
	Authors     []jsonAuthor `json:"authors,omitempty"`
	Items       []jsonItem   `json:"items"`
}

type jsonItem struct {
	ID          string           `json:"id"`
	URL         string           `json:"url"`
	Title       string           `json:"title,omitempty"`
	HTML        string           `json:"content_html"`
	Summary     string           `json:"summary,omitempty"`
	Image       string           `json:"image,omitempty"`
	Published   string           `json:"date_published"`
	Modified    string           `json:"date_modified"`
	Authors     []jsonAuthor     `json:"authors,omitempty"`
	Tags        []string         `json:"tags,omitempty"`
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonAttachment struct {
	URL  string `json:"url"`
	Type string `json:"mime_type"`
	Size int64  `json:"size_in_bytes,omitempty"`
	Long int64  `json:"duration_in_seconds,omitempty"`
}

// JSON writes f as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).
func JSON(f Feed) ([]byte, error) {
	j := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: clean(f.Title), Home: clean(f.Home), Self: clean(f.Self.JSON),
		Description: clean(f.Description), Language: f.Language.String(), Authors: jsonAuthors(f.Author),
		Items: []jsonItem{}, // an empty feed has an empty list, not none
	}
	for _, e := range f.Entries {
		j.Items = append(j.Items, jsonOf(e))
	}
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false) // it is no script in a page, and is half as long
	w.SetIndent("", " ")
	if err := w.Encode(j); err != nil {
		return nil, fmt.Errorf("write a feed: %w", err)
	}
	return b.Bytes(), nil
}

func jsonOf(e Entry) jsonItem {
	item := jsonItem{
		ID: clean(e.ID), URL: clean(e.URL), Title: clean(e.Title), HTML: clean(e.content()), Summary: clean(e.Summary),
		Published: stamp(e.Published), Modified: stamp(e.Updated), Authors: jsonAuthors(e.Author), Language: e.Language.String(),
	}
	for _, topic := range e.Topics {
		item.Tags = append(item.Tags, clean(topic))
	}
	for _, file := range e.Enclosures {
		switch {
		case item.Image != "":
		case strings.HasPrefix(file.Type, "image/"):
			item.Image = clean(file.URL)
		default:
			item.Image = clean(file.Poster)
		}
		item.Attachments = append(item.Attachments, jsonAttachment{URL: clean(file.URL), Type: file.Type, Size: file.Length, Long: seconds(file.Duration)})
	}
	return item
}

// seconds is how long something plays.
func seconds(d time.Duration) int64 { return int64(d.Round(time.Second).Seconds()) }

func jsonAuthors(name string) []jsonAuthor {
	if name = clean(name); name == "" {
		return nil
	}
	return []jsonAuthor{{name}}
}

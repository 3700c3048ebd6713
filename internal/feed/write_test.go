package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"github.com/indywire/indywire/internal/feed"
)

var update = flag.Bool("update", false, "write the golden files anew")

func writers() map[string]func(feed.Feed) ([]byte, error) {
	return map[string]func(feed.Feed) ([]byte, error){"atom": feed.Atom, "rss": feed.RSS, "json": feed.JSON}
}

// sample has what feeds stumble over: two directions, mark-up in a title, the
// end of a CDATA section, control characters, nobody's article, two files.
func sample() feed.Feed {
	at := time.Date(2026, 11, 22, 14, 52, 31, 987_654_321, time.FixedZone("", 3600))
	return feed.Feed{
		ID: "tag:example.org,2026:porto/feeds/newswire", Title: "IMC Porto & Gaia: <Newswire>", Description: "Media by\x00 the people",
		Author: "IMC Porto & Gaia", Language: "pt", Home: "https://porto.example.org/newswire?a=1&b=2", Updated: at.Add(time.Hour),
		Self: feed.Self{
			Atom: "https://porto.example.org/feeds/newswire.atom", RSS: "https://porto.example.org/feeds/newswire.rss",
			JSON: "https://porto.example.org/feeds/newswire.json",
		},
		Entries: []feed.Entry{
			{
				ID: "tag:example.org,2026:porto/article/2", URL: "https://porto.example.org/articles/2/idrab", Title: "إضراب عام",
				HTML: "<p>خرج العمال ]]&gt; إلى الشوارع</p>", Language: "ar", Published: at, Updated: at.Add(time.Hour),
			},
			{
				ID: "tag:example.org,2026:porto/article/1", URL: "https://porto.example.org/articles/1/greve", Title: "Greve <b>geral</b> ]]>\x1b",
				Author: "Ana & Rui", Summary: "5 < 6 & \"tudo\"\uFFFE", HTML: "<p>Parou\x07 tudo. <a href=\"https://example.net/?a=1&amp;b=2\">Fonte</a></p>",
				Language: "pt", Published: at.Add(-time.Hour), Updated: at.Add(-time.Hour), Topics: []string{"Trabalho", "Rua & praça"},
				Enclosures: []feed.Enclosure{
					{URL: "https://porto.example.org/media/0123456789abcdef0123456789abcdef/1920.jpg", Type: "image/jpeg", Length: 123_456},
					{URL: "https://porto.example.org/media/fedcba9876543210fedcba9876543210/480.jpg", Type: "image/jpeg", Length: 6_543},
				},
			},
		},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for format, write := range writers() {
		got, err := write(sample())
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", "sample."+format)
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

// seen is an entry as an independent parser reads it.
type seen struct {
	ID, URL, Title, Author, Summary, HTML string
	Published, Updated                    time.Time
	Topics, Enclosures                    []string
}

func TestOtherProgramsReadIt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 13, 52, 0, 0, time.UTC) // cut to the minute
	const first = "https://porto.example.org/media/0123456789abcdef0123456789abcdef/1920.jpg image/jpeg 123456"
	const second = "https://porto.example.org/media/fedcba9876543210fedcba9876543210/480.jpg image/jpeg 6543"
	want := []seen{
		{
			ID: "tag:example.org,2026:porto/article/2", URL: "https://porto.example.org/articles/2/idrab", Title: "إضراب عام",
			HTML: `<div lang="ar" dir="rtl"><p>خرج العمال ]]&gt; إلى الشوارع</p></div>`, Published: at, Updated: at.Add(time.Hour),
		},
		{
			ID: "tag:example.org,2026:porto/article/1", URL: "https://porto.example.org/articles/1/greve", Title: "Greve <b>geral</b> ]]>",
			Author: "Ana & Rui", Summary: "5 < 6 & \"tudo\"",
			HTML:      `<div lang="pt" dir="ltr"><p>Parou tudo. <a href="https://example.net/?a=1&amp;b=2">Fonte</a></p></div>`,
			Published: at.Add(-time.Hour), Updated: at.Add(-time.Hour), Topics: []string{"Trabalho", "Rua & praça"}, Enclosures: []string{first, second},
		},
	}
	for format, write := range writers() {
		data, err := write(sample())
		if err != nil {
			t.Fatal(err)
		}
		read, err := gofeed.NewParser().Parse(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if read.FeedType != format || read.Title != "IMC Porto & Gaia: <Newswire>" || read.Description != "Media by the people" ||
			read.Language != "pt" || read.Link != "https://porto.example.org/newswire?a=1&b=2" || read.FeedLink != "https://porto.example.org/feeds/newswire."+format {
			t.Errorf("%s: frame %+v", format, read)
		}
		var got []seen
		for _, item := range read.Items {
			got = append(got, seenIn(format, item))
		}
		if diff := cmp.Diff(wanted(format, want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

// wanted is want as far as a format can say it: RSS has one enclosure, and its
// summary is HTML.
func wanted(format string, want []seen) []seen {
	if format != "rss" {
		return want
	}
	want = append([]seen(nil), want...)
	want[1].Enclosures = want[1].Enclosures[:1]
	want[1].Summary = "5 &lt; 6 &amp; &#34;tudo&#34;"
	return want
}

func seenIn(format string, item *gofeed.Item) seen {
	s := seen{ID: item.GUID, URL: item.Link, Title: item.Title, Summary: item.Description, HTML: item.Content, Topics: item.Categories}
	if item.PublishedParsed != nil {
		s.Published = item.PublishedParsed.UTC()
	}
	if item.UpdatedParsed != nil {
		s.Updated = item.UpdatedParsed.UTC()
	}
	if len(item.Authors) > 0 {
		s.Author = item.Authors[0].Name
	}
	for _, e := range item.Enclosures {
		s.Enclosures = append(s.Enclosures, e.URL+" "+e.Type+" "+e.Length)
	}
	return s
}

func TestNoControlCharacters(t *testing.T) {
	t.Parallel()
	f := sample()
	every := "\uFFFE\uFFFF\xff\x7f\u0085"
	for r := range rune(32) {
		every += string(r)
	}
	f.Title, f.Author, f.Description, f.Entries[0].Title, f.Entries[0].HTML, f.Entries[0].Topics = every, every, every, every, every, []string{every}
	for format, write := range writers() {
		data, err := write(f)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.IndexFunc(data, func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0x85 || r == 0xFFFE || r == 0xFFFF
		}); at >= 0 {
			t.Errorf("%s: %q at %d", format, data[at:at+3], at)
		}
		if strings.Contains(string(data), `\u00`) {
			t.Errorf("%s: an escaped control character", format)
		}
		if format == "json" {
			if !json.Valid(data) {
				t.Error("no JSON")
			}
			continue
		}
		mustParse(t, data)
	}
}

// mustParse reads XML to its end, strictly.
func mustParse(t *testing.T, data []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, data)
		}
	}
}

func TestEmptyFeeds(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Entries, f.Description, f.Author = nil, "", ""
	for format, write := range writers() {
		data, err := write(f)
		if err != nil {
			t.Fatal(err)
		}
		read, err := gofeed.NewParser().Parse(bytes.NewReader(data))
		if err != nil || len(read.Items) != 0 || read.Title == "" {
			t.Errorf("%s: %v, %s", format, err, data)
		}
		for format, must := range map[string]string{"atom": "<name>IMC Porto", "rss": "<description>IMC Porto", "json": `"items": []`} {
			if format == read.FeedType && !strings.Contains(string(data), must) {
				t.Errorf("%s: no %q in %s", format, must, data)
			}
		}
	}
}

func TestModified(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 13, 52, 31, 5, time.UTC)
	cut := time.Date(2026, 11, 22, 13, 52, 0, 0, time.UTC)
	for name, test := range map[string]struct{ now, want time.Time }{
		"long ago":          {at.Add(time.Hour), cut},
		"the minute before": {cut.Add(time.Minute), cut},
		// another post may come in the same minute, and must be news then
		"the minute that is": {at.Add(time.Second), cut.Add(-time.Minute)},
	} {
		if got := (feed.Feed{Updated: at}).Modified(test.now); !got.Equal(test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

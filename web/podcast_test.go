package web_test

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
)

type heard struct {
	Channel struct {
		Author   string `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd author"`
		Explicit string `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd explicit"`
		Category struct {
			Text string `xml:"text,attr"`
		} `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd category"`
		Items []struct {
			Title     string `xml:"title"`
			GUID      string `xml:"guid"`
			Duration  int    `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd duration"`
			Enclosure []struct {
				URL    string `xml:"url,attr"`
				Length int    `xml:"length,attr"`
				Type   string `xml:"type,attr"`
			} `xml:"enclosure"`
		} `xml:"item"`
	} `xml:"channel"`
}

// TestPodcast reads the feed as a program does and fetches each file it names.
func TestPodcast(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.plant(n.permalink(n.publish("Com filme")), film("A marcha"))
	n.plant(n.permalink(n.publish("Duas gravações")), sound("O coro"), sound("A entrevista"))
	n.plant(n.permalink(n.publish("Só um documento")), pdf("O comunicado"))
	hidden := n.permalink(n.publish("Escondida"))
	n.plant(hidden, sound("Ninguém"))
	n.exec("UPDATE article SET state = 'hidden' WHERE title = 'Escondida'")

	read := func(host string) (f heard) {
		a := n.ask(host, "/feeds/podcast.rss", nil).want(t, http.StatusOK)
		if err := xml.Unmarshal([]byte(a.Body), &f); err != nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/rss+xml") {
			t.Fatalf("%v, %s", err, a.Header.Get("Content-Type"))
		}
		return f
	}
	f := read(ptHost)
	if c := f.Channel; c.Author != n.pt.Name || c.Explicit != "false" || c.Category.Text != "News" || len(c.Items) != 3 {
		t.Fatalf("the channel is %+v", c)
	}
	seen := map[string]bool{}
	for _, item := range f.Channel.Items {
		if len(item.Enclosure) != 1 || item.Duration != 65 || seen[item.GUID] {
			t.Fatalf("an item is %+v", item)
		}
		seen[item.GUID] = true
		file := item.Enclosure[0]
		served := n.get(strings.TrimPrefix(file.URL, "http://"+ptHost)).want(t, http.StatusOK)
		if len(served.Body) != file.Length || served.Header.Get("Content-Type") != file.Type {
			t.Errorf("%s: %d bytes of %s, the feed says %d of %s", item.Title, len(served.Body), served.Header.Get("Content-Type"), file.Length, file.Type)
		}
	}
	n.exec("INSERT INTO site_host (host, site_id, position) VALUES ('espelho.example.org', $1, 1)", n.pt.ID)
	for i, item := range read("espelho.example.org").Channel.Items {
		if first := f.Channel.Items[i]; item.GUID != first.GUID || !strings.HasPrefix(item.Enclosure[0].URL, "http://espelho.example.org/media/") {
			t.Errorf("on another host: %+v, was %+v", item, first)
		}
	}
}

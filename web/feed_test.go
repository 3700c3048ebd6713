package web_test

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
)

// ask gets a path with headers.
func (n *network) ask(host, path string, headers map[string]string) answer {
	n.t.Helper()
	r := httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, "http://"+host+path, nil)
	r.Host = host
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	return answer{Response: w.Result(), Body: w.Body.String()}
}

func TestFeedsInEveryFormat(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Greve no porto")
	form.Set("topic", "trabalho")
	n.post("/publish", form).want(t, http.StatusSeeOther)
	n.exec("UPDATE article SET rank = 'global'")
	for path, entries := range map[string]int{
		"/feeds/newswire": 1, "/feeds/features": 0, "/feeds/comments": 0, "/topics/trabalho/feed": 1, "/topics/habitacao/feed": 0,
	} {
		for format, kind := range map[string]string{
			"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8",
		} {
			a := n.get(path+"."+format).want(t, http.StatusOK)
			if got := a.Header.Get("Content-Type"); got != kind {
				t.Errorf("%s.%s is %q", path, format, got)
			}
			read, err := gofeed.NewParser().ParseString(a.Body)
			if err != nil || read.FeedType != format || len(read.Items) != entries || read.FeedLink != "http://"+ptHost+path+"."+format {
				t.Errorf("%s.%s: error %v, %+v", path, format, err, read)
			}
			lacks(t, a.Body, "https://pt.")
		}
	}
	portal := n.ask(portalHost, "/feeds/newswire.atom", nil).want(t, http.StatusOK)
	has(t, portal.Body, `href="http://`+ptHost+`/articles/`)
	for _, path := range []string{"/feeds/newswire.xml", "/feeds/newswire", "/feeds/other.atom", "/topics/nowhere/feed.atom", "/feeds/newswire.atom?language=xx", "/feeds/newswire.atom?rank=no"} {
		n.get(path).want(t, http.StatusNotFound)
	}
}

func TestFeedIsOfOneSiteAndOfWhatEveryoneSees(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Para todos")
	n.publish("Escondido")
	n.exec("UPDATE article SET state = 'hidden' WHERE title = 'Escondido'")
	a := n.get("/feeds/newswire.atom").want(t, http.StatusOK)
	has(t, a.Body, "Para todos")
	lacks(t, a.Body, "Escondido")
	lacks(t, n.ask(arHost, "/feeds/newswire.atom", nil).want(t, http.StatusOK).Body, "Para todos")
}

func TestFeedIsAskedForAgain(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Primeiro")
	later := time.Now().Add(2 * time.Minute)
	n.now = func() time.Time { return later }
	for _, path := range []string{"/feeds/newswire.atom", "/feeds/newswire.rss", "/feeds/newswire.json"} {
		first := n.get(path).want(t, http.StatusOK)
		tag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		at, err := http.ParseTime(modified)
		if err != nil || at.Second() != 0 || tag == "" {
			t.Errorf("%s: ETag %q, Last-Modified %q", path, tag, modified)
		}
		for name, test := range map[string]struct {
			headers map[string]string
			want    int
		}{
			"same tag":         {map[string]string{"If-None-Match": tag}, http.StatusNotModified},
			"same date":        {map[string]string{"If-Modified-Since": modified}, http.StatusNotModified},
			"the tag decides":  {map[string]string{"If-None-Match": `W/"other"`, "If-Modified-Since": modified}, http.StatusOK},
			"an earlier date":  {map[string]string{"If-Modified-Since": at.Add(-time.Minute).Format(http.TimeFormat)}, http.StatusOK},
			"packed, same tag": {map[string]string{"If-None-Match": tag, "Accept-Encoding": "gzip"}, http.StatusNotModified},
		} {
			a := n.ask(ptHost, path, test.headers)
			if a.StatusCode != test.want || test.want == http.StatusNotModified && a.Body != "" {
				t.Errorf("%s, %s: %d with %d bytes", path, name, a.StatusCode, len(a.Body))
			}
		}
	}
	tag := n.get("/feeds/newswire.atom").Header.Get("ETag")
	n.publish("Segundo")
	has(t, n.ask(ptHost, "/feeds/newswire.atom", map[string]string{"If-None-Match": tag}).want(t, http.StatusOK).Body, "Segundo")
}

// What comes in the same minute must not hide behind its date.
func TestFeedWithinAMinute(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	at := time.Date(2026, 3, 1, 12, 0, 10, 0, time.UTC)
	n.now = func() time.Time { return at }
	n.exec("UPDATE site SET created_at = $1", at.Add(-time.Hour))
	n.publish("Primeiro")
	n.exec("UPDATE article SET published_at = $1", at)
	modified := n.get("/feeds/newswire.atom").want(t, http.StatusOK).Header.Get("Last-Modified")
	n.publish("Segundo")
	n.exec("UPDATE article SET published_at = $1 WHERE title = 'Segundo'", at.Add(20*time.Second))
	at = at.Add(time.Minute)
	has(t, n.ask(ptHost, "/feeds/newswire.atom", map[string]string{"If-Modified-Since": modified}).want(t, http.StatusOK).Body, "Segundo")
}

func TestFeedHidesTheSecond(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Agora")
	n.exec("UPDATE article SET published_at = '2026-03-01 12:34:56.789Z'")
	for format, want := range map[string]string{"atom": "2026-03-01T12:34:00Z", "rss": "Sun, 01 Mar 2026 12:34:00 +0000", "json": "2026-03-01T12:34:00Z"} {
		a := n.get("/feeds/newswire."+format).want(t, http.StatusOK)
		has(t, a.Body, want)
		if second := regexp.MustCompile(`T\d\d:\d\d:(0[1-9]|[1-5]\d)|:\d\d:(0[1-9]|[1-5]\d) \+0000`).FindString(a.Body); second != "" {
			t.Errorf("%s tells %q", format, second)
		}
	}
}

func TestFeedsAreAnnounced(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	for _, path := range []string{"/", "/topics/trabalho"} {
		page := n.get(path).want(t, http.StatusOK).Body
		links := regexp.MustCompile(`<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(links) == 0 {
			t.Errorf("%s announces no feed", path)
		}
		for _, link := range links {
			a := n.get(html.UnescapeString(link[2])).want(t, http.StatusOK)
			if !strings.HasPrefix(a.Header.Get("Content-Type"), html.UnescapeString(link[1])+";") {
				t.Errorf("%s is %s, announced as %s", link[2], a.Header.Get("Content-Type"), link[1])
			}
		}
	}
}

func TestFeedsAreWellFormed(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Sinais \x01\x0b & <b>]]></b>")
	form.Set("body", "Um \x02 texto ]]> com `<script>` & [ligação](/pages/about)")
	n.post("/publish", form).want(t, http.StatusSeeOther)
	for _, path := range []string{"/feeds/newswire.atom", "/feeds/newswire.rss"} {
		var all struct {
			Inner string `xml:",innerxml"`
		}
		if err := xml.Unmarshal([]byte(n.get(path).Body), &all); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		has(t, all.Inner, "http://"+ptHost+"/pages/about")
	}
	if !json.Valid([]byte(n.get("/feeds/newswire.json").Body)) {
		t.Error("no JSON")
	}
}

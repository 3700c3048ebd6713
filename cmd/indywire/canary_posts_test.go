package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/site"
)

// publishWell does what people mean to do.
func (w *watched) publishWell() {
	v := w.by(0)
	f, words := w.story(v, text, "stays")
	preview := f
	preview.Values = cloned(f.Values)
	preview.Set("action", "preview")
	back := v.post("/publish", preview).must(w.t, http.StatusOK)
	again := form{Values: htmltest.FormValues(w.t, back.body, "form#post")}
	w.let(upload, again.Get("upload"))
	again.Set("action", "publish")
	receipt := w.letReceipt(v.post("/publish", again).must(w.t, http.StatusSeeOther).location)
	if v.post("/publish", again).location != receipt {
		w.t.Error("sent again, the form led elsewhere")
	}
	again.Set("title", "Another "+w.let(fleeting, "canaryother"))
	fresh := htmltest.FormValues(w.t, v.post("/publish", again).must(w.t, http.StatusConflict).body, "form#post")
	w.letTicket(fresh.Get("ticket"))
	page := v.get(permalink(w.t, v, receipt)).must(w.t, http.StatusOK).body
	for _, word := range words[:4] {
		if !strings.Contains(page, word) {
			w.t.Errorf("%q did not come to be read: what is not written down of it means nothing", word)
		}
	}
	w.stays = w.let(control, words[0])
	v.get("/search?q="+words[2]).must(w.t, http.StatusOK)
	w.answer(permalink(w.t, v, receipt))
	w.report(permalink(w.t, v, receipt), "stays")
	for i := range 2 {
		w.publishToWithdraw(w.by(i+1), fmt.Sprintf("goes%d", i))
	}
	for _, host := range []string{"news.localhost", "localhost", "shut.localhost"} {
		if pages := w.crawl(host); pages < 5 || (host == "news.localhost" && pages < 30) {
			w.t.Errorf("only %d pages were found on %s", pages, host)
		}
	}
}

// answer comments on an article, twice the same, with a photo, and in vain.
func (w *watched) answer(permalink string) {
	v := w.by(1)
	path := permalink[:strings.LastIndex(permalink, "/")] + "/comments"
	f := form{Values: url.Values{
		"author": {w.let(text, "canarycommenter")}, "body": {"I saw " + w.let(text, "canarycomment")}, "kind": {"addition"},
	}}
	first := v.post(path, f).must(w.t, http.StatusSeeOther).location
	if v.post(path, f).location != first {
		w.t.Error("the same comment sent again is another")
	}
	if !strings.Contains(v.get(first).body, "canarycomment") {
		w.t.Error("the comment did not come to be read")
	}
	f.Set("body", w.let(text, "canaryphotocomment"))
	f.files = []formFile{{w.let(text, "canarycommentfile") + ".jpg", w.let(text, "canarycommentalt"), picture(w.t, 3, w.let(ofPerson, "canaryexifcomment"))}}
	v.post(path, f).must(w.t, http.StatusSeeOther)
	f.files = nil
	f.Set("body", " ")
	f.Set("author", w.let(fleeting, "canaryempty"))
	v.post(path, f).must(w.t, http.StatusUnprocessableEntity)
	v.post("/articles/999999/comments", f).must(w.t, http.StatusNotFound)
}

// report tells the editors about an article, twice the same, and in vain. It
// gives back what one of its words was.
func (w *watched) report(permalink, name string) string {
	v := w.by(2)
	path := permalink[:strings.LastIndex(permalink, "/")] + "/reports"
	word := w.let(text, "canaryreport"+name)
	f := form{Values: url.Values{"reason": {"It shows " + word + " at home"}}}
	for range 2 {
		if got := v.post(path, f).must(w.t, http.StatusSeeOther).location; got != permalink+"?reported=1" {
			w.t.Errorf("a report leads to %s", got)
		}
	}
	for _, page := range []string{permalink, permalink + "?reported=1", "/hidden", "/moderation", "/moderation.atom"} {
		if strings.Contains(v.get(page).must(w.t, http.StatusOK).body, word) {
			w.t.Errorf("%s tells what was reported", page)
		}
	}
	f.Set("reason", strings.Repeat(w.let(fleeting, "canarylongreport"+name)+" ", 400))
	if !strings.Contains(v.post(path, f).must(w.t, http.StatusUnprocessableEntity).body, "canarylongreport"+name) {
		w.t.Error("a report that is too long does not come back")
	}
	f.Set("reason", w.let(fleeting, "canarylostreport"+name))
	v.post("/articles/999999/reports", f).must(w.t, http.StatusNotFound)
	return word
}

// publishToWithdraw publishes something and edits it, files included.
func (w *watched) publishToWithdraw(v *visitor, name string) {
	f, words := w.story(v, text, name)
	receipt := w.letReceipt(v.post("/publish", f).must(w.t, http.StatusSeeOther).location)
	page := v.get(receipt).must(w.t, http.StatusOK)
	edit := form{Values: htmltest.FormValues(w.t, page.body, "form#post")}
	w.letTicket(edit.Get("ticket"))
	more := []string{"canaryedited" + name, "canaryaddedfile" + name, "canaryaddedalt" + name}
	for _, word := range more {
		w.let(text, word)
	}
	edit.Set("body", "Rather at "+more[0])
	edit.Set("action", "save")
	edit.files = []formFile{{more[1] + ".jpg", more[2], picture(w.t, uint8(len(w.birds)), w.let(ofPerson, "canaryexifadded"+name))}}
	v.post(receipt, edit).must(w.t, http.StatusSeeOther)
	if !strings.Contains(v.get(permalink(w.t, v, receipt)).body, more[0]) {
		w.t.Error("the edit did not come to be read")
	}
	code := url.Values{"code": {" " + strings.ToLower(strings.TrimPrefix(receipt, "/receipts/"))}}
	v.try(http.MethodPost, "/receipts", "application/x-www-form-urlencoded", code.Encode()).must(w.t, http.StatusSeeOther)
	more = append(more, w.report(permalink(w.t, v, receipt), name))
	w.receipts, w.gone = append(w.receipts, receipt), append(w.gone, append(words, more...)...)
}

func cloned(v url.Values) url.Values {
	c := url.Values{}
	for name, values := range v {
		c[name] = append([]string(nil), values...)
	}
	return c
}

func permalink(t *testing.T, v *visitor, receipt string) string {
	t.Helper()
	for _, link := range htmltest.Attrs(t, v.get(receipt).must(t, http.StatusOK).body, "main a[href]", "href") {
		if u, err := url.Parse(link); err == nil && strings.HasPrefix(u.Path, "/articles/") {
			return u.Path
		}
	}
	t.Fatalf("the receipt leads to no article")
	return ""
}

// publishBadly makes each mistake that the open form knows, and loses receipts.
func (w *watched) publishBadly() {
	v := w.by(2)
	key, err := article.TicketKeyOf(w.t.Context(), w.pool)
	if err != nil {
		w.t.Fatal(err)
	}
	id := site.ID(ask[int64](w.node, w.pool, "SELECT id FROM site WHERE slug = 'news'")[0])
	shut := site.ID(ask[int64](w.node, w.pool, "SELECT id FROM site WHERE slug = 'shut'")[0])
	for name, ticket := range map[string]string{
		"missing": "",
		"forged":  strings.Repeat("canaryforged", 8)[:87],
		"old":     key.Mint(id, time.Now().Add(-50*time.Hour)).String(),
		"other":   key.Mint(shut, time.Now()).String(),
	} {
		f, _ := w.story(v, fleeting, name)
		f.Set("ticket", ticket)
		if ticket != "" {
			w.letTicket(ticket)
		}
		w.letBack(v.post("/publish", f).must(w.t, http.StatusUnprocessableEntity))
	}
	f, _ := w.story(v, fleeting, "untitled")
	f.Set("title", "")
	w.letBack(v.post("/publish", f).must(w.t, http.StatusUnprocessableEntity))
	f, _ = w.story(v, fleeting, "long")
	f.Set("body", strings.Repeat(w.let(fleeting, "canarylongbody")+" ", 40_000))
	w.letBack(v.post("/publish", f).must(w.t, http.StatusUnprocessableEntity))
	frozen := *v
	frozen.host = "shut.localhost"
	frozen.post("/publish", f).must(w.t, http.StatusForbidden)
	w.badFiles(v)
	w.wrongReceipts(v)
}

// letBack lets out what a form that came back holds.
func (w *watched) letBack(r reply) {
	f := htmltest.FormValues(w.t, r.body, "form#post")
	w.letTicket(f.Get("ticket"))
	for _, id := range f["upload"] {
		w.let(upload, id)
	}
}

// badFiles go along with a post, which is published without them.
func (w *watched) badFiles(v *visitor) {
	f, words := w.story(v, text, "badfiles")
	whole := f.files[0].content
	f.files = nil
	for name, content := range map[string]string{
		"text.jpg":      w.let(ofPerson, "canarynotaphoto"),
		"picture.svg":   "<svg xmlns='http://www.w3.org/2000/svg'><text>" + w.let(ofPerson, "canarysvg") + "</text></svg>",
		"half.jpg":      whole[:len(whole)*2/3],
		"empty.png":     "",
		"huge.jpg":      whole + strings.Repeat("\x00", 32_000_001),
		"../../etc.jpg": whole,
		"":              whole,
	} {
		if name != "" {
			name = w.let(text, "canarybadfile"+name)
		}
		f.files = append(f.files, formFile{name: name, content: content})
	}
	receipt := w.letReceipt(v.post("/publish", f).must(w.t, http.StatusSeeOther).location)
	if !strings.Contains(v.get(receipt).body, "canarybadfilehuge.jpg") {
		w.t.Error("the receipt does not name a bad file")
	}
	w.receipts, w.gone = append(w.receipts, receipt), append(w.gone, words[:5]...)
}

func (w *watched) wrongReceipts(v *visitor) {
	for i, code := range []string{"CANARY7777-canary-777777777777", "canarycode", strings.Repeat("canarycode", 20)} {
		w.let(secret, code)
		v.get("/receipts/"+code).must(w.t, http.StatusNotFound)
		v.post("/receipts/"+code, form{Values: url.Values{"action": {"withdraw"}}}).must(w.t, http.StatusNotFound)
		asked := v.post("/receipts", form{Values: url.Values{"code": {code}}}).must(w.t, http.StatusNotFound)
		if !strings.Contains(asked.body, code) {
			w.t.Errorf("code %d, mistyped, does not come back: %s", i, asked.body)
		}
	}
}

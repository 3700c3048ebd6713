package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/jackc/pgx/v5"
	"github.com/mmcdole/gofeed"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/markup"
)

// samplePhoto is a photo full of metadata where the samples are, else one of the
// test's own.
func samplePhoto(t *testing.T) string {
	t.Helper()
	sample, err := filepath.Abs(filepath.Join("..", "..", "shared", "corpora", "metadata", "DSCN0029.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(sample); err == nil {
		return sample
	}
	t.Log("the sample photo is not here (../shared/corpora/metadata/DSCN0029.jpg): a generated one stands in for it")
	own := filepath.Join(t.TempDir(), "DSCN0029.jpg")
	if err := os.WriteFile(own, photo(t, 640, 480), 0o600); err != nil {
		t.Fatal(err)
	}
	return own
}

// eachWay runs a journey on a telephone, with script off and on.
func eachWay(t *testing.T, journey func(t *testing.T, v *visitor)) {
	t.Parallel()
	for name, script := range map[string]bool{"script off": false, "script on": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t, newNetwork(t, true), 360, script)
			journey(t, v)
			v.checkQuiet()
		})
	}
}

// TestReporter publishes with a photo, finds the article, and changes and
// withdraws it by the receipt.
func TestReporter(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		v.open("/", http.StatusOK)
		v.follow(`.masthead a[href="/publish"]`, http.StatusOK)
		code := v.publishes()

		v.follow(`nav a[href="/newswire"]`, http.StatusOK)
		v.follow(`.wire h2 a`, http.StatusOK)
		permalink := v.Location()
		v.reads("h1", "Os estivadores param três terminais")
		v.reads(".byline", "Comité de greve")
		v.reads(".prose strong", "meio-dia")
		v.reads("article figcaption", "O cais vazio")
		v.seesPicture("article figure img")

		v.comesBack(code)
		v.Do(chromedp.Clear(chromedp.CSS("#title")))
		v.write("#title", "O porto inteiro para")
		v.follow(`form#post .acts button[value="save"]`, http.StatusOK)
		v.open(permalink, http.StatusOK)
		v.reads("h1", "O porto inteiro para")

		v.comesBack(code)
		v.Do(chromedp.Click(chromedp.CSS("details > summary")))
		v.follow(`details button[value="withdraw"]`, http.StatusOK)
		if v.count("SELECT count(*) FROM article WHERE state = 'withdrawn' AND title = ''") != 1 {
			t.Error("the article was not withdrawn")
		}
		v.open(permalink, http.StatusGone)
		v.open(path.Dir(permalink), http.StatusGone)
		v.open("/newswire", http.StatusOK)
		if v.holds(`a[href*="/articles/"]`) {
			t.Error("the withdrawn article is still on the wire")
		}
	})
}

// publishes fills the form, looks at the preview, publishes, and answers the
// code of the receipt.
func (v *visitor) publishes() string {
	v.t.Helper()
	v.write("#title", "Os estivadores param três terminais")
	v.write("#body", "As máquinas pararam ao **meio-dia**.")
	v.write("#author", "Comité de greve")
	v.Do(
		chromedp.Click(chromedp.CSS("#topic-trabalho")),
		chromedp.SetUploadFiles(chromedp.CSS("#file-1"), []string{samplePhoto(v.t)}),
	)
	v.write("#alt-1", "O cais vazio")
	v.previews()
	v.reads("#preview .headline", "Os estivadores param três terminais")
	v.reads("#preview .prose strong", "meio-dia")
	v.reads("form#post :is(.kept, .transfer)", "DSCN0029.jpg")
	if v.count("SELECT count(*) FROM article") != 0 {
		v.t.Error("the preview published something")
	}
	v.follow(`form#post .acts button[value="publish"]`, http.StatusOK)
	v.waitForFiles()
	code := v.text("p.code")
	if !strings.HasSuffix(v.Location(), "/receipts/"+code) || len(strings.ReplaceAll(code, "-", "")) != 26 {
		v.t.Fatalf("at %s with the code %q", v.Location(), code)
	}
	return code
}

// previews looks at what the form would publish: on a page of its own, or, with
// script, on the same.
func (v *visitor) previews() {
	v.t.Helper()
	const button = `form#post .acts button[value="preview"]`
	if !v.script {
		v.follow(button, http.StatusOK)
		return
	}
	v.Do(chromedp.Click(chromedp.CSS(button)))
	v.soon("the preview", func() bool { return v.holds("#preview .headline") })
}

// comesBack finds the way to the receipt with the code as somebody types it who
// copied it by hand.
func (v *visitor) comesBack(code string) {
	v.t.Helper()
	v.follow(`.foot a[href="/receipts"]`, http.StatusOK)
	v.write("#code", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	v.follow(`form[action="/receipts"] button`, http.StatusOK)
	v.reads("p.code", code)
}

// TestReader pages through the wire, answers an article and follows a feed.
func TestReader(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		const articles = 65
		v.writeArticles(articles)
		v.open("/", http.StatusOK)
		v.follow(`nav a[href="/newswire"]`, http.StatusOK)
		var seen []string
		for {
			seen = append(seen, v.texts(".wire h2 a")...)
			if !v.holds(`a[rel="next"]`) {
				break
			}
			v.follow(`a[rel="next"]`, http.StatusOK)
		}
		if len(seen) != articles {
			t.Fatalf("saw %d articles, want %d", len(seen), articles)
		}
		for i, title := range seen {
			if want := fmt.Sprintf("Notícia número %d", articles-i); title != want {
				t.Fatalf("article %d of the wire is %q, want %q", i, title, want)
			}
		}
		v.follow(".wire li:last-child h2 a", http.StatusOK)
		v.answers("Estive lá e confirmo.", "Rita")
		v.followsFeed("Notícia número 65")
	})
}

// writeArticles fills the wire, one article a minute.
func (v *visitor) writeArticles(count int) {
	v.t.Helper()
	first := time.Now().Add(-time.Duration(count+1) * time.Minute)
	v.inTx(func(tx pgx.Tx) error {
		for i := range count {
			draft := article.Draft{
				Title: fmt.Sprintf("Notícia número %d", i+1), Body: "Aconteceu.", Format: markup.Markdown, Language: "pt", Topics: []string{"trabalho"},
			}
			made := article.New{Draft: draft, State: article.Visible, Rank: article.Other, PublishedAt: first.Add(time.Duration(i) * time.Minute)}
			if _, _, err := article.Create(v.t.Context(), tx, v.pt, made); err != nil {
				return err
			}
		}
		return nil
	})
}

// answers comments on the open article and sees the comment where it is led.
func (v *visitor) answers(body, author string) {
	v.t.Helper()
	v.write("#reply-body", body)
	v.write("#reply-author", author)
	v.follow("form#reply .acts button", http.StatusOK)
	_, anchor, _ := strings.Cut(v.Location(), "#")
	if want := fmt.Sprintf("comment-%d", v.count("SELECT max(id) FROM comment")); anchor != want {
		v.t.Fatalf("led to %s, want #%s", v.Location(), want)
	}
	v.reads("#"+anchor+":target", body)
	v.reads("#"+anchor+":target", author)
	if !v.inView("#" + anchor) {
		v.t.Error("the comment is not in view")
	}
}

// followsFeed finds the feed that the page announces and reads it, as a feed
// reader does.
func (v *visitor) followsFeed(newest string) {
	v.t.Helper()
	var address string
	for _, link := range v.attributes(`link[rel="alternate"]`, "href") {
		if path.Ext(link) == ".atom" {
			address = link
			break
		}
	}
	host := strings.TrimPrefix(v.base, "http://")
	read, err := gofeed.NewParser().ParseString(v.ask(host, address, nil).want(v.t, http.StatusOK).Body)
	if err != nil {
		v.t.Fatalf("%s: %v", address, err)
	}
	if len(read.Items) == 0 || read.Items[0].Title != newest {
		v.t.Fatalf("%s does not begin with %q", address, newest)
	}
	v.open(read.Items[0].Link, http.StatusOK)
	v.reads("h1", newest)
}

// TestKeyboard publishes a text without a mouse and without script.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1280, false)
	v.open("/", http.StatusOK)
	v.tabTo("a.skip", 1)
	v.tabTo(`a[href="/publish"]`, 5)
	v.enter(http.StatusOK)
	v.tabTo("a.skip", 1)
	v.Do(chromedp.KeyEvent("\r")) // leads past the masthead
	v.tabTo("#title", 1)
	v.Do(chromedp.KeyEvent("Sem rato"))
	v.tabTo("#body", 2)
	v.Do(chromedp.KeyEvent("Tudo com o teclado."))
	v.tabTo("#topic-trabalho", 8)
	v.Do(chromedp.KeyEvent(" "))
	v.tabTo(`button[value="publish"]`, 20)
	v.enter(http.StatusOK)
	v.reads("h1", v.text("title")[:5])
	v.tabTo("a.permalink", 30)
	v.enter(http.StatusOK)
	v.reads("h1", "Sem rato")
	v.reads(".label", "Trabalho")
	v.checkQuiet()
}

// TestScriptKeepsTheFormSound types into the form where there is room for the
// live preview, and has the form judged with all that script added.
func TestScriptKeepsTheFormSound(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1440, true)
	v.open("/publish", http.StatusOK)
	v.write("#title", "Enquanto se escreve")
	v.write("#body", "Isto é **forte**.")
	v.soon("the preview", func() bool { return v.holds("#preview .prose strong") })
	v.reads("#preview .headline", "Enquanto se escreve")
	v.write("#body", "E _isto_ também. ")
	v.soon("the new preview", func() bool { return v.holds("#preview .prose em") })
	v.Do(chromedp.SetUploadFiles(chromedp.CSS("#file-1"), []string{samplePhoto(t)}))
	v.soon("a row for the photo", func() bool { return v.holds("#files .transfer #alt-1") })
	v.write("#title", strings.Repeat("a", 200))
	v.reads("#title ~ .count.over", "19")
	for _, violation := range v.Axe() {
		t.Error(violation)
	}
	if v.count("SELECT count(*) FROM article") != 0 {
		t.Error("the preview published something")
	}
	v.checkQuiet()
}

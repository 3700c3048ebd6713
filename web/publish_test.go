package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/htmltest"
)

// photo is a JPEG of the test's own.
func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: 90, A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTicketGoodFirstTime(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Os estivadores param três terminais")
	if !strings.HasPrefix(receipt, "/receipts/") {
		t.Fatalf("led to %q", receipt)
	}
	page := n.get(receipt).want(t, http.StatusOK)
	code := strings.TrimPrefix(receipt, "/receipts/")
	if got := len(strings.ReplaceAll(code, "-", "")); got != 26 {
		t.Errorf("the code has %d characters, want 26", got)
	}
	has(t, page.Body, code)
	permalink := n.permalink(receipt)
	htmltest.Check(t, n.get(permalink).want(t, http.StatusOK).Body,
		htmltest.In("h1", htmltest.HasText("Os estivadores param três terminais")),
		htmltest.In(".prose", htmltest.HasText("As máquinas pararam")))
	for _, list := range []string{"/", "/newswire"} {
		htmltest.Check(t, n.get(list).want(t, http.StatusOK).Body, htmltest.In(`a[href="`+permalink+`"]`, htmltest.HasText("Os estivadores")))
	}
	if len(page.Cookies()) != 0 {
		t.Error("publishing set a cookie")
	}
}

func TestTicketAgainSameContent(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form, file := n.filled("Uma vez só"), upload{"a.jpg", photo(t, 64, 64)}
	first := n.post("/publish", form, file).want(t, http.StatusSeeOther).location()
	second := n.post("/publish", form, file).want(t, http.StatusSeeOther).location()
	if first != second {
		t.Errorf("receipts %q and %q", first, second)
	}
	if got := n.count("SELECT count(*) FROM article"); got != 1 {
		t.Errorf("%d articles", got)
	}
	if got := n.count("SELECT count(*) FROM media"); got != 1 {
		t.Errorf("%d files, want 1", got)
	}
	if got := n.count("SELECT count(*) FROM upload"); got != 0 {
		t.Errorf("%d uploads of the repeated form were left", got)
	}
}

func TestTwentyPostsOfOneTicketAtOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form, file := n.filled("Vinte vezes ao mesmo tempo"), upload{"a.jpg", photo(t, 64, 64)}
	answers := make([]answer, 20)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = n.post("/publish", form, file) })
	}
	all.Wait()
	for i, a := range answers {
		if a.StatusCode != http.StatusSeeOther || a.location() != answers[0].location() {
			t.Errorf("answer %d: %d to %q, want 303 to %q", i, a.StatusCode, a.location(), answers[0].location())
		}
	}
	if articles, files := n.count("SELECT count(*) FROM article"), n.count("SELECT count(*) FROM media"); articles != 1 || files != 1 {
		t.Errorf("%d articles with %d files, want 1 with 1", articles, files)
	}
}

func TestTicketAgainOtherContent(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("O primeiro")
	first := n.post("/publish", form).want(t, http.StatusSeeOther).location()
	form.Set("title", "O segundo")
	back := n.post("/publish", form, upload{"a.jpg", photo(t, 64, 64)}).want(t, http.StatusConflict)
	htmltest.Check(t, back.Body, htmltest.In(`a[href="`+first+`"]`))
	again := htmltest.FormValues(t, back.Body, "form#post")
	if again.Get("title") != "O segundo" || again.Get("ticket") == form.Get("ticket") || len(again["upload"]) != 1 {
		t.Fatalf("the form came back as %v", again)
	}
	again.Set("action", "publish")
	second := n.post("/publish", again).want(t, http.StatusSeeOther).location()
	if second == first {
		t.Error("the second post has the first one's receipt")
	}
	if got := n.count("SELECT count(*) FROM media WHERE article_id = (SELECT max(id) FROM article)"); got != 1 {
		t.Errorf("the file did not go along: %d files", got)
	}
}

func TestTicketsThatAreNotGood(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	good := n.filled("Com um bilhete bom")
	forged := []byte(good.Get("ticket"))
	forged[20] ^= 1
	tests := map[string]string{
		"missing":         "",
		"forged":          string(forged),
		"nonsense":        "bilhete",
		"of another site": n.key.Mint(n.ar.ID, time.Now()).String(),
		"expired":         n.key.Mint(n.pt.ID, time.Now().Add(-49*time.Hour)).String(),
	}
	for name, ticket := range tests {
		form := url.Values{"title": {"Texto de " + name}, "body": {"Nada se perde."}, "ticket": {ticket}, "author": {"eu"}, "action": {"publish"}}
		back := n.post("/publish", form, upload{"a.jpg", photo(t, 64, 64)}).want(t, http.StatusUnprocessableEntity)
		again := htmltest.FormValues(t, back.Body, "form#post")
		if again.Get("title") != "Texto de "+name || again.Get("body") != "Nada se perde." || again.Get("author") != "eu" {
			t.Errorf("%s: the form came back as %v", name, again)
		}
		if len(again["upload"]) != 1 {
			t.Errorf("%s: the file did not go along", name)
		}
		again.Set("action", "publish")
		n.post("/publish", again).want(t, http.StatusSeeOther)
	}
	if got := n.count("SELECT count(*) FROM media"); got != len(tests) {
		t.Errorf("%d files, want %d", got, len(tests))
	}
}

func TestUploadsOfAnExpiredTicketGoAlong(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Escrito há muito")
	form.Set("action", "preview")
	preview := n.post("/publish", form, upload{"a.jpg", photo(t, 64, 64)}).want(t, http.StatusOK)
	kept := htmltest.FormValues(t, preview.Body, "form#post")
	n.now = func() time.Time { return time.Now().Add(49 * time.Hour) }
	n.exec("UPDATE upload SET expires_at = now() + interval '1 minute'")
	kept.Set("action", "publish")
	back := n.post("/publish", kept).want(t, http.StatusUnprocessableEntity)
	again := htmltest.FormValues(t, back.Body, "form#post")
	if len(again["upload"]) != 1 || again["upload"][0] != kept["upload"][0] {
		t.Fatalf("uploads %v, want %v", again["upload"], kept["upload"])
	}
	if got := n.count("SELECT count(*) FROM upload WHERE expires_at > now() + interval '47 hours'"); got != 1 {
		t.Error("the file would be swept away before the fresh ticket expires")
	}
	again.Set("action", "publish")
	n.post("/publish", again).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM media"); got != 1 {
		t.Errorf("%d files, want 1", got)
	}
}

func TestPreviewPublishesNothing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Ainda não")
	form.Set("body", "Isto é **forte**.")
	form.Set("action", "preview")
	page := n.post("/publish", form, upload{"praia.jpg", photo(t, 64, 64)}).want(t, http.StatusOK)
	htmltest.Check(t, page.Body, htmltest.In("#preview strong", htmltest.HasExactText("forte")), htmltest.In("form#post", htmltest.HasText("praia.jpg")))
	if got := n.count("SELECT count(*) FROM article"); got != 0 {
		t.Errorf("%d articles", got)
	}
	again := htmltest.FormValues(t, page.Body, "form#post")
	again.Set("action", "publish")
	n.post("/publish", again).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM media"); got != 1 {
		t.Errorf("the file of the preview did not go along: %d", got)
	}
}

func TestFieldAtFault(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	long := strings.Repeat("é", 201)
	tests := []struct{ field, value string }{
		{"title", ""}, {"title", "\x00 \x07"}, {"title", long}, {"body", "  \n "}, {"body", strings.Repeat("á", 100_001)},
		{"summary", strings.Repeat("x", 601)}, {"author", long}, {"contact", long}, {"language", "xx"}, {"topic", "nenhum"}, {"format", "word"},
	}
	for _, tt := range tests {
		form := n.filled("Um título")
		form.Set("summary", "O resumo fica.")
		form.Set(tt.field, tt.value)
		back := n.post("/publish", form, upload{"a.jpg", photo(t, 32, 32)}).want(t, http.StatusUnprocessableEntity)
		again := htmltest.FormValues(t, back.Body, "form#post")
		if again.Get("ticket") != form.Get("ticket") {
			t.Errorf("%s: the ticket is another", tt.field)
		}
		for _, name := range []string{"title", "body", "summary", "author", "contact"} {
			if want := strings.ReplaceAll(form.Get(name), "\n", "\r\n"); tt.value != "\x00 \x07" && again.Get(name) != want {
				t.Errorf("%s: %s came back as %.40q, want %.40q", tt.field, name, again.Get(name), want)
			}
		}
		if len(again["upload"]) != 1 {
			t.Errorf("%s: the file did not go along", tt.field)
		}
		htmltest.Check(t, back.Body, htmltest.In(`[aria-invalid="true"][name="`+tt.field+`"], [aria-invalid="true"] [name="`+tt.field+`"]`))
	}
	if got := n.count("SELECT count(*) FROM article"); got != 0 {
		t.Errorf("%d articles", got)
	}
}

func TestFileAtFault(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	files := []upload{
		{"desenho.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		{"vazio.jpg", nil},
		{"boa.jpg", photo(t, 400, 300)},
		{"cortada.jpg", photo(t, 400, 300)[:600]},
	}
	form := n.filled("Quatro ficheiros, um bom")
	form["alt"] = []string{"um desenho", "nada", "o mar", "meio mar"}
	receipt := n.post("/publish", form, files...).want(t, http.StatusSeeOther).location()
	page := n.waitFor(receipt)
	for _, name := range []string{"desenho.svg", "vazio.jpg", "cortada.jpg"} {
		htmltest.Check(t, page, htmltest.In(".file.failed", htmltest.HasText(name)))
	}
	article := n.get(n.permalink(receipt)).want(t, http.StatusOK).Body
	htmltest.Check(t, article, htmltest.Count("article figure img", 1), htmltest.In("article figure img", htmltest.HasAttr("alt", "o mar")))
}

// waitFor reads a receipt until no file is being prepared any more.
func (n *network) waitFor(receipt string) string {
	n.t.Helper()
	for range 300 {
		if n.count("SELECT count(*) FROM media WHERE state = 'waiting'") == 0 {
			return n.get(receipt).want(n.t, http.StatusOK).Body
		}
		time.Sleep(100 * time.Millisecond)
	}
	n.t.Fatal("a file is still waiting after 30 s")
	return ""
}

func TestAltBelongsToItsFile(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Três imagens")
	form.Set("action", "preview")
	form["alt"] = []string{"primeira"}
	kept := htmltest.FormValues(t, n.post("/publish", form, upload{"1.jpg", photo(t, 30, 30)}).Body, "form#post")
	kept.Set("action", "publish")
	// an empty file field, then a file; their alts come before that of the upload
	kept["alt"] = []string{"", "segunda", "primeira"}
	n.post("/publish", kept, upload{"", nil}, upload{"2.jpg", photo(t, 31, 31)}).want(t, http.StatusSeeOther)
	for name, alt := range map[string]string{"1.jpg": "primeira", "2.jpg": "segunda"} {
		if got := n.count("SELECT count(*) FROM media WHERE name = $1 AND alt = $2", name, alt); got != 1 {
			t.Errorf("%s does not have the alt %q", name, alt)
		}
	}
}

func TestRemoveTakesAFileOutOfTheForm(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Duas imagens, uma a mais")
	form.Set("action", "preview")
	form["alt"] = []string{"fica", "sai"}
	kept := htmltest.FormValues(t, n.post("/publish", form, upload{"fica.jpg", photo(t, 30, 30)}, upload{"sai.jpg", photo(t, 31, 31)}).Body, "form#post")
	alts := kept["alt"]
	if len(kept["upload"]) != 2 || len(alts) < 2 {
		t.Fatalf("uploads %v with alts %v", kept["upload"], alts)
	}
	kept["alt"] = alts[len(alts)-2:] // no file fields are sent now
	kept.Set("remove", kept["upload"][1])
	delete(kept, "action")
	page := n.post("/publish", kept).want(t, http.StatusOK).Body
	left := htmltest.FormValues(t, page, "form#post")
	if len(left["upload"]) != 1 || left["alt"][len(left["alt"])-1] != "fica" {
		t.Errorf("left: uploads %v, alts %v", left["upload"], left["alt"])
	}
}

func TestFrozenSiteKeepsTheText(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Tarde demais")
	receipt := n.publish("Antes")
	permalink := n.permalink(receipt)
	n.exec("UPDATE site SET state = 'frozen' WHERE slug = 'pt'")
	back := n.post("/publish", form, upload{"a.jpg", photo(t, 32, 32)}).want(t, http.StatusForbidden)
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Tarde demais" {
		t.Errorf("the form came back as %v", again)
	}
	n.get("/publish").want(t, http.StatusForbidden)
	comment := n.post(permalinkToComments(permalink), url.Values{"body": {"Uma resposta que fica"}}).want(t, http.StatusForbidden)
	has(t, comment.Body, "Uma resposta que fica")
	edit := n.post(receipt, url.Values{"title": {"Mudado"}, "body": {"Mudado."}, "action": {"save"}}).want(t, http.StatusForbidden)
	has(t, edit.Body, "Mudado.")
	n.get(permalink).want(t, http.StatusOK)
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	n.get(permalink).want(t, http.StatusGone)
}

func TestHeldForReview(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.exec("UPDATE site SET hold_articles = true WHERE slug = 'pt'")
	receipt := n.publish("À espera")
	path := n.permalink(receipt)
	n.get(path).want(t, http.StatusNotFound)
	lacks(t, n.get("/newswire").Body, "À espera")
}

func TestURLEncodedFormIsTakenToo(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	body := strings.NewReader(n.filled("Sem ficheiros").Encode())
	n.do(http.MethodPost, ptHost, "/publish", "application/x-www-form-urlencoded", body).want(t, http.StatusSeeOther)
}

func TestControlCharactersAreDropped(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Tí\x00tu\x1blo \u202Elimpo")
	form.Set("body", "Cor\x00po\x07 limpo")
	receipt := n.post("/publish", form).want(t, http.StatusSeeOther).location()
	htmltest.Check(t, n.get(n.permalink(receipt)).Body, htmltest.In("h1", htmltest.HasExactText("Título limpo")), htmltest.In(".prose", htmltest.HasExactText("Corpo limpo")))
}

// permalinkToComments is where comments of the article at a permalink are sent.
func permalinkToComments(permalink string) string {
	return permalink[:strings.LastIndexByte(permalink, '/')] + "/comments"
}

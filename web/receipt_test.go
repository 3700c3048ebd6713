package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
)

func TestEditByReceipt(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Primeira versão")
	path := n.permalink(receipt)
	id := n.count("SELECT max(id) FROM article")
	if err := article.SetRank(t.Context(), n.pools.Primary, article.Act{Site: n.pt.ID, ID: article.ID(id), By: modlog.Actor{Kind: modlog.Editor, Name: "Inês"}}, article.Global); err != nil {
		t.Fatal(err)
	}
	form := n.editForm(receipt)
	if form.Get("title") != "Primeira versão" {
		t.Fatalf("the form holds %v", form)
	}
	form.Set("title", "Segunda versão")
	form.Set("topic", "trabalho")
	form.Set("action", "save")
	n.post(receipt, form).want(t, http.StatusSeeOther)
	page := n.get(path).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In("h1", htmltest.HasExactText("Segunda versão")), htmltest.NotIn("article .rank"))
	has(t, n.get("/topics/trabalho").Body, "Segunda versão")
	if got := n.count("SELECT count(*) FROM article_revision WHERE article_id = $1", id); got != 2 {
		t.Errorf("%d revisions, want 2", got)
	}
	has(t, n.get(receipt).Body, "Inês")
}

func TestEditOfWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Duas janelas")
	one, two := n.editForm(receipt), n.editForm(receipt)
	one.Set("body", "Da primeira janela.")
	one.Set("action", "save")
	n.post(receipt, one).want(t, http.StatusSeeOther)
	two.Set("body", "Da segunda janela.")
	two.Set("action", "save")
	both := n.post(receipt, two).want(t, http.StatusConflict)
	has(t, both.Body, "Da primeira janela.")
	has(t, both.Body, "Da segunda janela.")
	again := htmltest.FormValues(t, both.Body, "form#post")
	delete(again, "alt")
	again.Set("action", "save")
	n.post(receipt, again).want(t, http.StatusSeeOther)
	has(t, n.get(n.permalink(receipt)).Body, "Da segunda janela.")
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	form := n.filled("Melhor não")
	form.Set("summary", "resumo secreto")
	receipt := n.post("/publish", form, upload{"a.jpg", photo(t, 600, 400)}).want(t, http.StatusSeeOther).location()
	n.waitFor(receipt)
	path := n.permalink(receipt)
	picture := htmltest.Attr(t, n.get(path).Body, "article figure img", "src")
	n.get(picture).want(t, http.StatusOK)
	for range 2 { // the second changes nothing and answers as before
		n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	}
	gone := n.get(path).want(t, http.StatusGone)
	lacks(t, gone.Body, "Melhor não")
	n.get(path[:strings.LastIndexByte(path, '/')]).want(t, http.StatusGone)
	n.get(picture).want(t, http.StatusGone)
	lacks(t, n.get("/newswire").Body, "Melhor não")
	if left := n.count("SELECT count(*) FROM article WHERE title || author || summary || source || html || slug || contact <> ''"); left != 0 {
		t.Error("the row still holds text")
	}
	if left := n.count("SELECT count(*) FROM article_revision"); left != 0 {
		t.Errorf("%d revisions left", left)
	}
	if logged := n.count("SELECT count(*) FROM moderation_log WHERE act = 'withdraw'"); logged != 1 {
		t.Errorf("logged %d times", logged)
	}
	n.post(receipt, url.Values{"action": {"save"}, "title": {"De volta"}, "body": {"De volta."}}).want(t, http.StatusConflict)
	n.post("/publish", form, upload{"a.jpg", photo(t, 600, 400)}).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM article"); got != 1 {
		t.Errorf("the form sent again made %d articles", got)
	}
}

func TestReceiptsAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Com recibo")
	code := strings.TrimPrefix(receipt, "/receipts/")
	typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
	if got := n.post("/receipts", url.Values{"code": {typed}}).want(t, http.StatusSeeOther).location(); got != receipt {
		t.Errorf("led to %q, want %q", got, receipt)
	}
	wrong := n.post("/receipts", url.Values{"code": {"0000-nada"}}).want(t, http.StatusNotFound)
	has(t, wrong.Body, "0000-nada")
	n.get("/receipts/"+strings.Repeat("0", 26)).want(t, http.StatusNotFound)
	for _, a := range []answer{n.get(receipt), n.get("/receipts"), n.get("/publish")} {
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("Cache-Control = %q", a.Header.Get("Cache-Control"))
		}
	}
}

func TestEditWaitsWhereArticlesAreHeld(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Aprovado")
	path := n.permalink(receipt)
	n.exec("UPDATE site SET hold_articles = true WHERE slug = 'pt'")
	form := n.editForm(receipt)
	form.Set("title", "Por aprovar")
	form.Set("action", "save")
	n.post(receipt, form).want(t, http.StatusSeeOther)
	htmltest.Check(t, n.get(path).Body, htmltest.In("h1", htmltest.HasExactText("Aprovado")))
	if got := n.editForm(receipt).Get("title"); got != "Por aprovar" {
		t.Errorf("the author sees %q", got)
	}
	act := article.Act{Site: n.pt.ID, ID: article.ID(n.count("SELECT max(id) FROM article")), By: modlog.Actor{Kind: modlog.Editor, Name: "Inês"}}
	if err := article.Show(t.Context(), n.pools.Primary, act); err != nil {
		t.Fatal(err)
	}
	htmltest.Check(t, n.get(path).Body, htmltest.In("h1", htmltest.HasExactText("Por aprovar")))
}

// TestFilesNobodyCanTakeAreNotKept holds that a code that nobody has, or one of
// an article that is gone, is no way to fill the disk.
func TestFilesNobodyCanTakeAreNotKept(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Retirado")
	edit := n.editForm(receipt)
	edit.Set("body", "Texto tardio")
	edit.Set("action", "save")
	n.post("/receipts/"+strings.Repeat("0", 26), edit, upload{"a.jpg", photo(t, 40, 40)}).want(t, http.StatusNotFound)
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	back := n.post(receipt, edit, upload{"a.jpg", photo(t, 40, 40)}).want(t, http.StatusConflict)
	has(t, back.Body, "Texto tardio</textarea>")
	if got := n.count("SELECT count(*) FROM upload"); got != 0 {
		t.Errorf("%d files kept", got)
	}
}

// TestFormKeepsToTheLimitsOfItsCollective without script, and says them first.
func TestFormKeepsToTheLimitsOfItsCollective(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Com poucas fotografias")
	n.exec("UPDATE site SET max_files = 2, max_file_bytes = 1000000 WHERE slug = 'pt'")
	for _, at := range []string{"#files-hint", "#reply-file-hint"} {
		page := "/publish"
		if at == "#reply-file-hint" {
			page = n.permalink(receipt)
		}
		htmltest.Check(t, n.get(page).Body, htmltest.In(at, htmltest.HasText("Até 2 ficheiros"), htmltest.HasText("até 1 MB")))
	}
	large, small := upload{"a.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 1_100_000)...)}, upload{"a.jpg", photo(t, 20, 20)}
	form := url.Values{"ticket": {n.openForm().Get("ticket")}, "title": {"Grande"}, "body": {"Texto."}, "action": {"publish"}}
	led := n.post("/publish", form, large).want(t, http.StatusSeeOther).location()
	has(t, n.get(led).Body, "Este ficheiro é maior do que")
	form.Set("ticket", n.openForm().Get("ticket"))
	has(t, n.post("/publish", form, small, small, small).want(t, http.StatusUnprocessableEntity).Body, "Texto.</textarea>")
	if got := n.count("SELECT count(*) FROM article"); got != 2 {
		t.Errorf("%d articles, want two", got)
	}
	n.uploads.Arrivals.Room.Budget = 1 // what lies there already is more
	back := n.post("/publish", form, small).want(t, http.StatusServiceUnavailable)
	has(t, back.Body, "Texto.</textarea>")
}

// TestFilesOfAnArticleAreBounded sends photos with one edit after the other.
func TestFilesOfAnArticleAreBounded(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	small := upload{"a.jpg", photo(t, 20, 20)}
	receipt := n.publish("Com fotografias", slices.Repeat([]upload{small}, media.MaxFiles-1)...)
	edit := n.editForm(receipt)
	if told := htmltest.Attr(t, n.get(receipt).Body, "form#post", "data-uploader"); !strings.Contains(told, `"files":1,`) {
		t.Errorf("the script is not told that one more fits: %s", told)
	}
	edit.Set("action", "save")
	edit.Set("body", "Com duas a mais.")
	back := n.post(receipt, edit, small, small).want(t, http.StatusUnprocessableEntity)
	has(t, back.Body, "Com duas a mais.</textarea>")
	again := htmltest.FormValues(t, back.Body, "form#post")
	delete(again, "alt")
	again["upload"] = again["upload"][:1]
	again.Set("action", "save")
	n.post(receipt, again).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM media WHERE state <> 'gone'"); got != media.MaxFiles {
		t.Errorf("%d files, want %d", got, media.MaxFiles)
	}
	full := n.get(receipt).want(t, http.StatusOK).Body
	htmltest.Check(t, full, htmltest.NotIn(`#post input[type="file"]`), htmltest.In("#files-hint", htmltest.HasText("já tem todos os ficheiros")))
	edit = n.editForm(receipt)
	edit.Set("action", "save")
	edit.Set("body", "Com mais uma.")
	n.post(receipt, edit, small).want(t, http.StatusUnprocessableEntity)
	edit = n.editForm(receipt)
	edit.Set("action", "save")
	edit.Set("body", "Sem mais nenhuma.")
	n.post(receipt, edit).want(t, http.StatusSeeOther)
}

package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLeavingAnUntouchedForm is not asked about.
func TestLeavingAnUntouchedForm(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	v.Do(chromedp.Click(chromedp.CSS("#title")))
	v.follow(`nav a[href="/newswire"]`, http.StatusOK)
	if v.asked.Load() != 0 {
		t.Error("asked whether to leave a form with nothing in it")
	}
	v.checkQuiet()
}

// TestTwoTabsWithOneFile has a second tab say that the first is sending it.
func TestTwoTabsWithOneFile(t *testing.T) {
	t.Parallel()
	first := sends(t, 0, 1280)
	first.slow.Store(true)
	file := clip(t, "marcha.mp4", 16<<20)
	first.chooses("#file-1", file)
	first.soon("progress", func() bool { return first.percent() > 0 })
	second := first.tab()
	second.open("/publish", http.StatusOK)
	second.soon("the script", func() bool { return second.holds("#files .transfers") })
	second.chooses("#file-1", file)
	second.standsAt("marcha.mp4", "elsewhere")
	second.reads(".transfer .status", "Outro separador")
	second.presses("Continuar")
	second.standsAt("marcha.mp4", "running")
	if got := first.stateOf("marcha.mp4"); got != "running" && got != "done" {
		t.Errorf("the first tab is %s", got)
	}
}

// TestFormWithFilesByKeyboard moves and removes rows, and the focus stays where
// the work is.
func TestFormWithFilesByKeyboard(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 360)
	v.chooses("#file-1", named(t, "um.jpg"), named(t, "dois.jpg"), named(t, "tres.jpg"))
	order := func() string { return strings.Join(v.texts(".transfer .head label"), " ") }
	focus := func() string { return eval[string](v, "document.activeElement.getAttribute('aria-label') ?? ''") }
	v.Do(chromedp.Focus(chromedp.CSS(".transfer:nth-child(3) [aria-label^='Subir']")), chromedp.KeyEvent("\r"), chromedp.KeyEvent("\r"))
	if got := order(); got != "tres.jpg um.jpg dois.jpg" {
		t.Fatalf("the order is %s", got)
	}
	if got := focus(); !strings.HasPrefix(got, "Descer") || !strings.Contains(got, "tres.jpg") {
		t.Errorf("at the top the focus is on %q", got)
	}
	v.soon("the place said", func() bool { return strings.Contains(v.text("form#post > [role=status]"), "tres.jpg") })
	v.Do(chromedp.Focus(chromedp.CSS(".transfer:nth-child(1) [aria-label^='Retirar']")), chromedp.KeyEvent("\r"))
	if got := order(); got != "um.jpg dois.jpg" {
		t.Fatalf("the order is %s", got)
	}
	if got := focus(); !strings.HasPrefix(got, "Retirar") || !strings.Contains(got, "um.jpg") {
		t.Errorf("after one was taken out the focus is on %q", got)
	}
	v.write("#title", "Por ordem")
	v.write("#body", "Sim.")
	v.write("#alt-2", "O segundo")
	v.follow(`form#post .acts button[value="publish"]`, http.StatusOK)
	if got := v.count("SELECT count(*) FROM media WHERE (name, alt, position) IN (('um.jpg', '', 1), ('dois.jpg', 'O segundo', 2))"); got != 2 {
		t.Errorf("%d files are in their place with their description", got)
	}
	v.checkQuiet()
}

// TestReloadHearsOfWhatArrives after the page was opened anew: its file need not
// be chosen again.
func TestReloadHearsOfWhatArrives(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	v.slow.Store(true)
	file := clip(t, "marcha.mp4", 1<<20)
	v.chooses("#file-1", file)
	v.standsAt("marcha.mp4", "running")
	v.soon("the draft", func() bool { return strings.HasPrefix(v.text(".draft-note"), "Guardado") })
	v.Do(chromedp.Reload())
	v.standsAt("marcha.mp4", "lost")
	v.slow.Store(false)
	bytes, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	server := &sender{network: v.network, server: v.server, host: ptHost}
	at := "/uploads/" + eval[string](v, "document.querySelector('[name=upload]').value")
	here, err := strconv.Atoi(server.offset(at))
	if err != nil {
		t.Fatal(err)
	}
	server.patch(at, here, bytes[here:]).want(t, http.StatusNoContent)
	v.standsAt("marcha.mp4", "done")
}

// TestRowsSpeakOfTheirKind: captions are asked what players call them, where other
// files are asked what they show; and a picture that browsers cannot blur says so.
func TestRowsSpeakOfTheirKind(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 360)
	file := filepath.Join(t.TempDir(), "fala.en.vtt")
	if err := os.WriteFile(file, []byte("WEBVTT\n\n00:00.000 --> 00:01.000\nSim.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.chooses("#file-1", named(t, "um.jpg"), file, named(t, "mapa.gif"))
	labels := v.texts(".transfer label[for^=alt]")
	if len(labels) != 3 || !strings.Contains(labels[0], "O que mostra") || !strings.Contains(labels[1], "legendas") {
		t.Errorf("the fields are called %q", labels)
	}
	v.soon("what the kind forbids", func() bool { return strings.Contains(v.text(".transfer:nth-child(3) .status"), "deste tipo") })
	if got := v.text(".transfer:nth-child(1) .status"); strings.Contains(got, "deste tipo") {
		t.Errorf("the photo says %q", got)
	}
}

// named is a small photo of a name.
func named(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, photo(t, 64, 48), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestFormComesBackWhereItStands is sent with a fault, and while nobody answers:
// text and uploads stay where they are.
func TestFormComesBackWhereItStands(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	v.slow.Store(true)
	v.chooses("#file-1", clip(t, "marcha.mp4", 16<<20))
	v.soon("progress", func() bool { return v.percent() > 0 })
	v.write("#title", strings.Repeat("a", 201))
	v.write("#body", "Passou pela ponte.")
	publish := chromedp.Click(chromedp.CSS(`form#post .acts button[value="publish"]`))
	v.Do(publish)
	v.soon("the fault", func() bool { return v.holds(".field.wrong #title[aria-invalid]") })
	if !eval[bool](v, "document.activeElement.matches('.faults') && document.title.startsWith('Erro:')") {
		t.Error("nobody is led to the fault")
	}
	for _, violation := range v.Axe() {
		t.Error(violation)
	}
	if got := v.stateOf("marcha.mp4"); got != "running" {
		t.Errorf("the upload is %s", got)
	}
	v.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#title").value = "A marcha", undefined`))
	v.offline(true)
	v.Do(publish)
	v.soon("the sentence", func() bool {
		return v.holds(".notice[role=alert]") && strings.Contains(v.text(".notice[role=alert]"), "não há ligação")
	})
	if v.holds(".field.wrong") || eval[string](v, "document.querySelector('#body').value") != "Passou pela ponte." {
		t.Error("the form is not as it was")
	}
	v.offline(false)
	v.Do(publish)
	v.soon("the receipt", func() bool { return v.holds("p.code") })
}

// TestCommentWaitsForItsFile answers an article with a photo, by the same rows.
func TestCommentWaitsForItsFile(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 360)
	permalink := v.permalink(v.publish("A marcha"))
	v.open(permalink, http.StatusOK)
	v.Do(chromedp.Focus(chromedp.CSS("#reply-body")))
	v.soon("the script", func() bool { return v.holds("form#reply .transfers") })
	v.write("#reply-body", "Também estive lá.")
	v.chooses("#reply-file-1", named(t, "ponte.jpg"))
	v.write(".transfer input[id^=alt]", "A ponte")
	v.follow("form#reply .acts button", http.StatusOK)
	v.waitForFiles()
	if got := v.count("SELECT count(*) FROM media WHERE comment_id IS NOT NULL AND alt = 'A ponte'"); got != 1 {
		t.Errorf("%d files of the comment", got)
	}
	if v.asked.Load() != 0 {
		t.Error("asked whether to leave what was sent")
	}
	v.checkQuiet()
}

// TestPublishedTicketLeadsToItsReceipt opens the form's address once more.
func TestPublishedTicketLeadsToItsReceipt(t *testing.T) {
	t.Parallel()
	v := sends(t, 0, 1280)
	form := v.filled("Já publicado")
	receipt := v.post("/publish", form).want(t, http.StatusSeeOther).location()
	v.open("/newswire", http.StatusOK)
	v.Open(v.base + "/publish#ticket=" + form.Get("ticket"))
	v.soon("the receipt", func() bool { return strings.HasSuffix(v.Location(), receipt) })
}

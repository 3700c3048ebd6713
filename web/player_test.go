package web_test

import (
	"net/http"
	"net/url"
	"path"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/media"
)

func TestArticleShowsWhatPlays(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	at := n.permalink(n.publish("Com filme"))
	ids := n.plant(at, film("A marcha"), captions("marcha.en.vtt"), sound("O coro"), pdf("O comunicado"), captions("sem par.vtt"))
	page := n.get(at).want(t, http.StatusOK).Body
	media := func(i int, name string) string { return "/media/" + string(ids[i]) + "/" + name }
	htmltest.Check(t, page,
		htmltest.In("figure.player video[controls][playsinline]", htmltest.HasAttr("preload", "none"), htmltest.HasAttr("poster", media(0, "poster-960.jpg")),
			htmltest.HasAttr("width", "1280"), htmltest.HasAttr("height", "720"), htmltest.HasAttr("aria-label", "A marcha (Vídeo, 1:05)")),
		htmltest.Count("video source", 3),
		htmltest.In("video source:first-of-type[media]", htmltest.HasAttr("src", media(0, "480p.mp4"))),
		htmltest.In("video source:not([media])", htmltest.HasAttr("src", media(0, "720p.mp4")), htmltest.HasAttr("type", "video/mp4")),
		htmltest.Count("track", 2),
		htmltest.In(`video track[kind="captions"]`, htmltest.HasAttr("src", media(1, "captions.vtt")), htmltest.HasAttr("srclang", "en"), htmltest.HasAttr("label", "English")),
		htmltest.In(`audio track[kind="captions"]`, htmltest.HasAttr("srclang", "pt")),
		htmltest.In("audio[controls]", htmltest.HasAttr("preload", "none")),
		htmltest.In(".document a", htmltest.HasAttr("href", media(3, "document.pdf")), htmltest.HasText("PDF"), htmltest.HasAttr("download", "document.pdf")),
		htmltest.In(`figcaption a[download="480p.mp4"]`, htmltest.HasText("MP4 480p")),
		htmltest.In(`meta[property="og:video"]`, htmltest.HasAttr("content", "http://"+ptHost+media(0, "480p.mp4"))),
		htmltest.In(`meta[property="og:image"]`, htmltest.HasAttr("content", "http://"+ptHost+media(0, "poster-960.jpg"))),
		htmltest.In(`link[rel="alternate"][href="/feeds/podcast.rss"]`),
	)
	if got := n.get(media(3, "document.pdf")).want(t, http.StatusOK).Header.Get("Content-Disposition"); got != `attachment; filename="document.pdf"` {
		t.Errorf("a document is served with Content-Disposition %q", got)
	}
	if got := n.get(media(0, "480p.mp4")).want(t, http.StatusOK).Header.Get("Content-Disposition"); got != "" {
		t.Errorf("a video is served with Content-Disposition %q", got)
	}
}

// TestPagesSayHowFarAFileIs has a file in each state that is not ready.
func TestPagesSayHowFarAFileIs(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("A caminho")
	at := n.permalink(receipt)
	n.plant(at,
		planted{kind: media.Video, state: media.Waiting, name: "a.mp4", percent: 40},
		planted{kind: media.Audio, state: media.Arriving, name: "b.mp3"},
		planted{kind: media.Image, state: media.Waiting, name: "c.jpg"},
		planted{kind: media.Document, state: media.Waiting, name: "d.pdf"},
		planted{kind: media.Video, state: media.Failed, name: "e.mp4", failure: media.FailureNotPrepared, kept: true},
		planted{kind: media.Audio, state: media.Failed, name: "f.mp3", failure: media.FailureNeverCame},
	)
	article := n.get(at).want(t, http.StatusOK).Body
	htmltest.Check(t, article, htmltest.Count(".waiting", 4), htmltest.Count("progress", 2),
		htmltest.In(".waiting", htmltest.HasText("Um vídeo está a ser preparado: 40 %")), htmltest.In(`progress[value="40"]`), htmltest.NotIn("video"), htmltest.NotIn(".file.failed"))
	own := n.get(receipt).want(t, http.StatusOK).Body
	htmltest.Check(t, own, htmltest.Count(".file", 6), htmltest.Count(".file.failed", 2), htmltest.Count(`button[value="retry"]`, 1), htmltest.Count(".file progress", 2))
	editor := n.editor(n.pt, "Inês")
	desk := "/newsroom" + path.Dir(at)
	htmltest.Check(t, editor.get(desk).want(t, http.StatusOK).Body, htmltest.Count(".file.failed", 2), htmltest.Count(`form[action$="/retry"]`, 1), htmltest.In(".file.failed", htmltest.HasText("e.mp4")))
}

// TestFileIsTriedAgain is done by whoever holds the receipt, and by an editor.
func TestFileIsTriedAgain(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Outra vez")
	at := n.permalink(receipt)
	ids := n.plant(at,
		planted{kind: media.Video, state: media.Failed, name: "a.mp4", failure: media.FailureNotPrepared, kept: true},
		planted{kind: media.Video, state: media.Failed, name: "b.mp4", failure: media.FailureNotPrepared, kept: true},
		planted{kind: media.Video, state: media.Failed, name: "c.mp4", failure: media.FailureNeverCame},
	)
	jobs := func() int { return n.count("SELECT count(*) FROM river_job WHERE kind = 'media_process'") }
	again := func(id media.ID) url.Values { return url.Values{"action": {"retry"}, "file": {string(id)}} }
	n.post(receipt, again(ids[0])).want(t, http.StatusSeeOther)
	n.post(receipt, again(ids[0])).want(t, http.StatusSeeOther) // once more changes nothing
	back := n.post(receipt, again(ids[2])).want(t, http.StatusConflict).Body
	htmltest.Check(t, back, htmltest.In(".notice", htmltest.HasText("já foi apagado")))
	if form := htmltest.FormValues(t, back, "form#post"); form.Get("title") != "Outra vez" {
		t.Errorf("the form came back as %v", form)
	}
	other := n.publish("De outra pessoa")
	if a := n.post(other, again(ids[1])); a.StatusCode != http.StatusNotFound {
		t.Errorf("a file of another post: %d", a.StatusCode)
	}
	if got := jobs(); got != 1 {
		t.Errorf("%d jobs, want 1", got)
	}
	editor := n.editor(n.pt, "Inês")
	desk := "/newsroom" + path.Dir(at)
	editor.post(desk+"/retry", url.Values{"file": {string(ids[1])}}).want(t, http.StatusSeeOther)
	editor.post(desk+"/retry", url.Values{"file": {"none"}}).want(t, http.StatusNotFound)
	if waiting := n.count("SELECT count(*) FROM media WHERE state = 'waiting' AND failure = '' AND settled_at IS NULL"); waiting != 2 || jobs() != 2 {
		t.Errorf("%d files wait, %d jobs", waiting, jobs())
	}
}

func TestGalleryByKind(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	films, talks, photos := n.permalink(n.publish("Com filme")), n.permalink(n.publish("Com gravação")), n.permalink(n.publish("Só legendas"))
	ids := n.plant(films, film("A marcha"), captions("marcha.vtt"))
	n.plant(talks, sound("O coro"))
	n.plant(photos, captions("sozinhas.vtt"))
	page := n.get("/newswire?media=video").want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.Count(".wire li", 1), htmltest.In(".wire li", htmltest.HasText("Com filme"), htmltest.HasText("1:05")),
		htmltest.In(".wire img.shot", htmltest.HasAttr("src", "/media/"+string(ids[0])+"/poster-480.jpg"), htmltest.HasAttr("width", "480")),
		htmltest.In(`.kinds a[aria-current="page"]`, htmltest.HasText("vídeo")), htmltest.In(`.kinds a[href="/newswire?media=document"]`))
	htmltest.Check(t, n.get("/newswire?media=audio").Body, htmltest.Count(".wire li", 1), htmltest.NotIn("img.shot"))
	n.get("/newswire?media=captions").want(t, http.StatusNotFound)
}

// TestFeatureAndLogoAreDrawn refuses what is no picture where one has to be.
func TestFeatureAndLogoAreDrawn(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	values := p.filledFeature("Com filme")
	values["alt"] = []string{"Um filme"}
	clip := upload{"filme.pdf", []byte("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")}
	back := p.post("/newsroom/features", values, clip).want(t, http.StatusUnprocessableEntity)
	htmltest.Check(t, back.Body, htmltest.In(".error", htmltest.HasText("fotografia")))
	look := htmltest.FormValues(t, p.get("/newsroom/look").want(t, http.StatusOK).Body, `form[action$="/look/logo"]`)
	look.Set("action", "save")
	back = p.post("/newsroom/look/logo", look, clip).want(t, http.StatusUnprocessableEntity)
	htmltest.Check(t, back.Body, htmltest.In(".error", htmltest.HasText("fotografia")))
	if left := n.count("SELECT count(*) FROM media"); left != 0 {
		t.Errorf("%d files were taken", left)
	}
}

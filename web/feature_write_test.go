package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/web/form"
)

func TestFeatureAtFaultComesBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	long := strings.Repeat("é", 601)
	for _, tt := range []struct{ field, value string }{
		{"title", ""}, {"title", long}, {"summary", " "}, {"summary", long}, {"body", "<!-- -->"}, {"body", strings.Repeat("á", 100_001)}, {"language", "xx"},
		{"article", "ontem"}, {"article", "99999"}, {"article", "https://elsewhere.example/articles/1/x"}, {"alt", ""}, {"alt", long},
	} {
		form := p.filledFeature("Um título")
		form["alt"], form["article"] = []string{"Um cartaz"}, nil
		form.Set(tt.field, tt.value)
		back := p.post("/newsroom/features", form, upload{"a.jpg", photo(t, 32, 32)}).want(t, http.StatusUnprocessableEntity)
		again := htmltest.FormValues(t, back.Body, "form#post")
		for _, name := range []string{"ticket", "title", "summary", "body", "alt", "article"} {
			if again.Get(name) != form.Get(name) {
				t.Errorf("%s %.20q: %s came back as %.40q, want %.40q", tt.field, tt.value, name, again.Get(name), form.Get(name))
			}
		}
		if len(again["upload"]) != 1 {
			t.Errorf("%s %.20q: the picture did not go along", tt.field, tt.value)
		}
		htmltest.Check(t, back.Body, htmltest.In(`[aria-invalid="true"][name="`+tt.field+`"]`), htmltest.In(`.faults[role="alert"] a`),
			htmltest.In("title", htmltest.HasText("Erro:")))
	}
	if n.count("SELECT count(*) FROM feature") != 0 {
		t.Error("something was written")
	}
}

// TestFeatureOfFarTooManyPosts is refused without any of them being looked for,
// and all that was written comes back.
func TestFeatureOfFarTooManyPosts(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	for name, line := range map[string]string{"posts": "%d", "no posts": "ontem %d"} {
		form := p.filledFeature("Um título")
		var lines []string
		for i := range 60_000 {
			lines = append(lines, fmt.Sprintf(line, i+1))
		}
		form["article"] = []string{strings.Join(lines, "\n")}
		form.Set("action", "save")
		back := p.post("/newsroom/features", form, noFile).want(t, http.StatusUnprocessableEntity)
		htmltest.Check(t, back.Body, htmltest.In("#article-fault", htmltest.HasText("30")), htmltest.NotIn("#article-fault a"))
		if got := htmltest.FormValues(t, back.Body, "form#post").Get("article"); strings.ReplaceAll(got, "\r\n", "\n") != form.Get("article") {
			t.Errorf("%s: %d bytes came back of %d", name, len(got), len(form.Get("article")))
		}
	}
}

// TestFeatureOfAnotherSitesPosts names those that are not the site's own, and
// says nothing about them.
func TestFeatureOfAnotherSitesPosts(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	own := n.articleOf(n.pt, n.publish("Um relato"))
	foreign := n.articleOf(n.ar, n.publishOn(n.ar, url.Values{"title": {"سري"}, "body": {"نص"}}))
	p := n.editor(n.pt, "Inês")
	form := p.filledFeature("Um destaque")
	form["article"] = []string{own + "\r\n" + foreign + "\r\nhttp://" + arHost + own}
	back := p.post("/newsroom/features", form, noFile).want(t, http.StatusUnprocessableEntity)
	id := path.Base(path.Dir(foreign))
	htmltest.Check(t, back.Body, htmltest.In("#article-fault", htmltest.HasText(id), htmltest.HasText("http://"+arHost+own)))
	lacks(t, back.Body, "سري")
	if again := htmltest.FormValues(t, back.Body, "form#post"); !strings.HasPrefix(again.Get("article"), own) || strings.Count(again.Get("article"), "\n") != 2 {
		t.Errorf("the posts came back as %q", again["article"])
	}
	// what is chosen from the list joins what is typed
	form["article"] = []string{"", path.Base(path.Dir(own))}
	form.Set("ticket", p.featureForm("/newsroom/features/new").Get("ticket"))
	led := p.listed(p.post("/newsroom/features", form, noFile))
	if got := p.featureForm(fmt.Sprintf("/newsroom/features/%d", led)).Get("article"); got != own {
		t.Errorf("linked to %q", got)
	}
}

func TestFeatureBeginsFromAPost(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publishOn(n.pt, url.Values{"title": {"Um relato"}, "summary": {"O resumo."}, "body": {"Tudo."}, "language": {"en"}})
	at := n.articleOf(n.pt, receipt)
	p := n.editor(n.pt, "Inês")
	address := "/newsroom/features/new?article=" + path.Base(path.Dir(at))
	form := p.featureForm(address)
	if form.Get("title") != "Um relato" || form.Get("summary") != "O resumo." || form.Get("language") != "en" || form.Get("article") != at || form.Get("body") != "" {
		t.Errorf("it begins as %v", form)
	}
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	p.get(address).want(t, http.StatusGone)
	for _, none := range []string{"99999", "um", "-1"} {
		p.get("/newsroom/features/new?article="+none).want(t, http.StatusNotFound)
	}
}

func TestFeatureTickets(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	for name, ticket := range map[string]string{
		"missing": "", "forged": "bilhete", "of another site": n.mint(n.ar), "expired": n.key.Mint(n.pt.ID, time.Now().Add(-49*time.Hour)).String(),
	} {
		form := p.filledFeature("Texto de " + name)
		form["ticket"], form["alt"] = []string{ticket}, []string{"Um cartaz"}
		back := p.post("/newsroom/features", form, upload{"a.jpg", photo(t, 32, 32)}).want(t, http.StatusUnprocessableEntity)
		again := htmltest.FormValues(t, back.Body, "form#post")
		if again.Get("title") != "Texto de "+name || again.Get("alt") != "Um cartaz" || len(again["upload"]) != 1 {
			t.Errorf("%s: the form came back as %v", name, again)
		}
		again.Set("action", "save")
		p.listed(p.post("/newsroom/features", again))
	}
	if got := n.count("SELECT count(*) FROM media WHERE feature_id IS NOT NULL"); got != 4 {
		t.Errorf("%d pictures, want 4", got)
	}
}

// TestFeatureFormSentAgain sends one form many times at once, and then another
// content with its ticket.
func TestFeatureFormSentAgain(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	form, picture := p.filledFeature("Uma vez"), upload{"a.jpg", photo(t, 64, 64)}
	form["alt"] = []string{"Um cartaz"}
	answers := make([]answer, 6)
	var all sync.WaitGroup
	for i := range answers {
		one := *p // a browser's own cookies, for each
		one.cookies = slices.Clone(p.cookies)
		all.Go(func() { answers[i] = one.post("/newsroom/features", form, picture) })
	}
	all.Wait()
	id := p.listed(answers[0])
	for _, a := range answers {
		if p.listed(a) != id {
			t.Errorf("led to %s and %s", a.location(), answers[0].location())
		}
	}
	form.Set("title", "Outra coisa")
	back := p.post("/newsroom/features", form, picture).want(t, http.StatusConflict)
	htmltest.Check(t, back.Body, htmltest.In(fmt.Sprintf(`.notice a[href="/newsroom/features/%d"]`, id)))
	again := htmltest.FormValues(t, back.Body, "form#post")
	if again.Get("title") != "Outra coisa" || again.Get("ticket") == form.Get("ticket") || len(again["upload"]) != 1 {
		t.Errorf("the form came back as %v", again)
	}
	again.Set("action", "save")
	for range 2 {
		p.listed(p.post("/newsroom/features", again))
	}
	features, pictures, uploads := n.count("SELECT count(*) FROM feature"), n.count("SELECT count(*) FROM media"), n.count("SELECT count(*) FROM upload")
	if features != 2 || pictures != 2 || uploads != 0 {
		t.Errorf("%d features, %d pictures, %d uploads left; want 2, 2, 0", features, pictures, uploads)
	}
}

func TestFeaturePreviewSavesNothing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	at := n.articleOf(n.pt, n.publish("Um relato"))
	p := n.editor(n.pt, "Inês")
	form := p.filledFeature("Ainda não")
	form.Set("action", "preview")
	form["article"], form["alt"] = []string{at}, []string{"Um cartaz"}
	page := p.post("/newsroom/features", form, upload{"praia.jpg", photo(t, 64, 64)}).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In("#preview strong", htmltest.HasExactText("texto")), htmltest.In("#preview .posts", htmltest.HasText("Um relato")),
		htmltest.In("form#post .kept", htmltest.HasText("praia.jpg")), htmltest.NotIn("form#post input[type=file]"))
	again := htmltest.FormValues(t, page, "form#post")
	again.Set("remove", again.Get("upload"))
	page = p.post("/newsroom/features", again).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.NotIn("form#post .kept"), htmltest.In("form#post input[type=file]"))
	if n.count("SELECT count(*) FROM feature") != 0 {
		t.Error("something was written")
	}
	again.Del("remove")
	again.Set("action", "save")
	id := p.listed(p.post("/newsroom/features", again))
	if n.count("SELECT count(*) FROM media WHERE feature_id = $1 AND alt = 'Um cartaz'", id) != 1 {
		t.Error("the picture of the preview did not go along")
	}
}

// TestTwoEditorsWriteOneFeature shows the second what the first wrote, and loses
// nothing of either.
func TestTwoEditorsWriteOneFeature(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p, other := n.editor(n.pt, "Inês"), n.editor(n.pt, "Rui")
	desk := fmt.Sprintf("/newsroom/features/%d", p.writes("De início"))
	mine, theirs := p.featureForm(desk), other.featureForm(desk)
	for form, title := range map[*url.Values]string{&mine: "De Inês", &theirs: "De Rui"} {
		form.Set("title", title)
		form.Set("action", "save")
	}
	other.listed(other.post(desk, theirs, noFile))
	back := p.post(desk, mine, noFile).want(t, http.StatusConflict)
	htmltest.Check(t, back.Body, htmltest.In("#current ~ .preview", htmltest.HasText("De Rui")), htmltest.In(`.notice[role="alert"]`))
	again := htmltest.FormValues(t, back.Body, "form#post")
	if again.Get("title") != "De Inês" || again.Get("version") == mine.Get("version") {
		t.Errorf("the form came back as %v", again)
	}
	again.Set("action", "save")
	p.listed(p.post(desk, again, noFile))
	other.listed(other.post(desk, mustChange(other.featureForm(desk)), noFile))
	if got := n.count("SELECT count(*) FROM moderation_log WHERE act = 'edit'"); got != 2 {
		t.Errorf("%d edits in the log, want 2: a form that changes nothing is none", got)
	}
}

// mustChange is the form as it is, to be saved.
func mustChange(form url.Values) url.Values {
	form.Set("action", "save")
	return form
}

// TestFeatureFormReadInPart comes back with what was read of it.
func TestFeatureFormReadInPart(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	values := p.filledFeature("Meio texto")
	values["x"] = make([]string, form.MaxFields)
	back := p.post("/newsroom/features", values).want(t, http.StatusRequestEntityTooLarge)
	htmltest.Check(t, back.Body, htmltest.In("form#post"), htmltest.In(`.notice[role="alert"]`))
	p.send(http.MethodPost, "/newsroom/features", "application/json", strings.NewReader("{}")).want(t, http.StatusUnprocessableEntity)
}

// TestFeatureSurvivesAnOutage takes the primary away, and with it whoever could
// say that somebody has signed in: what was written comes back to be copied.
func TestFeatureSurvivesAnOutage(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	form := p.filledFeature("Durante a avaria")
	n.pools.Primary.Close()
	back := p.post("/newsroom/features", form, noFile).want(t, http.StatusServiceUnavailable)
	htmltest.Check(t, back.Body, htmltest.In("textarea#kept", htmltest.HasText("Durante a avaria"), htmltest.HasText("Um **texto**.")))
	if back.Header.Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
}

package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestColumnist signs in and writes a feature with a picture from two posts of
// the wire, places it, moves it, takes it off and deletes another.
func TestColumnist(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		v.columnist("Inês")
		first, second := v.articleOf(v.pt, v.publish("O cais parou")), v.articleOf(v.pt, v.publish("A cidade responde"))
		v.plainFeature(v.pt, "O que já lá estava", 1)

		v.open("/newsroom/features", http.StatusOK)
		v.follow(`a[href="/newsroom/features/new"]`, http.StatusOK)
		id := v.writesFeature(first)

		v.inOrder("O que já lá estava")
		v.follow(fmt.Sprintf(`#feature-%d button[value="2"]`, id), http.StatusOK)
		v.inOrder("O que já lá estava", "Dois dias de greve")
		if !v.inView(fmt.Sprintf("#feature-%d", id)) {
			t.Error("the feature that was moved is not in view")
		}
		v.follow(fmt.Sprintf(`#feature-%d button[value="1"]`, id), http.StatusOK)
		v.inOrder("Dois dias de greve", "O que já lá estava")

		v.open("/", http.StatusOK)
		v.reads(".feature.lead h2", "Dois dias de greve")
		v.seesPicture(".feature.lead img")
		v.follow(".feature.lead h2 a", http.StatusOK)
		v.reads("figcaption", "O cais vazio")
		if got := v.attributes(".wire h3 a", "href"); !slices.Equal(got, []string{first, second}) {
			t.Errorf("made from %v", got)
		}

		v.open("/newsroom/features", http.StatusOK)
		v.follow(fmt.Sprintf(`#feature-%d h3 a`, id), http.StatusOK)
		v.Do(chromedp.Clear(chromedp.CSS("#title")))
		v.write("#title", "Três dias de greve")
		v.follow(`form#post .acts button[value="save"]`, http.StatusOK)
		v.inOrder("Três dias de greve", "O que já lá estava")
		v.follow(fmt.Sprintf(`#feature-%d button[formaction]`, id), http.StatusOK)
		v.inOrder("O que já lá estava")
		v.open("/", http.StatusOK)
		v.reads(".feature.lead h2", "O que já lá estava")

		v.open("/newsroom/features", http.StatusOK)
		v.follow(fmt.Sprintf(`#feature-%d a[href$="/discard"]`, id), http.StatusOK)
		v.follow(`form[action$="/discard"] button`, http.StatusOK)
		if v.holds(fmt.Sprintf("#feature-%d", id)) {
			t.Error("what was deleted is still in the list")
		}
		v.open(fmt.Sprintf("/features/%d/dois-dias-de-greve", id), http.StatusGone)
	})
}

// columnist signs the browser in as an editor of the site.
func (v *visitor) columnist(name string) {
	v.t.Helper()
	a := v.editor(v.pt, name).account
	v.open("/sign-in?next=/newsroom/features", http.StatusOK)
	v.signsIn(a.Email)
	if !strings.HasSuffix(v.Location(), "/newsroom/features") {
		v.t.Fatalf("signing in led to %s", v.Location())
	}
}

// writesFeature fills the form, looks at the preview, saves, and answers the id.
func (v *visitor) writesFeature(post string) int {
	v.t.Helper()
	v.write("#title", "Dois dias de greve")
	v.write("#summary", "O porto parado, visto de dentro.")
	v.write("#body", "Nada se **move**.")
	v.write("#article", post)
	v.Do(
		chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{samplePhoto(v.t)}),
		chromedp.Click(chromedp.CSS("details > summary")),
	)
	v.write("#alt", "O cais vazio")
	v.Do(chromedp.Click(chromedp.CSS(".picks .choice:first-of-type input")))
	v.follow(`form#post .acts button[value="preview"]`, http.StatusOK)
	v.reads("#preview .headline", "Dois dias de greve")
	v.reads("#preview .prose strong", "move")
	v.reads("#preview .posts", "A cidade responde")
	v.reads("form#post .kept", "DSCN0029.jpg")
	if v.count("SELECT count(*) FROM feature") != 1 {
		v.t.Error("the preview saved something")
	}
	v.follow(`form#post .acts button[value="save"]`, http.StatusOK)
	v.waitForFiles()
	id := v.count("SELECT max(id) FROM feature")
	if !strings.HasSuffix(v.Location(), fmt.Sprintf("/newsroom/features#feature-%d", id)) {
		v.t.Errorf("led to %s", v.Location())
	}
	v.open("/newsroom/features", http.StatusOK)
	return id
}

// inOrder sees what is placed, from the lead down.
func (v *visitor) inOrder(want ...string) {
	v.t.Helper()
	if got := v.texts("#placed ~ ol h3"); !slices.Equal(got, want) {
		v.t.Errorf("%s: placed are %q, want %q", v.Location(), got, want)
	}
}

// TestColumnistKeyboard moves and takes off a feature without a mouse and without
// script.
func TestColumnistKeyboard(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1280, false)
	v.columnist("Inês")
	a := v.plainFeature(v.pt, "Um", 1)
	b := v.plainFeature(v.pt, "Dois", 2)
	v.open("/newsroom/features", http.StatusOK)
	v.tabTo(fmt.Sprintf(`#feature-%d button[value="1"]`, b), 40)
	v.enter(http.StatusOK)
	v.inOrder("Dois", "Um")
	v.tabTo(fmt.Sprintf(`#feature-%d button[formaction]`, b), 40)
	v.enter(http.StatusOK)
	v.inOrder("Um")
	v.open("/newsroom/features", http.StatusOK)
	v.tabTo(fmt.Sprintf(`#feature-%d h3 a`, a), 40)
	v.enter(http.StatusOK)
	v.tabTo("#title", 40)
	v.Do(chromedp.KeyEvent("Um!")) // in place of what the tab key selected
	v.tabTo(`.acts button[value="save"]`, 40)
	v.enter(http.StatusOK)
	v.inOrder("Um!")
	v.checkQuiet()
}

// TestScriptKeepsTheFeatureFormSound types where there is room for the live
// preview, and has the form judged with all that script added.
func TestScriptKeepsTheFeatureFormSound(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1440, true)
	post := v.articleOf(v.pt, v.publish("Um relato"))
	v.columnist("Inês")
	v.open("/newsroom/features/new", http.StatusOK)
	v.write("#title", "Enquanto se escreve")
	v.write("#article", post)
	v.write("#body", "Isto é **forte**.")
	v.soon("the preview", func() bool { return v.holds("#preview .prose strong") })
	v.reads("#preview .headline", "Enquanto se escreve")
	v.reads("#preview .posts", "Um relato")
	v.write("#title", strings.Repeat("a", 200))
	v.reads("#title ~ .count.over", "19")
	for _, violation := range v.Axe() {
		t.Error(violation)
	}
	if v.count("SELECT count(*) FROM feature") != 0 {
		t.Error("the preview saved something")
	}
	v.checkQuiet()
}

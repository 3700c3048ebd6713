package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// noFile is the file field of a form in which nothing was chosen, as browsers
// send it.
var noFile = upload{}

// featureForm gets the form of a feature, as a browser has it.
func (p *person) featureForm(address string) url.Values {
	p.t.Helper()
	return htmltest.FormValues(p.t, p.get(address).want(p.t, http.StatusOK).Body, "form#post")
}

// filledFeature is the form of a new feature with all that it needs.
func (p *person) filledFeature(title string) url.Values {
	p.t.Helper()
	form := p.featureForm("/newsroom/features/new")
	for name, value := range map[string]string{"title": title, "summary": "Um resumo.", "body": "Um **texto**.", "action": "save"} {
		form.Set(name, value)
	}
	return form
}

// writes writes a feature and answers its id.
func (p *person) writes(title string) int {
	p.t.Helper()
	return p.listed(p.post("/newsroom/features", p.filledFeature(title), noFile))
}

// listed is the feature that an answer leads to in the list.
func (p *person) listed(a answer) int {
	p.t.Helper()
	var id int
	if _, err := fmt.Sscanf(a.want(p.t, http.StatusSeeOther).location(), "/newsroom/features#feature-%d", &id); err != nil {
		p.t.Fatalf("led to %q: %v", a.location(), err)
	}
	return id
}

// step presses a button in the row of a feature in the list.
func (p *person) step(id int, act string, position string) answer {
	p.t.Helper()
	row := fmt.Sprintf("#feature-%d form", id)
	form := htmltest.FormValues(p.t, p.get("/newsroom/features").want(p.t, http.StatusOK).Body, row)
	if position != "" {
		form.Set("position", position)
	}
	return p.post(fmt.Sprintf("/newsroom/features/%d/%s", id, act), form)
}

// frontPage are the headlines in the middle of the front page.
func (n *network) frontPage() []string {
	n.t.Helper()
	page := n.get("/").want(n.t, http.StatusOK).Body
	if strings.Contains(page, "feature lead empty") {
		return nil
	}
	return htmltest.Texts(n.t, page, ".feature h2")
}

func (n *network) wantFront(want ...string) {
	n.t.Helper()
	if diff := cmp.Diff(want, n.frontPage()); diff != "" {
		n.t.Errorf("the front page (-want +got):\n%s", diff)
	}
}

// plainFeature writes a feature without a picture, and places it unless its
// place is 0.
func (n *network) plainFeature(st site.Site, title string, place int) feature.ID {
	n.t.Helper()
	by := modlog.ByOperator()
	written, err := feature.Create(n.t.Context(), n.pools.Primary, n.queue, st, by, nil, feature.Draft{Title: title, Summary: "Um resumo.", Body: "Um texto."})
	if err == nil && place > 0 {
		err = feature.Place(n.t.Context(), n.pools.Primary, feature.Act{Site: st, ID: written.ID, By: by}, place)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	return written.ID
}

func TestFeatureIsWrittenAndSeenAtOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	first, second := n.articleOf(n.pt, n.publish("Um relato")), n.articleOf(n.pt, n.publish("Outro relato"))
	p := n.editor(n.pt, "Inês")
	form := p.filledFeature("A greve continua")
	form["article"] = []string{"http://" + ptHost + second, path.Base(path.Dir(first)), path.Dir(second)}
	form["alt"] = []string{"Um piquete"}
	id := p.listed(p.post("/newsroom/features", form, upload{"piquete.jpg", photo(t, 640, 480)}))
	n.waitForFiles()

	at := n.get(fmt.Sprintf("/features/%d/x", id)).want(t, http.StatusMovedPermanently).location()
	page := n.get(at).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In("h1", htmltest.HasText("A greve continua")), htmltest.In(".prose strong", htmltest.HasText("texto")),
		htmltest.In("figure img", htmltest.HasAttr("alt", "Um piquete")))
	if diff := cmp.Diff([]string{second, first}, htmltest.Attrs(t, page, ".wire h3 a", "href")); diff != "" {
		t.Errorf("posts (-want +got):\n%s", diff)
	}
	htmltest.Check(t, n.get("/features").Body, htmltest.In(".feature h2", htmltest.HasText("A greve continua")))
	htmltest.Check(t, n.ask(portalHost, "/", nil).Body, htmltest.In(".feature h2", htmltest.HasText("A greve continua")))
	n.wantFront()
	list := p.get("/newsroom/features").want(t, http.StatusOK).Body
	htmltest.Check(t, list, htmltest.In("#others ~ ul .words", htmltest.HasText("A greve continua")), htmltest.In(`#others ~ ul img[src^="/media/"]`))

	p.step(id, "place", "1").want(t, http.StatusSeeOther)
	n.wantFront("A greve continua")
	if diff := cmp.Diff([]string{"place feature", "write feature"}, n.acts(2)); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	var who string
	if err := n.pools.Primary.QueryRow(t.Context(), "SELECT DISTINCT actor_name FROM moderation_log WHERE subject = 'feature'").Scan(&who); err != nil || who != "Inês" {
		t.Errorf("done by %q, %v", who, err)
	}
}

func TestFeaturesAreOrdered(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	a, b, c := p.writes("a"), p.writes("b"), p.writes("c")
	p.step(a, "place", "1").want(t, http.StatusSeeOther)
	p.step(b, "place", "2").want(t, http.StatusSeeOther)
	p.step(c, "place", "1").want(t, http.StatusSeeOther)
	n.wantFront("c", "a", "b")
	up := htmltest.Attr(t, p.get("/newsroom/features").Body, fmt.Sprintf("#feature-%d button", b), "value")
	p.step(b, "place", up).want(t, http.StatusSeeOther)
	n.wantFront("c", "b", "a")
	p.step(c, "unplace", "").want(t, http.StatusSeeOther)
	n.wantFront("b", "a")
	list := p.get("/newsroom/features").Body
	if diff := cmp.Diff([]string{"b", "a", "c"}, htmltest.Texts(t, list, ".column h3")); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
	// the lead goes no further up, the last no further down
	for id, want := range map[int][]string{b: {"2"}, a: {"1"}, c: {"1", "3"}} {
		if got := htmltest.Attrs(t, list, fmt.Sprintf("#feature-%d button[name=position]", id), "value"); !slices.Equal(got, want) {
			t.Errorf("feature %d can go to %v, want %v", id, got, want)
		}
	}
}

// TestActOnAFeatureThatHasChangedSince shows what was wanted beside what stands.
func TestActOnAFeatureThatHasChangedSince(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p, other := n.editor(n.pt, "Inês"), n.editor(n.pt, "Rui")
	a, b := p.writes("Primeiro"), p.writes("Segundo")
	p.step(a, "place", "1").want(t, http.StatusSeeOther)
	p.step(b, "place", "2").want(t, http.StatusSeeOther)
	seen := htmltest.FormValues(t, p.get("/newsroom/features").Body, fmt.Sprintf("#feature-%d form", b))
	other.step(b, "place", "1").want(t, http.StatusSeeOther)
	before := n.acts(100)

	seen.Set("position", "2")
	back := p.post(fmt.Sprintf("/newsroom/features/%d/unplace", b), seen).want(t, http.StatusConflict)
	htmltest.Check(t, back.Body, htmltest.In(`.notice[role="alert"]`, htmltest.HasText("Segundo"), htmltest.HasText("lugar 1")))
	ask := p.post(fmt.Sprintf("/newsroom/features/%d/discard", b), seen).want(t, http.StatusConflict)
	htmltest.Check(t, ask.Body, htmltest.In(`.notice[role="alert"]`), htmltest.In("form button", htmltest.HasText("Apagar de vez")))
	n.wantFront("Segundo", "Primeiro")
	if diff := cmp.Diff(before, n.acts(100)); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	// what came back may be sent
	again := htmltest.FormValues(t, back.Body, fmt.Sprintf("#feature-%d form", b))
	p.post(fmt.Sprintf("/newsroom/features/%d/unplace", b), again).want(t, http.StatusSeeOther)
	n.wantFront("Primeiro")
}

func TestPlacesThatAreNone(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	id := p.writes("Um destaque")
	for _, position := range []string{"", "0", "-1", "topo", "99999999999999999999"} {
		back := p.step(id, "place", position).want(t, http.StatusUnprocessableEntity)
		htmltest.Check(t, back.Body, htmltest.In(`.notice[role="alert"]`, htmltest.HasText("Um destaque")))
	}
	n.wantFront()
	for i := range feature.MaxPlaced {
		n.plainFeature(n.pt, fmt.Sprint("n", i), i+1)
	}
	form := url.Values{"position": {"1"}}
	back := p.post(fmt.Sprintf("/newsroom/features/%d/place", id), form).want(t, http.StatusConflict)
	htmltest.Check(t, back.Body, htmltest.In(`.notice[role="alert"]`, htmltest.HasText("12 destaques")), htmltest.NotIn("#others ~ ul button"))
	if front := n.frontPage(); len(front) != feature.MaxPlaced || front[0] != "n0" {
		t.Errorf("the front page: %v", front)
	}
}

func TestDeskPagesThroughAllFeatures(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	const all = 2*feature.PageSize + 3
	for i := range all {
		n.plainFeature(n.pt, fmt.Sprint("n", i), 0)
	}
	p := n.editor(n.pt, "Inês")
	p.step(n.count("SELECT max(id) FROM feature"), "place", "1").want(t, http.StatusSeeOther)
	var seen []string
	for address, pages := "/newsroom/features", 0; address != ""; pages++ {
		page := p.get(address).want(t, http.StatusOK).Body
		seen = append(seen, htmltest.Texts(t, page, "#others ~ ul h3")...)
		if placed := htmltest.Texts(t, page, "#placed ~ ol h3"); pages == 0 && len(placed) != 1 || pages > 0 && len(placed) != 0 {
			t.Errorf("page %d lists as placed: %v", pages, placed)
		}
		next := htmltest.Attrs(t, page, "a[rel=next]", "href")
		if address = ""; len(next) > 0 {
			address = next[0]
		}
	}
	if len(seen) != all-1 || seen[0] != fmt.Sprint("n", all-2) || seen[all-2] != "n0" {
		t.Errorf("saw %d: %v", len(seen), seen)
	}
	p.get("/newsroom/features?before=none").want(t, http.StatusNotFound)
}

func TestFeatureIsDiscarded(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	picture := regexp.MustCompile(`/media/[0-9a-f]{32}/[^" ]+`).FindString(n.get(s.feature).Body)
	n.get(picture).want(t, http.StatusOK)
	p := n.editor(n.pt, "Inês")
	desk := "/newsroom" + path.Dir(s.feature)
	ask := p.get(desk+"/discard").want(t, http.StatusOK).Body
	htmltest.Check(t, ask, htmltest.In("main", htmltest.HasText("Destaque Zimbro")))
	n.get(s.feature).want(t, http.StatusOK) // nothing changes by looking
	form := htmltest.FormValues(t, ask, `main form`)
	for range 2 { // the same again answers as before
		if led := p.post(desk+"/discard", form).want(t, http.StatusSeeOther).location(); led != "/newsroom/features" {
			t.Errorf("led to %s", led)
		}
	}
	n.get(s.feature).want(t, http.StatusGone)
	n.get(picture).want(t, http.StatusGone)
	n.ask(portalHost, picture, nil).want(t, http.StatusGone)
	n.wantFront()
	for _, list := range []string{"/features", "/feeds/features.atom", "/sitemap.xml"} {
		lacks(t, n.get(list).want(t, http.StatusOK).Body, "Destaque Zimbro")
	}
	p.get(desk).want(t, http.StatusGone)
	p.get(desk+"/discard").want(t, http.StatusGone)
	p.post(desk+"/place", url.Values{"position": {"1"}}).want(t, http.StatusGone)
	edit := p.post(desk, url.Values{"title": {"De volta"}, "body": {"O texto fica."}}).want(t, http.StatusGone)
	htmltest.Check(t, edit.Body, htmltest.In("textarea#kept", htmltest.HasText("O texto fica.")))
	n.get("/features/99999/x").want(t, http.StatusNotFound)
	if n.count("SELECT count(*) FROM moderation_log WHERE act = 'discard'") != 1 {
		t.Error("it was not logged once")
	}
}

func TestFrozenSiteKeepsTheFeature(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	id := p.writes("Antes")
	form, edit := p.filledFeature("Tarde demais"), p.featureForm(fmt.Sprintf("/newsroom/features/%d", id))
	if err := site.SetState(t.Context(), n.pools.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
		t.Fatal(err)
	}
	back := p.post("/newsroom/features", form, upload{"a.jpg", photo(t, 32, 32)}).want(t, http.StatusForbidden)
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Tarde demais" || again.Get("body") != "Um **texto**." {
		t.Errorf("the form came back as %v", again)
	}
	edit.Set("title", "Mudado")
	edit.Set("action", "save")
	back = p.post(fmt.Sprintf("/newsroom/features/%d", id), edit, noFile).want(t, http.StatusForbidden)
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Mudado" {
		t.Errorf("the form came back as %v", again)
	}
	for _, act := range []string{"place", "unplace", "discard"} {
		p.post(fmt.Sprintf("/newsroom/features/%d/%s", id, act), url.Values{"position": {"1"}}).want(t, http.StatusForbidden)
	}
	p.get("/newsroom/features/new").want(t, http.StatusForbidden)
	htmltest.Check(t, p.get("/newsroom/features").want(t, http.StatusOK).Body, htmltest.In(".notice"), htmltest.NotIn(".column button"))
	htmltest.Check(t, p.get(fmt.Sprintf("/newsroom/features/%d", id)).want(t, http.StatusOK).Body, htmltest.In(".notice"))
	n.wantFront()
	if n.count("SELECT count(*) FROM upload") != 0 {
		t.Error("a frozen site kept a file")
	}
}

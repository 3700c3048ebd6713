package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// furnisher is somebody who furnishes the Portuguese site: an editor on its own
// host, or an admin on the portal.
type furnisher struct {
	*person
	base string
}

// eachFurnisher runs a test from both places, each with a network of its own.
func eachFurnisher(t *testing.T, test func(t *testing.T, f furnisher)) {
	t.Parallel()
	for name, enter := range map[string]func(n *network) furnisher{
		"host":   func(n *network) furnisher { return furnisher{n.editor(n.pt, "Rita"), "/newsroom"} },
		"portal": func(n *network) furnisher { return furnisher{n.admin(portalHost, "Ada"), "/network/collectives/pt"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, enter(newNetwork(t, false)))
		})
	}
}

// form is what a form of the place holds, as a browser has it.
func (f furnisher) form(path, selector string) url.Values {
	f.t.Helper()
	return htmltest.FormValues(f.t, f.get(f.base+path).want(f.t, http.StatusOK).Body, selector)
}

func (f furnisher) site() site.Site {
	f.t.Helper()
	st, err := site.ByID(f.t.Context(), f.pools.Primary, f.pt.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return st
}

// logged are the newest entries of the site's log about its settings, newest
// first: act, subject and reason.
func (f furnisher) logged(most int) []string {
	f.t.Helper()
	page, err := modlog.List(f.t.Context(), f.pools.Primary, int64(f.pt.ID), modlog.Filter{Internal: true})
	if err != nil {
		f.t.Fatal(err)
	}
	var list []string
	for _, r := range page.Items[:min(most, len(page.Items))] {
		if r.Act != modlog.Open && r.ActorName != f.account.Name {
			f.t.Errorf("%s is by %q", r.Act, r.ActorName)
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Act, r.Subject, r.Reason)))
	}
	return list
}

const settingsForm = `form[action$="/settings"]`

func TestSettingsAreChanged(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		values := f.form("/settings", settingsForm)
		stale := values.Get("version")
		if got := values["language"]; !slices.Equal(got[:2], []string{"português", "English"}) {
			t.Errorf("languages are filled in as %q", got)
		}
		values.Set("name", "Sado livre")
		values["language"] = []string{"English", "", "ar", "Português"}
		values.Set("time_zone", "Atlantic/Azores")
		values.Set("hold_comments", "1")
		values.Set("max_files", "5")
		values.Set("max_file_mb", "200")
		for range 2 { // pressed twice
			led := f.post(f.base+"/settings", values).want(t, http.StatusSeeOther).location()
			htmltest.Check(t, f.get(led).want(t, http.StatusOK).Body, htmltest.In(`.notice[role="status"]`), htmltest.In(`#name`, htmltest.HasAttr("value", "Sado livre")))
		}
		got := f.site()
		if got.Name != "Sado livre" || fmt.Sprint(got.Languages) != "[en ar pt]" || got.TimeZone != "Atlantic/Azores" || !got.HoldComments || got.HoldArticles || *got.MaxFiles != 5 || *got.MaxFileBytes != 200_000_000 {
			t.Errorf("settings are %+v", got.Settings())
		}
		if log := f.logged(2); log[0] != "change site name languages time_zone hold_comments max_files max_file_bytes" || strings.HasPrefix(log[1], "change") {
			t.Errorf("the log holds %q", log)
		}
		htmltest.Check(t, f.get2(ptHost, "/").Body, htmltest.In(".masthead .name", htmltest.HasText("Sado livre")), htmltest.In(`html[lang="en"]`))

		other := url.Values{"version": {stale}, "name": {"Outro nome"}, "tagline": {"Outra linha"}, "language": {"pt"}, "time_zone": {"UTC"}}
		back := f.post(f.base+"/settings", other).want(t, http.StatusConflict).Body
		htmltest.Check(t, back, htmltest.In(".stands", htmltest.HasText("Sado livre")), htmltest.In("#name", htmltest.HasAttr("value", "Outro nome")),
			htmltest.In("#tagline", htmltest.HasText("Outra linha")))
		if f.site().Name != "Sado livre" {
			t.Error("a conflict overwrote something")
		}
		f.post(f.base+"/settings", htmltest.FormValues(t, back, settingsForm)).want(t, http.StatusSeeOther) // having seen both
		if f.site().Name != "Outro nome" {
			t.Error("having seen both, one may save")
		}
	})
}

// get2 asks as nobody.
func (n *network) get2(host, path string) answer {
	n.t.Helper()
	return n.do(http.MethodGet, host, path, "", nil).want(n.t, http.StatusOK)
}

func TestSettingsAtFaultComeBack(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		bad := url.Values{"name": {" "}, "tagline": {strings.Repeat("x", 301)}, "language": {"qqqqqqqqqqq", "pt"}, "time_zone": {"Europe/Nowhere"}, "hold_articles": {"1"}, "max_files": {"21"}, "max_file_mb": {"many"}}
		back := f.post(f.base+"/settings", bad).want(t, http.StatusUnprocessableEntity).Body
		for _, id := range []string{"name", "tagline", "language", "time-zone", "max-files", "max-file-mb"} {
			htmltest.Check(t, back, htmltest.In("#"+id+"-fault"))
		}
		again := htmltest.FormValues(t, back, settingsForm)
		if again.Get("tagline") != bad.Get("tagline") || !slices.Equal(again["language"][:2], bad["language"]) || again.Get("time_zone") != "Europe/Nowhere" || again.Get("hold_articles") != "1" || again.Get("max_files") != "21" {
			t.Errorf("it came back as %v", again)
		}
		if f.site().Name != "Tejo livre" {
			t.Error("something was saved")
		}
	})
}

// TestHeldIsSaidBeforehand looks at the forms of readers once the settings hold
// what they write.
func TestHeldIsSaidBeforehand(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		permalink := f.permalink(f.publish("Antes"))
		values := f.form("/settings", settingsForm)
		values.Set("hold_articles", "1")
		values.Set("hold_comments", "1")
		f.post(f.base+"/settings", values).want(t, http.StatusSeeOther)
		has(t, f.get2(ptHost, "/publish").Body, "O coletivo lê primeiro as publicações")
		has(t, f.get2(ptHost, permalink).Body, "O coletivo lê os comentários antes")
	})
}

const topicsForm = "form.topics"

func TestTopicsAreChanged(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		values := f.form("/topics", topicsForm)
		stale := values.Get("version")
		values["name"][0] = "Casa"
		values["position"][2] = "1"
		values.Add("delete", values["id"][1])
		values.Set("new", "Fronteiras")
		f.post(f.base+"/topics", values).want(t, http.StatusSeeOther)
		var names []string
		for _, topic := range f.site().Topics {
			names = append(names, topic.Name)
		}
		if fmt.Sprint(names) != "[Terra e água Casa Fronteiras]" {
			t.Errorf("topics are %v", names)
		}
		if log := f.logged(4); !slices.Equal(log, []string{"create topic", "change site topics", "change topic name", "delete topic"}) {
			t.Errorf("the log holds %q", log)
		}
		has(t, f.get2(ptHost, "/").Body, "Fronteiras")
		f.get2(ptHost, "/topics/habitacao") // its address stays

		back := f.post(f.base+"/topics", url.Values{"version": {stale}, "new": {"Mais um"}}).want(t, http.StatusConflict).Body
		htmltest.Check(t, back, htmltest.In(".stands", htmltest.HasText("Fronteiras")), htmltest.In("#new", htmltest.HasAttr("value", "Mais um")))
		f.post(f.base+"/topics", htmltest.FormValues(t, back, topicsForm)).want(t, http.StatusSeeOther)
		if topics := f.site().Topics; topics[len(topics)-1].Name != "Mais um" {
			t.Error("having seen both, one may save")
		}
	})
}

func TestTopicsAtFaultComeBack(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		filed := f.filled("Sobre casas")
		filed.Set("topic", "habitacao")
		f.network.post("/publish", filed).want(t, http.StatusSeeOther)
		page := f.get(f.base+"/topics").want(t, http.StatusOK).Body
		htmltest.Check(t, page, htmltest.Count(`[name="delete"]`, 2), htmltest.Count(".topic p.small", 1))
		values := htmltest.FormValues(t, page, topicsForm)
		values.Add("delete", values["id"][0])
		values.Set("new", "Guardado")
		back := f.post(f.base+"/topics", values).want(t, http.StatusConflict).Body
		htmltest.Check(t, back, htmltest.In(".topic.wrong .error"), htmltest.In("#new", htmltest.HasAttr("value", "Guardado")))
		if len(f.site().Topics) != 3 {
			t.Error("something was saved")
		}
		values.Del("delete")
		values["name"][1] = " "
		back = f.post(f.base+"/topics", values).want(t, http.StatusUnprocessableEntity).Body
		htmltest.Check(t, back, htmltest.Count(".topic.wrong", 1), htmltest.In("#new", htmltest.HasAttr("value", "Guardado")))
		values["name"][1], values["new"] = "Trabalho", []string{"TRABALHO"}
		htmltest.Check(t, f.post(f.base+"/topics", values).want(t, http.StatusConflict).Body, htmltest.In("#new-fault"))
		foreign := url.Values{"id": {fmt.Sprint(f.ar.Topics[0].ID)}, "name": {"Alheio"}}
		f.post(f.base+"/topics", foreign).want(t, http.StatusNotFound)
	})
}

func TestColourIsChosen(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		values := f.form("/look", "#colour-form")
		stale := values.Get("version")
		values.Set("accent", "#0b5d3b")
		values.Set("action", "preview")
		page := f.post(f.base+"/look", values).want(t, http.StatusOK).Body
		htmltest.Check(t, page, htmltest.In(`link[href="/look/0b5d3b.css"]`), htmltest.In("#verdict table", htmltest.HasText("#0b5d3b")),
			htmltest.In("#sample .headline"), htmltest.In("#colour-preview"), htmltest.NotIn(".faults"), htmltest.In("#sample .rank"), htmltest.In("#sample .button"), htmltest.In("#sample .notice"))
		if f.site().Accent != site.DefaultAccent {
			t.Error("the preview saved something")
		}
		values = htmltest.FormValues(t, page, "#colour-form")
		values.Set("action", "save")
		f.post(f.base+"/look", values).want(t, http.StatusSeeOther)
		has(t, f.get2(ptHost, "/").Body, "/look/0b5d3b.css")

		values.Set("accent", "#ffcc00")
		back := f.post(f.base+"/look", values).want(t, http.StatusUnprocessableEntity).Body
		htmltest.Check(t, back, htmltest.In("#accent-fault"), htmltest.In("#accent", htmltest.HasAttr("value", "#ffcc00")),
			htmltest.In("#verdict table", htmltest.HasText("#ffcc00")))
		values.Set("action", "preview")
		htmltest.Check(t, f.post(f.base+"/look", values).want(t, http.StatusOK).Body, htmltest.In("#verdict .error"), htmltest.NotIn(`link[href="/look/ffcc00.css"]`),
			htmltest.In(".faults a[href=\"#accent\"]"), htmltest.NotIn("#sample"), htmltest.NotIn("#colour-preview"))
		values.Set("version", stale)
		values.Set("action", "save")
		values.Set("accent", "#123456")
		back = f.post(f.base+"/look", values).want(t, http.StatusConflict).Body
		htmltest.Check(t, back, htmltest.In("main", htmltest.HasText("#0b5d3b")), htmltest.In("#accent", htmltest.HasAttr("value", "#123456")))
		values = htmltest.FormValues(t, back, "#colour-form")
		values.Set("action", "save")
		f.post(f.base+"/look", values).want(t, http.StatusSeeOther)
		if log := f.logged(2); !slices.Equal(log, []string{"change site accent", "change site accent"}) {
			t.Errorf("the log holds %q", log)
		}
	})
}

const pageForm = "form#post"

func TestPagesAreWritten(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		values := f.form("/pages", pageForm)
		values.Set("title", "Apoio jurídico")
		values.Set("slug", "legal")
		values.Set("body", "Liga **já**.")
		values.Set("action", "preview")
		page := f.post(f.base+"/pages", values).want(t, http.StatusOK).Body
		htmltest.Check(t, page, htmltest.In("#preview .prose strong", htmltest.HasText("já")))
		values = htmltest.FormValues(t, page, pageForm)
		values.Set("action", "save")
		led := f.post(f.base+"/pages", values).want(t, http.StatusSeeOther).location()
		htmltest.Check(t, f.get2(ptHost, "/pages/legal").Body, htmltest.In(".prose strong", htmltest.HasText("já")))
		htmltest.Check(t, f.get2(ptHost, "/").Body, htmltest.In(`.foot a[href="/pages/legal"]`, htmltest.HasText("Apoio jurídico")))
		values.Set("body", "Outra.")
		back := f.post(f.base+"/pages", values).want(t, http.StatusConflict).Body // the address is taken
		htmltest.Check(t, back, htmltest.In("#slug-fault"), htmltest.In("#body", htmltest.HasText("Outra.")))

		about := htmltest.FormValues(t, f.get(f.base+"/pages/about").want(t, http.StatusOK).Body, pageForm)
		about.Set("title", "Quem escreve aqui")
		about.Set("action", "save")
		f.post(f.base+"/pages/about", about).want(t, http.StatusSeeOther)
		htmltest.Check(t, f.get2(ptHost, "/").Body, htmltest.In(`.foot li:first-child a[href="/pages/about"]`, htmltest.HasText("Quem escreve aqui")))

		path, _, _ := strings.Cut(led, "?")
		edit := htmltest.FormValues(t, f.get(led).want(t, http.StatusOK).Body, pageForm)
		stale := edit.Get("version")
		edit.Set("body", "Liga amanhã.")
		edit.Set("action", "save")
		f.post(path, edit).want(t, http.StatusSeeOther)
		edit.Set("body", "Liga nunca.")
		back = f.post(path, edit).want(t, http.StatusConflict).Body
		htmltest.Check(t, back, htmltest.In("#stands-text", htmltest.HasText("Liga amanhã.")), htmltest.In("#body", htmltest.HasText("Liga nunca.")))
		again := htmltest.FormValues(t, back, pageForm)
		again.Set("action", "save")
		f.post(path, again).want(t, http.StatusSeeOther)
		f.post(path, url.Values{"version": {stale}, "action": {"delete"}}).want(t, http.StatusConflict)
		f.post(path, url.Values{"action": {"delete"}}).want(t, http.StatusSeeOther)
		f.do(http.MethodGet, ptHost, "/pages/legal", "", nil).want(t, http.StatusNotFound)
		f.post(path, again).want(t, http.StatusNotFound)
		if log := f.logged(5); !slices.Equal(log, []string{"delete page", "change page text", "change page text", "change page title", "create page"}) {
			t.Errorf("the log holds %q", log)
		}
	})
}

func TestPagesAtFaultComeBack(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		bad := url.Values{"title": {" "}, "slug": {"Não é"}, "body": {" "}, "language": {"x"}, "action": {"save"}}
		back := f.post(f.base+"/pages", bad).want(t, http.StatusUnprocessableEntity).Body
		for _, id := range []string{"title", "slug", "body", "language"} {
			htmltest.Check(t, back, htmltest.In("#"+id+"-fault"))
		}
		htmltest.Check(t, back, htmltest.In("#slug", htmltest.HasAttr("value", "Não é")))
		edit := f.form("/pages/about", pageForm)
		edit.Set("title", "")
		edit.Set("action", "save")
		htmltest.Check(t, f.post(f.base+"/pages/about", edit).want(t, http.StatusUnprocessableEntity).Body, htmltest.In("#title-fault"))
		f.post(f.base+"/pages/about", url.Values{"action": {"delete"}}).want(t, http.StatusConflict)
		htmltest.Check(t, f.get(f.base+"/pages/about").Body, htmltest.NotIn(`button[value="delete"]`))
		f.get(f.base+"/pages/none").want(t, http.StatusNotFound)
	})
}

// TestFrozenIsFurnishedByAdminsOnly freezes the collective: its own newsroom
// keeps what was written, and the network goes on.
func TestFrozenIsFurnishedByAdminsOnly(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		forms := map[string]url.Values{
			"/settings": f.form("/settings", settingsForm), "/topics": f.form("/topics", topicsForm), "/look": f.form("/look", "#colour-form"),
			"/pages": {"title": {"Guardado"}, "slug": {"novo"}, "language": {"pt"}, "body": {"Guardado"}}, "/pages/about": f.form("/pages/about", pageForm),
			"/look/logo": {"action": {"remove"}},
		}
		forms["/settings"].Set("name", "Guardado")
		forms["/topics"].Set("new", "Guardado")
		forms["/look"].Set("accent", "#0b5d3b")
		forms["/pages/about"].Set("body", "Guardado")
		if err := site.SetState(t.Context(), f.pools.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
			t.Fatal(err)
		}
		status := http.StatusForbidden
		if f.host == portalHost {
			status = http.StatusSeeOther
		}
		for path, values := range forms {
			back := f.post(f.base+path, values).want(t, status)
			if status != http.StatusForbidden {
				continue
			}
			htmltest.Check(t, back.Body, htmltest.In(`.notice[role="alert"]`))
			if path == "/settings" || path == "/topics" || strings.HasPrefix(path, "/pages") {
				has(t, back.Body, "Guardado")
			}
			f.get(f.base+strings.TrimSuffix(path, "/logo")).want(t, http.StatusOK)
		}
	})
}

// TestFurnishingNeedsTheRight asks as everybody who may not.
func TestFurnishingNeedsTheRight(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	elsewhere := n.editor(n.ar, "Alhures")
	here := n.editor(n.pt, "Rita")
	for _, path := range []string{"/settings", "/topics", "/look", "/pages", "/pages/about"} {
		n.signedIn(ptHost, elsewhere.account).get("/newsroom"+path).want(t, http.StatusForbidden)
		hub := n.signedIn(portalHost, here.account) // an editor has no rights on the portal
		hub.get("/network/collectives/pt"+path).want(t, http.StatusForbidden)
		hub.post("/network/collectives/pt"+path, url.Values{"name": {"Meu"}}).want(t, http.StatusForbidden)
		n.admin(portalHost, "Ada").get("/network/collectives/none"+path).want(t, http.StatusNotFound)
	}
	n.admin(ptHost, "Ada").get("/newsroom/settings").want(t, http.StatusOK)
}

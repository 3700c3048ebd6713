package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// desk is an editor at work on the Portuguese site, with one post and a comment
// under it.
type desk struct {
	*person
	id, comment    int
	article, reply string // paths in the newsroom
	public         string // path of the article
	receipt        string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	n := newNetwork(t, false)
	d := desk{person: n.editor(n.pt, "Inês"), receipt: n.publish("O porto para")}
	d.public = n.permalink(d.receipt)
	d.id = n.count("SELECT max(id) FROM article")
	d.comment = n.commentOn(n.pt, d.public, url.Values{"author": {"Rita"}, "body": {"Estive lá."}})
	d.article, d.reply = fmt.Sprintf("/newsroom/articles/%d", d.id), fmt.Sprintf("/newsroom/comments/%d", d.comment)
	return d
}

// row is the selector of a thing's row.
func row(thing string, id int) string { return fmt.Sprintf("tr#%s-%d", thing, id) }

// presses sends the form around a button of a page, as a browser does.
func (d desk) presses(page, form, name, value, action string) answer {
	d.t.Helper()
	values := htmltest.FormValues(d.t, page, form)
	if name != "" {
		values.Set(name, value)
	}
	if action == "" {
		action = htmltest.Attr(d.t, page, form, "action")
	}
	return d.post(action, values)
}

// follows goes where an answer leads, as a browser does.
func (d desk) follows(a answer) string {
	d.t.Helper()
	a.want(d.t, http.StatusSeeOther)
	to, _, _ := strings.Cut(a.location(), "#")
	return d.get(to).want(d.t, http.StatusOK).Body
}

func (d desk) state(table string, id int) string {
	d.t.Helper()
	var state string
	if err := d.pools.Primary.QueryRow(d.t.Context(), "SELECT state FROM "+table+" WHERE id = $1", id).Scan(&state); err != nil {
		d.t.Fatal(err)
	}
	return state
}

// TestDeskActsAndUndoes presses what a row has, is led back to that row, and
// undoes it there.
func TestDeskActsAndUndoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at := row("article", d.id)
	page := d.get("/newsroom").want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In(at, htmltest.HasText("O porto para"), htmltest.HasText("visível para toda a gente"), htmltest.HasText("como publicado")))

	ranked := d.presses(page, at+` form[action$="/rank"]`, "rank", "local", "")
	if want := fmt.Sprintf("/newsroom?done=rank&item=article-%d&was=other#article-%d", d.id, d.id); ranked.location() != want {
		t.Errorf("led to %s, want %s", ranked.location(), want)
	}
	page = d.follows(ranked)
	htmltest.Check(t, page, htmltest.In(at+" .how", htmltest.HasText("local")), htmltest.In(at+" .done [role=status]", htmltest.HasText("local")))
	page = d.follows(d.presses(page, at+" .done form", "", "", ""))
	htmltest.Check(t, page, htmltest.In(at+" .how", htmltest.HasText("como publicado")))

	page = d.follows(d.presses(page, at+` form[action$="/hide"]`, "reason", "Já está noutro lado.", ""))
	htmltest.Check(t, page, htmltest.In(at+" .how", htmltest.HasText("oculta pela redação")), htmltest.In(at+" .what", htmltest.HasText("Já está noutro lado.")))
	lacks(t, d.network.get("/newswire").Body, "O porto para")
	page = d.follows(d.presses(page, at+" .done form", "", "", ""))
	htmltest.Check(t, page, htmltest.In(at+" .how", htmltest.HasText("visível para toda a gente")))
	has(t, d.network.get("/newswire").Body, "O porto para")

	// showing it was undoing; undoing that hides it again, for the same reason
	page = d.follows(d.presses(page, at+` form[action$="/hide"]`, "reason", "Repetido.", ""))
	page = d.follows(d.presses(page, at+` form[action$="/rank"]`, "", "", d.article+"/show"))
	page = d.follows(d.presses(page, at+" .done form", "", "", ""))
	htmltest.Check(t, page, htmltest.In(at+" .what", htmltest.HasText("Repetido.")))
	want := []string{"hide article", "show article", "hide article", "show article", "hide article", "rank article", "rank article"}
	if diff := cmp.Diff(want, d.acts(len(want))); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

// TestDeskKeepsComments does the same with a comment, and removes it in the end.
func TestDeskKeepsComments(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at, list := row("comment", d.comment), "/newsroom?show=comments"
	page := d.get(list).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In(at, htmltest.HasText("O porto para"), htmltest.HasText("Estive lá."), htmltest.HasText("Rita")))
	page = d.follows(d.presses(page, at+` form[action$="/hide"]`, "reason", "Insulto.", ""))
	htmltest.Check(t, d.network.get(d.public).Body, htmltest.In(".comment", htmltest.HasText("Insulto.")))
	page = d.follows(d.presses(page, at+" .done form", "", "", ""))
	htmltest.Check(t, d.network.get(d.public).Body, htmltest.NotIn(".comment details"))
	page = d.follows(d.presses(page, at+` form[action$="/hide"]`, "reason", "Insulto.", ""))

	ask := htmltest.Attr(t, page, at+" a.warn", "href")
	page = d.get(ask).want(t, http.StatusOK).Body
	d.presses(page, "main form", "reason", "", "").want(t, http.StatusUnprocessableEntity)
	page = d.follows(d.presses(page, "main form", "reason", "Ordem do tribunal.", ""))
	htmltest.Check(t, page, htmltest.In(".done", htmltest.HasText("removido por razões legais")), htmltest.NotIn(at))
	under := d.network.get(d.public).Body
	htmltest.Check(t, under, htmltest.In(fmt.Sprintf("#comment-%d", d.comment), htmltest.HasText("Ordem do tribunal."), htmltest.HasText("razões legais")))
	lacks(t, under, "Estive lá.")
	for _, kind := range []string{"atom", "rss", "json"} {
		lacks(t, d.network.get("/feeds/comments."+kind).Body, fmt.Sprintf("comment-%d", d.comment))
	}
	htmltest.Check(t, d.get(d.reply).want(t, http.StatusOK).Body, htmltest.In("main", htmltest.HasText("Ordem do tribunal.")), htmltest.NotIn("main form"))
}

// TestDeskShowsWhatWaits approves a post, a comment and a change from the list of
// what waits. Nothing leads back from that, so nothing is offered.
func TestDeskShowsWhatWaits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec("UPDATE site SET hold_articles = true, hold_comments = true WHERE id = $1", d.pt.ID)
	edit := d.editForm(d.receipt)
	edit.Set("title", "O porto inteiro para")
	edit.Set("action", "save")
	d.network.post(d.receipt, edit).want(t, http.StatusSeeOther)
	d.publish("Retido")
	held := d.count("SELECT max(id) FROM article")
	d.network.post(permalinkToComments(d.public), url.Values{"body": {"Retido também."}}).want(t, http.StatusSeeOther)
	comment := d.count("SELECT max(id) FROM comment")

	list := "/newsroom?show=waiting"
	page := d.get(list).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In(`.tabs a[href="/newsroom?show=waiting"]`, htmltest.HasText("3")))
	htmltest.Check(t, d.get(d.article).Body, htmltest.In(".preview .headline", htmltest.HasText("O porto inteiro para")), htmltest.In("h1", htmltest.HasExactText("O porto para")))
	for _, thing := range []struct {
		at, path string
		words    string
	}{
		{row("article", d.id), d.article, "uma alteração espera revisão"},
		{row("article", held), fmt.Sprintf("/newsroom/articles/%d", held), "à espera de revisão"},
		{row("comment", comment), fmt.Sprintf("/newsroom/comments/%d", comment), "à espera de revisão"},
	} {
		htmltest.Check(t, page, htmltest.In(thing.at, htmltest.HasText(thing.words)))
		page = d.follows(d.presses(page, thing.at+` form[action$="/rank"]`, "", "", thing.path+"/show"))
		htmltest.Check(t, page, htmltest.NotIn(thing.at), htmltest.In(".done.notice", htmltest.HasText("visível para toda a gente")), htmltest.NotIn(".done.notice form"))
	}
	has(t, page, "Não há nada aqui.")
	has(t, d.network.get("/newswire").Body, "O porto inteiro para")
	has(t, d.network.get("/newswire").Body, "Retido")
	has(t, d.network.get(d.public).Body, "Retido também.")
}

// TestShowingBringsTheChangeAlong says so on the button: of what is hidden while
// a change waits, one act shows both.
func TestShowingBringsTheChangeAlong(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec("UPDATE site SET hold_articles = true WHERE id = $1", d.pt.ID)
	edit := d.editForm(d.receipt)
	edit.Set("title", "O porto inteiro para")
	edit.Set("action", "save")
	d.network.post(d.receipt, edit).want(t, http.StatusSeeOther)
	d.post(d.article+"/hide", url.Values{"reason": {"Falso."}}).want(t, http.StatusSeeOther)
	page := d.get(d.article).want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In(".do-it", htmltest.HasText("Mostrar com a alteração")))
	d.follows(d.presses(page, `.do-it form[action$="/rank"]`, "", "", d.article+"/show"))
	htmltest.Check(t, d.network.get(d.public).want(t, http.StatusOK).Body, htmltest.In("h1", htmltest.HasText("O porto inteiro para")))
}

// TestReasonSurvivesAnOutage takes the database away while an editor writes.
func TestReasonSurvivesAnOutage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.pools.Primary.Close()
	has(t, d.post(d.article+"/hide", url.Values{"reason": {"Nada se perde."}}).want(t, http.StatusServiceUnavailable).Body, "Nada se perde.")
}

// TestRemovalAsksOnceMore removes a post: from its page, with a reason, and by a
// program at once.
func TestRemovalAsksOnceMore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	page := d.get(d.article+"/remove").want(t, http.StatusOK).Body
	if d.state("article", d.id) != "visible" {
		t.Fatal("asking has removed it")
	}
	long := strings.Repeat("x", article.MaxReason+1)
	back := d.presses(page, "main form", "reason", long, "").want(t, http.StatusUnprocessableEntity).Body
	htmltest.Check(t, back, htmltest.In(".error", htmltest.HasText("caracteres")), htmltest.In("textarea", htmltest.HasText(long)))
	page = d.follows(d.presses(page, "main form", "reason", "Ordem do tribunal.", ""))
	htmltest.Check(t, page, htmltest.In("main", htmltest.HasText("Ordem do tribunal."), htmltest.HasText("removida por razões legais")), htmltest.NotIn("main form"))
	lacks(t, page, "O porto para")
	htmltest.Check(t, d.network.get(d.public).want(t, http.StatusGone).Body, htmltest.In("main", htmltest.HasText("Ordem do tribunal.")))
	d.get(d.article+"/remove").want(t, http.StatusSeeOther)
	d.get(d.reply).want(t, http.StatusGone) // with its article

	d.publish("Outra")
	id := d.count("SELECT max(id) FROM article")
	path := fmt.Sprintf("/newsroom/articles/%d", id)
	for range 2 { // the same act again is answered as before
		if to := d.post(path+"/remove", url.Values{"reason": {"Lei."}}).want(t, http.StatusSeeOther).location(); !strings.HasPrefix(to, path+"?") {
			t.Errorf("led to %s", to)
		}
	}
	if logged := d.count("SELECT count(*) FROM moderation_log WHERE subject_id = $1 AND act = 'remove'", id); logged != 1 {
		t.Errorf("logged %d times", logged)
	}
}

// TestWhatWasWrittenComesBack sends forms that cannot be taken.
func TestWhatWasWrittenComesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	long := strings.Repeat("razão ", article.MaxReason)
	for _, path := range []string{d.article, d.reply} {
		page := d.post(path+"/hide", url.Values{"reason": {long}}).want(t, http.StatusUnprocessableEntity).Body
		htmltest.Check(t, page, htmltest.In("details.hide[open] textarea[aria-invalid]", htmltest.HasText(long)), htmltest.In("details.hide .error", htmltest.HasText("caracteres")))
		page = d.post(path+"/hide", url.Values{"reason": {" \n"}}).want(t, http.StatusUnprocessableEntity).Body
		htmltest.Check(t, page, htmltest.In("details.hide .error", htmltest.HasText("Dá uma razão")))
	}
	page := d.post(d.article+"/rank", url.Values{"rank": {"first"}}).want(t, http.StatusUnprocessableEntity).Body
	htmltest.Check(t, page, htmltest.In(".notice[role=alert]", htmltest.HasText("local")))
	has(t, d.post("/newsroom/articles/99999/hide", url.Values{"reason": {"Nada se perde."}}).want(t, http.StatusNotFound).Body, "Nada se perde.")

	if err := site.SetState(t.Context(), d.pools.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{d.article + "/hide", d.article + "/remove", d.reply + "/hide", d.reply + "/remove", d.article + "/rank", d.reply + "/show"} {
		page := d.post(path, url.Values{"reason": {"Parado."}, "rank": {"local"}}).want(t, http.StatusForbidden).Body
		htmltest.Check(t, page, htmltest.In("textarea[readonly]", htmltest.HasText("Parado.")), htmltest.NotIn("main form"))
	}
	htmltest.Check(t, d.get("/newsroom").want(t, http.StatusOK).Body, htmltest.In(".notice", htmltest.HasText("congelado")), htmltest.NotIn(".desk form"))
	d.get(d.article+"/remove").want(t, http.StatusOK)
	if d.state("article", d.id) != "visible" || d.state("comment", d.comment) != "visible" {
		t.Error("something changed")
	}
}

// TestSecondEditorIsTold has two editors see one post. The second to act is told
// what the first did, keeps what was written, and may do it all the same.
func TestSecondEditorIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ana := desk{person: d.editor(d.pt, "Ana"), id: d.id, article: d.article}
	for _, test := range []struct {
		path, form string
		first      url.Values
		name, text string
		second     string // the act
		told       string
	}{
		{d.article, d.article + "/rank", url.Values{"rank": {"global"}}, "reason", "Falso.", "hide", "global"},
		{d.reply, d.reply + "/hide", url.Values{"reason": {"Insulto."}}, "reason", "Ordem.", "remove", "Insulto."},
		{d.article, d.article + "/show", nil, "reason", "Ordem.", "remove", "visível"},
	} {
		seen := ana.get(test.path).want(t, http.StatusOK).Body
		values := htmltest.FormValues(t, seen, "main .do-it form")
		values.Set(test.name, test.text)
		d.post(test.form, test.first).want(t, http.StatusSeeOther)
		page := ana.post(test.path+"/"+test.second, values).want(t, http.StatusConflict).Body
		htmltest.Check(t, page,
			htmltest.In(".notice[role=alert] .log li:first-child", htmltest.HasText("Inês"), htmltest.HasText(test.told)),
			htmltest.In(`.notice form[action="`+test.path+"/"+test.second+`"] textarea`, htmltest.HasText(test.text)))
		ana.follows(ana.presses(page, ".notice form", "", "", ""))
		if test.second == "hide" {
			d.post(d.article+"/rank", url.Values{"rank": {"local"}}).want(t, http.StatusConflict) // it is hidden by now
		}
	}
	if d.state("article", d.id) != "removed" {
		t.Errorf("the article is %s", d.state("article", d.id))
	}
}

// TestActThatTheStateForbids says what the state is, and keeps the reason.
func TestActThatTheStateForbids(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post(d.article+"/hide", url.Values{"reason": {"Falso."}}).want(t, http.StatusSeeOther)
	page := d.post(d.article+"/rank", url.Values{"rank": {"local"}}).want(t, http.StatusConflict).Body
	htmltest.Check(t, page, htmltest.In(".notice", htmltest.HasText("Falso."), htmltest.HasText("local")), htmltest.NotIn(".notice form"), htmltest.In(".state", htmltest.HasText("oculta")))
	d.network.post(d.receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	for _, act := range []string{"hide", "show", "rank", "remove"} {
		page := d.post(d.article+"/"+act, url.Values{"reason": {"Tarde demais."}, "rank": {"local"}}).want(t, http.StatusConflict).Body
		htmltest.Check(t, page, htmltest.In(".notice[role=alert] textarea", htmltest.HasText("Tarde demais.")), htmltest.NotIn("main form"), htmltest.In(".state", htmltest.HasText("retirada")))
	}
}

// TestTwoEditorsAtOnce has both act on the same version at the same time: one of
// them is told.
func TestTwoEditorsAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ana := desk{person: d.editor(d.pt, "Ana")}
	version := fmt.Sprint(d.count("SELECT version FROM article WHERE id = $1", d.id))
	var answers [2]answer
	var both sync.WaitGroup
	both.Go(func() {
		answers[0] = d.post(d.article+"/hide", url.Values{"reason": {"Falso."}, "version": {version}})
	})
	both.Go(func() {
		answers[1] = ana.post(d.article+"/rank", url.Values{"rank": {"global"}, "version": {version}})
	})
	both.Wait()
	if got := answers[0].StatusCode + answers[1].StatusCode; got != http.StatusSeeOther+http.StatusConflict {
		t.Fatalf("answered %d and %d", answers[0].StatusCode, answers[1].StatusCode)
	}
	if logged := d.count("SELECT count(*) FROM moderation_log WHERE subject = 'article'"); logged != 1 {
		t.Errorf("%d acts are logged", logged)
	}
	for i, name := range []string{"Ana", "Inês"} {
		if answers[i].StatusCode == http.StatusConflict {
			has(t, answers[i].Body, name)
		}
	}
}

// TestNobodyIsLedElsewhere names other places as the way back.
func TestNobodyIsLedElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for back, want := range map[string]string{
		"":                               d.article,
		"https://evil.example/newsroom":  d.article,
		"//evil.example/newsroom":        d.article,
		"/\\evil.example":                d.article,
		"/newsroom/../sign-out":          d.article,
		"/newsroom?show=none":            d.article,
		"/sign-out":                      d.article,
		"javascript:alert(1)":            d.article,
		"/newsroom":                      "/newsroom",
		"/newsroom?show=hidden&x=y#z":    "/newsroom?show=hidden",
		"/newsroom?before=abc":           "/newsroom?before=abc",
		"/newsroom?show=posts":           "/newsroom",
		"/newsroom?show=posts&before=\r": d.article,
	} {
		to := d.post(d.article+"/rank", url.Values{"rank": {"local"}, "back": {back}}).want(t, http.StatusSeeOther).location()
		if rest, ok := strings.CutPrefix(to, want); !ok || !strings.HasPrefix(rest, "?done=") && !strings.HasPrefix(rest, "&done=") {
			t.Errorf("%q leads to %q", back, to)
		}
	}
}

// TestDeskIsForEditorsHere asks for it as everyone who may not.
func TestDeskIsForEditorsHere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	elsewhere := d.signedIn(ptHost, d.editor(d.ar, "Sami").account)
	for _, path := range []string{"/newsroom", "/newsroom?show=waiting", d.article, d.reply, d.article + "/remove", d.reply + "/remove"} {
		if to := d.stranger(ptHost).get(path).want(t, http.StatusSeeOther).location(); !strings.HasPrefix(to, "/sign-in?next=") {
			t.Errorf("%s leads to %s", path, to)
		}
		lacks(t, elsewhere.get(path).want(t, http.StatusForbidden).Body, "O porto para")
		d.admin(ptHost, "Admin").get(path).want(t, http.StatusOK)
	}
	for _, path := range []string{d.article + "/hide", d.article + "/show", d.article + "/rank", d.article + "/remove", d.reply + "/hide", d.reply + "/remove"} {
		for _, p := range []*person{d.stranger(ptHost), elsewhere} {
			has(t, p.post(path, url.Values{"reason": {"Escrito."}, "rank": {"local"}}).want(t, http.StatusForbidden).Body, "Escrito.")
		}
	}
	d.get("/newsroom?show=none").want(t, http.StatusNotFound)
	d.get("/newsroom?before=none").want(t, http.StatusNotFound)
	if d.state("article", d.id) != "visible" || d.count("SELECT version FROM article WHERE id = $1", d.id) != 1 {
		t.Error("something changed")
	}
}

// TestItemShowsAllThatEditorsNeed looks at the page of a post with everything.
func TestItemShowsAllThatEditorsNeed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec("UPDATE article SET contact = 'eu@example.org' WHERE id = $1", d.id)
	d.network.post(fmt.Sprintf("/articles/%d/reports", d.id), url.Values{"reason": {"Isto é falso."}}).want(t, http.StatusSeeOther)
	d.post(d.article+"/rank", url.Values{"rank": {"global"}}).want(t, http.StatusSeeOther)
	page := d.get(d.article).want(t, http.StatusOK).Body
	for _, words := range []string{"eu@example.org", "30 dias", "Isto é falso.", "As máquinas pararam", "global", "Inês"} {
		has(t, page, words)
	}
	htmltest.Check(t, page, htmltest.In(`a[href="`+d.public+`"]`))
	page = d.get("/newsroom?show=reported").want(t, http.StatusOK).Body
	htmltest.Check(t, page, htmltest.In(row("article", d.id), htmltest.HasText("1 aviso")), htmltest.In(row("article", d.id)+" .told", htmltest.HasText("a")), htmltest.In(`.tabs a[href="/newsroom?show=reported"]`, htmltest.HasText("1")))
	lacks(t, page, "eu@example.org")
	lacks(t, d.network.get(d.public).Body, "eu@example.org")
}

// TestDeskPages goes through more rows than a page holds.
func TestDeskPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`
		INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at)
		SELECT $1, 'x', 'hidden', 'pt', 'Número ' || i, '', '', 'text', '', '', 1, now() - i * interval '1 minute'
		FROM generate_series(1, 120) i`, d.pt.ID)
	d.exec(`
		INSERT INTO article_revision (article_id, n, state, language, title, summary, author, format, source, html)
		SELECT id, 1, 'approved', language, title, '', '', format, '', '' FROM article WHERE slug = 'x'`)
	for _, list := range []string{"/newsroom?show=hidden", "/newsroom"} {
		seen := map[string]bool{}
		page := d.get(list).want(t, http.StatusOK).Body
		for {
			for _, title := range htmltest.Texts(t, page, ".desk .what a") {
				seen[title] = true
			}
			if !strings.Contains(page, `rel="next"`) {
				break
			}
			page = d.get(htmltest.Attr(t, page, `a[rel="next"]`, "href")).want(t, http.StatusOK).Body
		}
		if len(seen) < 120 {
			t.Errorf("%s: saw %d rows", list, len(seen))
		}
	}
	// from an older page one comes back to that page
	older := htmltest.Attr(t, d.get("/newsroom?show=hidden").Body, `a[rel="next"]`, "href")
	page := d.get(older).want(t, http.StatusOK).Body
	to := d.presses(page, `.desk form[action$="/rank"]`, "", "", htmltest.Attr(t, page, ".desk button[formaction]", "formaction")).want(t, http.StatusSeeOther).location()
	if !strings.HasPrefix(to, older+"&done=show") {
		t.Errorf("led from %s to %s", older, to)
	}
}

// TestReportsThatNobodyReadStay has a report come while an editor reads another.
func TestReportsThatNobodyReadStay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	report := func(reason string) {
		d.network.post(fmt.Sprintf("/articles/%d/reports", d.id), url.Values{"reason": {reason}}).want(t, http.StatusSeeOther)
	}
	report("Isto é falso.")
	for _, from := range []string{d.article, "/newsroom?show=reported"} {
		page := d.get(from).want(t, http.StatusOK).Body
		late := "Chegou depois, visto de " + from
		report(late)
		page = d.presses(page, `.do-it form[action$="/rank"]`, "", "", d.article+"/dismiss").want(t, http.StatusConflict).Body
		htmltest.Check(t, page, htmltest.In(".notice[role=alert]", htmltest.HasText("Chegaram mais avisos"), htmltest.HasText("fechar os avisos")), htmltest.In("main .log", htmltest.HasText(late)))
		if from != d.article {
			page = d.follows(d.presses(page, ".notice form", "", "", ""))
			lacks(t, page, late)
		}
	}
	if open := d.count("SELECT count(*) FROM report WHERE state = 'open'"); open != 0 {
		t.Errorf("%d reports are open", open)
	}
}

// TestSecondReasonIsNotLost has two editors hide one thing from the same version.
func TestSecondReasonIsNotLost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ana := desk{person: d.editor(d.pt, "Ana"), id: d.id, article: d.article}
	for _, path := range []string{d.article, d.reply} {
		form := htmltest.FormValues(t, ana.get(path).want(t, http.StatusOK).Body, "main .hide form")
		form.Set("reason", "Falso.")
		for range 2 {
			d.post(path+"/hide", form).want(t, http.StatusSeeOther)
		}
		form.Set("reason", "Insulto.")
		page := ana.post(path+"/hide", form).want(t, http.StatusConflict).Body
		htmltest.Check(t, page,
			htmltest.In(".notice[role=alert] .log li:first-child", htmltest.HasText("Inês"), htmltest.HasText("Falso.")),
			htmltest.In(".notice form textarea", htmltest.HasText("Insulto.")))
		page = ana.follows(ana.presses(page, ".notice form", "", "", ""))
		htmltest.Check(t, page, htmltest.In("main > .notice", htmltest.HasText("Insulto.")))
	}
}

// TestChangeIsLeftOut declines what waits, from its row, and tells its author.
func TestChangeIsLeftOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec("UPDATE site SET hold_articles = true WHERE id = $1", d.pt.ID)
	edit := d.editForm(d.receipt)
	edit.Set("title", "O porto inteiro para")
	edit.Set("action", "save")
	d.network.post(d.receipt, edit).want(t, http.StatusSeeOther)
	htmltest.Check(t, d.network.get(d.receipt).Body, htmltest.In(".part .notice", htmltest.HasText("espera revisão")))
	at := row("article", d.id)
	page := d.get("/newsroom?show=waiting").want(t, http.StatusOK).Body
	back := d.presses(page, at+" .decline form", "reason", "", "").want(t, http.StatusUnprocessableEntity).Body
	htmltest.Check(t, back, htmltest.In("details.decline[open] .error", htmltest.HasText("Dá uma razão")), htmltest.NotIn("details.hide .error"))
	page = d.follows(d.presses(page, at+" .decline form", "reason", "Falso.", ""))
	htmltest.Check(t, page, htmltest.NotIn(at), htmltest.In(".done", htmltest.HasText("deixada de fora")))
	has(t, d.network.get(d.public).Body, "O porto para")
	has(t, d.network.get("/moderation?act=decline").want(t, http.StatusOK).Body, "Falso.")
	receipt := d.network.get(d.receipt).Body
	htmltest.Check(t, receipt,
		htmltest.In(".part .notice", htmltest.HasText("deixou de fora")), htmltest.In(".log", htmltest.HasText("Falso."), htmltest.HasText("Inês")),
		htmltest.In(`form [value="O porto inteiro para"]`))
	page = d.post(d.article+"/decline", url.Values{"reason": {"Outra razão."}, "version": {"1"}}).want(t, http.StatusConflict).Body
	htmltest.Check(t, page, htmltest.In(".notice[role=alert] textarea", htmltest.HasText("Outra razão.")), htmltest.NotIn(".notice form"))
}

// TestClosingReportsIsForEditors reads what everyone may, after reports were closed.
func TestClosingReportsIsForEditors(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.network.post(fmt.Sprintf("/articles/%d/reports", d.id), url.Values{"reason": {"Isto é falso."}}).want(t, http.StatusSeeOther)
	d.post(d.article+"/dismiss", nil).want(t, http.StatusSeeOther)
	for _, path := range []string{"/moderation", "/moderation.atom", d.receipt} {
		lacks(t, d.network.get(path).want(t, http.StatusOK).Body, "fechou-os")
	}
	lacks(t, d.network.get("/moderation").Body, `value="dismiss"`)
	d.network.get("/moderation?act=dismiss").want(t, http.StatusNotFound)
	has(t, d.get("/newsroom/log?act=dismiss").want(t, http.StatusOK).Body, "fechou-os")
}

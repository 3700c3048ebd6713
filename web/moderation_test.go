package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/mmcdole/gofeed"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/report"
)

// moderated is a site on which much was done.
type moderated struct {
	*network
	t                *testing.T
	receipt, at      string // of the article that was hidden
	id, other, reply int    // articles, and a comment under the other one
}

func newModerated(t *testing.T) *moderated {
	t.Helper()
	m := &moderated{network: newNetwork(t, false), t: t}
	m.receipt = m.publish("Zimbro à venda")
	m.at, m.id = m.permalink(m.receipt), m.newest("article")
	edit := m.editForm(m.receipt)
	edit.Set("body", "Melhor preço.")
	edit.Set("action", "save")
	m.post(m.receipt, edit).want(t, http.StatusSeeOther)
	other := m.permalink(m.publish("Zimbro no porto"))
	m.other = m.newest("article")
	m.post(permalinkToComments(other), url.Values{"body": {"Zimbro!"}}).want(t, http.StatusSeeOther)
	m.reply = m.newest("comment")
	m.post(reportsOf(m.at), url.Values{"reason": {"É publicidade."}}).want(t, http.StatusSeeOther)
	m.must(report.Dismiss(t.Context(), m.pools.Primary, report.Act{Site: m.pt.ID, Article: article.ID(m.id), By: inês()}))
	m.must(article.SetRank(t.Context(), m.pools.Primary, m.act(m.other, ""), article.Local))
	m.must(article.Hide(t.Context(), m.pools.Primary, m.act(m.id, "É <publicidade>.\nNada mais.")))
	m.must(comment.Hide(t.Context(), m.pools.Primary, comment.Act{Site: m.pt.ID, ID: comment.ID(m.reply), By: modlog.ByOperator(), Reason: "Ofensas."}))
	m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: inês(), Act: modlog.Grant, Subject: modlog.Account, SubjectID: 7, Reason: "editor"})
	m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: modlog.Actor{Kind: modlog.Rule, Name: "ligações"}, Act: modlog.Show, Subject: modlog.Article, SubjectID: int64(m.other)})
	m.record(modlog.Entry{Actor: inês(), Act: modlog.Disable, Subject: modlog.Account, SubjectID: 8})
	return m
}

func inês() modlog.Actor { return modlog.Actor{Kind: modlog.Editor, Name: "Inês"} }

func (m *moderated) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *moderated) act(id int, reason string) article.Act {
	return article.Act{Site: m.pt.ID, ID: article.ID(id), By: inês(), Reason: reason}
}

// record writes what no verb of these tests does.
func (n *network) record(e modlog.Entry) {
	n.t.Helper()
	n.inTx(func(tx pgx.Tx) error { return modlog.Add(n.t.Context(), tx, e) })
}

func (n *network) newest(table string) int { return n.count("SELECT max(id) FROM " + table) }

func (m *moderated) lines(path string) []string {
	m.t.Helper()
	return htmltest.Texts(m.t, m.get(path).want(m.t, http.StatusOK).Body, ".log li div")
}

func (m *moderated) want(path string, lines ...string) {
	m.t.Helper()
	if got := m.lines(path); !slices.Equal(got, lines) {
		m.t.Errorf("%s has the lines\n%q, want\n%q", path, got, lines)
	}
}

// TestModerationLog reads the log as everyone does: what authors do is not in
// it, nor what was done to rights, and nothing of what anybody wrote.
func TestModerationLog(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	shown := fmt.Sprintf("Uma regra: tornou visível a publicação %d", m.other)
	hidReply := fmt.Sprintf("Quem mantém o servidor: ocultou o comentário %d Ofensas.", m.reply)
	hid := fmt.Sprintf("Inês: ocultou a publicação %d É <publicidade>. Nada mais.", m.id)
	ranked := fmt.Sprintf("Inês: mudou o alcance da publicação %d local", m.other)
	dismissed := fmt.Sprintf("Inês: leu os avisos sobre a publicação %d e fechou-os", m.id)
	m.want("/moderation", shown, hidReply, hid, ranked) // that reports were closed is for editors
	lacks(t, m.get("/moderation").Body, dismissed)
	m.want("/moderation?act=hide", hidReply, hid)
	m.want("/moderation?subject=comment&act=", hidReply)
	m.want("/moderation?subject=article&act=hide", hid)
	m.want("/moderation?act=remove")
	page := m.get("/moderation").Body
	for _, word := range []string{"imbro", "zimbro", "Melhor", "conta 7", "conta 8", "É publicidade"} {
		lacks(t, page, word)
	}
	links := htmltest.Attrs(t, page, ".log li a", "href")
	want := []string{fmt.Sprintf("/articles/%d", m.other), fmt.Sprintf("/articles/%d#comment-%d", m.other, m.reply), fmt.Sprintf("/articles/%d", m.id)}
	if !slices.Equal(links[:3], want) {
		t.Errorf("the log leads to %q, want %q", links[:3], want)
	}
	for _, link := range links {
		link, _, _ = strings.Cut(link, "#")
		m.get(link).want(t, http.StatusMovedPermanently)
	}
	if stamps := htmltest.Attrs(t, page, ".log time", "datetime"); len(stamps) != 4 || !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d[+Z]`).MatchString(stamps[0]) {
		t.Errorf("the times are %q, want them cut to the minute", stamps)
	}
	for _, path := range []string{"/moderation?act=withdraw", "/moderation?act=grant", "/moderation?subject=account", "/moderation?subject=x", "/moderation?before=x"} {
		m.get(path).want(t, http.StatusNotFound)
	}
}

// TestModerationLogIsPaged walks a long log from page to page, filtered and not.
func TestModerationLogIsPaged(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	const acts = 2*modlog.PageSize + 3
	for i := range acts {
		m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: inês(), Act: modlog.Place, Subject: modlog.Feature, SubjectID: int64(i + 1), Reason: "1"})
	}
	for first, want := range map[string]int{"/moderation": acts + 4, "/moderation?act=place&subject=feature": acts} {
		var seen []string
		for path := first; ; {
			page := m.get(path).want(t, http.StatusOK).Body
			if robots := strings.Contains(page, `content="noindex"`); robots != (path != "/moderation") {
				t.Errorf("%s: noindex is %t", path, robots)
			}
			seen = append(seen, m.lines(path)...)
			next := htmltest.Attrs(t, page, `a[rel="next"]`, "href")
			if len(next) == 0 {
				break
			}
			path = next[0]
		}
		unique := slices.Compact(slices.Sorted(slices.Values(seen)))
		if len(seen) != want || len(unique) != want || !strings.Contains(seen[0], fmt.Sprint("destaque ", acts)) {
			t.Errorf("%s: %d lines, %d of them different, want %d; the first is %q", first, len(seen), len(unique), want, seen[0])
		}
	}
}

// TestPlaceInAnotherLog holds that another site's entry is no place in a log: what
// comes after it would tell when that was done.
func TestPlaceInAnotherLog(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	m.record(modlog.Entry{Site: int64(m.ar.ID), Actor: inês(), Act: modlog.Place, Subject: modlog.Feature, SubjectID: 1, Reason: "1"})
	m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: inês(), Act: modlog.Place, Subject: modlog.Feature, SubjectID: 2, Reason: "1"})
	foreign := "/moderation?before=" + cursorOf(m.newest("moderation_log"))
	htmltest.Check(t, m.ask(arHost, foreign, nil).want(t, http.StatusOK).Body, htmltest.NotIn(".log li"))
	htmltest.Check(t, m.get(foreign).want(t, http.StatusOK).Body, htmltest.In(".log li"))
}

// TestModerationFeed reads the log with a feed reader.
func TestModerationFeed(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	a := m.get("/moderation.atom").want(t, http.StatusOK)
	read, err := gofeed.NewParser().ParseString(a.Body)
	if err != nil || read.FeedType != "atom" || len(read.Items) != 4 || read.FeedLink != "http://"+ptHost+"/moderation.atom" {
		t.Fatalf("error %v, %+v", err, read)
	}
	hid := read.Items[2]
	if hid.Title != fmt.Sprintf("Inês: ocultou a publicação %d", m.id) || hid.Link != fmt.Sprintf("http://%s/articles/%d", ptHost, m.id) ||
		hid.Content != `<div lang="pt" dir="ltr"><p>É &lt;publicidade&gt;.<br>Nada mais.</p></div>` || hid.Authors[0].Name != "Inês" {
		t.Errorf("the entry is %+v", hid)
	}
	if want := fmt.Sprintf("http://%s/articles/%d#comment-%d", ptHost, m.other, m.reply); read.Items[1].Link != want {
		t.Errorf("a comment leads to %s, want %s", read.Items[1].Link, want)
	}
	for _, word := range []string{"imbro", "zimbro", "conta 7"} {
		lacks(t, a.Body, word)
	}
	m.exec("INSERT INTO site_host (host, site_id, position) VALUES ('tejo.onion', $1, 1), ('pt.localhost', $1, 2)", m.pt.ID)
	onion, err := gofeed.NewParser().ParseString(m.ask("tejo.onion", "/moderation.atom", nil).want(t, http.StatusOK).Body)
	if err != nil || onion.Items[2].GUID != hid.GUID || onion.Items[2].Link != fmt.Sprintf("http://tejo.onion/articles/%d", m.id) {
		t.Errorf("on the onion host: %v, %+v; want the id %s", err, onion.Items[2], hid.GUID)
	}
	m.get("/moderation.rss").want(t, http.StatusNotFound)
	htmltest.Check(t, m.get("/moderation").Body, htmltest.In(`link[rel="alternate"][href="/moderation.atom"]`), htmltest.In(`.foot a[href="/moderation.atom"]`))
}

// TestHiddenList has what is hidden, with why, who and when, and nothing else.
func TestHiddenList(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	m.publish("À vista")
	page := m.get("/hidden").want(t, http.StatusOK).Body
	htmltest.Check(t, page,
		htmltest.Count(".wire li", 2),
		htmltest.In(".wire li:nth-child(1) h2 a", htmltest.HasText("Zimbro no porto"), htmltest.HasAttrContaining("href", fmt.Sprintf("#comment-%d", m.reply))),
		htmltest.In(".wire li:nth-child(1)", htmltest.HasText("Comentário"), htmltest.HasText("Quem mantém o servidor"), htmltest.HasText("Ofensas.")),
		htmltest.In(".wire li:nth-child(2) h2 a", htmltest.HasText("Zimbro à venda"), htmltest.HasAttr("href", m.at)),
		htmltest.In(".wire li:nth-child(2)", htmltest.HasText("Inês"), htmltest.HasText("É <publicidade>. Nada mais.")),
		htmltest.In(`meta[name="robots"]`, htmltest.HasAttr("content", "noindex")))
	for _, link := range htmltest.Attrs(t, page, ".wire h2 a", "href") {
		link, _, _ = strings.Cut(link, "#")
		m.get(link).want(t, http.StatusOK)
	}
	lacks(t, m.get("/sitemap.xml").Body, "/hidden")
	lacks(t, m.ask(arHost, "/hidden", nil).want(t, http.StatusOK).Body, "Zimbro")
	// what is shown again, or withdrawn, is gone from it at once, and a comment with its article
	m.post(m.receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	m.exec("UPDATE article SET state = 'withdrawn' WHERE id = $1", m.other)
	htmltest.Check(t, m.get("/hidden").Body, htmltest.NotIn(".wire li"))
	m.want("/moderation?act=hide", fmt.Sprintf("Quem mantém o servidor: ocultou o comentário %d Ofensas.", m.reply), fmt.Sprintf("Inês: ocultou a publicação %d É <publicidade>. Nada mais.", m.id))
}

// TestHiddenListIsPaged walks articles and comments of the same instant and of
// others, in one order.
func TestHiddenListIsPaged(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("O primeiro")
	n.exec(`INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version, published_at)
		SELECT site_id, 'a', 'hidden', 'pt', 'Artigo ' || n, '', '', 'markdown', '', '', 1, date_trunc('hour', now()) - n / 7 * interval '1 minute'
		FROM article, generate_series(1, 80) n`)
	n.exec(`INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version, created_at)
		SELECT site_id, id, 'comment', 'hidden', '', '', '', 1, date_trunc('hour', now()) - n / 5 * interval '1 minute'
		FROM article, generate_series(1, 70) n WHERE title = 'O primeiro'`)
	var seen, times []string
	for path := "/hidden"; ; {
		page := n.get(path).want(t, http.StatusOK).Body
		seen = append(seen, htmltest.Attrs(t, page, ".wire h2 a", "href")...)
		times = append(times, htmltest.Attrs(t, page, ".wire li > time", "datetime")...)
		next := htmltest.Attrs(t, page, `a[rel="next"]`, "href")
		if len(next) == 0 {
			break
		}
		path = next[0]
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(seen))); len(seen) != 150 || len(unique) != 150 {
		t.Errorf("%d things, %d of them different, want 150", len(seen), len(unique))
	}
	slices.Reverse(times)
	if !slices.IsSorted(times) {
		t.Errorf("not the newest first: %q", times)
	}
}

// TestHiddenCommentIsFoundBeyondTheFirstPage follows the links of list and log
// to a comment that a page of the article begins with.
func TestHiddenCommentIsFoundBeyondTheFirstPage(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Muito comentado")
	n.exec(`INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version)
		SELECT site_id, id, 'comment', CASE WHEN n < 30 THEN 'hidden' ELSE 'visible' END, '', 'x', '<p>x</p>', 1 FROM article, generate_series(1, 205) n`)
	last := n.newest("comment")
	act := comment.Act{Site: n.pt.ID, ID: comment.ID(last), By: inês(), Reason: "Ofensas."}
	if err := comment.Hide(t.Context(), n.pools.Primary, act); err != nil {
		t.Fatal(err)
	}
	for page, selector := range map[string]string{"/hidden": ".wire li:first-child h2 a", "/moderation": ".log li:first-child a"} {
		link := htmltest.Attr(t, n.get(page).want(t, http.StatusOK).Body, selector, "href")
		address, anchor, _ := strings.Cut(link, "#")
		if a := n.get(address); a.StatusCode == http.StatusMovedPermanently {
			address = a.location()
		}
		htmltest.Check(t, n.get(address).want(t, http.StatusOK).Body, htmltest.In("#"+anchor, htmltest.HasText("Ofensas.")))
	}
}

// TestEveryPageLeadsToTheLog looks at the footers, at the wire, and at what was
// hidden and removed.
func TestEveryPageLeadsToTheLog(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	for _, address := range []string{"/", m.at, "/search", "/receipts", "/pages/about"} {
		htmltest.Check(t, m.get(address).want(t, http.StatusOK).Body, htmltest.In(`.foot a[href="/hidden"]`), htmltest.In(`.foot a[href="/moderation"]`))
	}
	htmltest.Check(t, m.get("/newswire").Body, htmltest.In(`main a[href="/hidden"]`), htmltest.In(`main a[href="/moderation"]`))
	htmltest.Check(t, m.get(m.at).Body, htmltest.In(`.notice a[href="/moderation"]`))
	m.must(article.Remove(t.Context(), m.pools.Primary, m.queue, m.act(m.other, "Uma ordem do tribunal.")))
	gone := m.get(fmt.Sprintf("/articles/%d", m.other)).want(t, http.StatusGone)
	htmltest.Check(t, gone.Body, htmltest.In(`main a[href="/moderation"]`), htmltest.In(".notice", htmltest.HasText("Uma ordem do tribunal.")))
}

// TestReceiptTellsWhatWasDone has an author see each act with who and why, and
// nothing of what others reported.
func TestReceiptTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	m.must(article.Show(t.Context(), m.pools.Primary, article.Act{Site: m.pt.ID, ID: article.ID(m.id), By: modlog.ByOperator()}))
	m.must(article.SetRank(t.Context(), m.pools.Primary, m.act(m.id, ""), article.Global))
	m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: modlog.Actor{Kind: modlog.Rule, Name: "ligações"}, Act: modlog.Hide, Subject: modlog.Article, SubjectID: int64(m.id), Reason: "Muitas ligações."})
	got := htmltest.Texts(t, m.get(m.receipt).want(t, http.StatusOK).Body, ".log li span")
	var want []string
	for _, line := range []string{
		"quem tem este recibo: alterou o texto da publicação %d", "Inês: ocultou a publicação %d: É <publicidade>. Nada mais.", "Quem mantém o servidor: tornou visível a publicação %d",
		"Inês: mudou o alcance da publicação %d: global", "Uma regra: ocultou a publicação %d: Muitas ligações.",
	} {
		want = append(want, fmt.Sprintf(line, m.id))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the receipt tells\n%q, want\n%q", got, want)
	}
}

// TestNewsroomLog has editors read what was done to rights and settings too, with
// the names that accounts go by.
func TestNewsroomLog(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	rita := m.editor(m.pt, "Rita")
	m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: inês(), Act: modlog.Revoke, Subject: modlog.Account, SubjectID: int64(rita.account.ID), Reason: "editor"})
	m.record(modlog.Entry{Site: int64(m.pt.ID), Actor: inês(), Act: modlog.Change, Subject: modlog.Site, SubjectID: int64(m.pt.ID), Reason: "name accent"})
	page := rita.get("/newsroom/log").want(t, http.StatusOK)
	lines := htmltest.Texts(t, page.Body, ".log li div")
	want := []string{
		"Inês: alterou as definições do site nome, cor",
		fmt.Sprintf("Inês: tirou uma função à conta %d (Rita) redação", rita.account.ID),
		fmt.Sprintf("Rita: deu uma função à conta %d (Rita) redação", rita.account.ID),
	}
	if len(lines) < 3 || !slices.Equal(lines[:3], want) {
		t.Errorf("the log begins with %q, want %q", lines[:min(len(lines), 3)], want)
	}
	has(t, page.Body, "ocultou a publicação")
	lacks(t, page.Body, "conta 8")
	lacks(t, page.Body, "@example.org")
	htmltest.Check(t, page.Body, htmltest.In(`.sections a[href="/newsroom/log"]`, htmltest.HasAttr("aria-current", "page")),
		htmltest.In(`meta[name="robots"]`, htmltest.HasAttr("content", "noindex")))
	if page.Header.Get("Cache-Control") != "no-store" {
		t.Error("a cache may keep the log of an editor")
	}
	htmltest.Check(t, rita.get("/newsroom/log?subject=account&act=revoke").want(t, http.StatusOK).Body, htmltest.Count(".log li", 1))
	rita.get("/newsroom/log?act=withdraw").want(t, http.StatusNotFound)
	lacks(t, m.get("/moderation").Body, "Rita")
}

// TestNetworkLog has admins read what belongs to no site.
func TestNetworkLog(t *testing.T) {
	t.Parallel()
	m := newModerated(t)
	root := m.admin(portalHost, "Root")
	page := root.get("/network/log").want(t, http.StatusOK).Body
	has(t, page, "disabled account 8")
	has(t, page, fmt.Sprintf(`<a href="/network/accounts/%d">`, root.account.ID))
	lacks(t, page, "publicação")
	lacks(t, page, "account 7")
	htmltest.Check(t, root.get("/network/log?act=disable&subject=account").want(t, http.StatusOK).Body, htmltest.Count(".log li", 1))
	root.get("/network/log?act=hide").want(t, http.StatusNotFound)
	root.get("/network/log?subject=article").want(t, http.StatusNotFound)
}

func TestDismissReports(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	at := n.permalink(n.publish("Com avisos"))
	id := n.newest("article")
	for _, reason := range []string{"Um.", "Outro."} {
		n.post(reportsOf(at), url.Values{"reason": {reason}}).want(t, http.StatusSeeOther)
	}
	to := fmt.Sprintf("/newsroom/articles/%d/dismiss", id)
	n.post(to, url.Values{}).want(t, http.StatusForbidden)
	n.editor(n.ar, "سامي").post(to, url.Values{}).want(t, http.StatusNotFound)
	if open := n.count("SELECT count(*) FROM report WHERE state = 'open'"); open != 2 {
		t.Fatalf("%d open reports, want 2", open)
	}
	rita := n.editor(n.pt, "Rita")
	for range 2 {
		rita.post(to, url.Values{}).want(t, http.StatusSeeOther)
	}
	open, logged := n.count("SELECT count(*) FROM report WHERE state = 'open'"), n.count("SELECT count(*) FROM moderation_log WHERE act = 'dismiss' AND actor_name = 'Rita'")
	if open != 0 || logged != 1 {
		t.Errorf("%d open reports, logged %d times; want 0 and 1", open, logged)
	}
	rita.post("/newsroom/articles/999999/dismiss", url.Values{}).want(t, http.StatusNotFound)
	n.exec("UPDATE site SET state = 'frozen' WHERE slug = 'pt'")
	rita.post(to, url.Values{}).want(t, http.StatusForbidden)
}

package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/indywire/indywire/internal/account"
)

// atTheDesk signs an editor of the site in, whom the desk then greets.
func (v *visitor) atTheDesk(name string) {
	v.t.Helper()
	v.account(account.Draft{Email: emailOf(name), Name: name, Password: password}, v.pt)
	v.open("/newsroom", http.StatusOK)
	v.signsIn(emailOf(name))
	v.reads("h1", "Redação")
}

// TestDeskJourney hides a post with a reason, sees it gone from the wire and
// listed with the reason, and undoes it.
func TestDeskJourney(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		v.writeArticles(12)
		v.atTheDesk("Inês")
		newest := fmt.Sprintf("#article-%d", v.count("SELECT max(id) FROM article"))
		middle := fmt.Sprintf("#article-%d", v.count("SELECT max(id) - 6 FROM article"))
		v.Do(chromedp.Click(chromedp.CSS(middle + " details.hide > summary")))
		v.write(middle+" textarea", "Já está noutro lado.")
		v.follow(middle+" details.hide button", http.StatusOK)
		v.reads(middle+" .state", "oculta pela redação")
		v.reads(middle+" .done", "oculta pela redação")
		if !v.inView(middle) {
			t.Error("the editor is not led back to the row")
		}
		for address, there := range map[string]bool{"/newswire": false, "/hidden": true, "/moderation": true} {
			v.open(address, http.StatusOK)
			if holds := v.holds(fmt.Sprintf(`main a[href^="/articles/%d"]`, v.count("SELECT max(id) - 6 FROM article"))); holds != there {
				t.Errorf("%s: the post is there: %t", address, holds)
			}
		}
		v.open("/hidden", http.StatusOK)
		v.reads("main", "Já está noutro lado.")

		v.open("/newsroom?show=hidden", http.StatusOK)
		v.follow(middle+` button[data-key="s"]`, http.StatusOK)
		v.reads(".done.notice", "visível para toda a gente")
		v.follow(".done.notice button", http.StatusOK)
		v.reads(middle+" .what", "Já está noutro lado.")

		v.open("/newsroom", http.StatusOK)
		v.follow(newest+` button[value="global"]`, http.StatusOK)
		v.reads(newest+" .how", "global")
		v.follow(newest+" .done button", http.StatusOK)
		v.reads(newest+" .how", "como publicado")

		v.follow(newest+" .what a", http.StatusOK)
		v.follow(".do-it a.warn", http.StatusOK)
		v.write("main textarea", "Ordem do tribunal.")
		v.follow("main form button", http.StatusOK)
		v.reads(".byline .state", "removida por razões legais")
		v.reads(".log", "Inês")
	})
}

// TestDeskByKeys works through the desk without a mouse.
func TestDeskByKeys(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1280, true)
	v.writeArticles(6)
	v.atTheDesk("Inês")
	first := v.count("SELECT max(id) FROM article")
	rowAt := func(n int) string { return fmt.Sprintf("#article-%d", first-n) }
	marked := func(n int) {
		t.Helper()
		if !v.holds(rowAt(n)+`[aria-current="true"]:focus`) || !eval[bool](v, focusShows) {
			t.Fatalf("row %d is not marked, but the focus is on %s", n, eval[string](v, "document.activeElement.outerHTML.slice(0, 120)"))
		}
	}
	press := func(keys string) { v.Do(chromedp.KeyEvent(keys, asBrowsersDo)) }

	// outside of the table the keys do nothing
	press("hgls")
	if v.count("SELECT count(*) FROM moderation_log WHERE subject = 'article'") != 0 || v.holds("details.hide[open]") {
		t.Error("a key works without the focus in the table")
	}
	v.tabTo(rowAt(0), 30)
	marked(0)
	press("j")
	press(kb.ArrowDown)
	marked(2)
	press("k")
	press(kb.ArrowUp)
	press("k") // there is no row before it
	marked(0)
	press("j")

	v.arrived(v.Through(chromedp.KeyEvent("g")), http.StatusOK)
	marked(1)
	v.reads(rowAt(1)+" .how", "global")
	v.arrived(v.Through(chromedp.KeyEvent("u")), http.StatusOK)
	marked(1)
	v.reads(rowAt(1)+" .how", "como publicado")

	press("h")
	press("j, k e g: isto fica.")
	press(kb.Escape)
	marked(1)
	press("h")
	press(" Mesmo.")
	v.tabTo(rowAt(1)+" details.hide button", 2)
	v.enter(http.StatusOK)
	marked(1)
	v.reads(rowAt(1)+" .how", "oculta")
	v.reads(rowAt(1)+" .what", "j, k e g: isto fica. Mesmo.")
	v.arrived(v.Through(chromedp.KeyEvent("s")), http.StatusOK)
	v.reads(rowAt(1)+" .how", "visível")

	press("?")
	if !v.holds("#keys[open]") {
		t.Error("the list of keys is not shown")
	}
	v.tabTo(rowAt(0)+" a", 3)
	press("j")
	marked(1)
	v.enter(http.StatusOK)
	v.reads("h1", "Notícia número 5")
	v.tabTo(".do-it summary", 30)
	press(" ")
	v.tabTo(".do-it textarea", 1)
	press("Repetido.")
	v.tabTo(".do-it details button", 1)
	v.enter(http.StatusOK)
	v.reads(".byline .state", "oculta pela redação")
	for _, violation := range v.Axe() {
		t.Error(violation)
	}
	v.checkQuiet()
}

// asBrowsersDo has the browser itself make a letter of a key that was pressed: a
// page that takes the key for its own must not get the letter too.
func asBrowsersDo(p *input.DispatchKeyEventParams) {
	switch {
	case p.Type == input.DispatchKeyEventTypeKeyDown && len(p.Key) == 1:
		p.Text = p.Key
	case p.Type == input.DispatchKeyEventTypeChar:
		p.Modifiers |= int64(chromedp.ModifierCtrl) // is not sent then
	}
}

// TestKeysOnAnotherKeyboard presses the places of letters that another script
// has there.
func TestKeysOnAnotherKeyboard(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1280, true)
	v.writeArticles(3)
	v.atTheDesk("Inês")
	first := v.count("SELECT max(id) FROM article")
	v.tabTo(fmt.Sprintf("#article-%d", first), 30)
	eval[bool](v, `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ت', code: 'KeyJ', bubbles: true, cancelable: true }))`)
	if !v.holds(fmt.Sprintf(`#article-%d[aria-current="true"]`, first-1)) {
		t.Error("the key in the place of j does not lead on")
	}
	v.checkQuiet()
}

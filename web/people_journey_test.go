package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/modlog"
)

// invited is the address of an invitation to the Portuguese site.
func (v *visitor) invited(email string) string {
	v.t.Helper()
	made, err := account.InviteEditor(v.t.Context(), v.pools.Primary, email, v.pt.ID, modlog.ByOperator())
	if err != nil {
		v.t.Fatal(err)
	}
	return made.Token.Path()
}

// signsIn fills in the form that stands there.
func (v *visitor) signsIn(email string) {
	v.t.Helper()
	v.write("#email", email)
	v.write("#password", password)
	v.follow(`form[action="/sign-in"] button`, http.StatusOK)
}

// TestFirstEditor follows an invitation, hides a first post, and sees what
// everyone sees of it: the reason at the post, in the list of what is hidden, in
// the log, and on the receipt of its author.
func TestFirstEditor(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		receipt := v.publish("Boato sem fonte")
		v.waitForFiles()
		permalink := v.permalink(receipt)
		v.open(v.invited("rita@example.org"), http.StatusOK)
		v.reads(".standfirst", "Tejo livre")
		v.write("#name", "Rita")
		v.write("#password", password)
		v.follow("main form button", http.StatusOK)
		if !strings.HasSuffix(v.Location(), "/newsroom") {
			t.Fatalf("led to %s", v.Location())
		}
		v.hidesFirst("Não há fonte nenhuma.")

		v.follow(`.foot a[href="/hidden"]`, http.StatusOK)
		v.reads("main", "Boato sem fonte")
		v.reads("main", "Não há fonte nenhuma.")
		v.reads("main", "Rita")
		v.follow(`.foot a[href="/moderation"]`, http.StatusOK)
		v.reads("main", "Rita")
		v.reads("main", "Não há fonte nenhuma.")
		if strings.Contains(v.text("main"), "Boato") {
			t.Error("the log holds the title")
		}
		v.open(permalink, http.StatusOK)
		v.reads("article .notice", "Não há fonte nenhuma.")
		v.open("/newswire", http.StatusOK)
		if v.holds(`.wire a[href*="/articles/"]`) {
			t.Error("what is hidden is on the wire")
		}
		v.open(receipt, http.StatusOK)
		v.reads("main .log", "Rita")
		v.reads("main .log", "Não há fonte nenhuma.")
	})
}

// hidesFirst hides the first post of the desk, with a reason.
func (v *visitor) hidesFirst(reason string) {
	v.t.Helper()
	v.Do(chromedp.Click(chromedp.CSS(`.desk tbody tr details summary`)))
	v.write(`.desk tbody tr [name="reason"]`, reason)
	v.follow(`.desk tbody tr form[action$="/hide"] button`, http.StatusOK)
}

// TestSignOutEverywhere ends a session at another browser, and sees to the own
// account without a mouse.
func TestSignOutEverywhere(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		rita := v.editor(v.pt, "Rita")
		v.open("/newsroom/editors", http.StatusOK)
		v.reads("h1", "Entrar")
		v.signsIn(rita.account.Email)
		if !strings.HasSuffix(v.Location(), "/newsroom/editors") {
			t.Fatalf("led to %s", v.Location())
		}
		v.follow(`.sections a[href="/account"]`, http.StatusOK)
		if sessions := v.texts(`main [name="session"]`); len(sessions) != 2 {
			t.Errorf("%d sessions are listed, want 2", len(sessions))
		}
		v.follow(`button[value="everywhere"]`, http.StatusOK)
		v.reads("h1", "Entrar")
		if !rita.signedOut() {
			t.Error("the other browser is signed in")
		}
		v.open("/newsroom/editors", http.StatusOK)
		v.reads("h1", "Entrar")
	})
}

// TestKeyboardSignsIn signs in, invites an editor and signs out without a mouse.
func TestKeyboardSignsIn(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newNetwork(t, false), 1280, false)
	rita := v.editor(v.pt, "Rita")
	v.open("/newsroom/editors", http.StatusOK)
	v.tabTo("#email", 20)
	v.Do(chromedp.KeyEvent(rita.account.Email))
	v.tabTo("#password", 1)
	v.Do(chromedp.KeyEvent(password))
	v.enter(http.StatusOK)
	v.tabTo("#email", 20)
	v.Do(chromedp.KeyEvent("eva@example.org"))
	v.enter(http.StatusCreated)
	v.tabTo(".code a", 20)
	v.tabTo(`a[href="/newsroom/editors"]`, 2)
	v.enter(http.StatusOK)
	v.reads("main", "eva@example.org")
	v.tabTo(`form[action="/sign-out"] button`, 20)
	v.enter(http.StatusOK)
	v.open("/newsroom/editors", http.StatusOK)
	v.reads("h1", "Entrar")
	v.checkQuiet()
}

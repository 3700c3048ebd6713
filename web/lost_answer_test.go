package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
)

// losesAnswer is an act whose commit goes through while the answer to it is lost;
// what is held sends it once more.
type losesAnswer struct {
	send   func() answer
	before int // transactions that only read
	status int
	once   string // counts what is to be there once
}

// TestActOfUnknownOutcomeIsDoneOnce and answered as if nothing had been lost, or
// with a sentence that says how it may stand.
func TestActOfUnknownOutcomeIsDoneOnce(t *testing.T) {
	t.Parallel()
	proxy := dbtest.NewProxy(t)
	pools, err := db.Open(t.Context(), db.Settings{Primary: proxy.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	n := networkOn(t, pools, false)
	ines, rui, admin := n.editor(n.pt, "Inês"), n.editor(n.pt, "Rui"), n.admin(portalHost, "Rede")
	invited := func(email string) (account.Invited, string) {
		made, err := account.InviteEditor(t.Context(), pools.Primary, email, n.pt.ID, modlog.ByOperator())
		if err != nil {
			t.Fatal(err)
		}
		return made, fmt.Sprint(n.count("SELECT max(id) FROM invitation"))
	}
	followed, _ := invited("eva@example.org")
	_, withdrawn := invited("nobody@example.org")
	n.signedIn(ptHost, ines.account)
	other := fmt.Sprint(n.count("SELECT max(id) FROM session"))
	topics := htmltest.FormValues(t, ines.get("/newsroom/topics").want(t, http.StatusOK).Body, `form[action$="/topics"]`)
	topics.Set("new", "Rios")
	lead, discarded := ines.writes("À frente"), ines.writes("Para apagar")
	collective := url.Values{"name": {"Sado"}, "slug": {"sado"}, "language": {"pt"}, "editor": {"sado@example.org"}}
	bare := url.Values{"name": {"Mondego"}, "slug": {"mondego"}, "language": {"pt"}}
	rekey := url.Values{"action": {"password"}, "password": {password}, "fresh": {"outra bateria"}, "again": {"outra bateria"}}

	for name, c := range map[string]losesAnswer{
		"invitation": {send: func() answer { return ines.post("/newsroom/editors", url.Values{"email": {"ana@example.org"}}) },
			status: http.StatusCreated, once: "SELECT count(*) FROM invitation WHERE email = 'ana@example.org'"},
		"invitation taken back": {send: func() answer {
			return ines.post("/newsroom/editors", url.Values{"action": {"withdraw"}, "invitation": {withdrawn}})
		}, status: http.StatusSeeOther, once: "SELECT count(*) FROM invitation WHERE email = 'nobody@example.org' AND expires_at <= now()"},
		"account made": {send: func() answer {
			return n.stranger(ptHost).post(followed.Token.Path(), url.Values{"name": {"Eva"}, "password": {password}})
		}, before: 1, status: http.StatusSeeOther, once: "SELECT count(*) FROM account a JOIN session s ON s.account_id = a.id WHERE email = 'eva@example.org'"},
		"new name": {send: func() answer { return admin.post("/account", url.Values{"action": {"name"}, "name": {"Rede livre"}}) },
			status: http.StatusSeeOther, once: "SELECT count(*) FROM moderation_log WHERE act = 'rename'"},
		"new password": {send: func() answer { return rui.post("/account", rekey) },
			before: 1, status: http.StatusForbidden, once: "SELECT count(*) FROM moderation_log WHERE act = 'rekey'"},
		"session ended": {send: func() answer { return ines.post("/account", url.Values{"action": {"end"}, "session": {other}}) },
			status: http.StatusSeeOther, once: "SELECT 1 + count(*) FROM session WHERE id = " + other},
		"collective": {send: func() answer { return admin.post("/network/collectives", collective) },
			status: http.StatusCreated, once: "SELECT count(*) FROM site s JOIN invitation i ON i.site_id = s.id WHERE slug = 'sado'"},
		"collective of nobody": {send: func() answer { return admin.post("/network/collectives", bare) },
			status: http.StatusCreated, once: "SELECT count(*) FROM site WHERE slug = 'mondego'"},
		"topic": {send: func() answer { return ines.post("/newsroom/topics", topics) },
			status: http.StatusSeeOther, once: "SELECT count(*) FROM site_topic WHERE name = 'Rios'"},
		"page": {send: func() answer {
			return ines.post("/newsroom/pages", url.Values{"slug": {"rios"}, "title": {"Rios"}, "body": {"Texto"}, "language": {"pt"}, "action": {"save"}})
		}, status: http.StatusSeeOther, once: "SELECT count(*) FROM site_page WHERE slug = 'rios'"},
		"feature placed": {send: func() answer { return ines.step(lead, "place", "1") },
			status: http.StatusSeeOther, once: "SELECT count(*) FROM moderation_log WHERE act = 'place'"},
		"feature discarded": {send: func() answer {
			return ines.post(fmt.Sprintf("/newsroom/features/%d/discard", discarded), nil)
		}, status: http.StatusSeeOther, once: "SELECT count(*) FROM moderation_log WHERE act = 'discard'"},
		"freeze": {send: func() answer { return admin.post("/network/collectives/ar", url.Values{"action": {"freeze"}}) },
			status: http.StatusSeeOther, once: "SELECT count(*) FROM moderation_log WHERE act = 'freeze'"},
	} {
		proxy.LoseAnswerAfter("commit", c.before)
		a := c.send()
		if !proxy.Lost() {
			t.Errorf("%s: no answer was lost", name)
		}
		if got := n.count(c.once); a.StatusCode != c.status || got != 1 {
			t.Errorf("%s: status %d, want %d; there %d times; body:\n%.900s", name, a.StatusCode, c.status, got, a.Body)
		}
		if name == "new password" {
			has(t, a.Body, "pode ser a nova que já vale")
		}
	}
	if logs := n.logs.String(); strings.Contains(logs, "level=ERROR") {
		t.Errorf("what was done at last is logged as failed:\n%s", logs)
	}
	n.signIn(rui.account.Email).want(t, http.StatusUnprocessableEntity)
	rui.signInWith(rui.account.Email, "outra bateria").want(t, http.StatusSeeOther)
	n.stranger(ptHost).post(followed.Token.Path(), url.Values{"name": {"Eva"}, "password": {"not hers at all"}}).want(t, http.StatusGone)
}

package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/browsertest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// see keeps a page that somebody sees who may have signed in.
func (g *gallery) see(name string, p *person, path string, status int) {
	g.t.Helper()
	g.pages[name] = shown{p.host, p.get(path).want(g.t, status).Body}
}

// fill keeps the answer to a form of somebody who may have signed in.
func (g *gallery) fill(name string, p *person, path string, values url.Values, status int) {
	g.t.Helper()
	g.pages[name] = shown{p.host, p.post(path, values).want(g.t, status).Body}
}

// TestPagesForPeopleAreSound judges what people see who sign in, in a language
// from the left and in one from the right.
func TestPagesForPeopleAreSound(t *testing.T) {
	t.Parallel()
	g := &gallery{network: newNetwork(t, false), pages: map[string]shown{}}
	for st, names := range map[*site.Site][2]string{&g.pt: {"Rita Sá", "Um nome que é bastante mais comprido do que outros nomes"}, &g.ar: {"ريتا", "اسم أطول بكثير من الأسماء الأخرى التي يختارها الناس"}} {
		g.waysIn(*st, names)
		g.ownPages(*st, names)
	}
	g.networkPages()
	g.validate()
	g.serveShown()
	for mode, o := range map[string]browsertest.Options{"light": {Width: 1440}, "dark and narrow": {Width: 360, Dark: true}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			g.judge(t, strings.ReplaceAll(mode, " ", "-"), o)
		})
	}
}

// waysIn are what people meet who have not signed in yet.
func (g *gallery) waysIn(st site.Site, names [2]string) {
	g.t.Helper()
	visitor := g.stranger(hostOf(st))
	g.see("sign-in-"+st.Slug, visitor, "/sign-in?next=/newsroom/editors", http.StatusOK)
	g.fill("sign-in-wrong-"+st.Slug, visitor, "/sign-in", url.Values{"email": {"rita@example.org"}, "password": {"?"}}, http.StatusUnprocessableEntity)
	g.see("invitation-"+st.Slug, visitor, g.invitationTo(st), http.StatusOK)
	g.fill("invitation-at-fault-"+st.Slug, visitor, g.invitationTo(st), url.Values{"name": {strings.Repeat(names[0], 20)}, "password": {"?"}}, http.StatusUnprocessableEntity)
	g.fill("kept-"+st.Slug, visitor, "/newsroom/editors", url.Values{"body": {names[1]}}, http.StatusForbidden)
	link := g.invitationTo(st)
	g.exec("UPDATE invitation SET used_at = now()")
	g.see("invitation-gone-"+st.Slug, visitor, link, http.StatusGone)
}

func (g *gallery) ownPages(st site.Site, names [2]string) {
	g.t.Helper()
	p := g.editor(st, names[0])
	g.editor(st, names[1])
	p.again()
	g.see("account-"+st.Slug, p, "/account?saved=1", http.StatusOK)
	wrong := url.Values{"action": {"password"}, "password": {"?"}, "fresh": {"outra bateria"}, "again": {"outra bateria"}}
	g.fill("account-at-fault-"+st.Slug, p, "/account", wrong, http.StatusUnprocessableEntity)
	wrong.Set("again", "?")
	g.fill("account-not-the-same-"+st.Slug, p, "/account", wrong, http.StatusUnprocessableEntity)
	g.fill("account-name-taken-"+st.Slug, p, "/account", url.Values{"action": {"name"}, "name": {names[1]}}, http.StatusConflict)
	g.fill("invited-"+st.Slug, p, "/newsroom/editors", url.Values{"email": {"convidada@example.org"}}, http.StatusCreated)
	g.see("editors-"+st.Slug, p, "/newsroom/editors", http.StatusOK)
	g.fill("editors-at-fault-"+st.Slug, p, "/newsroom/editors", url.Values{"email": {"convidada"}}, http.StatusUnprocessableEntity)
	g.see("no-rights-"+st.Slug, g.signedIn(hostOf(st), g.account(account.Draft{Email: "ninguem@example.org", Name: "Ninguém", Password: password})), "/newsroom/editors", http.StatusForbidden)
	made, err := account.InviteEditor(g.t.Context(), g.pools.Primary, p.account.Email, st.ID, modlog.ByOperator())
	if err != nil {
		g.t.Fatal(err)
	}
	g.see("invitation-present-"+st.Slug, p, made.Token.Path(), http.StatusOK)
	g.see("invitation-known-"+st.Slug, g.stranger(hostOf(st)), made.Token.Path(), http.StatusOK)
	g.see("invitation-other-"+st.Slug, p, g.invitationTo(st), http.StatusOK)
}

func (g *gallery) networkPages() {
	g.t.Helper()
	setup, _, err := account.Setup(g.t.Context(), g.pools.Primary)
	if err != nil {
		g.t.Fatal(err)
	}
	g.see("setup", g.stranger(portalHost), setup.Token.Path(), http.StatusOK)
	g.fill("setup-at-fault", g.stranger(portalHost), setup.Token.Path(), url.Values{"email": {"?"}}, http.StatusUnprocessableEntity)
	admin := g.admin(portalHost, "Rede")
	g.see("network-invitation", g.stranger(portalHost), g.invitationTo(site.Site{}), http.StatusOK)
	g.see("network-accounts", admin, "/network/accounts", http.StatusOK)
	g.fill("network-invite-at-fault", admin, "/network/accounts", url.Values{"email": {"?"}, "site": {"pt"}}, http.StatusUnprocessableEntity)
	g.fill("network-invited", admin, "/network/accounts", url.Values{"email": {"convidada@example.org"}, "site": {"pt"}}, http.StatusCreated)
	g.see("network-nodes-none", admin, "/network/nodes", http.StatusOK)
	g.exec(`INSERT INTO node VALUES
		('a', false, 'v1.4.0', 0, '0', 0.4, 90e9, 100e9, 0, 1, now()),
		('b', true, 'v1.4.0', 90e6, '3 minutes', 1.25, 2e9, 100e9, 7e9, 0, now()),
		('c', true, 'v1.3.9', 2048, '1 second', 0, 50e9, 100e9, 0, 0, now() - interval '40 seconds')`)
	g.see("network-nodes", admin, "/network/nodes", http.StatusOK)
	for name, id := range map[string]int{"editor": g.count("SELECT min(account_id) FROM account_role"), "own": int(admin.account.ID)} {
		g.see("network-account-"+name, admin, fmt.Sprintf("/network/accounts/%d", id), http.StatusOK)
	}
	g.exec("UPDATE account SET disabled_at = now() WHERE id = (SELECT min(account_id) FROM account_role)")
	g.see("network-account-disabled", admin, fmt.Sprintf("/network/accounts/%d", g.count("SELECT min(account_id) FROM account_role")), http.StatusOK)
}

// TestAdminGovernsAccounts invites, takes rights away, and ends sessions.
func TestAdminGovernsAccounts(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	admin, rita := n.admin(portalHost, "Rede"), n.editor(n.pt, "Rita")
	other := rita.again()
	at := fmt.Sprintf("/network/accounts/%d", rita.account.ID)
	has(t, admin.get("/network/accounts").want(t, http.StatusOK).Body, at)
	page := admin.get(at).want(t, http.StatusOK).Body
	if count := strings.Count(page, `name="session"`); count != 2 {
		t.Errorf("%d sessions are listed, want 2", count)
	}
	act := func(values url.Values, status int) answer {
		t.Helper()
		return admin.post(at, values).want(t, status)
	}
	session := n.count("SELECT max(id) FROM session WHERE account_id = $1", rita.account.ID)
	act(url.Values{"action": {"end"}, "session": {fmt.Sprint(session)}}, http.StatusSeeOther)
	act(url.Values{"action": {"end"}, "session": {fmt.Sprint(session)}}, http.StatusNotFound)
	if rita.signedOut() || !other.signedOut() {
		t.Error("another session was ended than the one named")
	}
	act(url.Values{"action": {"sign_out"}}, http.StatusSeeOther)
	if !rita.signedOut() {
		t.Error("not all sessions were ended")
	}
	rita = rita.again()
	act(url.Values{"action": {"revoke"}, "site": {fmt.Sprint(n.pt.ID)}}, http.StatusSeeOther)
	rita.get("/newsroom/editors").want(t, http.StatusForbidden)
	act(url.Values{"action": {"disable"}}, http.StatusSeeOther)
	if !rita.signedOut() {
		t.Error("a disabled account is signed in")
	}
	n.stranger(ptHost).signInWith(rita.account.Email, password).want(t, http.StatusUnprocessableEntity)
	act(url.Values{"action": {"enable"}}, http.StatusSeeOther)
	rita.again()
	act(url.Values{"action": {"bake"}}, http.StatusUnprocessableEntity)
	own := fmt.Sprintf("/network/accounts/%d", admin.account.ID)
	has(t, admin.post(own, url.Values{"action": {"disable"}}).want(t, http.StatusConflict).Body, "last admin")
	admin.post("/network/accounts/999999", url.Values{"action": {"disable"}}).want(t, http.StatusNotFound)
	admin.post("/network/accounts", url.Values{"email": {"eva@example.org"}, "site": {"nowhere"}}).want(t, http.StatusUnprocessableEntity)
	if got := strings.Join(n.acts(4), ", "); got != "enable account, disable account, revoke account, sign_out account" {
		t.Errorf("the log holds %s", got)
	}
}

// TestInvitationsAreShownOnce has the link in one answer and nowhere else.
func TestInvitationsAreShownOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	admin, rita := n.admin(portalHost, "Rede"), n.editor(n.pt, "Rita")
	for _, tt := range []struct {
		by           *person
		path, origin string
		form         url.Values
	}{
		{admin, "/network/accounts", "http://pt.localhost:8080/invitations/", url.Values{"email": {"a@example.org"}, "site": {"pt"}}},
		{admin, "/network/accounts", "http://localhost:8080/invitations/", url.Values{"email": {"b@example.org"}, "site": {""}}},
		{rita, "/newsroom/editors", "http://pt.localhost:8080/invitations/", url.Values{"email": {"c@example.org"}}},
	} {
		page := tt.by.post(tt.path, tt.form).want(t, http.StatusCreated)
		has(t, page.Body, tt.origin)
		if page.Header.Get("Cache-Control") == "" || !strings.Contains(page.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("the link may be kept: %q", page.Header.Get("Cache-Control"))
		}
		lacks(t, tt.by.get(tt.path).want(t, http.StatusOK).Body, "/invitations/")
		has(t, tt.by.get(tt.path).Body, tt.form.Get("email"))
	}
	lacks(t, n.logs.String(), "@example.org")

	id := fmt.Sprint(n.count("SELECT id FROM invitation WHERE email = 'c@example.org'"))
	withdraw := url.Values{"action": {"withdraw"}, "invitation": {id}}
	has(t, admin.get("/network/accounts").Body, "c@example.org") // an admin sees all that are open
	n.editor(n.ar, "Alhures").post("/newsroom/editors", withdraw).want(t, http.StatusNotFound)
	rita.post("/newsroom/editors", withdraw).want(t, http.StatusSeeOther)
	rita.post("/newsroom/editors", withdraw).want(t, http.StatusNotFound)
	lacks(t, rita.get("/newsroom/editors").Body, "c@example.org")
	link := n.invitationTo(n.pt)
	n.exec("UPDATE invitation SET expires_at = now() WHERE used_at IS NULL")
	n.stranger(ptHost).get(link).want(t, http.StatusGone)
}

// TestFrozenCollectiveInvitesNobody keeps what was typed.
func TestFrozenCollectiveInvitesNobody(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	rita := n.editor(n.pt, "Rita")
	n.exec("UPDATE site SET state = 'frozen' WHERE id = $1", n.pt.ID)
	has(t, rita.post("/newsroom/editors", url.Values{"email": {"eva@example.org"}}).want(t, http.StatusForbidden).Body, `value="eva@example.org"`)
}

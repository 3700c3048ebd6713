package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
)

func (p *person) signInWith(email, password string) answer {
	p.t.Helper()
	return p.post("/sign-in", url.Values{"email": {email}, "password": {password}})
}

// signedOut tells whether the newsroom asks to sign in.
func (p *person) signedOut() bool {
	p.t.Helper()
	a := p.get("/newsroom/editors")
	return a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.location(), "/sign-in?next=%2Fnewsroom")
}

func TestSignInTellsNobodyWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	rita := n.editor(n.pt, "Rita").account
	visitor := n.stranger(ptHost)
	bodies := map[string]bool{}
	for _, email := range []string{rita.Email, "nobody@example.org"} {
		before := n.hashes()
		a := visitor.signInWith(email, "wrong password").want(t, http.StatusUnprocessableEntity)
		if cost := n.hashes() - before; cost != 1 {
			t.Errorf("%s cost %d hashes, want 1", email, cost)
		}
		if len(a.Cookies()) != 0 {
			t.Error("who was refused got a cookie")
		}
		has(t, a.Body, email) // what was typed comes back
		lacks(t, a.Body, "wrong password")
		bodies[strings.ReplaceAll(a.Body, email, "")] = true
	}
	if len(bodies) != 1 {
		t.Error("an unknown address is told from a wrong password")
	}
	visitor.signInWith(rita.Email, password).want(t, http.StatusSeeOther)
}

// hashes is what the server counts of them.
func (n *network) hashes() int {
	n.t.Helper()
	w := httptest.NewRecorder()
	n.ops.ServeHTTP(w, httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, "/metrics", nil))
	_, rest, found := strings.Cut(w.Body.String(), "\nindywire_password_hashes_total ")
	var made int
	if _, err := fmt.Sscan(rest, &made); !found || err != nil {
		n.t.Fatal("the hashes are not counted")
	}
	return made
}

func TestSessionTokenIsNeverTheVisitors(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	rita := n.editor(n.pt, "Rita")
	fixed := &http.Cookie{Name: "session", Value: strings.Repeat("A", 43)}
	victim, attacker := n.stranger(ptHost), n.stranger(ptHost)
	victim.cookies, attacker.cookies = []*http.Cookie{fixed}, []*http.Cookie{fixed}
	victim.signInWith(rita.account.Email, password).want(t, http.StatusSeeOther)
	if victim.session().Value == fixed.Value || victim.signedOut() || !attacker.signedOut() {
		t.Error("a token that was there before signing in is good after it")
	}
	// nor a session that somebody else began
	mine, yours := n.editor(n.pt, "Eva"), n.stranger(ptHost)
	yours.cookies = mine.cookies
	yours.signInWith(rita.account.Email, password).want(t, http.StatusSeeOther)
	if !mine.signedOut() || yours.signedOut() {
		t.Error("the session before was not ended by signing in as another")
	}
}

func TestSessionTokenChangesWithRights(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	rita := n.signedIn(ptHost, n.account(account.Draft{Email: "rita@example.org", Name: "Rita", Password: password}))
	rita.get("/newsroom/editors").want(t, http.StatusForbidden)
	before := *rita
	made, err := account.InviteEditor(t.Context(), n.pools.Primary, "rita@example.org", n.pt.ID, modlog.ByOperator())
	if err != nil {
		t.Fatal(err)
	}
	page := rita.get(made.Token.Path()).want(t, http.StatusOK)
	has(t, page.Body, "Tens sessão aberta com este endereço.")
	if to := rita.post(made.Token.Path(), nil).want(t, http.StatusSeeOther).location(); to != "/newsroom" {
		t.Errorf("led to %s", to)
	}
	rita.get("/newsroom/editors").want(t, http.StatusOK)
	if !before.signedOut() {
		t.Error("the token from before the new right is good")
	}
	before = *rita
	rita.post("/account", url.Values{"action": {"password"}, "password": {password}, "fresh": {"outra bateria"}, "again": {"outra bateria"}}).want(t, http.StatusSeeOther)
	if !before.signedOut() || rita.signedOut() {
		t.Error("a new password has to end all sessions but the one that asked")
	}
}

func TestSessionsHaveLimits(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	for name, change := range map[string]string{
		"idle":     "UPDATE session SET seen_at = seen_at - interval '24 hours 1 second'",
		"absolute": "UPDATE session SET deadline = deadline - interval '14 days 1 second'",
		"revoked":  "DELETE FROM session",
		"disabled": "UPDATE account SET disabled_at = now()",
	} {
		rita := n.editor(n.pt, "Rita")
		n.exec("UPDATE session SET seen_at = seen_at - interval '23 hours', deadline = deadline - interval '13 days'")
		if rita.signedOut() {
			t.Fatalf("%s: signed out before the limit", name)
		}
		n.exec(change)
		if !rita.signedOut() {
			t.Errorf("%s: still signed in", name)
		}
		n.exec("UPDATE account SET disabled_at = NULL")
	}
}

func TestSessionBelongsToItsHost(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	admin := n.admin(ptHost, "Rede")
	admin.get("/newsroom/editors").want(t, http.StatusOK)
	admin.host = arHost
	if !admin.signedOut() {
		t.Error("a session that was begun on another host is good here")
	}
	admin.host = portalHost
	admin.get("/network/accounts").want(t, http.StatusSeeOther)
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	n.serve()
	rita := n.editor(n.pt, "Rita")
	body := strings.NewReader(url.Values{"email": {rita.account.Email}, "password": {password}}.Encode())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+ptHost+"/sign-in", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Proto", "https")
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+ptHost+"/sign-in", strings.NewReader("email=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("Origin", "http://"+ptHost)
	plain := httptest.NewRecorder()
	if n.http.ServeHTTP(plain, r); plain.Code != http.StatusForbidden {
		t.Errorf("a page without TLS sends forms to one with it: %d", plain.Code)
	}
	for name, header := range map[string]string{"__Host-session": w.Header().Get("Set-Cookie"), "session": rita.again().session().String()} {
		for _, part := range []string{"Path=/", "HttpOnly", "SameSite=Lax"} {
			if !strings.HasPrefix(header, name+"=") || !strings.Contains(header, part) {
				t.Errorf("the cookie %q lacks %s or its name %s", header, part, name)
			}
		}
		if secure := strings.Contains(header, "Secure"); secure != strings.HasPrefix(name, "__Host-") {
			t.Errorf("%q: secure %t", header, secure)
		}
		for _, part := range []string{"Domain", "Expires", "Max-Age"} {
			if strings.Contains(header, part) {
				t.Errorf("the cookie %q has %s", header, part)
			}
		}
	}
	// over TLS the cookie of a plain connection, which anybody on the way may have set, is nobody's
	if n.count("SELECT count(*) FROM session WHERE token_hash = $1", rita.session().Value) != 0 {
		t.Error("the token itself is in the database")
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	rita := n.editor(n.pt, "Rita")
	for next, want := range map[string]string{
		"/newsroom/editors?x=1": "/newsroom/editors?x=1", "": "/newsroom", "//evil.example": "/newsroom", "https://evil.example/": "/newsroom",
		`/\evil.example`: "/newsroom", "/\t/evil.example": "/newsroom", "evil": "/newsroom",
	} {
		a := n.stranger(ptHost).post("/sign-in", url.Values{"email": {rita.account.Email}, "password": {password}, "next": {next}}).want(t, http.StatusSeeOther)
		if a.location() != want {
			t.Errorf("next %q leads to %q, want %q", next, a.location(), want)
		}
		if a := rita.get("/sign-in?next="+url.QueryEscape(next)).want(t, http.StatusSeeOther); a.location() != want {
			t.Errorf("signed in, next %q leads to %q, want %q", next, a.location(), want)
		}
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	one := n.editor(n.pt, "Rita")
	other, portal := one.again(), n.signedIn(portalHost, one.account)
	copied := *one
	one.post("/sign-out", nil).want(t, http.StatusSeeOther)
	if one.session() != nil || !copied.signedOut() || other.signedOut() {
		t.Error("signing out ends this session and no other")
	}
	page := other.get("/account").want(t, http.StatusOK).Body
	if count := strings.Count(page, `name="session"`); count != 2 {
		t.Errorf("%d sessions are listed, want 2", count)
	}
	portal.get("/account").want(t, http.StatusOK)
	id := n.count("SELECT id FROM session WHERE host = 'localhost'")
	other.post("/account", url.Values{"action": {"end"}, "session": {fmt.Sprint(id)}}).want(t, http.StatusSeeOther)
	portal.get("/account").want(t, http.StatusSeeOther)
	third := one.again()
	if to := other.post("/account", url.Values{"action": {"everywhere"}}).want(t, http.StatusSeeOther).location(); to != "/sign-in" {
		t.Errorf("led to %s", to)
	}
	if !other.signedOut() || !third.signedOut() {
		t.Error("not signed out everywhere")
	}
	mallory := n.editor(n.ar, "Mallory")
	mallory.post("/account", url.Values{"action": {"end"}, "session": {fmt.Sprint(id)}}).want(t, http.StatusNotFound)
	mallory.post("/account", url.Values{"action": {"bake"}}).want(t, http.StatusUnprocessableEntity)
}

// TestWhatWasWrittenIsKept sends a form after its session has ended.
func TestWhatWasWrittenIsKept(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	rita := n.editor(n.pt, "Rita")
	n.exec("DELETE FROM session")
	a := rita.post("/newsroom/editors", url.Values{"body": {"Horas de trabalho <b>"}, "password": {"segredo"}}).want(t, http.StatusForbidden)
	if kept := htmltest.Text(t, a.Body, "textarea#kept"); !strings.Contains(kept, "Horas de trabalho <b>") || strings.Contains(kept, "segredo") {
		t.Errorf("kept %q", kept)
	}
}

// fetched is how browsers say where a request comes from.
type fetched struct{ site, origin string }

func TestNothingIsSentFromElsewhere(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	here, hub := n.admin(ptHost, "Rede"), n.admin(portalHost, "Rede")
	before := n.everything()
	for _, r := range routes(t) {
		if r.method != http.MethodPost {
			continue
		}
		p := here
		if r.host == "portal" {
			p = hub
		}
		for _, f := range []fetched{
			{"cross-site", "https://evil.example"}, {"same-site", "http://ar.localhost:8080"}, {"cross-site", "null"}, {"same-site", ""},
			{"", "null"}, {"", "https://evil.example"}, {"", "http://ar.localhost:8080"}, {"", "http://pt.localhost:8081"},
		} {
			address := pathWith(strings.ReplaceAll(r.pattern, "{code}", s.receipt[len("/receipts/"):]), s.id)
			a := p.from(f, address, url.Values{"title": {"X"}, "body": {"Escrito"}, "reason": {"X"}, "ticket": {n.mint(n.pt)}, "action": {"withdraw"}}).want(t, http.StatusForbidden)
			// a browser that hides where it is loses nothing, and no other site's words stand here
			if kept := strings.Contains(a.Body, "Escrito"); kept != (f == fetched{"", "null"}) {
				t.Errorf("%v: kept %t", f, kept)
			}
		}
	}
	if after := n.everything(); after != before {
		t.Errorf("something was changed from elsewhere: %s, was %s", after, before)
	}
	for _, f := range []fetched{{"same-origin", "http://" + ptHost}, {"none", ""}, {"", "http://" + ptHost}, {"", ""}} {
		n.stranger(ptHost).from(f, "/publish", url.Values{"ticket": {n.mint(n.pt)}, "title": {"De cá"}, "body": {"De cá."}, "action": {"publish"}}).want(t, http.StatusSeeOther)
	}
}

// from posts a form as a browser does on behalf of a page.
func (p *person) from(f fetched, path string, values url.Values) answer {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://"+p.host+path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range map[string]string{"Sec-Fetch-Site": f.site, "Origin": f.origin} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	p.http.ServeHTTP(w, r)
	return answer{Response: w.Result(), Body: w.Body.String()}
}

// everything tells whether anything at all was written.
func (n *network) everything() string {
	n.t.Helper()
	var sum string
	for _, table := range n.tables() {
		sum += fmt.Sprintf(" %s %d", table, n.count("SELECT coalesce(sum(hashtextextended(t::text, 0) % 1000003)::bigint, 0) FROM "+table+" t"))
	}
	return sum
}

// tables are those that hold what people did.
func (n *network) tables() []string {
	n.t.Helper()
	rows, err := n.pools.Primary.Query(n.t.Context(), `
		SELECT tablename FROM pg_tables
		WHERE schemaname = 'public' AND tablename NOT LIKE 'river%' AND tablename NOT LIKE 'goose%'
		ORDER BY tablename`)
	if err != nil {
		n.t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			n.t.Fatal(err)
		}
		list = append(list, name)
	}
	return list
}

// TestNothingChangesByReading asks for every address as the one who may do all.
func TestNothingChangesByReading(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	here, hub := n.admin(ptHost, "Rede"), n.admin(portalHost, "Rede")
	addresses := n.siteAddresses(s)
	before := n.everything()
	for _, r := range routes(t) {
		p, address := here, addresses[r.pattern]
		if r.host == "portal" {
			p = hub
		}
		if address == "" || r.host == "portal" {
			address = pathWith(r.pattern, s.id)
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if a := p.send(method, address+"?action=withdraw&reason=x&version=1", "", nil); a.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s %s: %d", method, address, a.StatusCode)
			}
		}
	}
	if after := n.everything(); after != before {
		t.Errorf("reading changed something: %s, was %s", after, before)
	}
}

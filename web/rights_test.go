package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// halting is a body that comes in two parts, with something in between.
type halting struct {
	io.Reader
	between func()
}

func haltingBody(text string, between func()) io.Reader {
	first, second := text[:len(text)/2], text[len(text)/2:]
	return io.MultiReader(strings.NewReader(first), &halting{strings.NewReader(second), between})
}

func (h *halting) Read(p []byte) (int, error) {
	if h.between != nil {
		h.between()
		h.between = nil
	}
	return h.Reader.Read(p)
}

// TestRightsEndInTheMiddleOfAForm takes rights away while the form of whoever
// had them is still on its way.
func TestRightsEndInTheMiddleOfAForm(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Greve")
	id := n.count("SELECT max(id) FROM article")
	for name, take := range map[string]func(a account.Account) error{
		"disabled": func(a account.Account) error {
			return account.Disable(t.Context(), n.pools.Primary, a.ID, modlog.ByOperator())
		},
		"revoked": func(a account.Account) error {
			return account.Revoke(t.Context(), n.pools.Primary, a.ID, n.pt.ID, modlog.ByOperator())
		},
		"signed out": func(a account.Account) error {
			return account.EndSessions(t.Context(), n.pools.Primary, a.ID, modlog.ByOperator())
		},
	} {
		for _, tt := range []struct {
			path   string
			values url.Values
		}{
			{fmt.Sprintf("/newsroom/articles/%d/hide", id), url.Values{"reason": {"Escrito com cuidado"}}},
			{"/newsroom/editors", url.Values{"email": {"eva@example.org"}, "body": {"Escrito com cuidado"}}},
			{"/newsroom/features", url.Values{"ticket": {n.mint(n.pt)}, "title": {"Escrito"}, "summary": {"com"}, "body": {"Escrito com cuidado"}}},
		} {
			rui := n.editor(n.pt, "Rui")
			before := n.count("SELECT count(*) FROM moderation_log")
			body, kind := multipartBody(t, tt.values)
			text, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			a := rui.send(http.MethodPost, tt.path, kind, haltingBody(string(text), func() {
				if err := take(rui.account); err != nil {
					t.Error(err)
				}
				before = n.count("SELECT count(*) FROM moderation_log")
			})).want(t, http.StatusForbidden)
			has(t, a.Body, "Escrito com cuidado")
			if now := n.count("SELECT count(*) FROM moderation_log"); now != before {
				t.Errorf("%s: %s was done", name, tt.path)
			}
			n.exec("UPDATE account SET disabled_at = NULL")
		}
	}
}

// TestFrozenInTheMiddleOfAForm freezes a collective, and has it hold posts for
// review, while a post is on its way.
func TestFrozenInTheMiddleOfAForm(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	send := func(title string, between func()) answer {
		t.Helper()
		body, kind := multipartBody(t, url.Values{"ticket": {n.mint(n.pt)}, "title": {title}, "body": {"Devagar."}, "action": {"publish"}})
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return n.do(http.MethodPost, ptHost, "/publish", kind, haltingBody(string(text), between))
	}
	send("Retido", func() { n.exec("UPDATE site SET hold_articles = true WHERE id = $1", n.pt.ID) }).want(t, http.StatusSeeOther)
	if n.count("SELECT count(*) FROM article WHERE state = 'pending' AND title = 'Retido'") != 1 {
		t.Error("a post that came while the collective began to hold posts is not held")
	}
	back := send("Tarde", func() {
		if err := site.SetState(t.Context(), n.pools.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
			t.Error(err)
		}
	}).want(t, http.StatusForbidden)
	has(t, back.Body, "Devagar.")
	if n.count("SELECT count(*) FROM article WHERE title = 'Tarde'") != 0 {
		t.Error("a frozen collective took a post")
	}
}

// TestSignedOutIsTold leads whoever has to sign in again to where they were.
func TestSignedOutIsTold(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.publish("Greve")
	at := fmt.Sprintf("/newsroom/articles/%d", n.count("SELECT max(id) FROM article"))
	rita := n.editor(n.pt, "Rita")
	n.exec("DELETE FROM session")
	page := rita.post(at+"/hide", url.Values{"reason": {"Não há fonte."}}).want(t, http.StatusForbidden).Body
	htmltest.Check(t, page, htmltest.In("h1", htmltest.HasText("Não tens sessão aberta")), htmltest.In("textarea#kept", htmltest.HasText("Não há fonte.")))
	if link := htmltest.Attr(t, page, "main .acts a", "href"); link != "/sign-in?next="+url.QueryEscape(at) {
		t.Errorf("led to %s", link)
	}
	if err := site.SetState(t.Context(), n.pools.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
		t.Fatal(err)
	}
	has(t, n.get("/publish").want(t, http.StatusForbidden).Body, "Este coletivo não está a aceitar nada de novo.")
}

// TestFollowedInvitationLeadsOn opens the link once more that made an editor.
func TestFollowedInvitationLeadsOn(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	link := n.invitationTo(n.pt)
	eva := n.stranger(ptHost)
	eva.post(link, url.Values{"name": {"Eva"}, "password": {password}}).want(t, http.StatusSeeOther)
	if to := eva.get(link).want(t, http.StatusSeeOther).location(); to != "/newsroom" {
		t.Errorf("led to %s", to)
	}
	has(t, n.stranger(ptHost).get(link).want(t, http.StatusGone).Body, `href="/sign-in"`)
}

// TestEntryFormsAreSmall refuses what nobody's password needs.
func TestEntryFormsAreSmall(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	big := url.Values{"email": {"rita@example.org"}, "name": {"Rita"}, "password": {strings.Repeat("a", 1<<20)}}
	for _, path := range []string{"/sign-in", n.invitationTo(n.pt)} {
		n.stranger(ptHost).post(path, big).want(t, http.StatusRequestEntityTooLarge)
	}
	n.editor(n.pt, "Rita").post("/account", big).want(t, http.StatusRequestEntityTooLarge)
}

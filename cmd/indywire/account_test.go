package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// accountJSON is what programs may rely on in the JSON of an account.
type accountJSON struct {
	Email, Name     string
	Admin, Disabled bool
	Sites           []struct{ Slug, Role string }
}

var setupLine = regexp.MustCompile(`(?m)^setup: (http://localhost:\d+)(/invitations/\S+)$`)

// setup is the path of the link that the running server offers, empty where it
// offers none. It is written right after the sites.
func (n *node) setup() string {
	n.t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if found := setupLine.FindStringSubmatch(n.said.String()); found != nil {
			return found[2]
		}
	}
	return ""
}

// TestAccounts makes the first admin by the link that the server offers, and
// then goes through what there is on the command line, beside the server.
func TestAccounts(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.serve()
	first := n.setup()
	n.stop(syscall.SIGTERM)
	n.serve()
	second := n.setup()
	portal := n.visit("localhost", "127.0.0.1")
	if first == "" || second == "" || first == second {
		t.Fatalf("the server offers %q and then %q", first, second)
	}
	portal.get(first).must(t, http.StatusGone)
	portal.get(second).must(t, http.StatusOK)
	filled := form{Values: url.Values{"email": {"ana@example.org"}, "name": {"Ana"}, "password": {"cavalo certo bateria"}}}
	if to := portal.post(second, filled).must(t, http.StatusSeeOther).location; to != "/network" {
		t.Errorf("the first admin is led to %s", to)
	}
	portal.post(second, filled).must(t, http.StatusGone)
	n.stop(syscall.SIGTERM)
	n.serve()
	if offered := n.setup(); offered != "" {
		t.Errorf("there is an admin, and the server offers %s", offered)
	}

	var made accountJSON
	n.mustWith("cavalo certo bateria\n", &made, "account", "create", "Rita@example.org", "--name", "Rita", "--password-stdin", "--json")
	if made.Email != "rita@example.org" || made.Name != "Rita" || made.Admin || made.Disabled || made.Sites == nil || len(made.Sites) != 0 {
		t.Errorf("made %+v", made)
	}
	n.refused(exitUsage, "--password-stdin", "account", "create", "eva@example.org", "--name", "Eva")
	n.must(nil, "site", "create", "news", "--name", "News", "--language", "en")
	var invite struct {
		URL     string
		Expires time.Time
	}
	n.must(&invite, "account", "invite", "rita@example.org", "--site", "news", "--role", "editor", "--json")
	if !strings.HasPrefix(invite.URL, "http://news.localhost:"+n.port+"/invitations/") || time.Until(invite.Expires) < 24*time.Hour {
		t.Errorf("invited %+v", invite)
	}
	news := n.visit("news.localhost", "127.0.0.1")
	joined := news.post(strings.TrimPrefix(invite.URL, "http://news.localhost:"+n.port), form{Values: url.Values{"password": {"cavalo certo bateria"}}}).must(t, http.StatusSeeOther)
	news.headers.Set("Cookie", strings.Split(joined.cookie, ";")[0])
	news.get("/newsroom").must(t, http.StatusOK)
	n.refused(exitFailure, "no site nowhere", "account", "invite", "rita@example.org", "--site", "nowhere")
	n.refused(exitUsage, "EMAIL", "account", "invite", "rita", "--site", "news")

	n.must(nil, "account", "disable", "rita@example.org")
	news.get("/newsroom").must(t, http.StatusSeeOther) // at once
	var list []accountJSON
	n.must(&list, "account", "list", "--json")
	if len(list) != 2 || list[0].Name != "Ana" || !list[0].Admin || !list[1].Disabled || len(list[1].Sites) != 1 || list[1].Sites[0].Slug != "news" || list[1].Sites[0].Role != "editor" {
		t.Errorf("listed %+v", list)
	}
	n.must(nil, "account", "enable", "rita@example.org")
	news.get("/newsroom").must(t, http.StatusSeeOther) // sessions do not come back
	n.refused(exitFailure, "no account", "account", "disable", "nobody@example.org")
	if out := n.must(nil, "account", "list"); !strings.Contains(out, "editor of news") {
		t.Errorf("listed %s", out)
	}
}

package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// a probe is one request and the status that it is to be answered with.
type probe struct {
	method, host, path string
	form               url.Values // of a POST
	status             int
}

func (p probe) String() string { return p.method + " " + p.host + p.path }

// fileOfMedia tells whether the answer is to be the bytes of somebody's file.
func (p probe) fileOfMedia() bool {
	return strings.HasPrefix(p.path, "/media/") && p.status == http.StatusOK && p.method != http.MethodPost
}

// siteAddresses has an address for every GET route of a site, by its pattern.
func (n *network) siteAddresses(s stock) map[string]string {
	topic, css := s.site.Topics[0].Slug, htmltest.Attr(n.t, n.ask(s.host, "/", nil).Body, `link[rel="stylesheet"]`, "href")
	return map[string]string{
		"/": "/", "/newswire": "/newswire?topic=" + topic, "/features": "/features", "/search": "/search?q=porto", "/archive": "/archive",
		"/archive/{year}/{month}": "/archive/" + n.now().UTC().Format("2006/01"),
		"/features/{id}":          path.Dir(s.feature), "/features/{id}/{slug}": s.feature, "/articles/{id}": path.Dir(s.article), "/articles/{id}/{slug}": s.article,
		"/topics/{slug}": "/topics/" + topic, "/topics/{slug}/feed.{format}": "/topics/" + topic + "/feed.atom", "/pages/{slug}": "/pages/" + s.page,
		"/feeds/newswire.{format}": "/feeds/newswire.atom", "/feeds/features.{format}": "/feeds/features.rss",
		"/feeds/comments.{format}": "/feeds/comments.json", "/feeds/podcast.rss": "/feeds/podcast.rss",
		"/hidden": "/hidden", "/moderation": "/moderation?subject=article", "/moderation.atom": "/moderation.atom",
		"/robots.txt": "/robots.txt", "/sitemap.xml": "/sitemap.xml", "/.well-known/security.txt": "/.well-known/security.txt",
		"/publish": "/publish", "/receipts": "/receipts", "/receipts/{code}": s.receipt,
		"/sign-in": "/sign-in", "/invitations/{token}": n.invitationTo(s.site),
		"/media/{id}/{rendition}": s.media, "/static/*": css, "/look/{accent:[0-9a-f]{6}}.css": "/look/b3122b.css",
	}
}

// invitationTo is the path of an invitation to a site or, without one, to the
// network.
func (n *network) invitationTo(st site.Site) string {
	n.t.Helper()
	by := modlog.ByOperator()
	made, err := account.InviteAdmin(n.t.Context(), n.pools.Primary, "convidada@example.org", by)
	if st.ID != 0 {
		made, err = account.InviteEditor(n.t.Context(), n.pools.Primary, "convidada@example.org", st.ID, by)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	return made.Token.Path()
}

// readings is a request for every GET route of both tables.
func (n *network) readings(s stock) []probe {
	n.t.Helper()
	var list []probe
	addresses := n.siteAddresses(s)
	for _, r := range routes(n.t) {
		if r.method != http.MethodGet {
			continue
		}
		p := probe{http.MethodGet, s.host, addresses[r.pattern], nil, http.StatusOK}
		if r.host == "portal" {
			p.host = portalHost
		}
		switch {
		case !r.permission.Open(): // nobody is led to the sign-in
			p.path, p.status = pathWith(r.pattern, 1), http.StatusSeeOther
		case r.pattern == "/invitations/{token}" && r.host == "portal":
			p.path = n.invitationTo(site.Site{})
		}
		if p.path == "" {
			n.t.Errorf("the walk has no address for GET %s on a %s: give it one", r.pattern, r.host)
			continue
		}
		if r.pattern == "/articles/{id}" || r.pattern == "/features/{id}" {
			p.status = http.StatusMovedPermanently
		}
		list = append(list, p)
	}
	return list
}

// refusals are requests that are answered with anything but a page that was
// asked for: led on, refused, not there, gone.
func (n *network) refusals(s stock) []probe {
	n.t.Helper()
	gone := n.publishOn(s.site, url.Values{"title": {"Vai-se"}, "body": {"Vai-se."}})
	at := n.articleOf(s.site, gone)
	n.postTo(s.host, gone, url.Values{"action": {"withdraw"}}).want(n.t, http.StatusSeeOther)
	frozen := n.site(site.Draft{Slug: "parado", Name: "Parado", Languages: s.site.Languages})
	if err := site.SetState(n.t.Context(), n.pools.Primary, modlog.ByOperator(), "parado", site.Frozen); err != nil {
		n.t.Fatal(err)
	}
	used := url.Values{"ticket": {n.mint(s.site)}, "title": {"Uma vez"}, "body": {"Uma vez."}}
	other := url.Values{"ticket": used["ticket"], "title": {"Outra vez"}, "body": {"Outra vez."}}
	get, post := http.MethodGet, http.MethodPost
	return []probe{
		{get, s.host, "/nowhere", nil, http.StatusNotFound},
		{get, s.host, "/articles/none/none", nil, http.StatusNotFound},
		{get, s.host, "/media/0123/none", nil, http.StatusNotFound},
		{get, s.host, "/static/none.css", nil, http.StatusNotFound},
		{get, s.host, "/look/ffffff.css", nil, http.StatusNotFound},
		{get, s.host, "/feeds/newswire.none", nil, http.StatusNotFound},
		{get, s.host, "/newswire?before=none", nil, http.StatusNotFound},
		{get, s.host, "/receipts/none", nil, http.StatusNotFound},
		{get, s.host, permalinkToComments(s.article), nil, http.StatusMovedPermanently},
		{get, s.host, path.Dir(s.article) + "/another", nil, http.StatusMovedPermanently},
		{get, s.host, at, nil, http.StatusGone},
		{get, portalHost, "/publish", nil, http.StatusNotFound},
		{get, "unknown.localhost:8080", "/", nil, http.StatusNotFound},
		{get, "127.0.0.1:8080", "/publish", nil, http.StatusNotFound},
		{get, "", "/", nil, http.StatusNotFound},
		{get, hostOf(frozen), "/publish", nil, http.StatusForbidden},
		{post, hostOf(frozen), "/publish", other, http.StatusForbidden},
		{post, s.host, "/", other, http.StatusMethodNotAllowed},
		{post, s.host, "/nowhere", other, http.StatusNotFound},
		{post, s.host, "/publish", used, http.StatusSeeOther},
		{post, s.host, "/publish", other, http.StatusConflict},
		{post, s.host, "/publish", url.Values{"title": {"Sem bilhete"}, "body": {"Sem bilhete."}}, http.StatusUnprocessableEntity},
		{post, s.host, "/receipts", url.Values{"code": {path.Base(s.receipt)}}, http.StatusSeeOther},
		{post, s.host, "/receipts", url.Values{"code": {"none"}}, http.StatusNotFound},
		{post, s.host, s.receipt, url.Values{"title": {""}}, http.StatusUnprocessableEntity},
		{post, s.host, permalinkToComments(s.article), url.Values{"body": {"Sim."}}, http.StatusSeeOther},
		{post, s.host, permalinkToComments(s.article), url.Values{"body": {""}}, http.StatusUnprocessableEntity},
		{post, s.host, permalinkToComments(at), url.Values{"body": {"Tarde."}}, http.StatusGone},
		{post, s.host, path.Dir(s.article) + "/reports", url.Values{"reason": {"Falso."}}, http.StatusSeeOther},
		{post, s.host, path.Dir(s.article) + "/reports", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity},
		{post, s.host, path.Dir(at) + "/reports", url.Values{"reason": {"Tarde."}}, http.StatusGone},
		{get, s.host, "/moderation?act=none", nil, http.StatusNotFound},
		{get, s.host, "/moderation?subject=account", nil, http.StatusNotFound},
		{get, s.host, "/hidden?before=none", nil, http.StatusNotFound},
		{"BREW", s.host, "/publish", nil, http.StatusMethodNotAllowed},
	}
}

// send sends a probe with a header that a proxy might set.
func (n *network) send(p probe, forwarded string) answer {
	n.t.Helper()
	r := httptest.NewRequestWithContext(n.t.Context(), p.method, "http://host"+p.path, strings.NewReader(p.form.Encode()))
	r.Host = p.host
	if p.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Cookie", "session=abc")
	r.Header.Set("X-Forwarded-Proto", forwarded)
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	return answer{Response: w.Result(), Body: w.Body.String()}
}

// TestEveryAnswerIsProtected walks every route and every way to be refused.
func TestEveryAnswerIsProtected(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	probes := append(n.readings(s), n.refusals(s)...)
	for _, p := range probes {
		a := n.send(p, "https") // from a stranger, who is not believed
		if a.StatusCode != p.status {
			t.Errorf("%s: status %d, want %d", p, a.StatusCode, p.status)
		}
		checkHeaders(t, p, a, "")
	}
	// as behind a proxy of ours, which names the scheme
	n.proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	n.serve()
	for _, p := range probes {
		checkHeaders(t, p, n.send(p, "https"), "max-age=31536000")
		checkHeaders(t, p, n.send(p, "http"), "")
	}
}

func checkHeaders(t *testing.T, p probe, a answer, hsts string) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Served-By": "testnode", "Strict-Transport-Security": hsts,
	} {
		if got := strings.Join(a.Header.Values(name), " and "); got != want {
			t.Errorf("%s: %s is %q, want %q", p, name, got, want)
		}
	}
	policy := a.Header.Values("Content-Security-Policy")
	need := []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
	if p.fileOfMedia() {
		need = []string{"sandbox", "default-src 'none'"}
	}
	for _, directive := range need {
		if len(policy) != 1 || !strings.Contains("; "+policy[0]+";", "; "+directive+";") {
			t.Errorf("%s: the policy %q lacks %q", p, policy, directive)
		}
	}
	for _, c := range a.Cookies() { // whoever wrote is shown it by every node
		if c.Name != "wal" || p.method != http.MethodPost || a.StatusCode >= http.StatusBadRequest || !c.HttpOnly || c.MaxAge > 30 {
			t.Errorf("%s sets %q", p, c)
		}
	}
	if len(a.Body) > 0 && a.Header.Get("Content-Type") == "" {
		t.Errorf("%s: the body has no type", p)
	}
}

// TestHeadIsGetWithoutBody asks for every address twice, and reads what comes
// over the wire: a client of net/http would swallow a body.
func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	server := httptest.NewServer(n.http)
	t.Cleanup(func() { server.Close(); server.Config.Handler = nil })
	for _, p := range append(n.readings(s), n.refusals(s)...) {
		if p.method != http.MethodGet || p.host == "" {
			continue
		}
		get, body := overTheWire(t, server.Listener.Addr(), p)
		if get.StatusCode != p.status || body == "" {
			t.Errorf("%s: %d with %d bytes, want %d with some", p, get.StatusCode, len(body), p.status)
		}
		p.method = http.MethodHead
		head, body := overTheWire(t, server.Listener.Addr(), p)
		if head.StatusCode != p.status || body != "" {
			t.Errorf("%s: %d with %d bytes, want %d with none", p, head.StatusCode, len(body), p.status)
		}
		for _, name := range []string{"Content-Type", "Cache-Control", "Content-Security-Policy", "Location", "Allow"} {
			if got, want := head.Header.Get(name), get.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, GET has %q", p, name, got, want)
			}
		}
	}
}

func overTheWire(t *testing.T, to net.Addr, p probe) (*http.Response, string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), to.Network(), to.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", p.method, p.path, p.host); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	a, err := http.ReadResponse(in, &http.Request{Method: http.MethodHead}) // stops after the headers
	if err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	_ = a.Body.Close()
	rest, err := io.ReadAll(in)
	if err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	return a, string(rest)
}

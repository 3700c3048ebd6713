package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// password is everybody's here.
const password = "cavalo certo bateria"

// person is somebody at one host, signed in or not, with the cookies of a
// browser of their own.
type person struct {
	*network
	host    string
	account account.Account
	cookies []*http.Cookie
}

// stranger has not signed in.
func (n *network) stranger(host string) *person { return &person{network: n, host: host} }

// editor is signed in on the host of a site, of which they are an editor.
func (n *network) editor(st site.Site, name string) *person {
	n.t.Helper()
	a := n.account(account.Draft{Email: emailOf(name), Name: name, Password: password}, st)
	return n.signedIn(hostOf(st), a)
}

// admin of the network is signed in on a host.
func (n *network) admin(host, name string) *person {
	n.t.Helper()
	return n.signedIn(host, n.account(account.Draft{Email: emailOf(name), Name: name, Password: password, Admin: true}))
}

func emailOf(name string) string {
	return strings.ToLower(strings.ReplaceAll(url.QueryEscape(name), "%", "")) + "@example.org"
}

// account makes an account, or finds the one of the address, and makes it an
// editor of the sites, by the ways that people have.
func (n *network) account(d account.Draft, sites ...site.Site) account.Account {
	n.t.Helper()
	ctx, by := n.t.Context(), modlog.ByOperator()
	a, err := account.ByEmail(ctx, n.pools.Primary, d.Email)
	if err != nil {
		if a, err = n.accounts.Create(ctx, d, by); err != nil {
			n.t.Fatal(err)
		}
	}
	for _, st := range sites {
		made, err := account.InviteEditor(ctx, n.pools.Primary, a.Email, st.ID, by)
		if err != nil {
			n.t.Fatal(err)
		}
		if a, err = n.accounts.Accept(ctx, st.ID, made.Token, account.Acceptance{Viewer: a.Viewer()}); err != nil {
			n.t.Fatal(err)
		}
	}
	return a
}

func (n *network) signedIn(host string, a account.Account) *person {
	n.t.Helper()
	p := &person{network: n, host: host, account: a}
	p.post("/sign-in", url.Values{"email": {a.Email}, "password": {password}}).want(n.t, http.StatusSeeOther)
	if p.session() == nil {
		n.t.Fatalf("signing in gave the cookies %v", p.cookies)
	}
	return p
}

// session is the cookie of somebody who is signed in; nil for others.
func (p *person) session() *http.Cookie {
	if i := slices.IndexFunc(p.cookies, func(c *http.Cookie) bool { return c.Name == "session" }); i >= 0 {
		return p.cookies[i]
	}
	return nil
}

func (p *person) get(path string) answer { return p.send(http.MethodGet, path, "", nil) }

// post sends a form as network.post does.
func (p *person) post(path string, values url.Values, files ...upload) answer {
	p.t.Helper()
	body, kind := multipartBody(p.t, values, files...)
	return p.send(http.MethodPost, path, kind, body)
}

func (p *person) send(method, path, contentType string, body io.Reader) answer {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), method, "http://"+p.host+path, body)
	r.Host = p.host
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	p.http.ServeHTTP(w, r)
	a := answer{Response: w.Result(), Body: w.Body.String()}
	p.keep(a.Cookies())
	return a
}

// keep keeps cookies as a browser does.
func (p *person) keep(set []*http.Cookie) {
	for _, c := range set {
		p.cookies = slices.DeleteFunc(slices.Clone(p.cookies), func(had *http.Cookie) bool { return had.Name == c.Name })
		if c.MaxAge >= 0 {
			p.cookies = append(p.cookies, c)
		}
	}
}

// acts are the entries of the log from the newest on, as "act subject".
func (n *network) acts(most int) []string {
	n.t.Helper()
	var list []string
	err := db.InTx(n.t.Context(), n.pools.Primary, func(tx pgx.Tx) error {
		rows, err := tx.Query(n.t.Context(), "SELECT act || ' ' || subject FROM moderation_log ORDER BY id DESC LIMIT $1", most)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return list
}

// pathWith puts a value in the place of each variable of a route's pattern.
func pathWith(pattern string, value any) string {
	for {
		begin, end := strings.IndexByte(pattern, '{'), strings.IndexByte(pattern, '}')
		if begin < 0 || end < begin {
			return pattern
		}
		pattern = pattern[:begin] + fmt.Sprint(value) + pattern[end+1:]
	}
}

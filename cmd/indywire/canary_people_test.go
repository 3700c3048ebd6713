package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// signIn lets an editor and an admin do what they do. Their passwords, tokens and
// links are secrets; their addresses stay in the tables of accounts.
func (w *watched) signIn() {
	w.t.Helper()
	email, password := w.let(address, "canaryadmin@example.org"), w.let(secret, "canarypassword of the admin")
	w.mustWith(password+"\n", nil, "account", "create", email, "--name", "Ana", "--admin", "--password-stdin")
	v := w.by(0)
	defer func(cookie []string) { v.headers["Cookie"] = cookie }(v.headers["Cookie"])
	v.post("/sign-in", w.credentials(email, "canarywrong password")).must(w.t, http.StatusUnprocessableEntity)
	v.post("/sign-in", w.credentials("canarynobody@example.org", "canarywrong password")).must(w.t, http.StatusUnprocessableEntity)
	w.let(secret, "canarywrong password")
	w.let(fleeting, "canarynobody@example.org")
	w.keep(v, v.post("/sign-in", w.credentials(email, password)).must(w.t, http.StatusSeeOther))
	v.get("/account").must(w.t, http.StatusOK)
	v.get("/newsroom/editors").must(w.t, http.StatusOK)

	var made struct{ URL string }
	invited := w.let(address, "canaryeditor@example.org")
	w.must(&made, "account", "invite", invited, "--site", "news", "--json")
	path := w.letInvitation(made.URL)
	v.get(path).must(w.t, http.StatusOK)
	fresh := w.let(secret, "canarypassword of the editor")
	w.keep(v, v.post(path, form{Values: url.Values{"name": {"Eva"}, "password": {fresh}}}).must(w.t, http.StatusSeeOther))
	v.get(path).must(w.t, http.StatusSeeOther) // whoever has followed it is led on
	v.get("/invitations/"+w.let(fleeting, "canarymadeuptoken")).must(w.t, http.StatusNotFound)
	changed := w.let(secret, "canarypassword changed")
	w.keep(v, v.post("/account", form{Values: url.Values{"action": {"password"}, "password": {fresh}, "fresh": {changed}, "again": {changed}}}).must(w.t, http.StatusSeeOther))
	v.post("/sign-out", form{Values: url.Values{}}).must(w.t, http.StatusSeeOther)
	w.must(nil, "account", "disable", invited)
}

func (w *watched) credentials(email, password string) form {
	return form{Values: url.Values{"email": {email}, "password": {password}, "next": {"/newsroom/" + w.let(fleeting, "canarynext")}}}
}

// keep goes on with the cookie of an answer, which is a secret.
func (w *watched) keep(v *visitor, r reply) {
	w.t.Helper()
	name, token, found := strings.Cut(strings.Split(r.cookie, ";")[0], "=")
	if !found || name != "session" {
		w.t.Fatalf("no session in %q", r.cookie)
	}
	v.headers["Cookie"] = []string{"session=" + w.let(secret, token)}
}

// letInvitation lets out the token of an invitation and answers its path.
func (a *aviary) letInvitation(link string) string {
	_, token, found := strings.Cut(strings.TrimSpace(link), "/invitations/")
	if !found {
		a.t.Fatalf("%q is no invitation", link)
	}
	return "/invitations/" + a.let(secret, token)
}

// mustWith is must with something on standard input.
func (n *node) mustWith(input string, v any, args ...string) {
	n.t.Helper()
	c := n.command(args...)
	c.Stdin = strings.NewReader(input)
	out, err := c.Output()
	if err != nil {
		n.t.Fatalf("indywire %v: %v\n%s", args, err, out)
	}
	if v != nil {
		if err := json.Unmarshal(out, v); err != nil {
			n.t.Fatalf("indywire %v: %v in\n%s", args, err, out)
		}
	}
}

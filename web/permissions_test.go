package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/account"
)

const goldenPermissions = "testdata/permissions.txt"

// walker is one column of the table of permissions.
type walker struct {
	name string
	role account.Role // on a collective's host
	here *person      // on the collective's host
	hub  *person      // on the portal
}

// TestPermissions sends a request to every address as everybody there is, and
// compares who was let in with a list that a person can read. -update writes the
// list anew.
func TestPermissions(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	walkers := n.walkers()
	heading := fmt.Sprintf("%-7s %-6s %-8s %-52s", "", "host", "takes", "address")
	for _, w := range walkers {
		heading += fmt.Sprintf(" %-9s", w.name)
	}
	lines := []string{}
	for _, r := range routes(t) {
		line := fmt.Sprintf("%-7s %-6s %-8s %-52s", r.method, r.host, r.permission, r.pattern)
		for _, w := range walkers {
			got := w.tries(r, s)
			line += fmt.Sprintf(" %-9s", got)
			role := w.role
			if r.host == "portal" && role == account.Editor {
				role = account.Member // of a collective, not of the portal
			}
			may := slices.Contains(r.permission.Roles(), role) && (!strings.Contains(r.pattern, "{code}") || w.name == "receipt")
			if may != (got == "yes") {
				t.Errorf("%s %s: %s gets %q, and the table of roles says %t", r.method, r.pattern, w.name, got, may)
			}
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	slices.Sort(lines)
	got := strings.TrimRight(heading, " ") + "\n" + strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(goldenPermissions, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenPermissions)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("who may do what is another (-want +got); go test ./web -run TestPermissions -update writes it anew:\n%s", diff)
	}
}

func (n *network) walkers() []walker {
	n.t.Helper()
	elsewhere := n.editor(n.ar, "Alhures").account
	editor := n.editor(n.pt, "Redatora").account
	admin := n.admin(portalHost, "Rede").account
	return []walker{
		{"nobody", account.Nobody, n.stranger(ptHost), n.stranger(portalHost)},
		{"receipt", account.Nobody, n.stranger(ptHost), n.stranger(portalHost)},
		{"elsewhere", account.Member, n.signedIn(ptHost, elsewhere), n.signedIn(portalHost, elsewhere)},
		{"editor", account.Editor, n.signedIn(ptHost, editor), n.signedIn(portalHost, editor)},
		{"admin", account.Admin, n.signedIn(ptHost, admin), n.signedIn(portalHost, admin)},
	}
}

// tries asks for an address and answers "yes", "sign in" or "no". Who gets past
// the permission may find nothing there, for most ids are made up, so that no
// walker changes what the next one sees; the code of a receipt is a real one for
// its holder.
func (w walker) tries(r tableRoute, s stock) string {
	p := w.here
	if r.host == "portal" {
		p = w.hub
	}
	if r.pattern == "/sign-out" { // with a session of its own, which it ends
		p = p.again()
	}
	code := "00000-00000-00000-00000-000000"
	if w.name == "receipt" {
		code = path.Base(s.receipt)
	}
	address := pathWith(strings.ReplaceAll(r.pattern, "{code}", code), 999_999_999)
	a := p.send(http.MethodGet, address, "", nil)
	if r.method == http.MethodPost {
		a = p.post(address, url.Values{})
	}
	switch {
	case a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.location(), "/sign-in"):
		return "sign in"
	case a.StatusCode == http.StatusForbidden, a.StatusCode == http.StatusNotFound && strings.Contains(r.pattern, "{code}"):
		return "no"
	}
	return "yes"
}

// again is the same person in a fresh browser.
func (p *person) again() *person {
	p.t.Helper()
	if p.account.ID == 0 {
		return p.stranger(p.host)
	}
	return p.signedIn(p.host, p.account)
}

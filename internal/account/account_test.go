package account_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

const password = "cavalo certo bateria"

var operator = modlog.ByOperator()

// office is a network with one site, in a transaction of the test's own.
type office struct {
	t    *testing.T
	tx   pgx.Tx
	desk account.Desk
	st   site.Site
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, tx: dbtest.Tx(t)}
	o.desk = account.Desk{DB: o.tx, Hasher: account.NewHasher(2)}
	o.st = o.site("tejo")
	return o
}

func (o *office) site(slug string) site.Site {
	o.t.Helper()
	st, err := site.Create(o.t.Context(), o.tx, modlog.ByOperator(), site.Draft{Slug: slug, Name: slug, Languages: []locale.Tag{"pt"}})
	if err != nil {
		o.t.Fatal(err)
	}
	return st
}

func (o *office) make(email, name string, admin bool) account.Account {
	o.t.Helper()
	a, err := o.desk.Create(o.t.Context(), account.Draft{Email: email, Name: name, Password: password, Admin: admin}, operator)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

func (o *office) invite(email string) account.Token {
	o.t.Helper()
	made, err := account.InviteEditor(o.t.Context(), o.tx, email, o.st.ID, operator)
	if err != nil {
		o.t.Fatal(err)
	}
	return made.Token
}

func (o *office) accept(t account.Token, a account.Acceptance) (account.Account, error) {
	return o.desk.Accept(o.t.Context(), o.st.ID, t, a)
}

// acts are the entries of the log since the nth, oldest first.
func (o *office) acts(since int) []string {
	o.t.Helper()
	rows, err := o.tx.Query(o.t.Context(), "SELECT act || ' ' || subject FROM moderation_log WHERE subject IN ('account', 'invitation') ORDER BY id OFFSET $1", since)
	if err != nil {
		o.t.Fatal(err)
	}
	acts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		o.t.Fatal(err)
	}
	return acts
}

func (o *office) wantActs(since int, want ...string) {
	o.t.Helper()
	if got := o.acts(since); !slices.Equal(got, want) {
		o.t.Errorf("the log holds %q, want %q", got, want)
	}
}

func fieldsOf(err error) string {
	var names []string
	for _, f := range fault.Fields(err) {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func TestCreateRefusesWhatDoesNotDo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.make("Rita@Example.org ", "Rita", false)
	for _, tt := range []struct {
		draft  account.Draft
		kind   fault.Kind
		fields string
	}{
		{account.Draft{}, fault.Invalid, "email name password"},
		{account.Draft{Email: "nobody", Name: "A", Password: password}, fault.Invalid, "email"},
		{account.Draft{Email: "A <a@example.org>", Name: "A", Password: password}, fault.Invalid, "email"},
		{account.Draft{Email: "a@example.org", Name: strings.Repeat("ã", 61), Password: password}, fault.Invalid, "name"},
		{account.Draft{Email: "a@example.org", Name: "A", Password: "nine char"}, fault.Invalid, "password"},
		{account.Draft{Email: "a@example.org", Name: "A", Password: strings.Repeat("a", 201)}, fault.Invalid, "password"},
		{account.Draft{Email: "RITA@example.org", Name: "Other", Password: password}, fault.Conflict, "email"},
		{account.Draft{Email: "other@example.org", Name: "RITA", Password: password}, fault.Conflict, "name"},
	} {
		_, err := o.desk.Create(t.Context(), tt.draft, operator)
		if fault.KindOf(err) != tt.kind || fieldsOf(err) != tt.fields {
			t.Errorf("%+v: %v at %q, want %s at %q", tt.draft, err, fieldsOf(err), tt.kind, tt.fields)
		}
		if err != nil && strings.Contains(err.Error(), "example.org") {
			t.Errorf("the error names an address: %v", err)
		}
	}
}

func TestSignInSaysTheSameToAllWhoMayNot(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rita, out := o.make("rita@example.org", "Rita", false), o.make("out@example.org", "Out", false)
	if err := account.Disable(t.Context(), o.tx, out.ID, operator); err != nil {
		t.Fatal(err)
	}
	a, err := o.desk.SignIn(t.Context(), " RITA@example.org", password)
	if err != nil || a.ID != rita.ID {
		t.Fatalf("signed in as %v, %v", a, err)
	}
	// e and an accent are é (NFC)
	accented, err := o.desk.Create(t.Context(), account.Draft{Email: "e@example.org", Name: "É", Password: "caf\u00e9 com leite"}, operator)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := o.desk.SignIn(t.Context(), "e@example.org", "cafe\u0301 com leite"); err != nil || a.ID != accented.ID {
		t.Errorf("another keyboard's é: %v", err)
	}
	var texts []string
	for _, tt := range [][2]string{{"rita@example.org", "wrong password"}, {"rita@example.org", ""}, {"unknown@example.org", password}, {"", ""}, {"out@example.org", password}} {
		before := o.desk.Hasher.Made()
		_, err := o.desk.SignIn(t.Context(), tt[0], tt[1])
		if !fault.Is(err, fault.Invalid) {
			t.Fatalf("%q: %v", tt[0], err)
		}
		if cost := o.desk.Hasher.Made() - before; cost != 1 {
			t.Errorf("%q cost %d hashes, want 1", tt[0], cost)
		}
		texts = append(texts, fmt.Sprint(err, fault.Fields(err)))
	}
	if len(slices.Compact(texts)) != 1 {
		t.Errorf("the answers differ: %q", texts)
	}
}

// TestHashesAreBounded has a hundred people sign in at once. Each hash takes 19
// MiB, so all of them at once would take 1.9 GB.
func TestHashesAreBounded(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(2)
	made, err := h.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() {
			if ok, err := h.Matches(t.Context(), made, password); err != nil && !fault.Is(err, fault.Busy) || err == nil && !ok {
				t.Errorf("matches %t, %v", ok, err)
			}
		})
	}
	done, most := make(chan struct{}), uint64(0)
	go func() { wait.Wait(); close(done) }()
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		case <-time.After(time.Millisecond):
			most = max(most, heap())
		}
	}
	if grown := int64(most) - int64(before); grown > 600<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	full := account.NewHasher(0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := full.Hash(ctx, password); !fault.Is(err, fault.Busy) {
		t.Errorf("without a place: %v, want busy", err)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestPasswordsAreHashedAnewWhenTheCostRises(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.make("rita@example.org", "Rita", false)
	// argon2id of the password at a quarter of today's memory
	cheap := account.HashAt(t, password, 4*1024)
	if _, err := o.tx.Exec(t.Context(), "UPDATE account SET password = $2 WHERE id = $1", a.ID, cheap); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := o.desk.SignIn(t.Context(), a.Email, password); err != nil {
			t.Fatal(err)
		}
	}
	var kept string
	if err := o.tx.QueryRow(t.Context(), "SELECT password FROM account WHERE id = $1", a.ID).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if kept == cheap || !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept %.40s", kept)
	}
}

func TestInvitationMakesAnEditorOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.invite("Eva@example.org")
	i, err := account.InvitationBy(t.Context(), o.tx, o.st.ID, token)
	if err != nil || i.Email != "eva@example.org" || i.Known || i.Role != account.Editor {
		t.Fatalf("invitation %+v, %v", i, err)
	}
	other := o.site("sado")
	for _, st := range []site.ID{0, other.ID} {
		if _, err := account.InvitationBy(t.Context(), o.tx, st, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("site %d knows it: %v", st, err)
		}
	}
	for name, a := range map[string]account.Acceptance{"name": {Password: password}, "password": {Name: "Eva", Password: "short"}} {
		if _, err := o.accept(token, a); fieldsOf(err) != name {
			t.Errorf("%+v: %v", a, err)
		}
	}
	eva, err := o.accept(token, account.Acceptance{Name: " Eva\x00 ", Password: password, Email: "ignored@example.org"})
	if err != nil || eva.Email != "eva@example.org" || eva.Name != "Eva" || !eva.Viewer().May(account.Moderate, o.st.ID) || eva.Viewer().May(account.Moderate, other.ID) {
		t.Fatalf("joined %+v, %v", eva, err)
	}
	if _, err := o.accept(token, account.Acceptance{Name: "Again", Password: password}); !fault.Is(err, fault.Gone) {
		t.Errorf("followed twice: %v", err)
	}
	if _, err := o.accept("made-up", account.Acceptance{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a made-up token: %v", err)
	}
	o.wantActs(0, "invite invitation", "register account", "grant account")
}

func TestInvitationNeverSetsAPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rita := o.make("rita@example.org", "Rita", false)
	token := o.invite("rita@example.org")
	for _, a := range []account.Acceptance{{}, {Name: "Mallory", Password: "another password"}, {Viewer: account.Viewer{ID: rita.ID + 1}}} {
		if _, err := o.accept(token, a); fieldsOf(err) != "password" {
			t.Errorf("%+v: %v", a, err)
		}
	}
	joined, err := o.accept(token, account.Acceptance{Name: "Mallory", Password: password})
	if err != nil || joined.ID != rita.ID || joined.Name != "Rita" || len(joined.Roles) != 1 {
		t.Fatalf("joined %+v, %v", joined, err)
	}
	if _, err := o.desk.SignIn(t.Context(), rita.Email, password); err != nil {
		t.Errorf("the password has changed: %v", err)
	}
	since := len(o.acts(0))
	if _, err := o.accept(o.invite("rita@example.org"), account.Acceptance{Viewer: joined.Viewer()}); err != nil {
		t.Errorf("signed in already: %v", err)
	}
	o.wantActs(since, "invite invitation") // the role was there
}

func TestInvitationExpires(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.invite("eva@example.org")
	if _, err := o.tx.Exec(t.Context(), "UPDATE invitation SET expires_at = now()"); err != nil {
		t.Fatal(err)
	}
	if _, err := account.InvitationBy(t.Context(), o.tx, o.st.ID, token); !fault.Is(err, fault.Gone) {
		t.Errorf("expired: %v", err)
	}
	if _, err := o.accept(token, account.Acceptance{Name: "Eva", Password: password}); !fault.Is(err, fault.Gone) {
		t.Errorf("expired: %v", err)
	}
	if open, err := account.OpenInvitations(t.Context(), o.tx, o.st.ID); err != nil || len(open) != 0 {
		t.Errorf("open are %v, %v", open, err)
	}
	if err := (&account.Forgetter{DB: o.tx}).Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var kept int
	if err := o.tx.QueryRow(t.Context(), "SELECT count(*) FROM invitation WHERE email <> ''").Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d addresses of invitations that are over are kept, %v", kept, err)
	}
}

// TestOneInvitationTwiceAtOnce follows one link from two browsers.
func TestOneInvitationTwiceAtOnce(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	st, err := site.Create(t.Context(), pools.Primary, modlog.ByOperator(), site.Draft{Slug: "tejo", Name: "Tejo", Languages: []locale.Tag{"pt"}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := account.InviteEditor(t.Context(), pools.Primary, "eva@example.org", st.ID, operator)
	if err != nil {
		t.Fatal(err)
	}
	desk := account.Desk{DB: pools.Primary, Hasher: account.NewHasher(4)}
	results := make(chan error, 4)
	for n := range 4 {
		go func() {
			_, err := desk.Accept(context.Background(), st.ID, made.Token, account.Acceptance{Name: fmt.Sprint("Eva ", n), Password: password})
			results <- err
		}()
	}
	joined := 0
	for range 4 {
		if err := <-results; err == nil {
			joined++
		} else if !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Invalid) { // the link is used, or the account is there by now
			t.Errorf("the other one: %v", err)
		}
	}
	accounts, err := account.All(t.Context(), pools.Primary)
	if joined != 1 || err != nil || len(accounts) != 1 {
		t.Errorf("%d joined, %d accounts, %v", joined, len(accounts), err)
	}
}

func TestSetupMakesTheFirstAdminOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first, needed, err := account.Setup(t.Context(), o.tx)
	if err != nil || !needed {
		t.Fatal(needed, err)
	}
	second, needed, err := account.Setup(t.Context(), o.tx)
	if err != nil || !needed || second.Token == first.Token {
		t.Fatal(needed, err)
	}
	filled := account.Acceptance{Email: "Ana@example.org", Name: "Ana", Password: password}
	if _, err := o.desk.Accept(t.Context(), 0, first.Token, filled); !fault.Is(err, fault.Gone) {
		t.Errorf("the link of the start before: %v", err)
	}
	if _, err := o.desk.Accept(t.Context(), 0, second.Token, account.Acceptance{Name: "Ana", Password: password}); fieldsOf(err) != "email" {
		t.Errorf("without an address: %v", err)
	}
	ana, err := o.desk.Accept(t.Context(), 0, second.Token, filled)
	if err != nil || !ana.Admin || ana.Email != "ana@example.org" {
		t.Fatalf("made %+v, %v", ana, err)
	}
	if _, needed, err := account.Setup(t.Context(), o.tx); err != nil || needed {
		t.Errorf("needed once more: %t, %v", needed, err)
	}
	// a setup link is void as soon as there is an admin by any other way
	if err := account.Disable(t.Context(), o.tx, ana.ID, operator); err != nil {
		t.Fatal(err)
	}
	third, needed, err := account.Setup(t.Context(), o.tx)
	if err != nil || !needed {
		t.Fatal(needed, err)
	}
	o.make("eva@example.org", "Eva", true)
	filled.Email, filled.Name = "mallory@example.org", "Mallory"
	if _, err := o.desk.Accept(t.Context(), 0, third.Token, filled); !fault.Is(err, fault.Gone) {
		t.Errorf("there is an admin: %v", err)
	}
}

func TestRightsAreTakenAway(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ana := o.make("ana@example.org", "Ana", true)
	by := ana.Viewer().Actor()
	eva, err := o.accept(o.invite("eva@example.org"), account.Acceptance{Name: "Eva", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	since := len(o.acts(0))
	for range 2 { // the second time changes nothing
		if err := account.Disable(t.Context(), o.tx, eva.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := account.Enable(t.Context(), o.tx, eva.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := account.Revoke(t.Context(), o.tx, eva.ID, o.st.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	if err := account.Rename(t.Context(), o.tx, eva.ID, "Evita"); err != nil {
		t.Fatal(err)
	}
	if err := account.Rename(t.Context(), o.tx, eva.ID, "ANA"); fieldsOf(err) != "name" || !fault.Is(err, fault.Conflict) {
		t.Errorf("another's name: %v", err)
	}
	o.wantActs(since, "disable account", "enable account", "revoke account", "rename account")
	if now, err := account.ByID(t.Context(), o.tx, eva.ID); err != nil || now.Viewer().May(account.Moderate, o.st.ID) || now.Name != "Evita" {
		t.Errorf("now %+v, %v", now, err)
	}
	if err := account.Disable(t.Context(), o.tx, ana.ID, by); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last admin: %v", err)
	}
	if err := account.Disable(t.Context(), o.tx, 1<<40, by); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	here, elsewhere := site.ID(1), site.ID(2)
	people := map[account.Role]account.Viewer{
		account.Nobody: {}, account.Member: {ID: 1, Sites: []site.ID{elsewhere}},
		account.Editor: {ID: 2, Sites: []site.ID{here}}, account.Admin: {ID: 3, Admin: true},
	}
	for role, v := range people {
		if v.At(here) != role {
			t.Errorf("%+v is %s here", v, v.At(here))
		}
		for _, p := range []account.Permission{account.Read, account.Publish, account.Return, account.Enter, account.Self, account.Moderate, account.Feature, account.Furnish, account.Invite, account.Govern} {
			if len(p.Roles()) == 0 || v.May(p, here) != slices.Contains(p.Roles(), role) {
				t.Errorf("%s may %s: %t", role, p, v.May(p, here))
			}
		}
		if v.May("unheard-of", here) {
			t.Errorf("%s may do what is not in the table", role)
		}
	}
	if people[account.Editor].May(account.Govern, 0) || people[account.Editor].At(0) != account.Member || !people[account.Admin].May(account.Govern, 0) {
		t.Error("on the portal only admins are more than members")
	}
}

// TestNoNameLooksLikeAnother takes a name once, however it is disguised.
func TestNoNameLooksLikeAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.make("rita@example.org", "Rita Sá", false)
	for i, name := range []string{"RITA SÁ", "Rita Sa\u0301", "Rita\u200b Sá", "Ri\u00adta Sá", "\u200eRita Sá", "Ｒｉｔａ Sá", "Rita\u2060 Sá", "Rita  Sá", "Rita\u00a0Sá", "Ri\u200dta Sá"} {
		_, err := o.desk.Create(t.Context(), account.Draft{Email: fmt.Sprint(i, "@example.org"), Name: name, Password: password}, operator)
		if fieldsOf(err) != "name" || !fault.Is(err, fault.Conflict) {
			t.Errorf("%+q is taken for another name: %v", name, err)
		}
	}
	for i, name := range []string{"\u200b", "\u3164", "\u2800", "…", "-", "\u2067\u2069"} {
		_, err := o.desk.Create(t.Context(), account.Draft{Email: fmt.Sprint("n", i, "@example.org"), Name: name, Password: password}, operator)
		if fieldsOf(err) != "name" || !fault.Is(err, fault.Invalid) {
			t.Errorf("%+q is taken for a name: %v", name, err)
		}
	}
}

// TestInvitationsEndWithTheRightToMakeThem prepares ways back for somebody whose
// rights are about to be taken.
func TestInvitationsEndWithTheRightToMakeThem(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(o *office, rui account.Account) error{
		"revoked": func(o *office, rui account.Account) error {
			return account.Revoke(t.Context(), o.tx, rui.ID, o.st.ID, operator)
		},
		"disabled": func(o *office, rui account.Account) error {
			return account.Disable(t.Context(), o.tx, rui.ID, operator)
		},
		"demoted": func(o *office, rui account.Account) error { return account.Demote(t.Context(), o.tx, rui.ID, operator) },
	} {
		t.Run(name, func(t *testing.T) { waysBackEnd(t, end) })
	}
}

func waysBackEnd(t *testing.T, end func(o *office, rui account.Account) error) {
	t.Helper()
	o := newOffice(t)
	rui := o.make("rui@example.org", "Rui", true)
	if _, err := o.accept(o.invite(rui.Email), account.Acceptance{Viewer: rui.Viewer()}); err != nil {
		t.Fatal(err)
	}
	other := o.invite("eva@example.org") // by the operator, for somebody else: it stays
	tokens := []account.Token{o.invite(rui.Email)}
	for _, email := range []string{rui.Email, "friend@example.org"} {
		made, err := account.InviteEditor(t.Context(), o.tx, email, o.st.ID, rui.Viewer().Actor())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, made.Token)
	}
	if err := end(o, rui); err != nil {
		t.Fatal(err)
	}
	for i, token := range tokens {
		if _, err := account.InvitationBy(t.Context(), o.tx, o.st.ID, token); !fault.Is(err, fault.Gone) {
			t.Errorf("invitation %d leads back: %v", i, err)
		}
	}
	if _, err := account.InvitationBy(t.Context(), o.tx, o.st.ID, other); err != nil {
		t.Errorf("another's invitation ended: %v", err)
	}
}

// TestTwoAdminsDisableOneAnother at the same time: one of them stays.
func TestTwoAdminsDisableOneAnother(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	desk := account.Desk{DB: pools.Primary, Hasher: account.NewHasher(1)}
	var admins [2]account.Account
	for i := range admins {
		made, err := desk.Create(t.Context(), account.Draft{Email: fmt.Sprint(i, "@example.org"), Name: fmt.Sprint("Admin ", i), Password: password, Admin: true}, operator)
		if err != nil {
			t.Fatal(err)
		}
		admins[i] = made
	}
	for range 20 {
		results := make(chan error, 2)
		for i := range admins {
			go func() {
				results <- account.Disable(context.Background(), pools.Primary, admins[1-i].ID, admins[i].Viewer().Actor())
			}()
		}
		done := 0
		for range admins {
			switch err := <-results; {
			case err == nil:
				done++
			case !fault.Is(err, fault.Conflict):
				t.Errorf("the other one: %v", err)
			}
		}
		if done != 1 {
			t.Fatalf("%d of two were disabled, want 1", done)
		}
		for _, a := range admins {
			if err := account.Enable(t.Context(), pools.Primary, a.ID, operator); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestQueueIsBounded has more wait for a place than may, and a password that is
// far too long.
func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(0) // nobody ever has a turn
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 200)
	for range 200 {
		go func() {
			_, err := h.Hash(ctx, password)
			waiting <- err
		}()
	}
	for range 200 - 64 { // sent away at once, while the others wait
		if err := <-waiting; !fault.Is(err, fault.Busy) {
			t.Errorf("one too many: %v", err)
		}
	}
	cancel()
	for range 64 {
		<-waiting
	}
	o := newOffice(t)
	o.make("rita@example.org", "Rita", false)
	before := o.desk.Hasher.Made()
	if _, err := o.desk.SignIn(t.Context(), "rita@example.org", strings.Repeat("a", 1<<20)); !fault.Is(err, fault.Invalid) || o.desk.Hasher.Made() != before+1 {
		t.Errorf("a megabyte of password: %v", err)
	}
}

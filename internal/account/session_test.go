package account_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

func (o *office) sessions() account.Sessions {
	return account.Sessions{DB: o.tx, Newest: func() db.Querier { return o.tx }}
}

// begin begins a session as web does, and answers its data.
func (o *office) begin(token string, a account.Account) error {
	o.t.Helper()
	b, err := json.Marshal(account.SessionData{Account: a.ID, Epoch: a.Epoch, Host: "tejo.localhost", Deadline: time.Now().Add(account.SessionLife)})
	if err != nil {
		o.t.Fatal(err)
	}
	return o.sessions().CommitCtx(o.t.Context(), token, b, time.Time{})
}

func (o *office) found(token string) bool {
	o.t.Helper()
	b, found, err := o.sessions().FindCtx(o.t.Context(), token)
	if err != nil {
		o.t.Fatal(err)
	}
	if found {
		var d account.SessionData
		if err := json.Unmarshal(b, &d); err != nil || d.ID == 0 || d.Host != "tejo.localhost" {
			o.t.Errorf("found %s, %v", b, err)
		}
	}
	return found
}

func (o *office) exec(sql string, args ...any) {
	o.t.Helper()
	if _, err := o.tx.Exec(o.t.Context(), sql, args...); err != nil {
		o.t.Fatal(err)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.make("rita@example.org", "Rita", false)
	by := o.make("ana@example.org", "Ana", true).Viewer().Actor()
	for name, end := range map[string]func(){
		"deleted":              func() { _ = o.sessions().DeleteCtx(t.Context(), "x") },
		"deadline":             func() { o.exec("UPDATE session SET deadline = now()") },
		"idle":                 func() { o.exec("UPDATE session SET seen_at = now() - $1::interval", account.SessionIdle) },
		"account was disabled": func() { o.exec("UPDATE account SET disabled_at = now() WHERE id = $1", a.ID) },
		"all were ended":       func() { _ = account.EndSessions(t.Context(), o.tx, a.ID, by) },
	} {
		a, err := account.ByID(t.Context(), o.tx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.begin("x", a); err != nil || !o.found("x") {
			t.Fatalf("%s: it did not begin: %v", name, err)
		}
		end()
		if o.found("x") {
			t.Errorf("%s: it goes on", name)
		}
		if list, err := account.SessionsOf(t.Context(), o.tx, a.ID); err != nil || len(list) != 0 {
			t.Errorf("%s: listed are %v, %v", name, list, err)
		}
		o.exec("UPDATE account SET disabled_at = NULL")
		o.exec("DELETE FROM session")
	}
	if o.found("unknown") {
		t.Error("an unknown token has a session")
	}
}

// TestEndedSessionsStayEnded writes a session that was under way when all ended.
func TestEndedSessionsStayEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.make("rita@example.org", "Rita", false)
	if err := o.begin("x", a); err != nil {
		t.Fatal(err)
	}
	if err := account.EndSessions(t.Context(), o.tx, a.ID, a.Viewer().Actor()); err != nil {
		t.Fatal(err)
	}
	if err := o.begin("x", a); !fault.Is(err, fault.Denied) || o.found("x") {
		t.Errorf("it came back: %v", err)
	}
	fresh, err := account.ByID(t.Context(), o.tx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.begin("y", fresh); err != nil || !o.found("y") {
		t.Errorf("signing in anew: %v", err)
	}
}

func TestUseOfASessionIsNotedNowAndThen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.make("rita@example.org", "Rita", false)
	if err := o.begin("x", a); err != nil {
		t.Fatal(err)
	}
	seen := func() (at time.Time) {
		if err := o.tx.QueryRow(t.Context(), "SELECT seen_at FROM session").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	o.exec("UPDATE session SET seen_at = now() - interval '4 minutes'")
	before := seen()
	if o.found("x"); !seen().Equal(before) {
		t.Error("each request writes")
	}
	o.exec("UPDATE session SET seen_at = now() - interval '6 minutes'")
	before = seen()
	if o.found("x"); !seen().After(before) {
		t.Error("a used session looks idle")
	}
}

func TestOneSessionOfTheOwn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a, b := o.make("rita@example.org", "Rita", false), o.make("eva@example.org", "Eva", false)
	if err := o.begin("x", a); err != nil {
		t.Fatal(err)
	}
	list, err := account.SessionsOf(t.Context(), o.tx, a.ID)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := account.EndSession(t.Context(), o.tx, b.ID, list[0].ID); !fault.Is(err, fault.NotFound) || !o.found("x") {
		t.Errorf("another's session: %v", err)
	}
	if err := account.EndSession(t.Context(), o.tx, a.ID, list[0].ID); err != nil || o.found("x") {
		t.Errorf("the own session: %v", err)
	}
}

func TestNewPasswordEndsSessions(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.make("rita@example.org", "Rita", false)
	if err := o.begin("x", a); err != nil {
		t.Fatal(err)
	}
	const fresh = "bateria certa cavalo"
	if _, err := o.desk.SetPassword(t.Context(), a.Viewer(), "wrong password", fresh); fieldsOf(err) != "password" {
		t.Errorf("with the wrong one: %v", err)
	}
	if _, err := o.desk.SetPassword(t.Context(), a.Viewer(), password, "short"); fieldsOf(err) != "fresh" {
		t.Errorf("too short: %v", err)
	}
	if !o.found("x") {
		t.Fatal("a change that failed ended the session")
	}
	now, err := o.desk.SetPassword(t.Context(), a.Viewer(), password, fresh)
	if err != nil || o.found("x") {
		t.Fatalf("changed: %v", err)
	}
	if err := o.begin("y", now); err != nil {
		t.Errorf("the one that goes on: %v", err)
	}
	if _, err := o.desk.SignIn(t.Context(), a.Email, password); !fault.Is(err, fault.Invalid) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := o.desk.SignIn(t.Context(), a.Email, fresh); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestForgetterDeletesEndedSessions(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.make("rita@example.org", "Rita", false)
	for _, token := range []string{"x", "y", "z"} {
		if err := o.begin(token, a); err != nil {
			t.Fatal(err)
		}
	}
	o.exec("UPDATE session SET deadline = now() - interval '1 second' WHERE token_hash = 'x'")
	o.exec("UPDATE session SET seen_at = now() - $1::interval - interval '1 second' WHERE token_hash = 'y'", account.SessionIdle)
	if err := (&account.Forgetter{DB: o.tx}).Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var left string
	if err := o.tx.QueryRow(t.Context(), "SELECT string_agg(token_hash, ' ') FROM session").Scan(&left); err != nil || left != "z" {
		t.Errorf("left %q, %v", left, err)
	}
}

// TestSessionCountsOnceASecondServerHasIt: neither its beginning nor its end is
// taken for done where the server says that no standby confirmed it.
func TestSessionCountsOnceASecondServerHasIt(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	made, err := account.Desk{DB: pools.Primary, Hasher: account.NewHasher(1)}.Create(t.Context(), account.Draft{Email: "rita@example.org", Name: "Rita", Password: password}, operator)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pools.Primary.Exec(t.Context(), `
CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	RAISE WARNING 'canceling wait for synchronous replication due to user request';
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER warns AFTER INSERT OR DELETE ON session DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()`)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(account.SessionData{Account: made.ID, Epoch: made.Epoch, Host: "tejo.localhost", Deadline: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	store := account.Sessions{DB: pools.Primary, Newest: pools.Newest}
	if err := store.CommitCtx(t.Context(), "x", b, time.Time{}); !fault.Is(err, fault.Busy) {
		t.Errorf("it began: %v", err)
	}
	if err := store.DeleteCtx(t.Context(), "x"); !fault.Is(err, fault.Busy) {
		t.Errorf("it ended: %v", err)
	}
}

package web_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestNothingIsAcknowledgedThatStandsOnOneServer: a commit is cut short in its wait
// for a second server, and stands. Whoever sends the same again meets it by its key,
// and is told that all is well once it is confirmed, and not before.
func TestNothingIsAcknowledgedThatStandsOnOneServer(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	n.hold = 500 * time.Millisecond
	n.serve()
	ines := n.editor(n.pt, "Inês")
	form := n.filled("Num só servidor")
	primary, err := pgx.Connect(t.Context(), pair.Primary())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = primary.Close(context.Background()) }()
	do := func(sql string) {
		t.Helper()
		if _, err := primary.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	do("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	do("SELECT pg_reload_conf()")
	waitFor(t, func() bool {
		var names string
		return primary.QueryRow(t.Context(), "SHOW synchronous_standby_names").Scan(&names) == nil && names == "nobody"
	})
	cutting, stop := context.WithCancel(t.Context())
	var cut sync.WaitGroup
	cut.Go(func() {
		for cutting.Err() == nil {
			_, _ = primary.Exec(t.Context(), "SELECT pg_cancel_backend(pid), pg_sleep(0.02) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
			time.Sleep(20 * time.Millisecond)
		}
	})
	for range 2 {
		back := n.post("/publish", form).want(t, http.StatusServiceUnavailable)
		if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("ticket") != form.Get("ticket") {
			t.Errorf("the form came back as %v", again)
		}
	}
	n.signIn(ines.account.Email).want(t, http.StatusServiceUnavailable)
	ines.reads("/newsroom").want(t, http.StatusOK)
	stop()
	cut.Wait()
	if got := n.count("SELECT count(*) FROM article WHERE title = 'Num só servidor'"); got != 1 {
		t.Errorf("%d articles stand, and this test shows nothing", got)
	}
	do("ALTER SYSTEM RESET synchronous_standby_names")
	do("SELECT pg_reload_conf()")
	n.post("/publish", form).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM article WHERE title = 'Num só servidor'"); got != 1 {
		t.Errorf("%d articles, want one", got)
	}
}

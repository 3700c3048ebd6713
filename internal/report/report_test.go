package report_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/site"
)

// room is a site with one article in a transaction that is rolled back.
type room struct {
	t      *testing.T
	tx     pgx.Tx
	queue  *jobs.Client
	st     site.Site
	ticket article.Ticket
	id     article.ID
}

func editor() modlog.Actor { return modlog.Actor{Kind: modlog.Editor, Name: "Inês"} }

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{t: t, tx: dbtest.Tx(t)}
	var err error
	if r.queue, err = jobs.NewInserter(nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	r.st = r.site()
	r.ticket = article.TicketKey("key").Mint(r.st.ID, time.Now())
	d := article.Draft{Title: "Um título", Body: "Um texto."}.Clean(r.st)
	if r.id, _, err = article.Create(t.Context(), r.tx, r.st, article.New{Draft: d, State: article.Visible, Ticket: r.ticket}); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) site() site.Site {
	r.t.Helper()
	st, err := site.Create(r.t.Context(), r.tx, modlog.ByOperator(), site.Draft{Slug: "r" + strings.ToLower(rand.Text()), Name: "Tejo", Languages: []locale.Tag{"pt"}})
	if err != nil {
		r.t.Fatal(err)
	}
	return st
}

func (r *room) post(reason string) error {
	r.t.Helper()
	return report.Post(r.t.Context(), r.tx, r.st, r.id, report.Draft{Reason: reason})
}

func (r *room) dismiss() {
	r.t.Helper()
	if err := report.Dismiss(r.t.Context(), r.tx, report.Act{Site: r.st.ID, Article: r.id, By: editor()}); err != nil {
		r.t.Fatal(err)
	}
}

// reasons are those of the open reports, in their order.
func (r *room) reasons() []string {
	r.t.Helper()
	reports, err := report.OfArticle(r.t.Context(), r.tx, r.st.ID, r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	reasons := []string{}
	for _, rep := range reports {
		reasons = append(reasons, rep.Reason)
	}
	return reasons
}

func (r *room) want(reasons ...string) {
	r.t.Helper()
	if diff := cmp.Diff(append([]string{}, reasons...), r.reasons()); diff != "" {
		r.t.Errorf("open reports (-want +got):\n%s", diff)
	}
}

func (r *room) count(sql string, args ...any) (n int) {
	r.t.Helper()
	if err := r.tx.QueryRow(r.t.Context(), sql, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *room) exec(sql string, args ...any) {
	r.t.Helper()
	if _, err := r.tx.Exec(r.t.Context(), sql, args...); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) logged() int {
	r.t.Helper()
	return r.count("SELECT count(*) FROM moderation_log WHERE site_id = $1 AND act = 'dismiss' AND subject = 'article' AND subject_id = $2", r.st.ID, r.id)
}

func TestDraft(t *testing.T) {
	t.Parallel()
	d := report.Draft{Reason: " \x00\r\n  The \x07photo shows my \u202echild.\r\nPlease hide it. \n"}.Clean()
	if want := "The photo shows my child.\nPlease hide it."; d.Reason != want {
		t.Errorf("cleaned to %q, want %q", d.Reason, want)
	}
	for reason, want := range map[string]string{
		"": "error.required.report", " \n\x01": "error.required.report", strings.Repeat("é", report.MaxReason): "",
		strings.Repeat("é", report.MaxReason+1): "error.too_long",
	} {
		err := report.Draft{Reason: reason}.Clean().Check()
		got := ""
		for _, f := range fault.Fields(err) {
			got = f.Name + " " + f.Message
		}
		if want != "" {
			want = "reason " + want
		}
		if got != want || (want == "") != (err == nil) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%.20q: %v, want %q", reason, err, want)
		}
	}
}

func TestSameReportAgainIsTheSame(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, reason := range []string{"Not true.", " Not true.\r\n", "It shows my child.", "Not true."} {
		if err := r.post(reason); err != nil {
			t.Fatal(err)
		}
	}
	r.want("It shows my child.", "Not true.")
	r.dismiss()
	if err := r.post("Not true."); err != nil {
		t.Fatal(err)
	}
	r.want()
}

// TestWhoMayBeReported holds that a report is answered as the article's address
// is, and by a frozen site not at all, save where it had come before.
func TestWhoMayBeReported(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for state, want := range map[article.State]fault.Kind{
		article.Visible: "", article.Hidden: "", article.Pending: fault.NotFound, article.Withdrawn: fault.Gone, article.Removed: fault.Gone,
	} {
		r.exec("UPDATE article SET state = $2 WHERE id = $1", r.id, state)
		if err := r.post("As it is " + string(state)); fault.KindOf(err) != want {
			t.Errorf("%s: %v, want %q", state, err, want)
		}
	}
	r.exec("UPDATE article SET state = 'visible' WHERE id = $1", r.id)
	other := r.site()
	if err := report.Post(t.Context(), r.tx, other, r.id, report.Draft{Reason: "From elsewhere"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("from another site: %v", err)
	}
	if err := report.Dismiss(t.Context(), r.tx, report.Act{Site: other.ID, Article: r.id, By: editor()}); !fault.Is(err, fault.NotFound) {
		t.Errorf("dismissed from another site: %v", err)
	}
	r.exec("UPDATE site SET state = 'frozen' WHERE id = $1", r.st.ID)
	if err := r.post("Too late"); !fault.Is(err, fault.Denied) {
		t.Errorf("frozen: %v", err)
	}
	if err := r.post("As it is visible"); err != nil {
		t.Errorf("frozen, come before: %v", err)
	}
	if got := len(r.reasons()); got != 2 {
		t.Errorf("%d open reports, want 2: %q", got, r.reasons())
	}
}

func TestNobodyBuriesTheEditors(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for i := range report.MaxOpen + 3 {
		if err := r.post(fmt.Sprintf("Report %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(r.reasons()); got != report.MaxOpen {
		t.Errorf("%d open reports, want %d", got, report.MaxOpen)
	}
	r.dismiss()
	if err := r.post("One more"); err != nil {
		t.Fatal(err)
	}
	r.want("One more")
}

func TestDismissIsLoggedOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.dismiss()
	if r.logged() != 0 {
		t.Error("logged that nothing was closed")
	}
	for _, reason := range []string{"One", "Two"} {
		if err := r.post(reason); err != nil {
			t.Fatal(err)
		}
	}
	r.dismiss()
	r.dismiss()
	if got := r.logged(); got != 1 {
		t.Errorf("logged %d times, want once", got)
	}
	if got := r.count("SELECT count(*) FROM moderation_log WHERE reason <> ''"); got != 0 {
		t.Error("the log quotes a report")
	}
	r.want()
}

func TestForgetter(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, reason := range []string{"Closed long ago", "Closed just now"} {
		if err := r.post(reason); err != nil {
			t.Fatal(err)
		}
	}
	r.dismiss()
	r.exec("UPDATE report SET closed_at = now() - interval '31 days' WHERE reason = 'Closed long ago'")
	if err := r.post("Open"); err != nil {
		t.Fatal(err)
	}
	r.exec("UPDATE report SET created_at = now() - interval '400 days' WHERE reason = 'Open'")
	f := &report.Forgetter{DB: r.tx}
	if err := f.Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := r.count("SELECT count(*) FROM report WHERE article_id = $1 AND reason IN ('Closed just now', 'Open')", r.id); got != 2 || r.left() != 2 {
		t.Errorf("%d of %d reports are those to be kept, want 2 of 2", got, r.left())
	}
	r.exec("UPDATE article SET state = 'removed' WHERE id = $1", r.id)
	if err := f.Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if r.left() != 0 {
		t.Error("reports of an article that is gone are still there")
	}
}

func (r *room) left() int { return r.count("SELECT count(*) FROM report WHERE article_id = $1", r.id) }

// TestReportsGoWithTheirArticle holds that nothing of a report is read once its
// article is gone, and that the job which deletes it comes with the act itself.
func TestReportsGoWithTheirArticle(t *testing.T) {
	t.Parallel()
	for name, destroy := range map[string]func(r *room) error{
		"withdrawn": func(r *room) error {
			return article.Withdraw(r.t.Context(), r.tx, r.queue, r.st.ID, r.ticket.Receipt())
		},
		"removed": func(r *room) error {
			return article.Remove(r.t.Context(), r.tx, r.queue, article.Act{Site: r.st.ID, ID: r.id, By: editor(), Reason: "A court said so."})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			if err := r.post("It says: I live in Harbour Street."); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second changes nothing, and asks for nothing
				if err := destroy(r); err != nil {
					t.Fatal(err)
				}
			}
			r.want()
			if got := r.count("SELECT count(*) FROM river_job WHERE kind = 'article_gone' AND args = jsonb_build_object('article', $1::bigint)", r.id); got != 1 {
				t.Errorf("%d jobs, want 1", got)
			}
			job := &river.Job[article.GoneArgs]{Args: article.GoneArgs{Article: r.id}}
			if err := (&report.Eraser{DB: r.tx}).Work(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			if r.left() != 0 {
				t.Error("the report is still there")
			}
		})
	}
}

// TestDismissClosesWhatWasRead has a report come between an editor's look and the
// act: nothing is closed, until the editor has seen that one too.
func TestDismissClosesWhatWasRead(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	say := func(reason string) report.ID {
		t.Helper()
		if err := r.post(reason); err != nil {
			t.Fatal(err)
		}
		reports, err := report.OfArticle(t.Context(), r.tx, r.st.ID, r.id)
		if err != nil {
			t.Fatal(err)
		}
		return report.Newest(reports)
	}
	dismiss := func(seen report.ID) error {
		return report.Dismiss(t.Context(), r.tx, report.Act{Site: r.st.ID, Article: r.id, By: editor(), Seen: seen})
	}
	first := say("One")
	second := say("Two")
	if err := dismiss(first); !fault.Is(err, fault.Conflict) {
		t.Errorf("one came since: %v", err)
	}
	r.want("Two", "One")
	for range 2 {
		if err := dismiss(second); err != nil {
			t.Fatal(err)
		}
		r.want()
	}
	say("Three")
	if err := dismiss(second); err != nil { // sent twice
		t.Fatal(err)
	}
	r.want("Three")
	if r.logged() != 1 {
		t.Errorf("logged %d times", r.logged())
	}
}

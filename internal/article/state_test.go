package article_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

func oneFile(alt string) []media.Chosen { return []media.Chosen{{ID: "x", Alt: alt}} }

// room is a site with one article in a transaction that is rolled back.
type room struct {
	t      *testing.T
	tx     pgx.Tx
	queue  *jobs.Client
	st     site.Site
	ticket article.Ticket
	id     article.ID
}

// uniqueSlug keeps tests apart: two transactions that insert the same slug would
// wait for each other.
func uniqueSlug() string { return "s" + strings.ToLower(rand.Text()) }

var editor = modlog.Actor{Kind: modlog.Editor, Name: "Inês"}

func newRoom(t *testing.T, state article.State) *room {
	t.Helper()
	return roomIn(t, dbtest.Tx(t), state)
}

func roomIn(t *testing.T, tx pgx.Tx, state article.State) *room {
	t.Helper()
	r := &room{t: t, tx: tx}
	var err error
	if r.queue, err = jobs.NewInserter(nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if r.st, err = site.Create(t.Context(), r.tx, modlog.ByOperator(), site.Draft{Slug: uniqueSlug(), Name: "Tejo", Languages: []locale.Tag{"pt"}, Topics: []string{"Trabalho"}}); err != nil {
		t.Fatal(err)
	}
	r.ticket = article.TicketKey("key").Mint(r.st.ID, now)
	d := article.Draft{Title: "Um título", Body: "Um texto.", Topics: []string{"trabalho"}}.Clean(r.st)
	first := article.Visible
	if state == article.Pending {
		first = article.Pending
	}
	if r.id, _, err = article.Create(t.Context(), r.tx, r.st, article.New{Draft: d, State: first, Ticket: r.ticket, ContentMAC: d.ContentMAC(r.ticket)}); err != nil {
		t.Fatal(err)
	}
	switch state {
	case article.Hidden:
		err = r.do("hide")
	case article.Withdrawn:
		err = r.do("withdraw")
	case article.Removed:
		err = r.do("remove")
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// do runs an act by its name.
func (r *room) do(act string) error {
	ctx, a := r.t.Context(), article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: "porque sim"}
	switch act {
	case "hide":
		return article.Hide(ctx, r.tx, a)
	case "show":
		return article.Show(ctx, r.tx, a)
	case "rank":
		return article.SetRank(ctx, r.tx, a, article.Global)
	case "remove":
		return article.Remove(ctx, r.tx, r.queue, a)
	case "withdraw":
		return article.Withdraw(ctx, r.tx, r.queue, r.st.ID, r.ticket.Receipt())
	case "edit":
		d := article.Draft{Title: "Outro título", Body: "Outro texto."}
		return article.Edit(ctx, r.tx, r.queue, r.st, r.ticket.Receipt(), article.Ticket{}, d, 0)
	}
	panic("no such act: " + act)
}

func (r *room) article() article.Article {
	r.t.Helper()
	a, err := article.ByID(r.t.Context(), r.tx, r.st.ID, r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *room) logged() int {
	r.t.Helper()
	records, err := modlog.Of(r.t.Context(), r.tx, int64(r.st.ID), modlog.Article, int64(r.id))
	if err != nil {
		r.t.Fatal(err)
	}
	return len(records)
}

// TestEveryActInEveryState is the table of states: what each act leads to, and
// that the same act again changes nothing and is logged once.
func TestEveryActInEveryState(t *testing.T) {
	t.Parallel()
	const conflict = article.State("409")
	type row map[string]article.State
	table := map[article.State]row{
		article.Visible:   {"hide": article.Hidden, "show": article.Visible, "rank": article.Visible, "remove": article.Removed, "withdraw": article.Withdrawn, "edit": article.Visible},
		article.Pending:   {"hide": article.Hidden, "show": article.Visible, "rank": conflict, "remove": article.Removed, "withdraw": article.Withdrawn, "edit": article.Pending},
		article.Hidden:    {"hide": article.Hidden, "show": article.Visible, "rank": conflict, "remove": article.Removed, "withdraw": article.Withdrawn, "edit": article.Hidden},
		article.Withdrawn: {"hide": conflict, "show": conflict, "rank": conflict, "remove": conflict, "withdraw": article.Withdrawn, "edit": conflict},
		article.Removed:   {"hide": conflict, "show": conflict, "rank": conflict, "remove": article.Removed, "withdraw": conflict, "edit": conflict},
	}
	for from, acts := range table {
		for act, want := range acts {
			t.Run(fmt.Sprintf("%s/%s", from, act), func(t *testing.T) {
				t.Parallel()
				r := newRoom(t, from)
				err := r.do(act)
				if want == conflict {
					if !fault.Is(err, fault.Conflict) || r.article().State != from || fault.Fields(err)[0].Message != "state."+string(from) {
						t.Fatalf("%v, now %s; want a conflict that says %s", err, r.article().State, from)
					}
					return
				}
				if err != nil || r.article().State != want {
					t.Fatalf("%v, now %s; want %s", err, r.article().State, want)
				}
				logged, version := r.logged(), r.article().Version
				if err := r.do(act); err != nil || r.logged() != logged || r.article().Version != version {
					t.Errorf("again: %v, %d entries after %d, version %d after %d", err, r.logged(), logged, r.article().Version, version)
				}
			})
		}
	}
}

func TestFinalStatesKeepNothing(t *testing.T) {
	t.Parallel()
	for _, state := range []article.State{article.Withdrawn, article.Removed} {
		a := newRoom(t, state).article()
		if a.Title+a.Author+a.Summary+a.Source+a.HTML+a.Slug+a.Contact != "" {
			t.Errorf("%s: something is left: %+v", state, a)
		}
	}
}

func TestEditOfARankedArticleFallsBack(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	if err := r.do("rank"); err != nil {
		t.Fatal(err)
	}
	if err := r.do("edit"); err != nil {
		t.Fatal(err)
	}
	if a := r.article(); a.Rank != article.Other || a.Revision != 2 || a.Title != "Outro título" || a.Slug != "um-titulo" {
		t.Errorf("after the edit: %+v", a)
	}
}

func TestActOnWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	seen := r.article().Version
	if err := r.do("edit"); err != nil {
		t.Fatal(err)
	}
	act := article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: "x", Version: seen}
	if err := article.Hide(t.Context(), r.tx, act); !fault.Is(err, fault.Conflict) || r.article().State != article.Visible {
		t.Errorf("hide = %v, now %s", err, r.article().State)
	}
	if err := article.Remove(t.Context(), r.tx, r.queue, act); !fault.Is(err, fault.Conflict) {
		t.Errorf("remove = %v", err)
	}
}

func TestActsNeedAReasonAndTheRightSite(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	for _, reason := range []string{"", " \n", "\x00"} {
		if err := article.Hide(t.Context(), r.tx, article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: reason}); !fault.Is(err, fault.Invalid) {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
	if err := article.Hide(t.Context(), r.tx, article.Act{Site: r.st.ID + 1, ID: r.id, By: editor, Reason: "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("another site: %v", err)
	}
}

func TestLogIsAppendOnly(t *testing.T) {
	t.Parallel()
	// TRUNCATE waits for all who wrote the log, so this one is written by nobody else.
	primary := dbtest.New(t).Primary
	for _, sql := range []string{"UPDATE moderation_log SET reason = ''", "DELETE FROM moderation_log", "TRUNCATE moderation_log"} {
		err := pgx.BeginFunc(t.Context(), primary, func(tx pgx.Tx) error {
			r := roomIn(t, tx, article.Hidden)
			_, err := r.tx.Exec(t.Context(), sql)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestContactsAreForgotten(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	set := func(contact, age string) {
		if _, err := r.tx.Exec(context.Background(), "UPDATE article SET contact = $1, created_at = now() - $2::interval WHERE id = $3", contact, age, r.id); err != nil {
			t.Fatal(err)
		}
	}
	for age, want := range map[string]string{"29 days": "me@example.org", "31 days": ""} {
		set("me@example.org", age)
		if err := (&article.Forgetter{DB: r.tx}).Work(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if got := r.article().Contact; got != want {
			t.Errorf("after %s: %q, want %q", age, got, want)
		}
	}
}

// TestSameEditAgainChangesNothing holds that a form sent twice is one edit, and
// that what is not in the text counts as a change too.
func TestSameEditAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	edit := func(title, contact string, seen int64) error {
		d := article.Draft{Title: title, Body: "Outro texto.", Contact: contact}
		return article.Edit(t.Context(), r.tx, r.queue, r.st, r.ticket.Receipt(), article.Ticket{}, d, seen)
	}
	seen := r.article().Version
	for range 2 {
		if err := edit("Outro título", "", seen); err != nil {
			t.Fatal(err)
		}
	}
	if a := r.article(); a.Revision != 2 || r.logged() != 1 {
		t.Errorf("revision %d, %d entries in the log", a.Revision, r.logged())
	}
	seen = r.article().Version
	if err := edit("Outro título", "me@example.org", seen); err != nil {
		t.Fatal(err)
	}
	if err := edit("Um terceiro", "me@example.org", seen); !fault.Is(err, fault.Conflict) {
		t.Errorf("an edit from before the contact changed: %v", err)
	}
}

func TestReasonsAreCleaned(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	act := article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: " spam\x00 \n"}
	if err := article.Hide(t.Context(), r.tx, act); err != nil || r.article().Reason != "spam" {
		t.Errorf("hide = %v, reason %q", err, r.article().Reason)
	}
	act.Reason = strings.Repeat("x", article.MaxReason+1)
	if err := article.Show(t.Context(), r.tx, act); !fault.Is(err, fault.Invalid) {
		t.Errorf("show with a reason that is too long: %v", err)
	}
}

// TestTicketMetInAnyIndex is the second of two forms with one ticket that come
// at once, where it meets the first by its receipt before it meets its ticket.
func TestTicketMetInAnyIndex(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	if _, err := r.tx.Exec(t.Context(), `UPDATE article SET ticket_hash = '\x00' WHERE id = $1`, r.id); err != nil {
		t.Fatal(err)
	}
	d := article.Draft{Title: "Um título", Body: "Um texto."}.Clean(r.st)
	_, inserted, err := article.Create(t.Context(), r.tx, r.st, article.New{Draft: d, State: article.Visible, Ticket: r.ticket})
	if err != nil || inserted {
		t.Errorf("inserted %v, %v", inserted, err)
	}
}

// TestAnotherReasonIsNotLost has a second editor hide and remove what the first
// has, from the version that both saw: for the same reason it is the same act,
// for another the second is told, and may hide it for that one.
func TestAnotherReasonIsNotLost(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	seen := r.article().Version
	hide := func(reason string, version int64) error {
		return article.Hide(t.Context(), r.tx, article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: reason, Version: version})
	}
	for _, test := range []struct {
		reason  string
		version int64
		refused bool
		stands  string
		logged  int
	}{
		{"Falso.", seen, false, "Falso.", 1},
		{" Falso.\n", seen, false, "Falso.", 1},
		{"Insulto.", seen, true, "Falso.", 1},
		{"Insulto.", 0, false, "Falso.", 1},
		{"Insulto.", seen + 1, false, "Insulto.", 2},
		{"Insulto.", seen + 1, false, "Insulto.", 2},
		{"Falso.", seen, true, "Insulto.", 2},
	} {
		err := hide(test.reason, test.version)
		if fault.Is(err, fault.Conflict) != test.refused || err != nil && !test.refused || r.article().Reason != test.stands || r.logged() != test.logged {
			t.Errorf("%q from version %d: %v; it stands %q, logged %d times", test.reason, test.version, err, r.article().Reason, r.logged())
		}
	}
	seen = r.article().Version
	for reason, refused := range map[string]bool{"porque sim": false, "outra": true} {
		if err := r.do("remove"); err != nil {
			t.Fatal(err)
		}
		err := article.Remove(t.Context(), r.tx, r.queue, article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: reason, Version: seen})
		if fault.Is(err, fault.Conflict) != refused || err != nil && !refused {
			t.Errorf("removed again for %q: %v", reason, err)
		}
	}
}

// TestDecline leaves out a change that waits: readers keep what they have, the
// author has both, and may send another.
func TestDecline(t *testing.T) {
	t.Parallel()
	r := newRoom(t, article.Visible)
	decline := func(reason string, version int64) error {
		return article.Decline(t.Context(), r.tx, article.Act{Site: r.st.ID, ID: r.id, By: editor, Reason: reason, Version: version})
	}
	editable := func() article.Editable {
		e, err := article.EditableOf(t.Context(), r.tx, r.st, r.article())
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if err := decline("Nada espera.", 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("nothing waits: %v", err)
	}
	before := r.article().Title
	if _, err := r.tx.Exec(t.Context(), "UPDATE site SET hold_articles = true WHERE id = $1", r.st.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.do("edit"); err != nil {
		t.Fatal(err)
	}
	if e := editable(); !e.Waiting || e.Declined {
		t.Fatalf("it waits: %+v", e)
	}
	if err := decline(" ", 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	seen, logged := r.article().Version, r.logged()
	if err := decline("Cedo.", seen-1); !fault.Is(err, fault.Conflict) {
		t.Errorf("of a change that nobody saw: %v", err)
	}
	for range 2 {
		if err := decline("Falso.", seen); err != nil {
			t.Fatal(err)
		}
	}
	if err := decline("Insulto.", seen); !fault.Is(err, fault.Conflict) {
		t.Errorf("for another reason: %v", err)
	}
	if e := editable(); e.Waiting || !e.Declined || e.Newest.Title != "Outro título" || e.Title != before || r.logged() != logged+1 {
		t.Errorf("left out: %+v, logged %d times", e, r.logged()-logged)
	}
	for _, act := range []string{"hide", "show"} { // which brings no declined text along
		if err := r.do(act); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.article().Title; got != before {
		t.Errorf("readers have %q", got)
	}
	d := article.Draft{Title: "Terceiro título", Body: "Outro texto."}
	if err := article.Edit(t.Context(), r.tx, r.queue, r.st, r.ticket.Receipt(), article.Ticket{}, d, 0); err != nil {
		t.Fatal(err)
	}
	if e := editable(); !e.Waiting || e.Declined || e.Newest.Title != "Terceiro título" {
		t.Errorf("sent again: %+v", e)
	}
	if err := r.do("show"); err != nil || r.article().Title != "Terceiro título" {
		t.Errorf("approved: %q, %v", r.article().Title, err)
	}
}

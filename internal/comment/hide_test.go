package comment_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

var editor = modlog.Actor{Kind: modlog.Editor, Name: "Inês"}

// database is a transaction that is rolled back, or a pool.
type database interface {
	db.Querier
	db.Beginner
}

// thread is a site with an article and a comment under it.
type thread struct {
	t       *testing.T
	b       database
	queue   *jobs.Client
	st      site.Site
	article article.ID
	id      comment.ID
}

func newThread(t *testing.T, b database, state article.State) *thread {
	t.Helper()
	th := &thread{t: t, b: b}
	var err error
	if th.queue, err = jobs.NewInserter(nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	// transactions that insert the same slug would wait for each other
	draft := site.Draft{Slug: "s" + strings.ToLower(rand.Text()), Name: "Tejo", Languages: []locale.Tag{"pt"}}
	if th.st, err = site.Create(t.Context(), b, modlog.ByOperator(), draft); err != nil {
		t.Fatal(err)
	}
	th.article = th.newArticle()
	if err := db.InTx(t.Context(), b, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE site SET hold_comments = $2 WHERE id = $1", th.st.ID, state == article.Pending)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	posted, err := comment.Post(t.Context(), b, th.queue, th.st, th.article, comment.Draft{Author: "Rita", Body: "Estive lá."})
	if err != nil {
		t.Fatal(err)
	}
	th.id = posted.ID
	switch state {
	case article.Hidden:
		err = th.do(modlog.Hide, 0)
	case article.Removed:
		err = th.do(modlog.Remove, 0)
	case article.Withdrawn:
		th.exec("UPDATE comment SET state = 'withdrawn' WHERE id = $1", th.id)
		th.exec("UPDATE article SET comment_count = 0 WHERE id = $1", th.article)
	}
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func (th *thread) newArticle() (id article.ID) {
	th.t.Helper()
	tx, err := th.b.Begin(th.t.Context())
	if err != nil {
		th.t.Fatal(err)
	}
	d := article.Draft{Title: "Um título", Body: "Um texto."}.Clean(th.st)
	if id, _, err = article.Create(th.t.Context(), tx, th.st, article.New{Draft: d, State: article.Visible}); err != nil {
		th.t.Fatal(err)
	}
	if err := tx.Commit(th.t.Context()); err != nil {
		th.t.Fatal(err)
	}
	return id
}

func (th *thread) exec(sql string, args ...any) {
	th.t.Helper()
	if _, err := th.b.Exec(th.t.Context(), sql, args...); err != nil {
		th.t.Fatal(err)
	}
}

// do runs an act by its name.
func (th *thread) do(what modlog.Act, seen int64) error {
	ctx, act := th.t.Context(), comment.Act{Site: th.st.ID, ID: th.id, By: editor, Reason: " porque sim\n", Version: seen}
	switch what {
	case modlog.Hide:
		return comment.Hide(ctx, th.b, act)
	case modlog.Show:
		return comment.Show(ctx, th.b, act)
	}
	return comment.Remove(ctx, th.b, th.queue, act)
}

// counted is how many comments the article says it has.
func (th *thread) counted() int {
	th.t.Helper()
	a, err := article.ByID(th.t.Context(), th.b, th.st.ID, th.article)
	if err != nil {
		th.t.Fatal(err)
	}
	return a.CommentCount
}

func (th *thread) comment() comment.Full {
	th.t.Helper()
	c, err := comment.ByID(th.t.Context(), th.b, th.st.ID, th.id)
	if err != nil {
		th.t.Fatal(err)
	}
	return c
}

func (th *thread) log() []modlog.Record {
	th.t.Helper()
	records, err := modlog.Of(th.t.Context(), th.b, int64(th.st.ID), modlog.Comment, int64(th.id))
	if err != nil {
		th.t.Fatal(err)
	}
	return records
}

// siteVersion is the clock of the site's caches.
func (th *thread) siteVersion() (version int64) {
	th.t.Helper()
	if err := th.b.QueryRow(th.t.Context(), "SELECT version FROM site WHERE id = $1", th.st.ID).Scan(&version); err != nil {
		th.t.Fatal(err)
	}
	return version
}

// TestEveryActInEveryState is the table of states: what each act leads to, how
// many comments the article then counts, and that the same act again changes
// nothing and is logged once.
func TestEveryActInEveryState(t *testing.T) {
	t.Parallel()
	const conflict = article.State("409")
	type row map[modlog.Act]article.State
	table := map[article.State]row{
		article.Visible:   {modlog.Hide: article.Hidden, modlog.Show: article.Visible, modlog.Remove: article.Removed},
		article.Pending:   {modlog.Hide: article.Hidden, modlog.Show: article.Visible, modlog.Remove: article.Removed},
		article.Hidden:    {modlog.Hide: article.Hidden, modlog.Show: article.Visible, modlog.Remove: article.Removed},
		article.Withdrawn: {modlog.Hide: conflict, modlog.Show: conflict, modlog.Remove: conflict},
		article.Removed:   {modlog.Hide: conflict, modlog.Show: conflict, modlog.Remove: article.Removed},
	}
	for from, acts := range table {
		for what, want := range acts {
			t.Run(fmt.Sprintf("%s/%s", from, what), func(t *testing.T) {
				t.Parallel()
				th := newThread(t, dbtest.Tx(t), from)
				before, logged, clock := th.comment(), len(th.log()), th.siteVersion()
				err := th.do(what, before.Version)
				if want == conflict {
					if !fault.Is(err, fault.Conflict) || fault.Fields(err)[0].Message != "state."+string(from) || th.comment() != before {
						t.Fatalf("%v, now %s; want a conflict that says %s", err, th.comment().State, from)
					}
					return
				}
				if err != nil || th.comment().State != want {
					t.Fatalf("%v, now %s; want %s", err, th.comment().State, want)
				}
				th.checkChange(before, what, logged, clock)
				now, logged := th.comment(), len(th.log())
				if err := th.do(what, before.Version); err != nil || len(th.log()) != logged || th.comment() != now {
					t.Errorf("again: %v, %d entries after %d, %+v", err, len(th.log()), logged, th.comment())
				}
			})
		}
	}
}

// checkChange looks at what goes with a change, and not without.
func (th *thread) checkChange(before comment.Full, what modlog.Act, logged int, clock int64) {
	th.t.Helper()
	now, records, count := th.comment(), th.log(), 0
	if now.State == article.Visible {
		count = 1
	}
	if got := th.counted(); got != count {
		th.t.Errorf("the article counts %d comments, want %d", got, count)
	}
	if now.State == before.State {
		if len(records) != logged || th.siteVersion() != clock || now.Version != before.Version {
			th.t.Errorf("nothing changed, but there are %d entries after %d, and versions %d and %d", len(records), logged, now.Version, th.siteVersion())
		}
		return
	}
	if want := map[bool]string{true: "porque sim"}[now.State != article.Visible]; now.Reason != want {
		th.t.Errorf("its reason is %q, want %q", now.Reason, want)
	}
	if len(records) != logged+1 || th.siteVersion() <= clock || now.Version <= before.Version {
		th.t.Fatalf("%d entries after %d, versions %d and %d", len(records), logged, now.Version, th.siteVersion())
	}
	if last := records[len(records)-1]; last.Act != what || last.Reason != "porque sim" || last.ActorName != editor.Name {
		th.t.Errorf("logged %+v", last)
	}
}

func TestActOnWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	th := newThread(t, dbtest.Tx(t), article.Visible)
	seen := th.comment().Version
	if err := th.do(modlog.Hide, seen); err != nil {
		t.Fatal(err)
	}
	for _, what := range []modlog.Act{modlog.Show, modlog.Remove} {
		before, logged := th.comment(), len(th.log())
		err := th.do(what, seen)
		if !fault.Is(err, fault.Conflict) || fault.Fields(err)[0].Name != "version" || th.comment() != before || len(th.log()) != logged {
			t.Errorf("%s = %v, now %s", what, err, th.comment().State)
		}
	}
	if err := th.do(modlog.Show, th.comment().Version); err != nil {
		t.Errorf("with the version that is: %v", err)
	}
}

func TestActsNeedAReasonAndTheRightSite(t *testing.T) {
	t.Parallel()
	th := newThread(t, dbtest.Tx(t), article.Visible)
	before := th.comment()
	for _, reason := range []string{"", " \n", "\x00", strings.Repeat("x", article.MaxReason+1)} {
		act := comment.Act{Site: th.st.ID, ID: th.id, By: editor, Reason: reason}
		if err := comment.Hide(t.Context(), th.b, act); !fault.Is(err, fault.Invalid) {
			t.Errorf("hide with the reason %.5q: %v", reason, err)
		}
		if err := comment.Remove(t.Context(), th.b, th.queue, act); !fault.Is(err, fault.Invalid) {
			t.Errorf("remove with the reason %.5q: %v", reason, err)
		}
	}
	th.st.ID++
	for _, what := range []modlog.Act{modlog.Hide, modlog.Show, modlog.Remove} {
		if err := th.do(what, 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s from another site: %v", what, err)
		}
	}
	th.st.ID--
	if th.comment() != before || len(th.log()) != 0 {
		t.Errorf("now %+v", th.comment())
	}
}

func TestWithItsArticleACommentIsGone(t *testing.T) {
	t.Parallel()
	th := newThread(t, dbtest.Tx(t), article.Hidden)
	if err := article.Remove(t.Context(), th.b, th.queue, article.Act{Site: th.st.ID, ID: th.article, By: editor, Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	for _, what := range []modlog.Act{modlog.Hide, modlog.Show, modlog.Remove} {
		if err := th.do(what, 0); !fault.Is(err, fault.Gone) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestRemovedCommentsKeepNothing holds that text, name, hash and files are gone
// and that a line with the reason stays under the article.
func TestRemovedCommentsKeepNothing(t *testing.T) {
	t.Parallel()
	th := newThread(t, dbtest.Tx(t), article.Visible)
	file := strings.Repeat("ab", 16)
	th.exec("INSERT INTO media (id, site_id, comment_id, state, name, alt) VALUES ($1, $2, $3, 'ready', 'a.jpg', 'Rita')", file, th.st.ID, th.id)
	if err := th.do(modlog.Remove, 0); err != nil {
		t.Fatal(err)
	}
	var left, state string
	var hash []byte
	const row = "SELECT c.author || c.source || c.html || m.name || m.alt, c.content_hash, m.state FROM comment c JOIN media m ON m.comment_id = c.id WHERE c.id = $1"
	if err := th.b.QueryRow(t.Context(), row, th.id).Scan(&left, &hash, &state); err != nil || left != "" || hash != nil || state != "gone" {
		t.Errorf("left %q, hash %x, the file is %s, %v", left, hash, state, err)
	}
	var jobs int
	const sql = "SELECT count(*) FROM river_job WHERE kind = 'media_erase' AND args @> jsonb_build_object('media', $1::text)"
	if err := th.b.QueryRow(t.Context(), sql, file).Scan(&jobs); err != nil || jobs != 1 {
		t.Errorf("%d jobs erase the file, %v", jobs, err)
	}
	list, err := comment.OfArticle(t.Context(), th.b, th.st.ID, th.article, 0)
	if err != nil || len(list) != 1 || list[0].State != article.Removed || list[0].Reason != "porque sim" {
		t.Errorf("under the article: %+v, %v", list, err)
	}
}

// TestFeedsLeaveOutWhatIsNotVisible reads what feeds are made from.
func TestFeedsLeaveOutWhatIsNotVisible(t *testing.T) {
	t.Parallel()
	for _, state := range []article.State{article.Pending, article.Hidden, article.Removed} {
		th := newThread(t, dbtest.Tx(t), state)
		if recent, err := comment.Newest(t.Context(), th.b, th.st.ID, 10); err != nil || len(recent) != 0 {
			t.Errorf("%s: %+v, %v", state, recent, err)
		}
	}
}

// TestTwoEditorsAtOnce has many of them act on one comment that all have seen:
// one of them acts, and the others are told.
func TestTwoEditorsAtOnce(t *testing.T) {
	t.Parallel()
	th := newThread(t, dbtest.New(t).Primary, article.Visible)
	seen := th.comment().Version
	acts := []modlog.Act{modlog.Hide, modlog.Remove, modlog.Hide, modlog.Remove}
	answers := make([]error, len(acts))
	var all sync.WaitGroup
	for i, what := range acts {
		all.Go(func() { answers[i] = th.do(what, seen) })
	}
	all.Wait()
	if len(th.log()) != 1 {
		t.Fatalf("%d acts are logged, want 1: %+v; answers %v", len(th.log()), th.log(), errors.Join(answers...))
	}
	first := th.log()[0].Act
	for i, what := range acts {
		if err := answers[i]; (what == first) != (err == nil) || err != nil && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s first, then %s = %v", first, what, err)
		}
	}
}

// TestAnotherReasonIsNotLost has a second editor hide what the first has.
func TestAnotherReasonIsNotLost(t *testing.T) {
	t.Parallel()
	th := newThread(t, dbtest.Tx(t), article.Visible)
	seen := th.comment().Version
	hide := func(reason string, version int64) error {
		return comment.Hide(t.Context(), th.b, comment.Act{Site: th.st.ID, ID: th.id, By: editor, Reason: reason, Version: version})
	}
	for _, test := range []struct {
		reason  string
		version int64
		refused bool
		stands  string
	}{
		{"Falso.", seen, false, "Falso."}, {"Falso.", seen, false, "Falso."}, {"Insulto.", seen, true, "Falso."},
		{"Insulto.", 0, false, "Falso."}, {"Insulto.", seen + 1, false, "Insulto."}, {"Falso.", seen, true, "Insulto."},
	} {
		err := hide(test.reason, test.version)
		if fault.Is(err, fault.Conflict) != test.refused || err != nil && !test.refused || th.comment().Reason != test.stands {
			t.Errorf("%q from version %d: %v; it stands %q", test.reason, test.version, err, th.comment().Reason)
		}
	}
	if err := th.do(modlog.Remove, 0); err != nil {
		t.Fatal(err)
	}
	if err := comment.Remove(t.Context(), th.b, th.queue, comment.Act{Site: th.st.ID, ID: th.id, By: editor, Reason: "outra", Version: seen}); !fault.Is(err, fault.Conflict) {
		t.Errorf("removed for another reason: %v", err)
	}
	if got := th.counted(); got != 0 {
		t.Errorf("%d comments are counted", got)
	}
}

package archtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/site"
)

// stage is one thing of every kind, in a transaction of the test's own, for a verb to act on.
type stage struct {
	t       *testing.T
	tx      pgx.Tx
	queue   jobs.Inserter
	desk    account.Desk
	by      modlog.Actor
	key     article.TicketKey
	site    site.Site
	article article.ID
	ticket  article.Ticket
	comment comment.ID
	feature feature.ID
	editor  account.Account
}

const stagePassword = "cavalo certo bateria"

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageIn(t, dbtest.Tx(t))
}

func newStageIn(t *testing.T, tx pgx.Tx) *stage {
	t.Helper()
	s := &stage{t: t, tx: tx, by: modlog.Actor{Kind: modlog.Editor, Name: "Rita"}}
	queue, err := jobs.NewInserter(nil, slog.New(slog.DiscardHandler))
	s.must(err)
	s.queue, s.desk = queue, account.Desk{DB: s.tx, Hasher: account.NewHasher(1)}
	s.key, err = article.TicketKeyOf(t.Context(), s.tx)
	s.must(err)
	s.site, err = s.open("palco")
	s.must(err)
	s.post()
	s.editor, err = s.desk.Create(t.Context(), account.Draft{Email: "rita@example.org", Name: "Rita", Password: stagePassword}, s.by)
	s.must(err)
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// post puts an article with a comment and a feature on the stage.
func (s *stage) post() {
	s.t.Helper()
	s.ticket = s.key.Mint(s.site.ID, time.Now())
	desk := newswire.Desk{DB: s.tx, Queue: s.queue, Key: s.key, Now: time.Now}
	out, err := desk.Publish(s.t.Context(), s.site, s.ticket, article.Draft{Title: "Greve", Body: "O porto parou."})
	s.must(err)
	s.article = out.ID
	posted, err := comment.Post(s.t.Context(), s.tx, s.queue, s.site, s.article, comment.Draft{Body: "Sim."})
	s.must(err)
	s.comment = posted.ID
	written, err := feature.Create(s.t.Context(), s.tx, s.queue, s.site, s.by, []byte("another"), s.draft())
	s.must(err)
	s.feature = written.ID
}

func (s *stage) draft() feature.Draft {
	return feature.Draft{Title: "Destaque", Summary: "Resumo", Body: "Texto"}
}

func (s *stage) onArticle() article.Act {
	return article.Act{Site: s.site.ID, ID: s.article, By: s.by, Reason: "Porque sim."}
}

func (s *stage) onComment() comment.Act {
	return comment.Act{Site: s.site.ID, ID: s.comment, By: s.by, Reason: "Porque sim."}
}

func (s *stage) onFeature() feature.Act {
	return feature.Act{Site: s.site, ID: s.feature, By: s.by}
}

// act is a verb on the stage. before brings the stage to where the verb changes something.
type act struct {
	before, do func(ctx context.Context, s *stage) error
}

// acts has every verb that verbs finds.
func acts() map[string]act {
	all := map[string]act{}
	maps.Copy(all, actsOnPosts())
	maps.Copy(all, actsOnFeatures())
	maps.Copy(all, actsOnAccounts())
	maps.Copy(all, actsOnSites())
	return all
}

func actsOnPosts() map[string]act {
	return map[string]act{
		"article.Hide": {do: func(ctx context.Context, s *stage) error { return article.Hide(ctx, s.tx, s.onArticle()) }},
		"article.Show": {
			before: func(ctx context.Context, s *stage) error { return article.Hide(ctx, s.tx, s.onArticle()) },
			do:     func(ctx context.Context, s *stage) error { return article.Show(ctx, s.tx, s.onArticle()) },
		},
		"article.SetRank": {do: func(ctx context.Context, s *stage) error {
			return article.SetRank(ctx, s.tx, s.onArticle(), article.Local)
		}},
		"article.Decline": {
			before: func(ctx context.Context, s *stage) error {
				s.exec("UPDATE site SET hold_articles = true")
				return article.Edit(ctx, s.tx, s.queue, s.site, s.ticket.Receipt(), s.ticket, article.Draft{Title: "Outra", Body: "Outra."}, 0)
			},
			do: func(ctx context.Context, s *stage) error { return article.Decline(ctx, s.tx, s.onArticle()) },
		},
		"article.Remove": {do: func(ctx context.Context, s *stage) error {
			return article.Remove(ctx, s.tx, s.queue, s.onArticle())
		}},
		"article.Withdraw": {do: func(ctx context.Context, s *stage) error {
			return article.Withdraw(ctx, s.tx, s.queue, s.site.ID, s.ticket.Receipt())
		}},
		"article.Edit": {do: func(ctx context.Context, s *stage) error {
			return article.Edit(ctx, s.tx, s.queue, s.site, s.ticket.Receipt(), s.ticket, article.Draft{Title: "Outra", Body: "Outra."}, 0)
		}},
		"comment.Hide": {do: func(ctx context.Context, s *stage) error { return comment.Hide(ctx, s.tx, s.onComment()) }},
		"comment.Show": {
			before: func(ctx context.Context, s *stage) error { return comment.Hide(ctx, s.tx, s.onComment()) },
			do:     func(ctx context.Context, s *stage) error { return comment.Show(ctx, s.tx, s.onComment()) },
		},
		"comment.Remove": {do: func(ctx context.Context, s *stage) error {
			return comment.Remove(ctx, s.tx, s.queue, s.onComment())
		}},
		"report.Dismiss": {
			before: func(ctx context.Context, s *stage) error {
				return report.Post(ctx, s.tx, s.site, s.article, report.Draft{Reason: "Falso."})
			},
			do: func(ctx context.Context, s *stage) error {
				return report.Dismiss(ctx, s.tx, report.Act{Site: s.site.ID, Article: s.article, By: s.by})
			},
		},
	}
}

func actsOnFeatures() map[string]act {
	place := func(ctx context.Context, s *stage) error { return feature.Place(ctx, s.tx, s.onFeature(), 1) }
	return map[string]act{
		"feature.Create": {do: func(ctx context.Context, s *stage) error {
			_, err := feature.Create(ctx, s.tx, s.queue, s.site, s.by, []byte("ticket"), s.draft())
			return err
		}},
		"feature.Edit": {do: func(ctx context.Context, s *stage) error {
			d := s.draft()
			d.Title = "Outro"
			return feature.Edit(ctx, s.tx, s.queue, s.onFeature(), []byte("ticket"), d)
		}},
		"feature.Place":   {do: place},
		"feature.Unplace": {before: place, do: func(ctx context.Context, s *stage) error { return feature.Unplace(ctx, s.tx, s.onFeature()) }},
		"feature.Discard": {do: func(ctx context.Context, s *stage) error { return feature.Discard(ctx, s.tx, s.queue, s.onFeature()) }},
	}
}

func actsOnAccounts() map[string]act {
	join := func(ctx context.Context, s *stage) error {
		made, err := account.InviteEditor(ctx, s.tx, s.editor.Email, s.site.ID, s.by)
		if err != nil {
			return err
		}
		_, err = s.desk.Accept(ctx, s.site.ID, made.Token, account.Acceptance{Viewer: s.editor.Viewer()})
		return err
	}
	disable := func(ctx context.Context, s *stage) error { return account.Disable(ctx, s.tx, s.editor.ID, s.by) }
	return map[string]act{
		"account.Desk.Create": {do: func(ctx context.Context, s *stage) error {
			_, err := s.desk.Create(ctx, account.Draft{Email: "eva@example.org", Name: "Eva", Password: stagePassword, Admin: true}, s.by)
			return err
		}},
		"account.Desk.Accept": {do: join},
		"account.Desk.SetPassword": {do: func(ctx context.Context, s *stage) error {
			_, err := s.desk.SetPassword(ctx, s.editor.Viewer(), stagePassword, "outra bateria")
			return err
		}},
		"account.InviteEditor": {do: func(ctx context.Context, s *stage) error {
			_, err := account.InviteEditor(ctx, s.tx, "eva@example.org", s.site.ID, s.by)
			return err
		}},
		"account.InviteAdmin": {do: func(ctx context.Context, s *stage) error {
			_, err := account.InviteAdmin(ctx, s.tx, "eva@example.org", s.by)
			return err
		}},
		"account.Uninvite": {
			before: func(ctx context.Context, s *stage) error {
				_, err := account.InviteEditor(ctx, s.tx, "eva@example.org", s.site.ID, s.by)
				return err
			},
			do: func(ctx context.Context, s *stage) error {
				open, err := account.OpenInvitations(ctx, s.tx, s.site.ID)
				if err != nil || len(open) == 0 {
					return err
				}
				return account.Uninvite(ctx, s.tx, s.site.ID, open[0].ID, s.by)
			},
		},
		"account.OpenCollective": {do: func(ctx context.Context, s *stage) error {
			_, err := account.OpenCollective(ctx, s.tx, s.by, site.Draft{Slug: "outro", Name: "Outro", Languages: []locale.Tag{"pt"}}, "")
			return err
		}},
		"account.Setup": {do: func(ctx context.Context, s *stage) error {
			_, _, err := account.Setup(ctx, s.tx)
			return err
		}},
		"account.Rename":  {do: func(ctx context.Context, s *stage) error { return account.Rename(ctx, s.tx, s.editor.ID, "Ritinha") }},
		"account.Disable": {do: disable},
		"account.Demote": {
			before: func(ctx context.Context, s *stage) error {
				made, err := account.InviteAdmin(ctx, s.tx, s.editor.Email, s.by)
				if err == nil {
					_, err = s.desk.Accept(ctx, 0, made.Token, account.Acceptance{Viewer: s.editor.Viewer()})
				}
				return err
			},
			do: func(ctx context.Context, s *stage) error {
				return account.Demote(ctx, s.tx, s.editor.ID, modlog.ByOperator())
			},
		},
		"account.Enable": {before: disable, do: func(ctx context.Context, s *stage) error { return account.Enable(ctx, s.tx, s.editor.ID, s.by) }},
		"account.Revoke": {before: join, do: func(ctx context.Context, s *stage) error {
			return account.Revoke(ctx, s.tx, s.editor.ID, s.site.ID, s.by)
		}},
	}
}

// composed are the exported functions that do nothing but call verbs of the table.
func composed() []string { return []string{"demo.Filler.Fill", "markdown.Importer.Import"} }

// TestActsAreLogged runs every verb that changes a state, a rank, a right or a setting, twice: with the log closed it has
// to fail and to leave everything as it was, for the entry belongs to its transaction; with the log open it writes what
// it did.
func TestActsAreLogged(t *testing.T) {
	t.Parallel()
	table := acts()
	for name := range verbs(sources(t)) {
		if _, known := table[name]; !known && !slices.Contains(composed(), name) {
			t.Errorf("%s is a verb that this test does not know: give it a line in acts", name)
		}
	}
	for name, act := range table {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			if act.before != nil {
				s.must(act.before(t.Context(), s))
			}
			before, entries := s.everything(), s.entries()
			s.exec("CREATE TRIGGER closed BEFORE INSERT ON moderation_log FOR EACH STATEMENT EXECUTE FUNCTION moderation_log_append_only()")
			if err := act.do(t.Context(), s); err == nil {
				t.Error("it was done without an entry in the log")
			}
			s.same(before)
			s.exec("DROP TRIGGER closed ON moderation_log")
			s.must(act.do(t.Context(), s))
			if s.entries() == entries {
				t.Error("it wrote nothing into the log")
			}
			if maps.Equal(s.everything(), before) {
				t.Error("it changed nothing: the test proves nothing")
			}
		})
	}
}

func (s *stage) exec(sql string) {
	s.t.Helper()
	_, err := s.tx.Exec(s.t.Context(), sql)
	s.must(err)
}

func (s *stage) entries() (n int) {
	s.t.Helper()
	s.must(s.tx.QueryRow(s.t.Context(), "SELECT count(*) FROM moderation_log").Scan(&n))
	return n
}

// everything is a digest of each table but the log and the queue's own.
func (s *stage) everything() map[string]string {
	s.t.Helper()
	rows, err := s.tx.Query(s.t.Context(), `
		SELECT tablename FROM pg_tables
		WHERE schemaname = 'public' AND tablename NOT LIKE 'river%' AND tablename NOT IN ('moderation_log', 'goose_db_version')`)
	s.must(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	s.must(err)
	digests := map[string]string{}
	for _, name := range names {
		var text string
		s.must(s.tx.QueryRow(s.t.Context(), "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM "+name+" t").Scan(&text))
		digests[name] = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	}
	return digests
}

func (s *stage) same(before map[string]string) {
	s.t.Helper()
	var changed []string
	for name, digest := range s.everything() {
		if digest != before[name] {
			changed = append(changed, name)
		}
	}
	if len(changed) > 0 {
		slices.Sort(changed)
		s.t.Errorf("it failed and yet changed %s", strings.Join(changed, ", "))
	}
}

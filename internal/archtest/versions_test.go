package archtest

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/newswire"
)

// shown finds SQL that changes what readers of a site see.
var shown = regexp.MustCompile(`\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+(?:article|article_revision|article_topic|comment|feature|feature_article|` +
	`media|rendition|site|site_host|site_topic|site_page)\b`)

// unseen are the exported functions that reach such SQL and change nothing that a reader sees, with the reason. Every
// other one raises the site's version, or caches would go on with what was there before.
func unseen() map[string]string {
	return map[string]string{
		"site.Create":            "begins with its first version",
		"account.OpenCollective": "opens a site",
		"article.Forgetter.Work": "forgets how authors can be reached, which is on no page",
		"media.Arrivals.Begin":   "notes an upload that is yet to come",
		"media.Intake.Receive":   "keeps an upload that no post holds yet",
		"media.Eraser.Work":      "deletes the bytes of files that are gone already",
	}
}

// TestChangesRaiseTheVersion finds everything that changes what readers see by its SQL.
func TestChangesRaiseTheVersion(t *testing.T) {
	t.Parallel()
	g := newGraph(sources(t), shown)
	found := 0
	for _, name := range slices.Sorted(maps.Keys(g.calls)) {
		if !g.exported[name] || g.steps[name] || !g.reaches(name, g.writes) {
			continue
		}
		found++
		if raises, why := g.reaches(name, map[string]bool{"site.Bump": true}), unseen()[name]; !raises && why == "" {
			t.Errorf("%s changes what readers see and never reaches site.Bump: call it in the same transaction, or say in "+
				"archtest's unseen why nobody sees the change", name)
		}
	}
	if found < 20 {
		t.Fatalf("only %d found: the rule would hold nothing", found)
	}
	for name, why := range unseen() {
		if !g.reaches(name, g.writes) || g.reaches(name, map[string]bool{"site.Bump": true}) {
			t.Errorf("unseen names %s (%s), which does nothing of the kind", name, why)
		}
	}
}

// still are the verbs that leave a site's version as it is.
func still(name string) bool {
	switch name {
	case "report.Dismiss": // only editors know of reports
		return true
	case "site.Create", "account.OpenCollective": // another site's, which begins with its first version
		return true
	}
	return strings.HasPrefix(name, "account.") // who has which rights is on no page for readers
}

// posts are what anyone sends, and what changes nothing for readers.
func posts() map[string]act {
	return map[string]act{
		"newswire.Publish": {do: func(ctx context.Context, s *stage) error {
			desk := newswire.Desk{DB: s.tx, Queue: s.queue, Key: s.key, Now: time.Now}
			_, err := desk.Publish(ctx, s.site, s.key.Mint(s.site.ID, time.Now()), article.Draft{Title: "Outra", Body: "Outra."})
			return err
		}},
		"comment.Post": {do: func(ctx context.Context, s *stage) error {
			_, err := comment.Post(ctx, s.tx, s.queue, s.site, s.article, comment.Draft{Body: "Não."})
			return err
		}},
	}
}

// TestVersionIsRaisedLast runs every verb. What readers see changes with the site's version, which goes up by one, as the
// last that the transaction writes: the site's row is locked from then until a second server has the commit.
func TestVersionIsRaisedLast(t *testing.T) {
	t.Parallel()
	pools := dbtest.New(t)
	if _, err := pools.Primary.Exec(t.Context(), watchWrites); err != nil {
		t.Fatal(err)
	}
	table := acts()
	maps.Copy(table, posts())
	for name, act := range table {
		t.Run(name, func(t *testing.T) {
			tx, err := pools.Primary.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }() // its connection ends with the test's pool
			newStageIn(t, tx).checkVersion(name, act)
		})
	}
}

func (s *stage) checkVersion(name string, act act) {
	s.t.Helper()
	if act.before != nil {
		s.must(act.before(s.t.Context(), s))
	}
	before := s.version()
	s.exec("DELETE FROM write_seen")
	s.must(act.do(s.t.Context(), s))
	raised, writes := s.version()-before, s.written()
	switch {
	case still(name) && raised != 0:
		s.t.Errorf("nothing changed for readers, and the version rose by %d", raised)
	case !still(name) && raised != 1:
		s.t.Errorf("the version rose by %d, want 1", raised)
	case !still(name) && writes[len(writes)-1] != "site":
		s.t.Errorf("wrote %v: the site's version comes last", writes)
	}
}

// watchWrites notes from then on which tables are written, in order.
const watchWrites = `
CREATE TABLE write_seen (n bigint GENERATED ALWAYS AS IDENTITY, name text);
CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO write_seen (name) VALUES (TG_TABLE_NAME);
	RETURN NULL;
END $$;
DO $$ DECLARE name text; BEGIN
	FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'write_seen' LOOP
		EXECUTE format('CREATE TRIGGER seen AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION note_write()', name);
	END LOOP;
END $$`

func (s *stage) written() []string {
	s.t.Helper()
	rows, err := s.tx.Query(s.t.Context(), "SELECT name FROM write_seen ORDER BY n")
	s.must(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	s.must(err)
	return names
}

func (s *stage) version() (n int64) {
	s.t.Helper()
	s.must(s.tx.QueryRow(s.t.Context(), "SELECT version FROM site WHERE id = $1", s.site.ID).Scan(&n))
	return n
}

package modlog_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/paging"
)

// newSite makes a site, of which this room knows the number only.
func newSite(t *testing.T, tx pgx.Tx) (id int64) {
	t.Helper()
	err := tx.QueryRow(t.Context(), "INSERT INTO site (slug, name, languages) VALUES ($1, 'Tejo', '{pt}') RETURNING id", "l"+strings.ToLower(rand.Text())).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func add(t *testing.T, tx pgx.Tx, e modlog.Entry) {
	t.Helper()
	if err := modlog.Add(t.Context(), tx, e); err != nil {
		t.Fatal(err)
	}
}

func editor() modlog.Actor { return modlog.Actor{Kind: modlog.Editor, Name: "Inês", ID: 3} }

// read walks a log to its end, and gives each entry as "act subject number".
func read(t *testing.T, tx pgx.Tx, site int64, f modlog.Filter) (lines []string) {
	t.Helper()
	for {
		page, err := modlog.List(t.Context(), tx, site, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			lines = append(lines, fmt.Sprintf("%s %s %d", r.Act, r.Subject, r.SubjectID))
		}
		if page.Next == "" {
			return lines
		}
		if f.Before, err = paging.Parse(page.Next); err != nil {
			t.Fatal(err)
		}
	}
}

// TestList reads logs that share a table: everyone's, the editors', another
// site's and the network's.
func TestList(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	here, there := newSite(t, tx), newSite(t, tx)
	add(t, tx, modlog.Entry{Site: here, Actor: editor(), Act: modlog.Hide, Subject: modlog.Article, SubjectID: 1, Reason: "x"})
	add(t, tx, modlog.Entry{Site: here, Actor: modlog.Actor{Kind: modlog.Author}, Act: modlog.Edit, Subject: modlog.Article, SubjectID: 2})
	add(t, tx, modlog.Entry{Site: here, Actor: editor(), Act: modlog.Hide, Subject: modlog.Comment, SubjectID: 3, Reason: "x"})
	add(t, tx, modlog.Entry{Site: here, Actor: editor(), Act: modlog.Grant, Subject: modlog.Account, SubjectID: 4, Reason: "editor"})
	add(t, tx, modlog.Entry{Site: there, Actor: editor(), Act: modlog.Place, Subject: modlog.Feature, SubjectID: 5, Reason: "1"})
	add(t, tx, modlog.Entry{Actor: modlog.ByOperator(), Act: modlog.Disable, Subject: modlog.Account, SubjectID: 6_000_001})
	for _, test := range []struct {
		name string
		site int64
		f    modlog.Filter
		want []string
	}{
		{"everyone", here, modlog.Filter{}, []string{"hide comment 3", "hide article 1"}},
		{"editors", here, modlog.Filter{Internal: true}, []string{"grant account 4", "hide comment 3", "hide article 1"}},
		{"an act", here, modlog.Filter{Act: modlog.Hide}, []string{"hide comment 3", "hide article 1"}},
		{"a subject", here, modlog.Filter{Subject: modlog.Article}, []string{"hide article 1"}},
		{"both", here, modlog.Filter{Act: modlog.Show, Subject: modlog.Article}, nil},
		{"rights, to everyone", here, modlog.Filter{Act: modlog.Grant}, nil},
		{"another site", there, modlog.Filter{Internal: true}, []string{"place feature 5"}},
	} {
		if got := read(t, tx, test.site, test.f); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := read(t, tx, 0, modlog.Filter{Internal: true}); !slices.Contains(got, "disable account 6000001") || slices.Contains(got, "grant account 4") {
		t.Errorf("the network's log is %q", got)
	}
	if got := read(t, tx, 0, modlog.Filter{}); len(got) != 0 {
		t.Errorf("of the network everyone reads %q", got)
	}
	authors, err := modlog.Of(t.Context(), tx, here, modlog.Article, 2)
	if err != nil || len(authors) != 1 || authors[0].ActorName != "" || authors[0].ActorID != nil {
		t.Errorf("of an author's own: %+v, %v", authors, err)
	}
}

// TestListMeetsEachEntryOnce pages through entries of one instant.
func TestListMeetsEachEntryOnce(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	here := newSite(t, tx)
	const acts = 2*modlog.PageSize + 7
	for i := range acts {
		add(t, tx, modlog.Entry{Site: here, Actor: editor(), Act: modlog.Show, Subject: modlog.Article, SubjectID: int64(i + 1)})
	}
	lines := read(t, tx, here, modlog.Filter{})
	if len(lines) != acts || lines[0] != fmt.Sprintf("show article %d", acts) || lines[acts-1] != "show article 1" {
		t.Errorf("%d entries, want %d: %q", len(lines), acts, lines)
	}
}

// TestLogIsAppendOnly has the database refuse what no verb does. TRUNCATE waits
// for all who wrote the log, so this one is written by nobody else.
func TestLogIsAppendOnly(t *testing.T) {
	t.Parallel()
	tx, err := dbtest.New(t).Primary.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	here := newSite(t, tx)
	add(t, tx, modlog.Entry{Site: here, Actor: editor(), Act: modlog.Hide, Subject: modlog.Article, SubjectID: 1, Reason: "x"})
	for _, sql := range []string{
		"UPDATE moderation_log SET reason = 'y'", "DELETE FROM moderation_log WHERE site_id = " + fmt.Sprint(here), "TRUNCATE moderation_log",
	} {
		err := pgx.BeginFunc(t.Context(), tx, func(nested pgx.Tx) error {
			_, err := nested.Exec(t.Context(), sql)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if got := read(t, tx, here, modlog.Filter{}); !slices.Equal(got, []string{"hide article 1"}) {
		t.Errorf("the log is %q", got)
	}
}

func TestAddRefusesWhatHasNoWords(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	here := newSite(t, tx)
	for _, e := range []modlog.Entry{
		{Site: here, Act: modlog.Grant, Subject: modlog.Article}, {Site: here, Act: "x", Subject: modlog.Article}, {Site: here, Act: modlog.Hide, Subject: "x"},
	} {
		if err := modlog.Add(t.Context(), tx, e); !fault.Is(err, fault.Internal) {
			t.Errorf("%s of %s: %v", e.Act, e.Subject, err)
		}
	}
}

package draft_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/draft"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

var key = article.TicketKey("key")

func madeSite(t *testing.T, tx pgx.Tx, slug string) site.Site {
	t.Helper()
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), site.Draft{Slug: slug, Name: slug, Languages: []locale.Tag{"pt"}})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func kept(t *testing.T, q db.Querier, st site.ID, ticket article.Ticket) draft.Fields {
	t.Helper()
	f, err := draft.Read(t.Context(), q, st, ticket)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestKeptIsReadByItsTicketAlone(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st, other := madeSite(t, tx, "draft-here"), madeSite(t, tx, "draft-there")
	mine, theirs := key.Mint(st.ID, time.Now()), key.Mint(st.ID, time.Now())
	written := draft.Fields{"title": {"Greve no porto"}, "topic": {"trabalho", "porto"}}
	for _, f := range []draft.Fields{{"title": {"Antes"}}, written} {
		if err := draft.Keep(t.Context(), tx, st, mine, f); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(written, kept(t, tx, st.ID, mine)); diff != "" {
		t.Error(diff)
	}
	if got := kept(t, tx, st.ID, theirs); len(got) != 0 {
		t.Errorf("another ticket reads %v", got)
	}
	if got := kept(t, tx, other.ID, mine); len(got) != 0 {
		t.Errorf("another site reads %v", got)
	}
}

func TestTheDatabaseAloneReadsNothing(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st, other := madeSite(t, tx, "draft-here"), madeSite(t, tx, "draft-there")
	mine, theirs := key.Mint(st.ID, time.Now()), key.Mint(st.ID, time.Now())
	if err := draft.Keep(t.Context(), tx, st, mine, draft.Fields{"title": {"Greve no porto"}}); err != nil {
		t.Fatal(err)
	}
	var sealed []byte
	if err := tx.QueryRow(t.Context(), "SELECT sealed FROM draft").Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("Greve")) {
		t.Error("the database holds the text")
	}
	if len(sealed)%1024 != 12+16 { // nonce and tag
		t.Errorf("%d bytes tell how much was written", len(sealed))
	}
	// whoever has the database moves the row to where they have the ticket
	for _, move := range []struct {
		to     site.ID
		ticket article.Ticket
	}{{st.ID, theirs}, {other.ID, mine}} {
		if _, err := tx.Exec(t.Context(), "UPDATE draft SET site_id = $1, ticket_hash = $2", move.to, move.ticket.Hash()); err != nil {
			t.Fatal(err)
		}
		if got, err := draft.Read(t.Context(), tx, move.to, move.ticket); !fault.Is(err, fault.NotFound) {
			t.Errorf("a draft that was moved reads %v, %v", got, err)
		}
	}
}

func TestADraftIsBounded(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st := madeSite(t, tx, "draft-bound")
	err := draft.Keep(t.Context(), tx, st, key.Mint(st.ID, time.Now()), draft.Fields{"body": {strings.Repeat("a", draft.MaxBytes)}})
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("a text beyond all bounds: %v", err)
	}
}

func TestDraftsGoWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st := madeSite(t, tx, "draft-time")
	old, young := key.Mint(st.ID, time.Now().Add(-article.TicketLife)), key.Mint(st.ID, time.Now().Add(-article.TicketLife+time.Hour))
	for _, ticket := range []article.Ticket{old, young} {
		if err := draft.Keep(t.Context(), tx, st, ticket, draft.Fields{"title": {"Sim"}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := kept(t, tx, st.ID, old); len(got) != 0 {
		t.Errorf("after 48 h one still reads %v", got)
	}
	if err := (&draft.Sweeper{DB: tx}).Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var count int
	if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM draft").Scan(&count); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, tx, st.ID, young); count != 1 || len(got) == 0 {
		t.Errorf("%d drafts are left, want the young one", count)
	}
}

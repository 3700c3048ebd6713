package account_test

import (
	"slices"
	"testing"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// TestOpenCollective makes a site and the invitation of its first editor, both
// or neither.
func TestOpenCollective(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	draft := site.Draft{Slug: "sado", Name: "Sado livre", Languages: []locale.Tag{"pt"}}
	open := func(d site.Draft, email string) (account.Opened, error) {
		return account.OpenCollective(t.Context(), tx, modlog.ByOperator(), d, email)
	}
	made, err := open(draft, " Eva@Example.org ")
	if err != nil || made.Invited == nil {
		t.Fatalf("%+v, %v", made, err)
	}
	i, err := account.InvitationBy(t.Context(), tx, made.Site.ID, made.Invited.Token)
	if err != nil || i.Email != "eva@example.org" || i.Role != account.Editor {
		t.Errorf("invitation %+v, %v", i, err)
	}
	log, err := modlog.List(t.Context(), tx, int64(made.Site.ID), modlog.Filter{Internal: true})
	if err != nil || len(log.Items) != 2 || log.Items[0].Act != modlog.Invite || log.Items[1].Act != modlog.Open {
		t.Errorf("the log holds %+v, %v", log.Items, err)
	}

	if _, err := open(draft, "ana@example.org"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a slug that is taken: %v", err)
	}
	var names []string
	_, err = open(site.Draft{Slug: "x y", Languages: []locale.Tag{"pt"}}, "nobody")
	for _, f := range fault.Fields(err) {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"slug", "name", "editor"}) {
		t.Errorf("all faults at once: %v, %v", names, err)
	}
	draft.Slug = "lima"
	if made, err = open(draft, "  "); err != nil || made.Invited != nil {
		t.Errorf("without an editor: %+v, %v", made, err)
	}
	var invitations int
	if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM invitation").Scan(&invitations); err != nil || invitations != 1 {
		t.Errorf("%d invitations, %v", invitations, err)
	}
}

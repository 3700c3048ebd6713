package feature_test

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

var editor = modlog.Actor{Kind: modlog.Editor, Name: "Inês"}

// connection is a transaction that is rolled back, or a pool.
type connection interface {
	db.Querier
	db.Beginner
}

// room is a site with its centre column.
type room struct {
	t     *testing.T
	db    connection
	queue *jobs.Client
	st    site.Site
}

func newRoom(t *testing.T) *room {
	t.Helper()
	return roomIn(t, dbtest.Tx(t))
}

func roomIn(t *testing.T, c connection) *room {
	t.Helper()
	r := &room{t: t, db: c}
	var err error
	if r.queue, err = jobs.NewInserter(nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	r.st = r.site()
	return r
}

// site makes one with a slug of its own: two transactions that insert the same
// would wait for each other.
func (r *room) site() site.Site {
	r.t.Helper()
	st, err := site.Create(r.t.Context(), r.db, modlog.ByOperator(), site.Draft{Slug: "s" + strings.ToLower(rand.Text()), Name: "Tejo", Languages: []locale.Tag{"pt", "en"}})
	if err != nil {
		r.t.Fatal(err)
	}
	return st
}

func draft(title string) feature.Draft {
	return feature.Draft{Title: title, Summary: "Um resumo.", Body: "Um **texto**."}
}

func (r *room) create(ticket []byte, d feature.Draft) (feature.Written, error) {
	return feature.Create(r.t.Context(), r.db, r.queue, r.st, editor, ticket, d)
}

func (r *room) write(d feature.Draft) feature.ID {
	r.t.Helper()
	written, err := r.create(nil, d)
	if err != nil {
		r.t.Fatal(err)
	}
	return written.ID
}

func (r *room) act(id feature.ID) feature.Act { return feature.Act{Site: r.st, ID: id, By: editor} }

// place places features from the lead down.
func (r *room) place(ids ...feature.ID) {
	r.t.Helper()
	for i, id := range ids {
		if err := feature.Place(r.t.Context(), r.db, r.act(id), i+1); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *room) writePlaced(titles ...string) []feature.ID {
	r.t.Helper()
	var ids []feature.ID
	for _, title := range titles {
		ids = append(ids, r.write(draft(title)))
	}
	r.place(ids...)
	return ids
}

// order is the front page, the positions checked to be 1 to n.
func (r *room) order() []feature.ID {
	r.t.Helper()
	placed, err := feature.Placed(r.t.Context(), r.db, r.st.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	ids := make([]feature.ID, 0, len(placed))
	for i, f := range placed {
		if *f.Position != i+1 {
			r.t.Errorf("the feature in place %d says that it is in place %d", i+1, *f.Position)
		}
		ids = append(ids, f.ID)
	}
	return ids
}

func (r *room) wantOrder(what string, ids ...feature.ID) {
	r.t.Helper()
	if diff := cmp.Diff(ids, r.order()); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (r *room) feature(id feature.ID) feature.Feature {
	r.t.Helper()
	f, err := feature.ByID(r.t.Context(), r.db, r.st.ID, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// logged are the acts on a feature, each with its reason.
func (r *room) logged(id feature.ID) string {
	r.t.Helper()
	records, err := modlog.Of(r.t.Context(), r.db, int64(r.st.ID), modlog.Feature, int64(id))
	if err != nil {
		r.t.Fatal(err)
	}
	var acts []string
	for _, record := range records {
		if record.ActorName != editor.Name {
			r.t.Errorf("%s was done by %q", record.Act, record.ActorName)
		}
		acts = append(acts, strings.TrimSuffix(string(record.Act)+" "+record.Reason, " "))
	}
	return strings.Join(acts, ", ")
}

// version is the site's, which caches go by.
func (r *room) version() int64 {
	r.t.Helper()
	st, err := site.ByID(r.t.Context(), r.db, r.st.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return st.Version
}

func (r *room) article(st site.Site, title string) article.ID {
	r.t.Helper()
	var id article.ID
	err := db.InTx(r.t.Context(), r.db, func(tx pgx.Tx) (err error) {
		d := article.Draft{Title: title, Body: "Aconteceu."}.Clean(st)
		id, _, err = article.Create(r.t.Context(), tx, st, article.New{Draft: d, State: article.Visible})
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return id
}

// upload lies under the ticket, as a form leaves it.
func (r *room) upload(ticket []byte, state media.UploadState) media.UploadID {
	r.t.Helper()
	var bits [16]byte
	_, _ = rand.Read(bits[:])
	id := hex.EncodeToString(bits[:])
	failure := ""
	if state == media.Refused {
		failure = media.FailureUnknown
	}
	r.exec(`INSERT INTO upload (id, site_id, ticket_hash, name, type, size, received, state, failure, expires_at)
		VALUES ($1, $2, $3, 'a.jpg', 'image/jpeg', 1, 1, $4, $5, now() + interval '1 day')`, id, r.st.ID, ticket, state, failure)
	return media.UploadID(id)
}

func (r *room) exec(sql string, args ...any) {
	r.t.Helper()
	if _, err := r.db.Exec(r.t.Context(), sql, args...); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) count(sql string, args ...any) int {
	r.t.Helper()
	var n int
	if err := r.db.QueryRow(r.t.Context(), sql, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// faultAt is the message about a field at fault.
func faultAt(err error, name string) string {
	for _, f := range fault.Fields(err) {
		if f.Name == name {
			return f.Message
		}
	}
	return ""
}

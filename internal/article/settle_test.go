package article_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/sandbox"
	"github.com/indywire/indywire/internal/site"
)

// darkroom is an article whose photo waits for its cleaning.
type darkroom struct {
	*testing.T
	pools     *db.Pools
	queue     *jobs.Client
	processor *media.Processor
	owner     media.Owner
	id        media.ID
}

func newDarkroom(t *testing.T) *darkroom {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	d := &darkroom{T: t, pools: dbtest.New(t)}
	store, err := blob.OpenDir(t.TempDir())
	d.must(err)
	box := sandbox.New(sandbox.Bwrap, log)
	d.must(box.Probe(t.Context()))
	d.queue, err = jobs.NewInserter(d.pools.Primary, log)
	d.must(err)
	d.processor = &media.Processor{DB: d.pools.Primary, Store: store, Box: box, Settled: article.MediaSettled}
	st, err := site.Create(t.Context(), d.pools.Primary, modlog.ByOperator(), site.Draft{Slug: "tejo", Name: "Tejo", Languages: []locale.Tag{"pt"}})
	d.must(err)
	d.must(db.InTx(t.Context(), d.pools.Primary, func(tx pgx.Tx) error { return d.post(tx, st, store) }))
	return d
}

func (d *darkroom) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *darkroom) post(tx pgx.Tx, st site.Site, store *blob.Store) error {
	draft := article.Draft{Title: "Um título", Body: "Um texto."}.Clean(st)
	id, _, err := article.Create(d.Context(), tx, st, article.New{Draft: draft, State: article.Visible})
	if err != nil {
		return err
	}
	d.owner = media.Owner{Article: int64(id)}
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		return err
	}
	intake := media.Intake{DB: tx, Store: store, Now: time.Now}
	u, err := intake.Receive(d.Context(), st, []byte("ticket"), "a.png", &photo, 0)
	if err != nil {
		return err
	}
	if err := media.Attach(d.Context(), tx, d.queue, st, []byte("ticket"), d.owner, []media.Chosen{{ID: u.ID}}); err != nil {
		return err
	}
	return tx.QueryRow(d.Context(), "SELECT id FROM media").Scan(&d.id)
}

// work does the job, as the queue would.
func (d *darkroom) work() error {
	job := &river.Job[media.ProcessArgs]{JobRow: &rivertype.JobRow{Attempt: 1}, Args: media.ProcessArgs{Media: d.id}}
	return d.processor.Work(d.Context(), job)
}

// awaitWaiter returns once a session of the test's database waits for a lock.
func (d *darkroom) awaitWaiter() {
	d.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var waiting bool
		d.must(d.pools.Replica.QueryRow(d.Context(), `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting))
		if waiting {
			return
		}
	}
	d.Fatal("the job never came to ask for the article")
}

// TestPhotoIsSettledWhileItsArticleIsWithdrawn holds the order of locks: the job
// asks for the article before it holds the file, which the withdrawal is about
// to ask for.
func TestPhotoIsSettledWhileItsArticleIsWithdrawn(t *testing.T) {
	t.Parallel()
	d := newDarkroom(t)
	tx, err := d.pools.Primary.Begin(t.Context())
	d.must(err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), "SELECT FROM article WHERE id = $1 FOR UPDATE", d.owner.Article)
	d.must(err)
	done := make(chan error, 1)
	go func() { done <- d.work() }()
	d.awaitWaiter()
	if err := media.Erase(t.Context(), tx, d.queue, d.owner); err != nil {
		t.Errorf("the withdrawal got stuck: %v", err)
	}
	d.must(tx.Commit(t.Context()))
	if err := <-done; err != nil {
		t.Errorf("the job got stuck: %v", err)
	}
	var renditions int
	d.must(d.pools.Primary.QueryRow(t.Context(), "SELECT count(*) FROM rendition").Scan(&renditions))
	if renditions != 0 {
		t.Errorf("%d renditions of a withdrawn photo", renditions)
	}
}

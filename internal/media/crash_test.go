package media_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

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

// bench is all that a file needs on its way.
type bench struct {
	t         *testing.T
	dir       string
	pools     *db.Pools
	processor *media.Processor
}

func newBench(t *testing.T) bench {
	t.Helper()
	dir := t.TempDir()
	store, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return benchWith(t, dir, store)
}

func benchWith(t *testing.T, dir string, store *blob.Store) bench {
	t.Helper()
	b := bench{t: t, dir: dir, pools: dbtest.New(t)}
	box := sandbox.New(sandbox.Bwrap, slog.New(slog.DiscardHandler))
	if err := box.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.processor = &media.Processor{DB: b.pools.Primary, Store: store, Box: box}
	return b
}

// attached is a photo that a post took and nobody has cleaned yet.
func (b bench) attached() (id media.ID, original string) {
	b.t.Helper()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		b.t.Fatal(err)
	}
	return b.attachedPhoto(photo.Bytes())
}

func (b bench) attachedPhoto(photo []byte) (id media.ID, original string) {
	b.t.Helper()
	ctx := b.t.Context()
	st, err := site.Create(ctx, b.pools.Primary, modlog.ByOperator(), site.Draft{Slug: "news", Name: "News", Languages: []locale.Tag{"en"}})
	if err != nil {
		b.t.Fatal(err)
	}
	intake := media.Intake{DB: b.pools.Primary, Store: b.processor.Store, Now: time.Now}
	u, err := intake.Receive(ctx, st, []byte("ticket"), "a.jpg", bytes.NewReader(photo), 0)
	if err != nil {
		b.t.Fatal(err)
	}
	queue, err := jobs.NewInserter(b.pools.Primary, slog.New(slog.DiscardHandler))
	if err != nil {
		b.t.Fatal(err)
	}
	err = db.InTx(ctx, b.pools.Primary, func(tx pgx.Tx) error {
		return media.Attach(ctx, tx, queue, st, []byte("ticket"), media.Owner{}, []media.Chosen{{ID: u.ID}})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.scan("SELECT id FROM media", &id)
	return id, string(u.ID)
}

func (b bench) scan(sql string, into ...any) {
	b.t.Helper()
	if err := b.pools.Primary.QueryRow(b.t.Context(), sql).Scan(into...); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) exec(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.pools.Primary.Exec(b.t.Context(), sql, args...); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) process(id media.ID) {
	b.t.Helper()
	if err := b.processor.Work(b.t.Context(), &river.Job[media.ProcessArgs]{Args: media.ProcessArgs{Media: id}}); err != nil {
		b.t.Fatal(err)
	}
}

// files are the names of all files below a folder of the store.
func (b bench) files(sub string) (names []string) {
	b.t.Helper()
	err := filepath.WalkDir(filepath.Join(b.dir, sub), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return names
}

// TestKilledBeforeTheOriginalWentAway holds that what was sent does not stay on
// the disk where the server is killed after the file became Ready.
func TestKilledBeforeTheOriginalWentAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, original := b.attached()
	b.process(id)
	var state media.State
	var kept *string
	if b.scan("SELECT state, original FROM media", &state, &kept); state != media.Ready || kept != nil || len(b.files("uploads")) != 0 {
		t.Fatalf("state %s, original %v, uploads %v", state, kept, b.files("uploads"))
	}
	b.exec("UPDATE media SET original = $1", original)
	if err := os.WriteFile(filepath.Join(b.dir, "uploads", original), []byte("with the place it was taken at"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.process(id)
	if b.scan("SELECT state, original FROM media", &state, &kept); state != media.Ready || kept != nil || len(b.files("uploads")) != 0 {
		t.Errorf("state %s, original %v, uploads %v", state, kept, b.files("uploads"))
	}
}

// TestWithdrawnWhileBeingCleaned holds that nothing of a file is left that was
// withdrawn between the two transactions of its cleaning.
func TestWithdrawnWhileBeingCleaned(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, _ := b.attached()
	made := 0
	b.processor.DB = &interrupted{Beginner: b.pools.Primary, nth: 2, by: func() {
		made = len(b.files("blobs"))
		b.exec("UPDATE media SET state = 'gone'")
	}}
	b.process(id)
	if made == 0 {
		t.Fatal("nothing had been made when it was withdrawn")
	}
	if left := append(b.files("blobs"), b.files("uploads")...); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// interrupted does something before its nth transaction.
type interrupted struct {
	db.Beginner
	nth int
	by  func()
}

func (i *interrupted) Begin(ctx context.Context) (pgx.Tx, error) {
	if i.nth--; i.nth == 0 {
		i.by()
	}
	return i.Beginner.Begin(ctx)
}

package media_test

import (
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
)

// TestWithdrawalReadsOnlyItsFiles holds that an article and its comments are
// taken away without a look at everybody's files, and with all of theirs.
func TestWithdrawalReadsOnlyItsFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.attached() // of a logo: it stays
	b.exec(`INSERT INTO article (site_id, slug, state, ticket_hash, receipt_hash, language, title, summary, author, source, html, format, markup_version)
		SELECT s.id, 'a', 'visible', int4send(n), int4send(n), 'en', 'A', '', '', 'a', 'a', 'plain', 1 FROM site s, generate_series(1, 1000) n`)
	b.exec(`INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version)
		SELECT site_id, id, 'comment', 'visible', '', 'c', 'c', 1 FROM article, generate_series(1, 3)`)
	b.exec(`INSERT INTO media (id, site_id, article_id, position, state)
		SELECT md5('a' || a.id || n), a.site_id, a.id, n, 'ready' FROM article a, generate_series(1, 3) n`)
	b.exec(`INSERT INTO media (id, site_id, comment_id, position, state)
		SELECT md5('c' || c.id), c.site_id, c.id, 1, 'ready' FROM comment c`)
	for _, table := range []string{"article", "comment", "media"} {
		b.exec("ANALYZE " + table)
	}
	queue, err := jobs.NewInserter(b.pools.Primary, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var article int64
	b.scan("SELECT min(id) FROM article", &article)
	var read, gone, others int
	err = db.InTx(t.Context(), b.pools.Primary, func(tx pgx.Tx) error {
		if err := media.Erase(t.Context(), tx, queue, media.Owner{Article: article}); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables WHERE relname = 'media'").Scan(&read)
	})
	if err != nil || read > 10 { // of thousands
		t.Errorf("%d files read one by one, %v", read, err)
	}
	b.scan("SELECT count(*) FILTER (WHERE state = 'gone'), count(*) FILTER (WHERE state <> 'gone') FROM media", &gone, &others)
	if gone != 6 || others != 5995 {
		t.Errorf("%d files are gone and %d are not", gone, others)
	}
}

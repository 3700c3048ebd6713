package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/logging"
	"github.com/indywire/indywire/internal/media/tus"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/static"
	"github.com/indywire/indywire/web"
)

// traced is a whole server whose statements are counted, over sites that may be
// large.
type traced struct {
	tb    testing.TB
	plain *pgxpool.Pool // to prepare what is asked for
	pool  *pgxpool.Pool // the server's
	trace *trace
	http  http.Handler
	pt    site.Site // two sites, Portuguese and English, with five topics each
	gl    site.Site
}

// trace counts the statements of a pool, and keeps the plans that the server
// sends along where it was told to.
type trace struct {
	pgx.QueryTracer
	mu      sync.Mutex
	queries int
	plans   []plan
}

// TraceQueryStart implements pgx.QueryTracer.
func (t *trace) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	t.mu.Lock()
	t.queries++
	t.mu.Unlock()
	return t.QueryTracer.TraceQueryStart(ctx, conn, data)
}

func (t *trace) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queries
}

// take gives the plans that came since it was last called.
func (t *trace) take() []plan {
	t.mu.Lock()
	defer t.mu.Unlock()
	plans := t.plans
	t.plans = nil
	return plans
}

// note reads a plan out of what auto_explain says.
func (t *trace) note(_ *pgconn.PgConn, n *pgconn.Notice) {
	_, text, found := strings.Cut(n.Message, "plan:\n")
	if !found {
		return
	}
	var p plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		p.Query = "a plan that cannot be read: " + err.Error()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.plans = append(t.plans, p)
}

// newTraced makes a server over a database of its own.
func newTraced(tb testing.TB) *traced {
	tb.Helper()
	n := &traced{tb: tb, plain: dbtest.New(tb).Primary, trace: &trace{}}
	cfg := n.plain.Config()
	n.trace.QueryTracer = cfg.ConnConfig.Tracer
	cfg.ConnConfig.Tracer, cfg.ConnConfig.OnNotice = n.trace, n.trace.note
	var err error
	if n.pool, err = pgxpool.NewWithConfig(context.Background(), cfg); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(n.pool.Close)
	n.pt, n.gl = n.site("pt", "Tejo livre"), n.site("gl", "Minho livre")
	n.serve()
	return n
}

func (n *traced) site(slug, name string) site.Site {
	n.tb.Helper()
	st, err := site.Create(context.Background(), n.plain, modlog.ByOperator(), site.Draft{
		Slug: slug, Name: name, Languages: []locale.Tag{"pt", "en"}, TimeZone: "Europe/Lisbon",
		Topics: []string{"Habitação", "Trabalho", "Terra e água", "Fronteiras", "Cadeias"},
	})
	if err != nil {
		n.tb.Fatal(err)
	}
	return st
}

const glHost = "gl.localhost:8080"

func (n *traced) serve() {
	n.tb.Helper()
	must := func(err error) {
		n.tb.Helper()
		if err != nil {
			n.tb.Fatal(err)
		}
	}
	store, err := blob.OpenDir(n.tb.TempDir())
	must(err)
	key, err := article.TicketKeyOf(context.Background(), n.plain)
	must(err)
	queue, err := jobs.NewInserter(n.plain, slog.New(slog.DiscardHandler))
	must(err)
	catalog, err := locale.Load()
	must(err)
	assets, err := static.Load()
	must(err)
	sites := site.NewDirectory(db.NewReplica(n.pool, n.pool), "localhost")
	must(sites.Refresh(context.Background())) // nobody follows their versions: they would be counted
	server, err := web.New(web.Options{
		Sites: sites, Pools: &db.Pools{Primary: n.pool, Replica: db.NewReplica(n.pool, n.pool)}, Store: store, Uploads: &tus.Reception{}, Queue: queue, Key: key, Catalog: catalog,
		Assets: assets, Portal: "localhost", Node: "testnode", Metrics: prometheus.NewRegistry(), Now: time.Now,
		Log: logging.New(io.Discard, slog.LevelInfo, logging.Text), // lines are made, as on a real server
	})
	must(err)
	n.http = server.Handler()
}

// get asks for a page through the whole server; anything but 200 ends the test.
func (n *traced) get(host, path string) *httptest.ResponseRecorder {
	n.tb.Helper()
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+host+path, nil))
	if w.Code != http.StatusOK {
		n.tb.Fatalf("%s%s: status %d, want 200; body:\n%.1000s", host, path, w.Code, w.Body)
	}
	return w
}

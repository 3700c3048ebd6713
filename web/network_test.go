package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/media/tus"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/sandbox"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/static"
	"github.com/indywire/indywire/web"
)

// network is a whole server of a test's own: a database, a media store, workers
// that clean photos in the sandbox, and the full router.
type network struct {
	t        *testing.T
	pools    *db.Pools
	sites    *site.Directory
	store    *blob.Store
	key      article.TicketKey
	queue    *jobs.Client
	logs     *bytes.Buffer
	now      func() time.Time
	http     http.Handler
	alone    http.Handler // http, without what informed tells it
	ops      http.Handler
	accounts account.Desk
	pt       site.Site // Portuguese and English, three topics
	ar       site.Site

	uploads       *tus.Reception
	hold          time.Duration  // for a primary
	patience      time.Duration  // of a page with the database; serve once more after a change
	fetchPatience time.Duration  // of a reader with a file that is not on the node
	filePatience  time.Duration  // of a reporter with the cleaning of photos
	proxies       []netip.Prefix // whose word on the scheme is taken; serve once more after a change
}

// newNetwork makes a network. Workers run where files are to be cleaned.
func newNetwork(t *testing.T, workers bool) *network {
	t.Helper()
	return networkOn(t, dbtest.New(t), workers)
}

func networkOn(t *testing.T, pools *db.Pools, workers bool) *network {
	t.Helper()
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return networkWith(t, pools, store, workers)
}

func networkWith(t *testing.T, pools *db.Pools, store *blob.Store, workers bool) *network {
	t.Helper()
	n := &network{t: t, pools: pools, store: store, logs: &bytes.Buffer{}, now: time.Now}
	// The testing package remembers all cleanups, and what they refer to, until the
	// last test is over: hundreds of servers with their templates.
	t.Cleanup(func() {
		n.http, n.alone, n.ops, n.uploads, n.queue, n.pools, n.sites = nil, nil, nil, nil, nil, nil, nil
	})
	n.accounts = account.Desk{DB: n.pools.Primary, Hasher: account.NewHasher(2)}
	var err error
	if n.key, err = article.TicketKeyOf(t.Context(), n.pools.Primary); err != nil {
		t.Fatal(err)
	}
	n.startQueue(workers)
	n.pt = n.site(site.Draft{Slug: "pt", Name: "Tejo livre", Languages: []locale.Tag{"pt", "en"}, TimeZone: "Europe/Lisbon", Topics: []string{"Habitação", "Trabalho", "Terra e água"}})
	n.ar = n.site(site.Draft{Slug: "ar", Name: "الضفة الحرة", Languages: []locale.Tag{"ar"}, Topics: []string{"السكن"}})
	n.serve()
	return n
}

func (n *network) site(d site.Draft) site.Site {
	n.t.Helper()
	st, err := site.Create(n.t.Context(), n.pools.Primary, modlog.ByOperator(), d)
	if err != nil {
		n.t.Fatal(err)
	}
	return st
}

func (n *network) startQueue(workers bool) {
	n.t.Helper()
	log := slog.New(slog.DiscardHandler)
	var err error
	if !workers {
		n.filePatience = time.Millisecond // nobody would come
		if n.queue, err = jobs.NewInserter(n.pools.Primary, log); err != nil {
			n.t.Fatal(err)
		}
		return
	}
	box := sandbox.New(sandbox.Bwrap, log)
	if err := box.Probe(n.t.Context()); err != nil {
		n.t.Fatalf("the sandbox does not work here: %v", err)
	}
	list := river.NewWorkers()
	river.AddWorker(list, &media.Processor{DB: n.pools.Primary, Store: n.store, Box: box, Settled: article.MediaSettled})
	river.AddWorker(list, &media.Eraser{DB: n.pools.Primary, Store: n.store})
	river.AddWorker(list, &report.Eraser{DB: n.pools.Primary})
	if n.queue, err = jobs.NewWorker(n.pools.Primary, log, "node-test", list, nil, 2); err != nil {
		n.t.Fatal(err)
	}
	if err := n.queue.Start(context.Background()); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := n.queue.Stop(ctx); err != nil {
			n.t.Errorf("stop workers: %v", err)
		}
	})
}

// What all servers of the tests have in common is read once.
var (
	loadCatalog = sync.OnceValues(locale.Load)
	loadAssets  = sync.OnceValues(static.Load)
)

func (n *network) serve() {
	n.t.Helper()
	catalog, err := loadCatalog()
	if err != nil {
		n.t.Fatal(err)
	}
	assets, err := loadAssets()
	if err != nil {
		n.t.Fatal(err)
	}
	n.receiveUploads()
	n.sites = site.NewDirectory(n.pools.Replica, "localhost")
	server, err := web.New(web.Options{
		Pools: n.pools, Sites: n.sites, Store: n.store, Uploads: n.uploads, Queue: n.queue, Key: n.key, Catalog: catalog, Assets: assets,
		Portal: "localhost", Node: "testnode", TrustedProxies: n.proxies, Log: slog.New(slog.NewTextHandler(&locked{w: n.logs}, nil)),
		Metrics: prometheus.NewRegistry(), Now: func() time.Time { return n.now() }, Patience: n.patience, FetchPatience: n.fetchPatience, FilePatience: n.filePatience, HoldPatience: n.hold,
	})
	if err != nil {
		n.t.Fatal(err)
	}
	n.alone, n.ops = server.Handler(), server.Ops()
	n.http = informed(n.sites, n.alone)
}

// informed has the server know before each request what a test did to sites
// behind its back.
func informed(sites *site.Directory, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		_ = sites.Refresh(ctx) // a test may have taken the database away
		next.ServeHTTP(w, r)
	})
}

// receiveUploads makes the node's reception of uploads, with its own locker.
func (n *network) receiveUploads() {
	n.t.Helper()
	if n.uploads != nil && n.uploads.Arrivals.DB == n.pools.Primary {
		return
	}
	locker := &tus.Locker{Connect: n.pools.Connect, Log: slog.New(slog.DiscardHandler)}
	n.uploads = &tus.Reception{
		Store: n.store, Locker: locker, Pace: tus.NewPace(tus.MaxStreams, 0), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return n.now() },
		Arrivals: media.Arrivals{
			DB: n.pools.Primary, Queue: n.queue, Settled: article.MediaSettled, Room: &media.Room{Store: n.store, Budget: 16 << 30},
		},
	}
	if err := errors.Join(n.uploads.Start(n.t.Context()), locker.Start(n.t.Context())); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { locker.Stop(); n.uploads.Stop() })
}

// answer is what came back.
type answer struct {
	*http.Response
	Body string
}

func (n *network) do(method, host, path, contentType string, body io.Reader) answer {
	n.t.Helper()
	r := httptest.NewRequestWithContext(n.t.Context(), method, "http://"+host+path, body)
	r.Host = host
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	return answer{Response: w.Result(), Body: w.Body.String()}
}

const ptHost, arHost, portalHost = "pt.localhost:8080", "ar.localhost:8080", "localhost:8080"

func (n *network) get(path string) answer {
	n.t.Helper()
	return n.do(http.MethodGet, ptHost, path, "", nil)
}

// want ends the test where the status is another.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("status %d, want %d; body:\n%.2000s", a.StatusCode, status, a.Body)
	}
	return a
}

func (a answer) location() string { return a.Header.Get("Location") }

// upload is a file of a form.
type upload struct {
	name  string
	bytes []byte
}

// post sends a form as a browser does: multipart, the fields in the order of
// their names but the ticket first, then the files.
func (n *network) post(path string, values url.Values, files ...upload) answer {
	n.t.Helper()
	body, kind := multipartBody(n.t, values, files...)
	return n.do(http.MethodPost, ptHost, path, kind, body)
}

func multipartBody(t *testing.T, values url.Values, files ...upload) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	write := func(name string, list []string) {
		for _, v := range list {
			if err := m.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("ticket", values["ticket"])
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", `form-data; name="file"; filename="`+f.name+`"`)
		h.Set("Content-Type", "application/octet-stream")
		part, err := m.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.bytes); err != nil {
			t.Fatal(err)
		}
	}
	for name, list := range values {
		if name != "ticket" {
			write(name, list)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, m.FormDataContentType()
}

// openForm gets the open form of the Portuguese site, as a browser has it.
func (n *network) openForm() url.Values {
	n.t.Helper()
	values := htmltest.FormValues(n.t, n.get("/publish").want(n.t, http.StatusOK).Body, "form#post")
	delete(values, "alt")
	return values
}

// filled is the open form with an article in it.
func (n *network) filled(title string) url.Values {
	n.t.Helper()
	values := n.openForm()
	values.Set("title", title)
	values.Set("body", "As máquinas pararam ao meio-dia.")
	values.Set("action", "publish")
	return values
}

// publish publishes and answers with the path of the receipt.
func (n *network) publish(title string, files ...upload) string {
	n.t.Helper()
	return n.post("/publish", n.filled(title), files...).want(n.t, http.StatusSeeOther).location()
}

// permalink is the path of the article that a receipt belongs to.
func (n *network) permalink(receipt string) string {
	n.t.Helper()
	link := htmltest.Attr(n.t, n.get(receipt).want(n.t, http.StatusOK).Body, "a.permalink", "href")
	u, err := url.Parse(link)
	if err != nil {
		n.t.Fatal(err)
	}
	return u.Path
}

func (n *network) count(sql string, args ...any) int {
	n.t.Helper()
	var count int
	if err := n.pools.Primary.QueryRow(n.t.Context(), sql, args...).Scan(&count); err != nil {
		n.t.Fatal(err)
	}
	return count
}

func (n *network) exec(sql string, args ...any) {
	n.t.Helper()
	ctx := n.t.Context()
	if _, err := n.pools.Primary.Exec(ctx, sql, args...); err != nil {
		n.t.Fatal(err)
	}
	if strings.Contains(sql, " site") { // as a verb does that changes one
		if _, err := n.pools.Primary.Exec(ctx, "UPDATE site SET version = version + 1"); err != nil {
			n.t.Fatal(err)
		}
	}
}

// editForm gets the form of a receipt, as a browser has it.
func (n *network) editForm(receipt string) url.Values {
	n.t.Helper()
	values := htmltest.FormValues(n.t, n.get(receipt).want(n.t, http.StatusOK).Body, "form#post")
	delete(values, "alt")
	return values
}

func has(t *testing.T, page, part string) {
	t.Helper()
	if !strings.Contains(page, part) {
		t.Errorf("the page lacks %q:\n%.3000s", part, page)
	}
}

func lacks(t *testing.T, page, part string) {
	t.Helper()
	if strings.Contains(page, part) {
		t.Errorf("the page holds %q", part)
	}
}

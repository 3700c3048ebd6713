// Package web is what the network speaks over HTTP: the table of addresses,
// and for each noun its handlers and the structs its pages are made from.
package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/media/tus"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/static"
	"github.com/indywire/indywire/web/middleware"
)

// Options are the parts a Server is put together from.
type Options struct {
	Pools          *db.Pools
	Sites          *site.Directory
	Store          *blob.Store
	Uploads        *tus.Reception
	Queue          jobs.Inserter
	Key            article.TicketKey
	Catalog        *locale.Catalog
	Assets         *static.Assets
	Portal         string // host of the portal
	Node           string // public name of this node
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
	Metrics        *prometheus.Registry
	Now            func() time.Time
	Patience       time.Duration // how long a page may take to be read from the database; 0: 8 s
	HoldPatience   time.Duration // how long who writes waits for a primary; 0: 40 s
	FetchPatience  time.Duration // how long a reader waits for a file that is not on this node; 0: 60 s
	FilePatience   time.Duration // how long a reporter waits for the cleaning of photos, so that the page shows them; 0: 4 s
}

// patience is how long a reader waits at most for a busy database, a free
// connection included, before the page says so.
const patience = 8 * time.Second

// holdPatience is how long somebody who writes waits at most for a primary: a
// failover lasts about 25 s.
const holdPatience = 40 * time.Second

// hashesAtOnce is how many passwords a node hashes at a time.
const hashesAtOnce = 2

// Server answers requests. Handlers read through Pools.Replica; verbs write
// through Pools.Primary.
type Server struct {
	Options
	pages    *pages
	sessions sessions
	accounts account.Desk
	desk     newswire.Desk
	intake   media.Intake
	site     *table
	portal   *table
	marker   cluster.Marker
	gauge    cluster.Gauge
}

// New makes a Server; it fails where a template does not fit its page.
func New(o Options) (*Server, error) {
	s := &Server{
		Options:  o,
		accounts: account.Desk{DB: o.Pools.Primary, Hasher: account.NewHasher(hashesAtOnce)},
		desk:     newswire.Desk{DB: o.Pools.Primary, Queue: o.Queue, Key: o.Key, Now: o.Now},
		marker:   cluster.NewMarker(o.Key),
		intake:   media.Intake{DB: o.Pools.Waiting(), Store: o.Store, Room: o.Uploads.Arrivals.Room, Now: o.Now},
	}
	s.Patience = cmp.Or(s.Patience, patience)
	s.HoldPatience = cmp.Or(s.HoldPatience, holdPatience)
	s.FilePatience = cmp.Or(s.FilePatience, filePatience)
	s.FetchPatience = cmp.Or(s.FetchPatience, fetchPatience)
	s.sessions = newSessions(account.Sessions{DB: o.Pools.Primary, Newest: o.Pools.Newest}, s.failWritten)
	o.Metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "indywire_password_hashes_total", Help: "How many passwords were hashed, to set or to compare one.",
	}, func() float64 { return float64(s.accounts.Hasher.Made()) }))
	var err error
	if s.pages, err = loadPages(); err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	s.site, s.portal = s.siteRouter(), s.portalRouter()
	return s, nil
}

// Handler answers the public, for every host.
func (s *Server) Handler() http.Handler {
	return chi.Chain(
		middleware.ServedBy(s.Node),
		middleware.TrustedScheme(s.TrustedProxies),
		middleware.Observe(s.Log, s.Metrics),
		middleware.Recover(s.Log, s.fail),
		middleware.Headers,
		middleware.Moving,
		s.sameOrigin,
		s.ownWrites,
		middleware.Compress,
	).HandlerFunc(s.bounded)
}

// bounded gives who only reads an answer within Patience. What is written has
// the bounds of the database alone: a slow sender is no busy server. Bytes on
// their way to a slow reader are not cut, for nothing asks the context then.
func (s *Server) bounded(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), askedKey{}, r.Context()), s.Patience)
		defer cancel()
		r = r.WithContext(ctx)
	}
	s.byHost(w, r)
}

// askedKey is for the context of a reader's request without the bound, which ends
// when the reader leaves.
type askedKey struct{}

// byHost hands a request to the portal or to the site whose host it names. The
// port of the Host header does not matter.
func (s *Server) byHost(w http.ResponseWriter, r *http.Request) {
	host := site.NormalHost(r.Host)
	if host == s.Portal {
		route(s.portal, w, r)
		return
	}
	st, err := s.siteAt(r, host)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	route(s.site, w, withSite(r, st))
}

// lookPatience bounds the look at what a site is now. Past it, what it was a
// moment ago has to do.
const lookPatience = time.Second

// siteAt finds the site of a host. What somebody sends is not judged by what the
// site was a moment ago: it may have been thawed, or takes larger files now.
func (s *Server) siteAt(r *http.Request, host string) (site.Site, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !db.Wrote(r.Context()) {
		ctx, cancel := context.WithTimeout(r.Context(), lookPatience)
		defer cancel()
		_ = s.Sites.Refresh(ctx)
	}
	return s.Sites.At(r.Context(), host)
}

// route lets a table answer, within the route context that Observe made.
func route(t *table, w http.ResponseWriter, r *http.Request) {
	if c := chi.RouteContext(r.Context()); c != nil {
		c.Routes = t
	}
	t.ServeHTTP(w, r)
}

// handler is what a page is: it answers, or says what went wrong.
type handler func(w http.ResponseWriter, r *http.Request) error

// do turns a handler into one of net/http.
func (s *Server) do(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// notFound answers for addresses outside the table. On a collective's site it
// first looks among the addresses of the systems its articles came from.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) error {
	if st, found := siteOf(r); found && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		id, err := article.ByRedirect(r.Context(), s.Pools.Replica, st.ID, r.URL.Path)
		if err == nil {
			http.Redirect(w, r, articleShortPath(id), http.StatusMovedPermanently)
			return nil
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.New(fault.NotFound, "address")
}

package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db"
)

// narrow gives the network a replica's pool of one connection.
func (n *network) narrow() *pgxpool.Pool {
	n.t.Helper()
	config := n.pools.Primary.Config() // the same server
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(n.t.Context(), config)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(pool.Close)
	n.pools = &db.Pools{Primary: n.pools.Primary, Replica: db.NewReplica(pool, n.pools.Primary)}
	return pool
}

// TestReadersWaitOnlySoLong holds the only connection: readers are told to come
// back, on a site that was seen before and on one that was not.
func TestReadersWaitOnlySoLong(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	pool := n.narrow()
	n.patience = 300 * time.Millisecond
	n.serve()
	n.get("/").want(t, http.StatusOK)
	held, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	for _, host := range []string{ptHost, arHost, portalHost} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			start := time.Now()
			a := n.do(method, host, "/", "", nil).want(t, http.StatusServiceUnavailable)
			if waited := time.Since(start); waited < n.patience || waited > 20*n.patience {
				t.Errorf("%s %s: answered after %v, want about %v", method, host, waited, n.patience)
			}
			if a.Header.Get("Retry-After") == "" {
				t.Errorf("%s %s: nothing says when to try again", method, host)
			}
		}
	}
}

// TestNobodyIsToldWhenTheReaderLeft has no page made, and no failure noted, for
// a reader who went away.
func TestNobodyIsToldWhenTheReaderLeft(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.get("/").want(t, http.StatusOK)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://"+ptHost+"/", nil)
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	if w.Code != http.StatusRequestTimeout || w.Body.Len() != 0 {
		t.Errorf("answered %d with %d bytes", w.Code, w.Body.Len())
	}
	lacks(t, n.logs.String(), "request failed")
}

// slow takes the first bytes of an answer only after a while.
type slow struct {
	*httptest.ResponseRecorder
	wait time.Duration
}

func (s *slow) Write(p []byte) (int, error) {
	time.Sleep(s.wait)
	s.wait = 0
	return s.ResponseRecorder.Write(p)
}

// TestSlowReadersGetTheWholeFile takes longer over a picture than a page may.
func TestSlowReadersGetTheWholeFile(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	receipt := n.publish("Com uma fotografia", upload{"a.jpg", photo(t, 900, 700)})
	n.waitFor(receipt)
	address := renditionAddress.FindString(n.get(n.permalink(receipt)).Body)
	n.patience = time.Second
	n.serve()
	w := &slow{httptest.NewRecorder(), 2 * n.patience}
	n.http.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ptHost+address, nil))
	if length := w.Header().Get("Content-Length"); w.Code != http.StatusOK || w.Body.Len() == 0 || length != strconv.Itoa(w.Body.Len()) {
		t.Errorf("answered %d with %d bytes of %s", w.Code, w.Body.Len(), length)
	}
}

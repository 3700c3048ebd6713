package site_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// counted counts what is asked of a server.
type counted struct {
	db.Querier
	queries atomic.Int64
	blocked chan struct{} // nil: nothing waits
}

func (c *counted) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.queries.Add(1)
	if c.blocked != nil {
		<-c.blocked
	}
	return c.Querier.Query(ctx, sql, args...)
}

// house is a network of sites and a directory that nobody but the test has look.
type house struct {
	t     *testing.T
	pools *db.Pools
	asked *counted
	dir   *site.Directory
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, pools: dbtest.New(t)}
	h.asked = &counted{Querier: h.pools.Replica}
	h.dir = site.NewDirectory(h.asked, "net.example")
	return h
}

func (h *house) create(slug string, hosts ...string) site.Site {
	h.t.Helper()
	st, err := site.Create(h.t.Context(), h.pools.Primary, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug, d.Name, d.Hosts = slug, slug, hosts }))
	if err != nil {
		h.t.Fatal(err)
	}
	return st
}

func (h *house) tagline(id site.ID, text string) {
	h.t.Helper()
	st, err := site.ByID(h.t.Context(), h.pools.Primary, id)
	if err == nil {
		want := st.Settings()
		want.Tagline = text
		err = site.ChangeSettings(h.t.Context(), h.pools.Primary, modlog.ByOperator(), id, "", want)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// refresh has the directory look, and tells how many queries that cost.
func (h *house) refresh() int64 {
	h.t.Helper()
	before := h.asked.queries.Load()
	if err := h.dir.Refresh(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return h.asked.queries.Load() - before
}

func (h *house) want(host string, id site.ID) site.Site {
	h.t.Helper()
	st, err := h.dir.At(h.t.Context(), host)
	if id == 0 && !fault.Is(err, fault.NotFound) || id != 0 && (err != nil || st.ID != id) {
		h.t.Errorf("%s leads to site %d, %v; want %d", host, st.ID, err, id)
	}
	return st
}

// TestDirectoryIsAskedInsteadOfTheDatabase by readers, whatever the hosts.
func TestDirectoryIsAskedInsteadOfTheDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	named, home := h.create("tejo", "tejo.example.org", "tejo2.onion"), h.create("sado")
	owner := h.create("mondego", "vouga.net.example")
	h.exec("UPDATE site SET slug = 'vouga' WHERE id = $1", home.ID) // as where the portal has moved since: a host and a slug lead to one address
	other := h.create("lima")
	h.refresh()
	before := h.asked.queries.Load()
	for host, id := range map[string]site.ID{
		"tejo.example.org": named.ID, "tejo2.onion": named.ID, "vouga.net.example": owner.ID, "lima.net.example": other.ID,
	} {
		got := h.want(host, id)
		read, err := site.ByHost(t.Context(), h.pools.Primary, "net.example", host)
		if diff := cmp.Diff(read, got); err != nil || diff != "" {
			t.Errorf("%s: read and known differ (%v):\n%s", host, err, diff)
		}
	}
	list, err := h.dir.All(t.Context())
	if err != nil || len(list) != 4 {
		t.Fatalf("%d sites, %v", len(list), err)
	}
	if n := h.asked.queries.Load() - before; n != 0 {
		t.Errorf("%d queries, want none", n)
	}
	for _, stranger := range []string{"tejo.net.example", "nobody.example", "net.example", ""} {
		h.want(stranger, 0)
	}
}

// TestDirectoryReadsWhatChanged: a look at sites that stand as they stood is one
// small query.
func TestDirectoryReadsWhatChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.create("tejo"), h.create("sado")
	h.refresh()
	if n := h.refresh(); n != 1 {
		t.Errorf("nothing has changed: %d queries, want 1", n)
	}
	h.tagline(a.ID, "Nova")
	if n := h.refresh(); n != 2 {
		t.Errorf("one has changed: %d queries, want 2", n)
	}
	if st := h.want("tejo.net.example", a.ID); st.Tagline != "Nova" || st.Version != a.Version+1 {
		t.Errorf("tagline %q of version %d", st.Tagline, st.Version)
	}
	if err := site.ChangeHosts(t.Context(), h.pools.Primary, modlog.ByOperator(), b.ID, "net.example", "", []string{"sado.example"}); err != nil {
		t.Fatal(err)
	}
	h.want("sado.example", b.ID) // nobody had it, so the server is asked once more
	h.want("sado.net.example", 0)
	h.exec("INSERT INTO site (slug, name, languages) VALUES ('lima', 'Lima', '{pt}')")
	h.want("lima.net.example", b.ID+1)
	h.exec("DELETE FROM site WHERE slug = 'lima'")
	h.refresh()
	h.want("lima.net.example", 0)
}

func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	if _, err := h.pools.Primary.Exec(h.t.Context(), sql, args...); err != nil {
		h.t.Fatal(err)
	}
}

// TestDirectoryOfManySites lists them as the database does.
func TestDirectoryOfManySites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(`INSERT INTO site (slug, name, languages)
		SELECT 's' || n, (ARRAY['Ázimo', 'azul', 'Beira', 'الضفة', 'Ébano'])[n % 5 + 1] || n, '{pt}' FROM generate_series(1, 400) AS n`)
	list, err := h.dir.All(t.Context()) // with nothing known yet
	if err != nil {
		t.Fatal(err)
	}
	read, err := site.All(t.Context(), h.pools.Primary)
	if diff := cmp.Diff(read, list); err != nil || diff != "" || len(list) != 400 {
		t.Errorf("%d sites, %v:\n%s", len(list), err, diff)
	}
	list[0].Name = "Outro"
	if again, err := h.dir.All(t.Context()); err != nil || again[0].Name == "Outro" {
		t.Errorf("who has the list can change what is known: %v", err)
	}
}

// TestStrangersCostOneQuery, however many ask at once: a site that was just
// opened is found at its first request, and what nobody has is looked for by all
// together.
func TestStrangersCostOneQuery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.create("tejo")
	h.refresh()
	h.want("sado.net.example", 0)
	st := h.create("sado")
	h.want("sado.net.example", st.ID)

	h.asked.blocked = make(chan struct{})
	before := h.asked.queries.Load()
	var asking, done sync.WaitGroup
	for i := range 300 {
		asking.Add(1)
		done.Go(func() {
			asking.Done()
			h.want(fmt.Sprintf("s%d.net.example", i), 0)
		})
	}
	asking.Wait()
	close(h.asked.blocked)
	done.Wait()
	if n := h.asked.queries.Load() - before; n > 100 {
		t.Errorf("300 requests for hosts that nobody has cost %d queries", n)
	}
}

// TestDirectoryWithoutAServer serves what it knows, and does not say of others
// that they do not exist.
func TestDirectoryWithoutAServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	st := h.create("tejo")
	h.refresh()
	h.pools.Replica.Close()
	h.want("tejo.net.example", st.ID)
	after, _ := db.After(t.Context(), 1)
	h.pools.Primary.Close()
	if got, err := h.dir.At(after, "tejo.net.example"); err != nil || got.ID != st.ID {
		t.Errorf("who has just written gets %d, %v", got.ID, err)
	}
	if list, err := h.dir.All(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d sites, %v", len(list), err)
	}
	if _, err := h.dir.At(t.Context(), "nobody.example"); !fault.Is(err, fault.Busy) {
		t.Errorf("a host that nobody is known to have: %v, want busy", err)
	}
	if _, err := site.NewDirectory(h.pools.Replica, "net.example").At(t.Context(), "tejo.net.example"); !fault.Is(err, fault.Busy) {
		t.Errorf("with nothing known: %v, want busy", err)
	}
}

// TestDirectoryFollows what others write, once it is started, and outlives who
// gives up waiting.
func TestDirectoryFollows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	st := h.create("tejo")
	if err := h.dir.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer h.dir.Stop()
	h.want("tejo.net.example", st.ID)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.dir.Refresh(gone); !fault.Is(err, fault.Busy) {
		t.Errorf("who has gone is told %v", err)
	}
	h.tagline(st.ID, "Nova")
	h.until("the new tagline", func() bool { return h.want("tejo.net.example", st.ID).Tagline == "Nova" })
}

func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("not in 20 s: %s", what)
		}
	}
}

// TestVersionIsKnownBeforeTheData: whatever is read after a site was looked up is
// at least as new as its version, or a cache would keep old pages under it.
func TestVersionIsKnownBeforeTheData(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	st := h.create("tejo") // version 1, and each number as a tagline raises it by one
	var done sync.WaitGroup
	done.Go(func() {
		for i := range 30 {
			h.tagline(st.ID, strconv.Itoa(i+2))
		}
	})
	for range 60 {
		h.refresh()
		known := h.want("tejo.net.example", st.ID)
		if known.Version > 1 && known.Tagline != strconv.FormatInt(known.Version, 10) {
			t.Fatalf("version %d has the tagline %q", known.Version, known.Tagline)
		}
		read, err := site.ByID(t.Context(), h.pools.Replica, st.ID)
		if err != nil || read.Version < known.Version {
			t.Fatalf("read version %d after %d was known, %v", read.Version, known.Version, err)
		}
	}
	done.Wait()
}

package site_test

import (
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/site"
)

// TestDirectoryBesideALaggingStandby knows what that standby has, no more: pages
// are made from it. Who has just written gets the site as they left it.
func TestDirectoryBesideALaggingStandby(t *testing.T) {
	t.Parallel()
	pair := dbtest.NewPair(t, 2*time.Second)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Primary(), Replica: pair.Standby()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	h := &house{t: t, pools: pools, dir: site.NewDirectory(pools.Replica, "net.example")}
	st := h.create("tejo")
	h.until("the site on the standby", func() bool {
		_, err := h.dir.At(t.Context(), "tejo.net.example")
		return err == nil
	})
	h.tagline(st.ID, "Nova")
	opened := h.create("sado")
	at, err := db.Position(t.Context(), pools.Primary)
	if err != nil {
		t.Fatal(err)
	}
	after, _ := db.After(t.Context(), at)
	if got, err := h.dir.At(after, "tejo.net.example"); err != nil || got.Tagline != "Nova" || got.Version != st.Version+1 {
		t.Errorf("who wrote it gets %q of version %d, %v", got.Tagline, got.Version, err)
	}
	if got, err := h.dir.At(after, "sado.net.example"); err != nil || got.ID != opened.ID {
		t.Errorf("who opened it gets %d, %v", got.ID, err)
	}
	if list, err := h.dir.All(after); err != nil || len(list) != 2 {
		t.Errorf("who opened it sees %d sites, %v", len(list), err)
	}
	if err := h.dir.Refresh(after); err != nil { // looks at the standby, whoever asks
		t.Fatal(err)
	}
	known := h.want("tejo.net.example", st.ID)
	read, err := site.ByID(t.Context(), pools.Replica, st.ID)
	if err != nil || read.Version < known.Version {
		t.Errorf("version %d is known and %d on the standby, %v", known.Version, read.Version, err)
	}
	pair.StopPrimary()
	h.want("tejo.net.example", st.ID)
	h.until("the change on the standby, without a primary", func() bool {
		if err := h.dir.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h.want("tejo.net.example", st.ID).Tagline == "Nova"
	})
	h.until("the site that was opened after it", func() bool {
		st, err := h.dir.At(t.Context(), "sado.net.example")
		return err == nil && st.ID == opened.ID
	})
}

//go:build linux

package drill_test

import (
	"context"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/drill"
)

// TestDrill puts a network under fire. It pulls one cable, and all else that may befall a network comes where INDYWIRE_DRILL
// is set, as make drill does; INDYWIRE_DRILL_TABLE names the page for the table then. Assured is what no machine is too slow
// for: how long something took, and what failed for it, is told and not judged, but in the whole drill.
func TestDrill(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	whole := os.Getenv("INDYWIRE_DRILL") != ""
	possible(t, root, whole)
	lookAtSources(t, root)
	// other tests want the processors as well
	events, bound, crowd := []drill.Event{drill.CablePulled()}, 10*time.Minute, drill.Crowd{Readers: 3, Reporters: 2, Rest: 300 * time.Millisecond, Film: 32 << 20}
	if whole {
		events, bound, crowd = drill.Events(), 50*time.Minute, drill.Crowd{Readers: 6, Reporters: 3, Rest: 100 * time.Millisecond, Film: 200 << 20}
	}
	// told to stop, all is cleaned up before the end
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	t.Cleanup(stop)
	ctx, cancel := context.WithTimeout(ctx, bound)
	t.Cleanup(cancel)
	load := underLoad(ctx, t, root, crowd)
	on, err := load.Versions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rows, film := strikeAll(ctx, t, load, events)
	table := drill.Table(on, rows, film, crowd.Film)
	t.Log("\n" + table)
	if path := os.Getenv("INDYWIRE_DRILL_TABLE"); path != "" && !t.Failed() {
		if err := drill.WriteTable(path, table); err != nil {
			t.Error(err)
		}
	}
	hold(t, rows, film, whole)
}

// possible skips the drill where it cannot be, with the reason. Who has asked for the whole of it is not left with nothing.
func possible(t *testing.T, root string, whole bool) {
	t.Helper()
	why := drill.Refusal(t.Context())
	if why == "" {
		why = drill.MissingTools(t.Context(), root)
	}
	if why == "" {
		return
	}
	if whole {
		t.Fatal(why)
	}
	t.Skip("no cable is pulled: " + why)
}

// lookAtSources has the go command know that a drill of another Indywire is another one, and its result no longer holds:
// it remembers what tests look at.
func lookAtSources(t *testing.T, root string) {
	t.Helper()
	for _, folder := range []string{"cmd", "internal", "migrations", "static", "templates", "web"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func strikeAll(ctx context.Context, t *testing.T, load *drill.Load, events []drill.Event) (rows []drill.Row, film error) {
	t.Helper()
	for _, e := range events {
		row, err := load.Strike(ctx, e)
		if err != nil {
			t.Errorf("the drill ends early: %v", err)
			break
		}
		t.Logf("%+v", row)
		rows = append(rows, row)
	}
	film = load.Film(ctx)
	load.Stop()
	return rows, film
}

// underLoad is a network that is whole, with everybody at work.
func underLoad(ctx context.Context, t *testing.T, root string, crowd drill.Crowd) *drill.Load {
	t.Helper()
	c, err := drill.NewCluster(ctx, newNetwork(t), root)
	if err == nil {
		err = c.Whole(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := drill.NewService(ctx, c, root)
	if err != nil {
		t.Fatal(err)
	}
	load, err := drill.StartLoad(ctx, s, crowd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(load.Stop)
	return load
}

// hold is what the network promises, whatever happens to one of its servers.
func hold(t *testing.T, rows []drill.Row, film error, whole bool) {
	t.Helper()
	for _, r := range rows {
		bad := map[string]int{"lost": r.Lost, "doubled": r.Doubled, "sessions lost": r.SessionsLost}
		if whole {
			bad["pages failed"], bad["posts failed"], bad["acts failed"] = r.FailedReads, r.FailedPosts, r.FailedActs
		}
		for what, count := range bad {
			if count > 0 {
				t.Errorf("%s: %s: %d", r.Event, what, count)
			}
		}
		if r.NotTried == "" && (r.Posts == 0 || r.Acts == 0 || r.Reads == 0) {
			t.Errorf("%s: nothing was done: %d posts, %d acts, %d pages", r.Event, r.Posts, r.Acts, r.Reads)
		}
	}
	if film != nil {
		t.Error(film)
	}
}

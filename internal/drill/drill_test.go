//go:build linux

package drill_test

import (
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/indywire/indywire/internal/drill"
)

// TestDrill puts a network under fire. INDYWIRE_DRILL=short pulls one cable only; INDYWIRE_DRILL_TABLE names a file for the
// table, INDYWIRE_DRILL_UPLOAD the megabytes of the film.
func TestDrill(t *testing.T) {
	ctx, root := asked(t)
	events, megabytes := drill.Events(), int64(200)
	if os.Getenv("INDYWIRE_DRILL") == "short" {
		events, megabytes = []drill.Event{drill.CablePulled()}, 32
	}
	if said, err := strconv.ParseInt(os.Getenv("INDYWIRE_DRILL_UPLOAD"), 10, 32); err == nil {
		megabytes = said
	}
	load := underLoad(ctx, t, root, megabytes<<20)
	var rows []drill.Row
	for _, e := range events {
		row, err := load.Strike(ctx, e)
		if err != nil {
			t.Errorf("the drill ends early: %v", err)
			break
		}
		t.Logf("%+v", row)
		rows = append(rows, row)
	}
	film := load.Film(ctx)
	load.Stop()
	table := drill.Table(rows, film, megabytes<<20)
	t.Log("\n" + table)
	if path := os.Getenv("INDYWIRE_DRILL_TABLE"); path != "" && !t.Failed() {
		if err := os.WriteFile(path, []byte(table), 0o644); err != nil {
			t.Error(err)
		}
	}
	hold(t, rows, film)
}

// underLoad is a network that is whole, with everybody at work.
func underLoad(ctx context.Context, t *testing.T, root string, bytes int64) *drill.Load {
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
	load, err := drill.StartLoad(ctx, s, bytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(load.Stop)
	return load
}

// hold is what the network promises, whatever happens to one of its servers.
func hold(t *testing.T, rows []drill.Row, film error) {
	t.Helper()
	for _, r := range rows {
		for what, count := range map[string]int{
			"lost": r.Lost, "doubled": r.Doubled, "reads failed": r.FailedReads, "posts failed": r.FailedPosts,
			"acts failed": r.FailedActs, "sessions lost": r.SessionsLost,
		} {
			if count > 0 {
				t.Errorf("%s: %s: %d", r.Event, what, count)
			}
		}
	}
	if film != nil {
		t.Error(film)
	}
}

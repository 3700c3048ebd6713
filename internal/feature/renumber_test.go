package feature_test

import (
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/migrations"
)

// TestPositionsAreNumberedAnew runs what the migration does with the positions
// that it finds: gaps, doubles, and more than a front page shows.
func TestPositionsAreNumberedAnew(t *testing.T) {
	t.Parallel()
	r := roomIn(t, dbtest.New(t).Primary) // the lock that this takes would keep others waiting
	sql, err := migrations.FS.ReadFile("00013_feature_desk.sql")
	if err != nil {
		t.Fatal(err)
	}
	renumber, _, _ := strings.Cut(string(sql), "-- deferrable")
	r.exec("ALTER TABLE feature DROP CONSTRAINT feature_position")
	var ids []int64
	for _, position := range []any{7, 3, 3, nil, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30} {
		id := r.write(draft("Um título"))
		r.exec("UPDATE feature SET position = $2 WHERE id = $1", id, position)
		ids = append(ids, int64(id))
	}
	r.exec(renumber)
	for i, want := range []int{3, 1, 2, 0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0} {
		if got := r.count("SELECT coalesce(position, 0) FROM feature WHERE id = $1", ids[i]); got != want {
			t.Errorf("feature %d is in place %d, want %d", i, got, want)
		}
	}
}

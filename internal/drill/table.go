//go:build linux

package drill

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Table is the rows in Markdown, with when and on what they came about.
func Table(on string, rows []Row, film error, size int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s; %d processors, which others may have used as well: the load over a minute was up to %.1f.\n\n",
		time.Now().UTC().Format(time.DateOnly), on, runtime.NumCPU(), highest(rows))
	b.WriteString(`| event | s without pages | s without writes | slowest page, s | slowest post, s | pages (failed) | posts (failed) | acts (failed) | session lost | lost | doubled | sent again unasked | errors seen |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|---|
`)
	for _, r := range rows {
		if r.NotTried != "" {
			fmt.Fprintf(&b, "| %s | not run: %s | | | | | | | | | | | |\n", r.Event, r.NotTried)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d (%d) | %d (%d) | %d (%d) | %d | %d | %d | %s | %s |\n", r.Event,
			seconds(r.WithoutReads), seconds(r.WithoutWrites), seconds(r.SlowestRead), seconds(r.SlowestPost),
			r.Reads, r.FailedReads, r.Posts, r.FailedPosts, r.Acts, r.FailedActs, r.SessionsLost, r.Lost, r.Doubled,
			counted(r.SentAgain), counted(r.Errors))
	}
	state := "came through every event, and its SHA-256 is right."
	if film != nil {
		state = "did not come through: " + film.Error() + "."
	}
	fmt.Fprintf(&b, "\nThe upload of %d MB %s\n%s", size>>20, state, ended(rows))
	return b.String()
}

func highest(rows []Row) (load float64) {
	for _, r := range rows {
		load = max(load, r.Load)
	}
	return load
}

// ended names the events in which Indywire ended though nobody killed it.
func ended(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		if r.Restarts > 0 {
			fmt.Fprintf(&b, "\nIndywire ended by itself and was started again, in %q: %d.\n", r.Event, r.Restarts)
		}
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }

func counted(errors map[string]int) string {
	if len(errors) == 0 {
		return "none"
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(errors)) {
		parts = append(parts, fmt.Sprintf("%s: %d", what, errors[what]))
	}
	return strings.ReplaceAll(strings.Join(parts, "; "), "|", "/")
}

// What stands between these two lines of a page is what the last drill has found.
const (
	begins = "<!-- found by make drill -->\n"
	ends   = "<!-- end of what was found -->\n"
)

// WriteTable puts a table into a page, in the place of the one before.
func WriteTable(path, table string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(page), begins)
	_, after, closed := strings.Cut(rest, ends)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the table", path)
	}
	return os.WriteFile(path, []byte(before+begins+table+ends+after), 0o644)
}

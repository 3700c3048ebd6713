//go:build linux

package drill

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Table is the rows in Markdown, with what its columns mean.
func Table(rows []Row, film error, size int64) string {
	var b strings.Builder
	b.WriteString(`# What the network withstands

Written by ` + "`make drill`" + `: three nodes in network namespaces of one machine, each with Indywire, PostgreSQL, Patroni and etcd, beside
them one store; six readers, three reporters, an editor at work and somebody who uploads a film, whose requests go to all
nodes, and to another when one fails.

| event | s without reads | s without writes | slowest read, s | slowest post, s | reads (failed) | posts (failed) | acts (failed) | session lost | lost | doubled | errors seen |
|---|---|---|---|---|---|---|---|---|---|---|---|
`)
	for _, r := range rows {
		if r.NotTried != "" {
			fmt.Fprintf(&b, "| %s | not tried: %s | | | | | | | | | | |\n", r.Event, r.NotTried)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d (%d) | %d (%d) | %d (%d) | %d | %d | %d | %s |\n", r.Event,
			seconds(r.WithoutReads), seconds(r.WithoutWrites), seconds(r.SlowestRead), seconds(r.SlowestPost),
			r.Reads, r.FailedReads, r.Posts, r.FailedPosts, r.Acts, r.FailedActs, r.SessionsLost, r.Lost, r.Doubled, counted(r.Errors))
	}
	state := "came through every event, and its SHA-256 is right."
	if film != nil {
		state = "did not come through: " + film.Error() + "."
	}
	fmt.Fprintf(&b, `
The upload of %d MB %s

Without reads and without writes: the longest time in which no reader got a page, in which no post was acknowledged. A read
has failed when a second node did not answer either, within 10 s each; a post, or an editor's act, when it was not
acknowledged within 40 s of its first try. Whoever sees an error sends the same again a second later, to the next node.
The session is lost when somebody who signed in is shown no newsroom by two nodes. Lost is a post or an act that was
acknowledged and is not there afterwards, doubled one that is there (or in the moderation log) twice; both count all since
the drill began.
`, size>>20, state)
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

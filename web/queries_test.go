package web_test

import "testing"

// TestQueriesPerPage counts the statements of pages, as docs/performance.md has
// them: as few on a large site as on a small one, whatever stands on them. None
// is for the site itself, which the server knows.
func TestQueriesPerPage(t *testing.T) {
	t.Parallel()
	small, large := newTraced(t), newTraced(t)
	fill(t, small.plain, small.pt, 60) // three features, where the large site has twelve
	fill(t, large.plain, large.pt, 2_000)
	const full = "comment_count > 3 AND media_kinds <> '{}'"
	for _, pair := range []struct {
		name, host, small, large string
		want                     int
	}{
		{"front page", ptHost, "/", "/", 3},
		{"portal", portalHost, "/", "/", 3},
		{"newswire", ptHost, "/newswire", "/newswire", 1},
		{"features", ptHost, "/features", "/features", 2},
		{"archive", ptHost, "/archive", "/archive", 1},
		{"feed of the newswire", ptHost, "/feeds/newswire.atom", "/feeds/newswire.atom", 3},
		{"feed of comments", ptHost, "/feeds/comments.atom", "/feeds/comments.atom", 2},
		{"hidden", ptHost, "/hidden", "/hidden", 1},
		{"moderation log", ptHost, "/moderation", "/moderation", 1},
		{"search", ptHost, "/search?q=greve", "/search?q=greve", 2},
		{"article", ptHost, small.article(full), large.article(full), 5},
	} {
		few, many := small.queries(pair.host, pair.small), large.queries(pair.host, pair.large)
		if few != pair.want || many != pair.want {
			t.Errorf("%s: %d queries on a small site and %d on a large one, want %d", pair.name, few, many, pair.want)
		}
	}
}

// queries is how many statements a page costs.
func (n *traced) queries(host, path string) int {
	n.tb.Helper()
	before := n.trace.count()
	n.get(host, path)
	return n.trace.count() - before
}

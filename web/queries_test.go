package web_test

import "testing"

// mostQueries is how many statements a page may cost.
const mostQueries = 8

// TestQueriesPerPage counts the statements of pages: as few on a large site as
// on a small one, whatever stands on them.
func TestQueriesPerPage(t *testing.T) {
	t.Parallel()
	small, large := newTraced(t), newTraced(t)
	fill(t, small.plain, small.pt, 60) // three features, where the large site has twelve
	fill(t, large.plain, large.pt, 2_000)
	const full = "comment_count > 3 AND media_kinds <> '{}'"
	for _, pair := range []struct{ name, host, small, large string }{
		{"front page", ptHost, "/", "/"},
		{"portal", portalHost, "/", "/"},
		{"newswire", ptHost, "/newswire", "/newswire"},
		{"features", ptHost, "/features", "/features"},
		{"archive", ptHost, "/archive", "/archive"},
		{"feed of the newswire", ptHost, "/feeds/newswire.atom", "/feeds/newswire.atom"},
		{"feed of comments", ptHost, "/feeds/comments.atom", "/feeds/comments.atom"},
		{"hidden", ptHost, "/hidden", "/hidden"},
		{"moderation log", ptHost, "/moderation", "/moderation"},
		{"search", ptHost, "/search?q=greve", "/search?q=greve"},
		{"article", ptHost, small.article(full), large.article(full)},
	} {
		few, many := small.queries(pair.host, pair.small), large.queries(pair.host, pair.large)
		if few != many {
			t.Errorf("%s: %d queries on a small site and %d on a large one", pair.name, few, many)
		}
		if many < 1 || many > mostQueries {
			t.Errorf("%s: %d queries, want 1 to %d", pair.name, many, mostQueries)
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

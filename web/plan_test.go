package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// plan is how PostgreSQL went about a statement, as auto_explain tells it.
type plan struct {
	Query string   `json:"Query Text"`
	Top   planNode `json:"Plan"`
}

// planNode is a step of a plan. Rows are for each of its Loops, on average.
type planNode struct {
	Kind    string     `json:"Node Type"`
	Table   string     `json:"Relation Name"`
	Index   string     `json:"Index Name"`
	Rows    float64    `json:"Actual Rows"`
	Loops   float64    `json:"Actual Loops"`
	Dropped float64    `json:"Rows Removed by Filter"`
	Checked float64    `json:"Rows Removed by Index Recheck"`
	Parts   []planNode `json:"Plans"`
}

// visited is how many rows of tables were looked at: what a statement costs,
// whichever machine it runs on.
func (p planNode) visited() int {
	n := 0
	if p.Table != "" {
		n = int((p.Rows + p.Dropped + p.Checked) * p.Loops)
	}
	for _, part := range p.Parts {
		n += part.visited()
	}
	return n
}

// steps names the scans of a plan, as in "Index Scan article_wire".
func (p planNode) steps() []string {
	var steps []string
	if p.Table != "" || p.Index != "" {
		steps = append(steps, strings.TrimSpace(p.Kind+" "+p.Table+" "+p.Index))
	}
	for _, part := range p.Parts {
		steps = append(steps, part.steps()...)
	}
	return steps
}

// explain has each statement's plan come along with its answer: the plan that
// was really followed. mode says whether statements are planned for the values
// at hand or for any value.
func (n *traced) explain(mode string) {
	n.tb.Helper()
	conns := n.pool.AcquireAllIdle(context.Background())
	if len(conns) != 1 {
		n.tb.Fatalf("%d connections, want the one that all pages are read by", len(conns))
	}
	defer conns[0].Release()
	_, err := conns[0].Conn().PgConn().Exec(context.Background(), `
		LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; SET auto_explain.log_timing = off;
		SET auto_explain.log_format = json; SET auto_explain.log_level = notice; SET plan_cache_mode = `+mode).ReadAll()
	if err != nil {
		n.tb.Fatal(err)
	}
}

// grown are the tables that grow with what people publish: a page that reads
// one of them from end to end gets slower with every post.
func grown() []string {
	return []string{"article", "article_topic", "comment", "media", "rendition", "feature", "feature_article", "moderation_log", "report"}
}

// listing is a page that lists articles, with the index that it should go by.
type listing struct {
	host, path, index string
	most              int // rows it may look at; 0: mostRows
}

// listings are the pages that list what people publish, at their beginning and
// far down.
func (n *traced) listings() []listing {
	deep := "before=" + n.far("article", "state = 'visible'", 2_000)
	topic, month := "/topics/"+n.pt.Topics[0].Slug, n.oldMonth()
	midMonth := "before=" + n.far("article", "state = 'visible' AND published_at >= '"+month.Format(time.DateOnly)+"'", 300)
	archive := month.Format("/archive/2006/01")
	return []listing{
		{ptHost, "/", "article_wire", 0},
		{ptHost, "/newswire", "article_wire", 0},
		{ptHost, "/newswire?" + deep, "article_wire", 0},
		{ptHost, "/newswire?rank=local", "article_wire_rank", 0},
		{ptHost, "/newswire?rank=local&" + deep, "article_wire_rank", 0},
		{ptHost, "/newswire?rank=global", "article_wire_rank", 0},
		{glHost, "/newswire?rank=global", "article_wire_rank", 0},
		{ptHost, "/newswire?language=en", "article_wire_language", 0},
		{ptHost, "/newswire?language=en&" + deep, "article_wire_language", 0},
		{ptHost, "/newswire?media=image", "article_wire_media", 0},
		{ptHost, "/newswire?media=image&" + deep, "article_wire_media", 0},
		{ptHost, topic, "article_topic_wire", 0},
		{ptHost, topic + "?" + deep, "article_topic_wire", 0},
		{ptHost, archive, "article_wire", 0},
		{ptHost, archive + "?" + midMonth, "article_wire", 0},
		{ptHost, "/archive", "article_wire", 20_000}, // counts every article
		{ptHost, "/features", "feature_site", 0},
		{ptHost, "/features?before=" + n.far("feature", "true", 30), "feature_site", 0},
		{ptHost, "/feeds/newswire.atom", "article_wire", 0},
		{ptHost, "/feeds/comments.rss", "comment_recent", 0},
		{glHost, "/feeds/comments.rss", "comment_recent", 0},
		{ptHost, topic + "/feed.json", "article_topic_wire", 0},
		{ptHost, "/search?q=greve&order=newest", "article_wire_language", 0},
		{ptHost, "/search?q=pomar&order=newest", "article_words", 0},
		{ptHost, n.article("comment_count > 3 AND media_kinds <> '{}'"), "comment_article", 0},
		{ptHost, "/hidden", "article_hidden", 0},
		{ptHost, "/hidden", "comment_hidden", 0},
		{ptHost, "/hidden", "moderation_log_subject", 0},
		{ptHost, "/hidden?before=" + paging.Cursor(2*n.hiddenAmid()).String(), "article_hidden", 0},
		{ptHost, "/moderation", "moderation_log_public", 0},
		{ptHost, "/moderation?" + n.farInLog(), "moderation_log_public", 0},
		{ptHost, "/moderation?act=unplace", "moderation_log_act", 0},
		{ptHost, "/moderation?subject=feature&act=", "moderation_log_kind", 0},
		{ptHost, "/moderation.atom", "moderation_log_public", 0},
		{portalHost, "/", "article_global", 0},
		{portalHost, "/?" + deep, "article_global", 0},
	}
}

// mostRows is how many rows a page may look at, all its statements together.
const mostRows = 1_000

// TestPlans looks at the plans that the server really followed: once planned
// for the values at hand, and once for any value, as PostgreSQL does with
// statements that come often.
func TestPlans(t *testing.T) {
	t.Parallel()
	n := newTraced(t)
	fill(t, n.plain, n.pt, 15_000)
	fill(t, n.plain, n.gl, 5_000) // all of its ids are newer, as of a site that was brought in later
	n.moderate()
	n.get(ptHost, "/") // opens the connection
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		n.explain(mode)
		for _, l := range n.listings() {
			if strings.HasPrefix(l.path, "/search") && mode == "force_generic_plan" {
				continue // search has each of its statements planned for its words
			}
			n.checkPlans(t, mode, l)
		}
		n.checkNetwork(t, mode)
	}
}

// checkNetwork lists the collectives as the network's admins see them: the
// newest article of each is found without reading any other.
func (n *traced) checkNetwork(t *testing.T, mode string) {
	t.Helper()
	n.trace.take()
	list, err := site.Network(context.Background(), n.pool)
	if err != nil || len(list) != 2 || list[0].Newest == nil {
		t.Fatalf("%v, %v", list, err)
	}
	n.checkTaken(t, mode, listing{path: "the network", index: "article_desk", most: 50})
}

func (n *traced) checkPlans(t *testing.T, mode string, l listing) {
	t.Helper()
	n.trace.take()
	n.get(l.host, l.path)
	n.checkTaken(t, mode, l)
}

// checkTaken looks at the plans that came since they were last taken.
func (n *traced) checkTaken(t *testing.T, mode string, l listing) {
	t.Helper()
	var steps []string
	visited := 0
	for _, p := range n.trace.take() {
		steps, visited = append(steps, p.Top.steps()...), visited+p.Top.visited()
	}
	if !slices.ContainsFunc(steps, func(s string) bool { return strings.HasSuffix(s, " "+l.index) }) {
		t.Errorf("%s: %s%s: no scan of %s: %q", mode, l.host, l.path, l.index, steps)
	}
	for _, table := range grown() {
		if slices.Contains(steps, "Seq Scan "+table) {
			t.Errorf("%s: %s%s: reads all of %s: %q", mode, l.host, l.path, table, steps)
		}
	}
	if l.most == 0 {
		l.most = mostRows
	}
	if visited == 0 || visited > l.most {
		t.Errorf("%s: %s%s: looks at %d rows, want 1 to %d: %q", mode, l.host, l.path, visited, l.most, steps)
	}
}

// far is the cursor of the row that has so many older ones before it.
func (n *traced) far(table, where string, older int) string {
	n.tb.Helper()
	var id int64
	err := n.plain.QueryRow(context.Background(), "SELECT id FROM "+table+" WHERE site_id = $1 AND "+where+
		" ORDER BY published_at, id OFFSET $2 LIMIT 1", n.pt.ID, older).Scan(&id)
	if err != nil {
		n.tb.Fatal(err)
	}
	return paging.Cursor(id).String()
}

// oldMonth is the first whole month of the site.
func (n *traced) oldMonth() time.Time {
	n.tb.Helper()
	var at time.Time
	err := n.plain.QueryRow(context.Background(), "SELECT date_trunc('month', min(published_at)) + interval '1 month' FROM article WHERE site_id = $1", n.pt.ID).Scan(&at)
	if err != nil {
		n.tb.Fatal(err)
	}
	return at.UTC()
}

// article is the path of a visible article of which the condition holds.
func (n *traced) article(where string) string {
	n.tb.Helper()
	var path string
	err := n.plain.QueryRow(context.Background(), "SELECT '/articles/' || id || '/' || slug FROM article WHERE site_id = $1 AND state = 'visible' AND "+
		where+" ORDER BY id LIMIT 1", n.pt.ID).Scan(&path)
	if err != nil {
		n.tb.Fatal(err)
	}
	return path
}

// moderate has editors do to what fill made what they do in years: hide some of
// it, look at much, and rank.
func (n *traced) moderate() {
	n.tb.Helper()
	for _, sql := range []string{
		"UPDATE comment SET state = 'hidden', reason = 'Insultos.' WHERE id % 40 = 0",
		`INSERT INTO moderation_log (site_id, actor_kind, actor_name, act, subject, subject_id, reason, public)
		 SELECT site_id, 'editor', 'Inês', CASE WHEN state = 'hidden' THEN 'hide' ELSE 'rank' END, 'article', id, 'local', true FROM article ORDER BY id`,
		`INSERT INTO moderation_log (site_id, actor_kind, actor_name, act, subject, subject_id, reason, public)
		 SELECT site_id, 'editor', 'Inês', 'hide', 'comment', id, 'Insultos.', true FROM comment WHERE state = 'hidden' ORDER BY id`,
		`INSERT INTO moderation_log (site_id, actor_kind, actor_name, act, subject, subject_id, public)
		 SELECT site_id, 'author', '', 'edit', 'article', id, true FROM article WHERE id % 5 = 0 ORDER BY id`,
		`INSERT INTO moderation_log (site_id, actor_kind, actor_name, act, subject, subject_id, public)
		 SELECT site_id, 'editor', 'Inês', 'change', 'site', site_id, false FROM article ORDER BY id`,
		`INSERT INTO moderation_log (site_id, actor_kind, actor_name, act, subject, subject_id, public)
		 SELECT site_id, 'editor', 'Inês', CASE WHEN id % 2 = 0 THEN 'dismiss' WHEN id % 1000 < 2 THEN 'unplace' ELSE 'place' END, CASE WHEN id % 2 = 0 THEN 'article' ELSE 'feature' END, id, true
		 FROM article WHERE id % 500 < 2 ORDER BY id`,
		"VACUUM ANALYZE",
	} {
		if _, err := n.plain.Exec(context.Background(), sql); err != nil {
			n.tb.Fatal(err)
		}
	}
}

// hiddenAmid is a hidden article with many older ones.
func (n *traced) hiddenAmid() int64 {
	n.tb.Helper()
	return n.one("SELECT id FROM article WHERE site_id = $1 AND state = 'hidden' ORDER BY published_at OFFSET 100 LIMIT 1")
}

// farInLog begins in the middle of the log.
func (n *traced) farInLog() string {
	n.tb.Helper()
	return "before=" + paging.Cursor(n.one("SELECT id FROM moderation_log WHERE site_id = $1 ORDER BY id OFFSET 5000 LIMIT 1")).String()
}

func (n *traced) one(sql string) (id int64) {
	n.tb.Helper()
	if err := n.plain.QueryRow(context.Background(), sql, n.pt.ID).Scan(&id); err != nil {
		n.tb.Fatal(err)
	}
	return id
}

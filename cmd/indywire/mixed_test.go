package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/indywire/indywire/internal/db/dbtest"
)

// nextRelease is what a newer version's steps may do to the schema while nodes of
// this version run: more columns everywhere, and steps that these do not know.
const nextRelease = `
	DO $$
	DECLARE t text;
	BEGIN
		FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname !~ '^(river|goose)' LOOP
			EXECUTE format('ALTER TABLE %I ADD COLUMN of_next_release text NOT NULL DEFAULT ''''', t);
		END LOOP;
	END $$;
	INSERT INTO goose_db_version (version_id, is_applied) VALUES (99998, true);
	INSERT INTO river_migration (line, version) VALUES ('main', 999)`

// TestOlderBinaryOnANewerSchema goes on, and starts again.
func TestOlderBinaryOnANewerSchema(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	n, pool := newNode(t, "--database", url), poolOf(t, url)
	n.must(nil, "site", "create", "news", "--name", "Night desk", "--language", "en")
	n.mustWith("cavalo certo bateria\n", nil, "account", "create", "ana@example.org", "--name", "Ana", "--admin", "--password-stdin")
	n.serve()
	n.liveThroughADay("before")
	if _, err := pool.Exec(t.Context(), nextRelease); err != nil {
		t.Fatal(err)
	}
	n.liveThroughADay("beneath it")
	n.stop(syscall.SIGTERM)
	n.serve()
	defer n.stop(syscall.SIGTERM)
	n.liveThroughADay("after a start")
	eventually(t, "all photos are ready", func() bool {
		return ask[int](n, pool, "SELECT count(*)::int FROM media WHERE state = 'ready'")[0] == 3
	})
	n.must(nil, "migrate", "status")
	n.must(nil, "node", "list")
}

// liveThroughADay has people post, answer, report, moderate and look around.
func (n *node) liveThroughADay(title string) {
	n.t.Helper()
	v := n.visit("news.localhost", "127.0.0.1")
	f := v.blank()
	for name, value := range map[string]string{"title": "Story " + title, "body": "What I saw.", "action": "publish"} {
		f.Set(name, value)
	}
	f.files = append(f.files, formFile{name: "a.jpg", content: picture(n.t, uint8(len(title)), "")})
	receipt := v.post("/publish", f).must(n.t, http.StatusSeeOther).location
	permalink := regexp.MustCompile(`/articles/[0-9]+/story-[a-z-]+`).FindString(v.get(receipt).must(n.t, http.StatusOK).body)
	article := permalink[:strings.LastIndex(permalink, "/")]
	v.post(article+"/comments", form{Values: url.Values{"body": {"I saw it, too: " + title}}}).must(n.t, http.StatusSeeOther)
	v.post(article+"/reports", form{Values: url.Values{"reason": {"Look at it."}}}).must(n.t, http.StatusSeeOther)

	signed := v.post("/sign-in", form{Values: url.Values{"email": {"ana@example.org"}, "password": {"cavalo certo bateria"}}}).must(n.t, http.StatusSeeOther)
	v.headers.Set("Cookie", strings.Split(signed.cookie, ";")[0])
	v.post("/newsroom"+article+"/rank", form{Values: url.Values{"rank": {"local"}}}).must(n.t, http.StatusSeeOther)
	v.post("/newsroom"+article+"/hide", form{Values: url.Values{"reason": {"Not ours."}}}).must(n.t, http.StatusSeeOther)
	for _, path := range []string{"/", "/newswire", permalink, "/hidden", "/moderation", "/newsroom", "/search?q=story", "/feeds/newswire.atom", "/account", "/pages/about"} {
		v.get(path).must(n.t, http.StatusOK)
	}
	n.must(nil, "site", "freeze", "news")
	n.must(nil, "site", "thaw", "news")
	eventually(n.t, "the site is open again", func() bool { return v.get("/publish").status == http.StatusOK })
	n.must(nil, "account", "list")
}

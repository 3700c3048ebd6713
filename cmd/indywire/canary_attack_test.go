package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// attack sends what no browser does.
func (w *watched) attack() {
	v := w.by(0)
	for i, path := range []string{
		"/topics/%s%%00", "/topics/%s/feed.atom", "/search?q=%s%%00%%ff&before=%%00", "/newswire?before=%s&rank=%%00&topic=%%ff&language=%%00",
		"/media/%s/%%00", "/articles/99999999999999999999/%s", "/articles/1%%00%s", "/articles/1?after=%s", "/archive/2024/%s",
		"/features/1/..%%2f%s", "/feeds/newswire.%s", "/look/%s.css", "/static/%s", "/pages/%s%%00", "/%%00%s%%ff", "/receipts/%%00%s",
		"//%s@example.org/", "/search?q=%s%%27%%20OR%%20%%28%%5C&sort=%%27", "/articles/1/x?%s=%%zz;%%00",
	} {
		got := v.get(fmt.Sprintf(path, w.let(fleeting, fmt.Sprintf("canaryhostile%dend", i))))
		if got.status == 0 || got.status >= http.StatusInternalServerError {
			w.t.Errorf("%s answers %d", path, got.status)
		}
	}
	for i, body := range []struct{ kind, body string }{
		{"multipart/form-data", "%s"},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n%s"},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: %s\r\n\r\n\xff\xfe\x00\r\n--x--"},
		{"multipart/form-data; boundary=%s", "--y"},
		{"application/x-www-form-urlencoded", "title=%s%%%%zz&;"},
		{"application/x-www-form-urlencoded", "title=%s%%%%00%%%%ff&body=%%%%00&author=%%%%ff"},
		{"application/json", `{"title": "%s"}`},
		{"text/%s", "%s"},
	} {
		word := w.let(fleeting, fmt.Sprintf("canarymalformed%dend", i))
		got := v.try(http.MethodPost, "/publish", strings.ReplaceAll(body.kind, "%s", word), strings.ReplaceAll(strings.ReplaceAll(body.body, "%s", word), "%%", "%"))
		if got.status == 0 || got.status >= http.StatusInternalServerError {
			w.t.Errorf("malformed form %d answers %d", i, got.status)
		}
	}
	for _, method := range []string{"PUT", "DELETE", "TRACE", "CONNECT", "PROPFIND", w.let(fleeting, "CANARYMETHOD")} {
		v.try(method, "/publish", "", "")
	}
	stranger := *v
	stranger.host = w.let(fleeting, "canaryhost.example")
	stranger.get("/").must(w.t, http.StatusNotFound)
	stranger.host = w.let(fleeting, "canaryhost%00'.localhost")
	stranger.get("/")
	w.rawAttacks()
}

// rawAttacks are bytes that are no request, or half of one.
func (w *watched) rawAttacks() {
	word := func(name string) string { return w.let(fleeting, "canaryraw"+name) }
	for _, bytes := range []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + word("tls"),
		"GET /" + word("nul") + "\x00 HTTP/1.1\r\nHost: news.localhost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: news.localhost\r\nUser-Agent: " + strings.Repeat(word("huge"), 20_000) + "\r\n\r\n",
		"GET / HTTP/9.9\r\n" + word("version") + "\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + word("h2"),
		"GET / HTTP/1.1\r\nHost: news.localhost\r\n" + word("header") + "\x01: x\r\n\r\n",
		"POST /publish HTTP/1.1\r\nHost: news.localhost\r\nTransfer-Encoding: " + word("coding") + "\r\nContent-Length: 5\r\n\r\n12345",
		"POST /publish HTTP/1.1\r\nHost: news.localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999\r\n\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + word("file") + ".jpg\"\r\n\r\n\xff\xd8\xff" + word("bytes"),
		"POST /publish HTTP/1.1\r\nHost: news.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\ntitle=" + word("chunk"),
		"GET /" + word("line"),
	} {
		conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 77, 66, 55)}}).Dial("tcp4", "127.0.0.1:"+w.port)
		if err != nil {
			w.t.Fatal(err)
		}
		_, _ = io.WriteString(conn, bytes)
		time.Sleep(30 * time.Millisecond)
		_ = conn.(*net.TCPConn).SetLinger(0) // a reset instead of an end
		_ = conn.Close()
	}
}

// breakTheDatabase makes PostgreSQL refuse what people send, in words that hold
// it, and dies under them. Left out are the codes (classes 08, 53, 57, 58) with
// which only the server itself speaks, of its own state.
func (w *watched) breakTheDatabase() {
	w.exec("DO $$ BEGIN RAISE LOG '" + w.let(control, "Controlline") + "'; END $$")
	w.exec("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not %', NEW USING ERRCODE = TG_ARGV[0], DETAIL = NEW::text, HINT = NEW::text; END $$")
	for _, trigger := range []string{"article XX000", "article 22P02", "article 23514", "article 40001", "media XX000", "upload P0001"} {
		table, code, _ := strings.Cut(trigger, " ")
		w.exec("CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON " + table + " FOR EACH ROW EXECUTE FUNCTION refuse('" + code + "')")
		f, _ := w.story(w.by(1), fleeting, "refused"+table+code)
		if got := w.by(1).post("/publish", f); got.status < http.StatusBadRequest {
			w.t.Errorf("%s: answered %d", trigger, got.status)
		}
		w.exec("DROP TRIGGER refuse ON " + table)
	}
	w.refuseReport()
	w.exec("CREATE TRIGGER refuse BEFORE UPDATE ON media FOR EACH ROW EXECUTE FUNCTION refuse('XX000')") // under a job
	f, _ := w.story(w.by(0), text, "refusedjob")
	w.letReceipt(w.by(0).post("/publish", f).must(w.t, http.StatusSeeOther).location)
	w.exec("DROP TRIGGER refuse ON media")
	w.meanwhile("postgres", w.killPostgres)
	for end := time.Now().Add(30 * time.Second); w.by(0).get("/").status != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal("the database did not come back")
		}
	}
}

// refuseReport has a report come to nothing, and back to whoever wrote it.
func (w *watched) refuseReport() {
	w.exec("CREATE TRIGGER refuse BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION refuse('XX000')")
	word := w.let(fleeting, "canaryrefusedreport")
	about := ask[int64](w.node, w.pool, "SELECT min(id) FROM article WHERE state = 'visible'")[0]
	got := w.by(1).post(fmt.Sprintf("/articles/%d/reports", about), form{Values: url.Values{"reason": {word}}})
	if got.status != http.StatusInternalServerError || !strings.Contains(got.body, word) {
		w.t.Errorf("a report that was refused answers %d", got.status)
	}
	w.exec("DROP TRIGGER refuse ON report")
}

func (w *watched) exec(sql string) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), sql); err != nil {
		w.t.Fatal(err)
	}
}

// meanwhile does something while people publish, read and go away.
func (w *watched) meanwhile(name string, do func()) {
	var posts []form
	for i := range 4 {
		f, _ := w.story(w.by(i), text, fmt.Sprintf("%s%d", name, i))
		w.let(text, fmt.Sprintf("canaryexif%s%d", name, i)) // a file may wait for a form that never comes
		posts = append(posts, f)
	}
	var busy sync.WaitGroup
	for i, f := range posts {
		busy.Go(func() {
			for range 3 {
				if got := w.by(i).post("/publish", f); got.status == http.StatusSeeOther {
					break
				}
			}
		})
		busy.Go(func() {
			for n := range 12 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n)*5*time.Millisecond)
				_, _ = w.by(i).do(ctx, http.MethodGet, "/search?q=canarystays", "", nil)
				cancel()
			}
		})
	}
	time.Sleep(60 * time.Millisecond)
	do()
	busy.Wait()
	for _, f := range posts { // what is answered now shows that some of it came
		if got := w.by(0).post("/publish", f); got.status == http.StatusSeeOther {
			w.letReceipt(got.location)
		}
	}
}

// breakTheDisk takes the folders of files away for a while.
func (w *watched) breakTheDisk() {
	for _, name := range []string{"uploads", "blobs"} {
		dir := filepath.Join(w.data(), "media", name)
		w.rename(dir, dir+".away")
		f, _ := w.story(w.by(2), text, "disk"+name)
		got := w.by(2).post("/publish", f)
		if name == "uploads" && got.status < http.StatusInternalServerError {
			w.t.Errorf("without a place for files the form answers %d", got.status)
		}
		if got.status == http.StatusSeeOther {
			w.letReceipt(got.location)
		}
		w.crawl("news.localhost")
		_ = os.RemoveAll(dir) // a worker may have made it anew
		w.rename(dir+".away", dir)
	}
}

func (w *watched) rename(from, to string) {
	w.t.Helper()
	if err := os.Rename(from, to); err != nil {
		w.t.Fatal(err)
	}
}

// crash kills the program while it is busy, with a photo too, and starts it
// again.
func (w *watched) crash() {
	const atWork = "SELECT count(*) FROM river_job WHERE state = 'running' AND kind = 'media_process'"
	w.meanwhile("crash", func() {
		for end := time.Now().Add(10 * time.Second); ask[int64](w.node, w.pool, atWork)[0] == 0 && time.Now().Before(end); {
			time.Sleep(2 * time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		w.stop(syscall.SIGKILL)
		w.start()
	})
}

// withdraw takes back, by receipt, what was published for it.
func (w *watched) withdraw() {
	for i, receipt := range w.receipts {
		v := w.by(i)
		path := permalink(w.t, v, receipt)
		f := form{Values: map[string][]string{"action": {"withdraw"}}}
		v.post(receipt, f).must(w.t, http.StatusSeeOther)
		v.post(receipt, f).must(w.t, http.StatusSeeOther)
		v.get(path).must(w.t, http.StatusGone)
	}
	w.withdrawn(w.gone...)
}

// settle waits until every job is done.
func (w *watched) settle() {
	const left = "SELECT concat_ws(' ', kind, state) FROM river_job WHERE (kind LIKE 'media_%' OR kind = 'article_gone') AND state NOT IN ('completed', 'discarded')"
	for end := time.Now().Add(30 * time.Second); len(ask[string](w.node, w.pool, left)) > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("jobs are left: %q", ask[string](w.node, w.pool, left))
		}
	}
	if failed := ask[string](w.node, w.pool, "SELECT array_to_string(errors, ' ') FROM river_job WHERE errors IS NOT NULL"); len(failed) == 0 {
		w.t.Error("no job has failed: what is not in their errors means nothing")
	}
}

// id is what names an upload, or a file that may not be seen by everyone yet.
var id = regexp.MustCompile(`\b[0-9a-f]{32}\b`)

// search looks everywhere, and proves by the controls that it did.
func (w *watched) search() {
	w.let(control, "media_process") // a job, by its kind
	w.let(control, "article_gone")
	w.let(control, "request failed")
	w.let(control, "/receipts/{code}") // a request, by its pattern
	w.let(control, "is started again")
	w.lookAtMetrics(w.node)
	w.lookAtTables(w.node, w.pool)
	w.pool.Close()
	if w.stop(syscall.SIGTERM) != 0 {
		w.t.Error("the server did not stop in order")
	}
	w.lookAtFiles(w.node)
	for _, written := range w.logs {
		w.look("the log", written.String())
		for line := range strings.Lines(written.String()) {
			if id.MatchString(line) {
				w.t.Errorf("the log holds an id: %s", line)
			}
		}
	}
	w.mustSee("/receipts/{code}", "the log", "the metrics")
	w.mustSee("request failed", "the log")
	w.mustSee("is started again", "the log")
	w.mustSee("article_gone", "table river_job")
	w.mustSee("Controlname", "the log", "table site")
	w.mustSee("Controlline", "PostgreSQL's log")
	w.mustSee("media_process", "table river_job")
	w.mustSee(w.stays, "table article", "table article_revision")
	if left, err := os.ReadDir(w.tmp); err != nil || len(left) != 0 {
		w.t.Errorf("left in the folder for temporary files: %v, %v", left, err)
	}
}

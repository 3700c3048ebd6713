package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestCanaries lets people whose addresses, browsers, texts and secrets are
// known do all there is to do, and much that is not, while parts of the server
// fail and die. Then it looks for them in all that the server writes down.
func TestCanaries(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.begin()
	w.read()
	w.signIn()
	w.publishWell()
	w.publishBadly()
	w.attack()
	w.breakTheDatabase()
	w.breakTheDisk()
	w.crash()
	w.withdraw()
	w.settle()
	w.search()
}

// watched is a node, those who visit it, and what they leave behind.
type watched struct {
	*node
	*aviary
	t        *testing.T
	tmp      string // the program's folder for temporary files
	logs     []*lines
	pool     *pgxpool.Pool
	visitors []*visitor
	stays    string   // a word of what is on the wire to the end
	receipts []string // of what is to be withdrawn
	gone     []string // words of that
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{node: newNode(t), aviary: newAviary(t), t: t}
	w.tmp = filepath.Join(filepath.Dir(w.data()), "tmp")
	if err := os.Mkdir(w.tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	w.env = []string{"TMPDIR=" + w.tmp}
	if hasIPv6() {
		w.flags[3] = "[::]:" + w.port
	}
	return w
}

func hasIPv6() bool {
	l, err := net.Listen("tcp", "[::1]:0")
	if err == nil {
		_ = l.Close()
	}
	return err == nil
}

// start starts the server and keeps what it writes.
func (w *watched) start() {
	w.t.Helper()
	w.serve("--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "::1/128")
	w.logs = append(w.logs, w.said, w.logged)
}

// begin opens the sites. The name of one is what the scanner has to find in the
// output of the next start.
func (w *watched) begin() {
	w.start()
	w.must(nil, "site", "create", "news", "--name", w.let(control, "Controlname"), "--language", "en", "--language", "pt", "--topic", "Port", "--topic", "City")
	w.must(nil, "site", "create", "shut", "--name", "Shut", "--language", "ar")
	w.must(nil, "site", "freeze", "shut")
	w.pool = w.database()
	from := []string{"127.77.66.55", "127.77.66.56"}
	if strings.HasPrefix(w.flags[3], "[::]") {
		from = append(from, "::1")
	}
	for i, address := range from {
		v := w.visit("news.localhost", address)
		if address == "::1" {
			w.let(ofPerson, "[::1]")
		} else {
			w.let(ofPerson, address)
		}
		v.headers = w.telltale(i)
		w.visitors = append(w.visitors, v)
	}
}

// telltale is what a browser and the proxies before us say of somebody.
func (w *watched) telltale(i int) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"User-Agent":        fmt.Sprintf("Canaryagent%d/9.77 (Canarysystem)", i),
		"Referer":           fmt.Sprintf("https://canaryreferrer%d.example/canaryreferrerpath", i),
		"Cookie":            fmt.Sprintf("session=canarycookie%d; wal=canarywal%d", i, i),
		"Accept-Language":   fmt.Sprintf("x-canarylanguage%d, pt;q=0.5", i),
		"X-Forwarded-For":   fmt.Sprintf("203.0.113.7%d, 2001:db8:77::a%d", i, i),
		"Forwarded":         fmt.Sprintf(`for="[2001:db8:66::b%d]:4711";proto=http;by=198.51.100.8%d`, i, i),
		"X-Real-IP":         fmt.Sprintf("192.0.2.14%d", i),
		"X-Forwarded-Host":  fmt.Sprintf("canaryforwardedhost%d.example", i),
		"X-Forwarded-Proto": "http",
		"Authorization":     fmt.Sprintf("Bearer canarytoken%d", i),
		"X-Request-Id":      fmt.Sprintf("canaryrequest%d", i),
		"Origin":            "http://news.localhost",
	} {
		h.Set(name, value)
		for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(`,;="/ ()`, r) }) {
			word = strings.TrimSuffix(strings.TrimPrefix(word, "["), "]:4711")
			if strings.Contains(word, "anary") || strings.Count(word, ".") == 3 || strings.Contains(word, "db8") {
				w.let(ofPerson, word)
			}
		}
	}
	return h
}

// by is one visitor after the other.
func (w *watched) by(n int) *visitor { return w.visitors[n%len(w.visitors)] }

// read opens every page that a page leads to, and looks for things.
func (w *watched) read() {
	for i, v := range w.visitors {
		word := w.let(fleeting, fmt.Sprintf("canarysearch%d", i))
		v.get("/search?q="+word).must(w.t, http.StatusOK)
		v.get("/newswire?rank=local&language=pt&topic=port").must(w.t, http.StatusOK)
		v.get("/newswire?before=" + w.let(fleeting, fmt.Sprintf("canarycursor%d", i)))
		v.get("/"+w.let(fleeting, fmt.Sprintf("canarypath%d", i))+"?"+w.let(fleeting, fmt.Sprintf("canaryquery%d", i))+"=1").must(w.t, http.StatusNotFound)
		v.try(http.MethodHead, "/", "", "").must(w.t, http.StatusOK)
	}
}

// crawl follows every link from a page on, on a host.
func (w *watched) crawl(host string) (pages int) {
	v := *w.by(1)
	v.host = host
	queue, known := []string{"/"}, map[string]bool{"/": true}
	for ; len(queue) > 0 && pages < 250; pages++ {
		at := queue[0]
		queue = queue[1:]
		got := v.get(at)
		if got.status >= http.StatusInternalServerError || got.status == 0 {
			w.t.Errorf("%s%s answers %d", host, at, got.status)
		}
		if !strings.HasPrefix(strings.TrimSpace(got.body), "<!") {
			continue
		}
		for _, link := range append(htmltest.Attrs(w.t, got.body, "[href]", "href"), htmltest.Attrs(w.t, got.body, "[src]", "src")...) {
			to, err := url.Parse(link)
			if err != nil || to.Path == "" || (to.Host != "" && to.Hostname() != host) {
				continue
			}
			if next := (&url.URL{Path: to.Path, RawQuery: to.RawQuery}).String(); !known[next] {
				known[next] = true
				queue = append(queue, next)
			}
		}
	}
	return pages
}

// story is a form about one thing, all of whose words are canaries.
func (w *watched) story(v *visitor, k kind, name string) (f form, words []string) {
	f = v.blank()
	w.letTicket(f.Get("ticket"))
	word := func(field string) string {
		words = append(words, w.let(k, "canary"+field+name))
		return words[len(words)-1]
	}
	f.Set("title", "About "+word("title"))
	f.Set("summary", "On "+word("summary"))
	f.Set("body", "It happened at **"+word("body")+"**, see <https://example.org/"+word("link")+"> ![x](https://example.org/"+word("image")+".png)")
	f.Set("author", word("author"))
	f.Set("contact", word("contact")+"@example.org")
	f.Set("action", "publish")
	f.files = []formFile{{name: word("file") + ".jpg", alt: word("alt")}}
	exif := w.let(ofPerson, "canaryexif"+name)
	if k == fleeting { // the file waits for the form to be sent again
		w.let(text, words[len(words)-2])
		w.let(text, exif)
	}
	f.files[0].content = picture(w.t, uint8(len(w.birds)), exif)
	return f, words
}

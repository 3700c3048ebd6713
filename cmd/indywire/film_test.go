package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/db/postmaster"
)

// longFilm is one that takes a while to prepare.
func longFilm(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mp4")
	said, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=10:rate=15:size=1280x720",
		"-c:v", "mpeg4", "-q:v", "3", path).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, said)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// cinema is a node on whose wire a film was published.
type cinema struct {
	*node
	pool    *pgxpool.Pool
	receipt string
	reader  *visitor
}

func newCinema(t *testing.T) cinema {
	t.Helper()
	n := newNode(t)
	n.serve()
	n.must(nil, "site", "create", "news", "--name", "News", "--language", "en", "--topic", "Port")
	c := cinema{node: n, pool: n.database(), reader: n.visit("news.localhost", "127.0.0.1")}
	f := c.reader.blank()
	for name, value := range map[string]string{"title": "A film", "body": "What happened.", "action": "publish"} {
		f.Set(name, value)
	}
	f.files = append(f.files, formFile{name: "a.mp4", content: longFilm(t)})
	c.receipt = c.reader.post("/publish", f).must(t, http.StatusSeeOther).location
	return c
}

// until waits for the job of the film to be in a state.
func (c cinema) until(what, sql string, patience time.Duration) {
	c.t.Helper()
	for end := time.Now().Add(patience); !ask[bool](c.node, c.pool, "SELECT EXISTS (SELECT FROM media m JOIN river_job j ON j.args ->> 'media' = m.id WHERE "+sql+")")[0]; {
		if time.Now().After(end) {
			c.t.Fatalf("the film is not %s:\n%s", what, fmt.Sprint(ask[string](c.node, c.pool, "SELECT state || ' ' || failure FROM media")))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// atWork waits until a server prepares the film.
func (c cinema) atWork(attempt int) {
	c.t.Helper()
	c.until("being prepared", fmt.Sprintf("j.queue = 'film' AND j.state = 'running' AND j.attempt = %d AND m.worked_at IS NOT NULL", attempt), 30*time.Second)
}

// playsWhole holds that readers have the film, and the disk no longer what was sent.
func (c cinema) playsWhole(attempts int, patience time.Duration) {
	c.t.Helper()
	c.until("ready", fmt.Sprintf("m.state = 'ready' AND m.original IS NULL AND j.attempt = %d", attempts), patience)
	if got := c.reader.get(c.receipt).must(c.t, http.StatusOK).body; !strings.Contains(got, `class="file pictured"`) {
		c.t.Error("the receipt shows no poster of the film")
	}
	for _, left := range c.filesBelow("media", "uploads") {
		if !strings.Contains(left, "scratch-") { // which the sweeper deletes an hour later
			c.t.Errorf("left over: %s", left)
		}
	}
}

// TestFilmGoesOnAfterADeathAndAStop kills the server while it prepares a film,
// and then tells it to stop, which costs no try.
func TestFilmGoesOnAfterADeathAndAStop(t *testing.T) {
	t.Parallel()
	c := newCinema(t)
	c.atWork(1)
	if c.stop(syscall.SIGKILL) != -1 {
		t.Error("kill -9 did not kill")
	}
	c.serve()
	c.atWork(2)
	if status := c.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("told to stop in the middle of a film: exit status %d\n%s", status, c.logged)
	}
	c.serve()
	c.playsWhole(2, 2*time.Minute)
	if status := c.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestFilmGoesOnElsewhere has one of two servers die and not come back. It takes
// a minute or two until the other one takes that for a death.
func TestFilmGoesOnElsewhere(t *testing.T) {
	if os.Getenv("INDYWIRE_LONG") == "" {
		t.Skip("it takes two minutes, for make test-long (INDYWIRE_LONG=1)")
	}
	t.Parallel()
	c := newCinema(t)
	c.atWork(1)
	other := newNode(t)
	other.flags = append(other.flags, "--media", "file:"+filepath.Join(c.data(), "media"),
		"--database", postmaster.URL(filepath.Join(c.data(), "postgres", "socket"), "indywire"))
	other.serve()
	if c.stop(syscall.SIGKILL) != -1 {
		t.Error("kill -9 did not kill")
	}
	c.until("ready", "m.state = 'ready' AND m.original IS NULL AND j.attempt = 2", 4*time.Minute)
	if status := other.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
	c.serve() // which owns the database
	c.reader.get(c.receipt).must(t, http.StatusOK)
	if status := c.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

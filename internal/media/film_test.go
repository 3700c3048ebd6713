package media_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/media"
)

// clip has the system's own ffmpeg make a file of moving noise, and sound, of so
// many seconds.
func clip(t *testing.T, name, seconds, size string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args := []string{"-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=" + seconds}
	if size != "" {
		args = append(args, "-f", "lavfi", "-i", "testsrc=duration="+seconds+":rate=10:size="+size, "-c:v", "mpeg4", "-q:v", "2")
	}
	if said, err := exec.CommandContext(t.Context(), "ffmpeg", append(args, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, said)
	}
	return read(t, path)
}

// attachedClip is attachedPhoto for an article's file, whose job waits.
func (b bench) attachedClip(content []byte) media.ID {
	b.t.Helper()
	id, _ := b.attachedPhoto(content)
	b.exec(`INSERT INTO article (site_id, slug, state, language, title, summary, author, format, source, html, markup_version)
		SELECT id, 'clip', 'visible', 'en', 'Clip', '', '', 'markdown', '', '', 1 FROM site`)
	b.exec("UPDATE media SET article_id = (SELECT id FROM article)")
	return id
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func kilobytes(n int) string { return strconv.Itoa(n/1024) + "k" }

// eventually waits until a question to the database is answered by yes.
func (b bench) eventually(what, sql string) {
	b.t.Helper()
	for range 600 {
		var is bool
		if b.scan(sql, &is); is {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("after half a minute: not %s", what)
}

func TestFilmsSoundsAndCaptionsAreMade(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		content []byte
		kind    media.Kind
		queue   string
		want    []string
		lasts   time.Duration
	}{
		{"film", clip(t, "a.mp4", "2", "320x240"), media.Video, jobs.Films, []string{"poster", ".mp4"}, 2 * time.Second},
		{"sound", clip(t, "a.wav", "1", ""), media.Audio, jobs.Films, []string{"sound.mp3", "sound.opus"}, time.Second},
		{"captions", []byte("WEBVTT\n\n00:00.000 --> 00:01.000\nWords\n"), media.Captions, river.QueueDefault, []string{"captions.vtt"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			id := b.attachedClip(tt.content)
			var queue string
			if b.scan("SELECT queue FROM river_job", &queue); queue != tt.queue {
				t.Errorf("its job waits in the queue %s", queue)
			}
			b.process(id)
			var m media.Media
			var lasts int64
			b.scan("SELECT state, kind, failure, duration_ms FROM media", &m.State, &m.Kind, &m.Failure, &lasts)
			if m.State != media.Ready || m.Kind != tt.kind || time.Duration(lasts)*time.Millisecond < tt.lasts*9/10 {
				t.Fatalf("it is %s, %s, %s, of %d ms", m.State, m.Failure, m.Kind, lasts)
			}
			for _, want := range tt.want {
				var found int
				if b.scan("SELECT count(*) FROM rendition WHERE name LIKE '%"+want+"%' AND bytes > 0", &found); found == 0 {
					t.Errorf("no rendition is called %s", want)
				}
			}
			if left := b.files("uploads"); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// TestOnlyPicturesStandForASite is what was still being sent when a feature or a
// logo took it.
func TestOnlyPicturesStandForASite(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, _ := b.attachedPhoto([]byte("WEBVTT\n\n00:00.000 --> 00:01.000\nWords\n"))
	b.process(id)
	var failure string
	if b.scan("SELECT failure FROM media", &failure); b.state() != media.Failed || failure != media.FailureNoPicture {
		t.Errorf("it is %s, %s", b.state(), failure)
	}
}

// taken makes the job of the bench's file one that a worker has taken.
func (b bench) taken(by string, ago time.Duration) *river.Job[media.ProcessArgs] {
	b.t.Helper()
	b.exec("UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_by = ARRAY[$1], attempted_at = now() - $2::interval WHERE kind = 'media_process'", by, ago)
	job := &river.Job[media.ProcessArgs]{JobRow: &rivertype.JobRow{}}
	b.scan("SELECT id, attempt, queue FROM river_job WHERE kind = 'media_process'", &job.ID, &job.Attempt, &job.Queue)
	b.scan("SELECT id FROM media", &job.Args.Media)
	return job
}

func (b bench) jobState() (state string) {
	b.t.Helper()
	b.scan("SELECT state FROM river_job WHERE kind = 'media_process'", &state)
	return state
}

// TestLostFilmGoesToAnother has a server give no sign of life, and then come back
// and fail: what the other one makes stands.
func TestLostFilmGoesToAnother(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.attachedClip(clip(t, "a.wav", "1", ""))
	first := b.taken("node-a/1", 2*time.Minute)
	rescuer := media.Rescuer{DB: b.pools.Primary}
	for _, step := range []struct{ worked, want string }{{"now() - interval '20 seconds'", "running"}, {"now() - interval '90 seconds'", "available"}} {
		b.exec("UPDATE media SET worked_at = " + step.worked)
		if err := rescuer.Work(t.Context(), nil); err != nil || b.jobState() != step.want {
			t.Fatalf("last heard of at %s: %v, the job is %s", step.worked, err, b.jobState())
		}
	}
	second := b.taken("node-b/1", 0)
	// The first comes back when its input has gone bad for it, in its last try.
	first.Attempt = 9
	failing := *b.processor
	failing.DB = &interrupted{Beginner: b.pools.Primary, nth: 1, by: func() {
		b.exec("UPDATE media SET original_key = $1", "ffffffffffffffffffffffffffffffff")
	}}
	if err := failing.Work(t.Context(), first); err != nil || b.state() != media.Waiting {
		t.Fatalf("the first, late: %v, the file is %s", err, b.state())
	}
	b.exec("UPDATE media SET original_key = ''")
	if err := b.processor.Work(t.Context(), second); err != nil || b.state() != media.Ready {
		t.Fatalf("the second: %v, the file is %s", err, b.state())
	}
	blobs := len(b.files("blobs"))
	if err := b.processor.Work(t.Context(), first); err != nil || b.state() != media.Ready || len(b.files("blobs")) != blobs {
		t.Errorf("the first, later still: %v, %s, %d files, want %d", err, b.state(), len(b.files("blobs")), blobs)
	}
}

// TestSignsOfLife are written while a film is made, and end its making once
// nobody waits for it.
func TestSignsOfLife(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.attachedClip(clip(t, "a.mp4", "20", "1280x720"))
	b.processor.Pulse = 50 * time.Millisecond
	job, done := b.taken("node-a/1", 0), make(chan error, 1)
	go func() { done <- b.processor.Work(context.WithoutCancel(t.Context()), job) }()
	b.eventually("progress is written down", "SELECT progress > 0 AND worked_at IS NOT NULL FROM media")
	b.exec("UPDATE media SET state = 'gone'")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if left := b.files("blobs"); len(left) != 0 {
		t.Errorf("made all the same: %v", left)
	}
}

// TestStoppedServerLosesNoTry is told to stop in the middle of a film.
func TestStoppedServerLosesNoTry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.attachedClip(clip(t, "a.mp4", "20", "1280x720"))
	b.processor.Pulse = 50 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	job, done := b.taken("node-a/1", 0), make(chan error, 1)
	go func() { done <- b.processor.Work(ctx, job) }()
	b.eventually("progress is written down", "SELECT progress > 0 FROM media")
	stop()
	var snooze *river.JobSnoozeError
	if err := <-done; !errors.As(err, &snooze) || snooze.Duration != 0 || b.state() != media.Waiting {
		t.Errorf("%v, the file is %s", err, b.state())
	}
	if left := b.files("uploads"); len(left) != 1 {
		t.Errorf("left beside the original: %v", left)
	}
}

// TestFullDiskIsNoFaultOfTheFilm is TestFullDiskIsNoFaultOfThePhoto.
func TestFullDiskIsNoFaultOfTheFilm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	content := clip(t, "a.mp4", "4", "640x480")
	resize := b.smallDisk("size=" + kilobytes(len(content)+100_000))
	id := b.attachedClip(content)
	if err := b.attempt(id, 1); b.state() != media.Waiting || err == nil || len(b.files("uploads")) != 1 {
		t.Fatalf("on a full disk: %v; the file is %s, uploads %v", err, b.state(), b.files("uploads"))
	}
	resize("size=300m")
	if err := b.attempt(id, 2); err != nil || b.state() != media.Ready {
		t.Errorf("once there was room: %v, %s", err, b.state())
	}
}

// TestRetryAfterFailure has a file that failed prepared once more.
func TestRetryAfterFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.attachedClip(clip(t, "a.wav", "1", ""))
	b.exec("UPDATE media SET state = 'failed', failure = 'file.not_prepared', settled_at = now()")
	queue, err := jobs.NewInserter(b.pools.Primary, b.processor.Box.Log)
	if err != nil {
		t.Fatal(err)
	}
	var article int64
	b.scan("SELECT id FROM article", &article)
	var m media.Media
	b.scan("SELECT site_id FROM media", &m.SiteID)
	for range 2 { // the second finds it waiting
		if err := media.Retry(t.Context(), b.pools.Primary, queue, m.SiteID, media.Owner{Article: article}, id); err != nil {
			t.Fatal(err)
		}
	}
	var waiting int
	if b.scan("SELECT count(*) FROM river_job WHERE kind = 'media_process'", &waiting); waiting != 2 { // that of the first time, and one more
		t.Errorf("%d jobs", waiting)
	}
	if b.process(id); b.state() != media.Ready {
		t.Errorf("it is %s", b.state())
	}
}

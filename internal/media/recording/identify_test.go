package recording_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/recording"
)

func identify(data []byte) (recording.Header, error) {
	return recording.Identify(bytes.NewReader(data), int64(len(data)))
}

func TestIdentifyKnowsEachContainer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path string
		want recording.Header
	}{
		"mp4":      {film(t, "a.mp4"), recording.Header{Kind: "video", Type: "video/mp4", Demuxer: "mov"}},
		"mp4 fast": {film(t, "a.mp4", "-movflags", "faststart"), recording.Header{Kind: "video", Type: "video/mp4", Demuxer: "mov"}},
		"mp4 live": {film(t, "a.mp4", "-movflags", "frag_keyframe+empty_moov"), recording.Header{Kind: "video", Type: "video/mp4", Demuxer: "mov"}},
		"mov":      {film(t, "a.mov"), recording.Header{Kind: "video", Type: "video/quicktime", Demuxer: "mov"}},
		"3gp":      {film(t, "a.3gp", "-c:v", "libx264", "-c:a", "aac"), recording.Header{Kind: "video", Type: "video/3gpp", Demuxer: "mov"}},
		"m4a":      {tone(t, "a.m4a"), recording.Header{Kind: "audio", Type: "audio/mp4", Demuxer: "mov"}},
		"mp4 tone": {tone(t, "a.mp4"), recording.Header{Kind: "audio", Type: "audio/mp4", Demuxer: "mov"}},
		"webm":     {film(t, "a.webm", "-c:v", "libvpx", "-c:a", "libopus"), recording.Header{Kind: "video", Type: "video/webm", Demuxer: "matroska"}},
		"mkv":      {film(t, "a.mkv"), recording.Header{Kind: "video", Type: "video/x-matroska", Demuxer: "matroska"}},
		"mkv tone": {tone(t, "a.mkv"), recording.Header{Kind: "audio", Type: "audio/x-matroska", Demuxer: "matroska"}},
		"avi":      {film(t, "a.avi"), recording.Header{Kind: "video", Type: "video/x-msvideo", Demuxer: "avi"}},
		"ogv":      {film(t, "a.ogv"), recording.Header{Kind: "video", Type: "video/ogg", Demuxer: "ogg"}},
		"ogg":      {tone(t, "a.ogg", "-c:a", "libvorbis"), recording.Header{Kind: "audio", Type: "audio/ogg", Demuxer: "ogg"}},
		"opus":     {tone(t, "a.opus"), recording.Header{Kind: "audio", Type: "audio/ogg", Demuxer: "ogg"}},
		"mp3":      {tone(t, "a.mp3"), recording.Header{Kind: "audio", Type: "audio/mpeg", Demuxer: "mp3"}},
		"mp3 bare": {tone(t, "a.mp3", "-id3v2_version", "0", "-write_xing", "0"), recording.Header{Kind: "audio", Type: "audio/mpeg", Demuxer: "mp3"}},
		"mp3 low":  {tone(t, "a.mp3", "-ar", "22050", "-b:a", "32k"), recording.Header{Kind: "audio", Type: "audio/mpeg", Demuxer: "mp3"}},
		"flac":     {tone(t, "a.flac"), recording.Header{Kind: "audio", Type: "audio/flac", Demuxer: "flac"}},
		"wav":      {tone(t, "a.wav"), recording.Header{Kind: "audio", Type: "audio/wav", Demuxer: "wav"}},
	} {
		got, err := identify(bytesOf(t, test.path))
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, test.want)
		}
	}
}

func TestIdentifyRefusesWhatIsNoRecording(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"empty":        "",
		"HLS":          "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
		"DASH":         `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>`,
		"ffconcat":     "ffconcat version 1.0\nfile /etc/passwd\n",
		"AVIF":         "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avifiso8" + strings.Repeat("\x00", 40),
		"WebP":         "RIFF\x10\x00\x00\x00WEBPVP8 ",
		"PDF":          "%PDF-1.7\n",
		"MPEG-TS":      strings.Repeat("G\x40\x00\x10"+strings.Repeat("\xff", 184), 4),
		"a sync alone": "\xff\xfb\x90\x00" + strings.Repeat("x", 4000),
		"EBML":         "\x1a\x45\xdf\xa3\x8a\x42\x82\x87unknown",
		"Ogg of text":  "OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x08CMML\x00\x00\x00\x00",
	} {
		if h, err := identify([]byte(data)); !errors.Is(err, recording.ErrUnknown) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %+v, %v; want ErrUnknown", name, h, err)
		}
	}
}

func TestIdentifyNeedsTheFirstBytesAlone(t *testing.T) {
	t.Parallel()
	data := bytesOf(t, film(t, "a.mp4"))
	got, err := recording.Identify(bytes.NewReader(data[:100]), int64(len(data)))
	if err != nil || got.Kind != recording.Video {
		t.Errorf("%+v, %v", got, err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestIdentifyPassesOnReadErrors(t *testing.T) {
	t.Parallel()
	if _, err := recording.Identify(failing{}, 1000); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// counter counts the bytes that Identify asks for.
type counter struct {
	io.ReaderAt
	n int
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	c.n += len(p)
	return c.ReaderAt.ReadAt(p, off)
}

func FuzzIdentify(f *testing.F) {
	for _, name := range []string{"a.mp4", "a.avi", "a.mkv", "a.ogv"} {
		f.Add(bytesOf(f, film(f, name)))
	}
	for _, name := range []string{"a.mp3", "a.flac", "a.wav", "a.opus", "a.m4a"} {
		f.Add(bytesOf(f, tone(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &counter{ReaderAt: bytes.NewReader(data)}
		h, err := recording.Identify(c, int64(len(data)))
		if c.n > 300_000 {
			t.Errorf("read %d bytes", c.n)
		}
		if err == nil && (h.Demuxer == "" || h.Type == "" || h.Kind == "") {
			t.Errorf("passed %+v", h)
		}
	})
}

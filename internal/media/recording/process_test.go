package recording_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/media/recording"
	"github.com/indywire/indywire/internal/sandbox"
)

// process does what a worker does with a file.
func process(t testing.TB, box *sandbox.Box, path string) (recording.Result, error) {
	t.Helper()
	data := bytesOf(t, path)
	h, err := identify(data)
	if err != nil {
		return recording.Result{}, err
	}
	return recording.Process(t.Context(), box, path, h, t.TempDir(), nil)
}

func mustProcess(t testing.TB, box *sandbox.Box, path string) recording.Result {
	t.Helper()
	result, err := process(t, box, path)
	if err != nil {
		t.Fatalf("Process: %v", err)
	}
	for _, f := range result.Files {
		if info, err := os.Stat(f.Path); err != nil || info.Size() != f.Bytes || f.Bytes == 0 {
			t.Errorf("%s: %+v, %v", f.Name, f, err)
		}
	}
	return result
}

// names tells names and sizes of what was made, in order.
func names(r recording.Result) []string {
	var all []string
	for _, f := range r.Files {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%s %dx%d", f.Name, f.Width, f.Height), " 0x0"))
	}
	return all
}

// about tells a length that is near enough.
func about(got time.Duration, want float64) bool {
	return got.Seconds() > want-0.3 && got.Seconds() < want+0.3
}

func TestVideosAreMadeInSizesThatDoNotExceedThem(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	for name, test := range map[string]struct {
		source string
		turned bool
		want   []string
	}{
		"large":  {"testsrc=duration=1:size=1280x960:rate=5", false, []string{"720p.mp4 960x720", "480p.mp4 640x480", "poster-480.webp 480x360", "poster-480.jpg 480x360", "poster-960.webp 960x720", "poster-960.jpg 960x720"}},
		"small":  {"testsrc=duration=1:size=320x240:rate=5", false, []string{"240p.mp4 320x240", "poster-320.webp 320x240", "poster-320.jpg 320x240"}},
		"odd":    {"testsrc=duration=1:size=321x241:rate=5", false, []string{"240p.mp4 320x240", "poster-320.webp 320x240", "poster-320.jpg 320x240"}},
		"tall":   {"testsrc=duration=1:size=240x426:rate=5", false, []string{"240p.mp4 240x426", "poster-240.webp 240x426", "poster-240.jpg 240x426"}},
		"turned": {"testsrc=duration=1:size=320x240:rate=5", true, []string{"240p.mp4 240x320", "poster-240.webp 240x320", "poster-240.jpg 240x320"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := makeFile(t, "a.mp4", "-f", "lavfi", "-i", test.source, "-c:v", "libx264", "-pix_fmt", "yuv444p")
			if test.turned {
				path = turned(t, path)
			}
			result := mustProcess(t, box, path)
			if diff := cmp.Diff(test.want, names(result)); diff != "" {
				t.Error(diff)
			}
			if result.Kind != recording.Video || !about(result.Duration, 1) {
				t.Errorf("%s of %v", result.Kind, result.Duration)
			}
			if first := result.Files[0]; result.Width != first.Width || result.Height != first.Height {
				t.Errorf("%dx%d", result.Width, result.Height)
			}
		})
	}
}

func TestEveryContainerBecomesFilmOrSound(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	for name, test := range map[string]struct {
		path string
		kind recording.Kind
	}{
		"mp4":  {film(t, "a.mp4"), "video"},
		"mov":  {film(t, "a.mov", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"), "video"},
		"3gp":  {film(t, "a.3gp", "-c:v", "h263", "-s", "352x288", "-c:a", "aac"), "video"},
		"webm": {film(t, "a.webm", "-c:v", "libvpx", "-c:a", "libopus"), "video"},
		"mkv":  {film(t, "a.mkv", "-c:v", "libx265", "-x265-params", "log-level=error", "-c:a", "libvorbis"), "video"},
		"avi":  {film(t, "a.avi", "-c:v", "mpeg4", "-c:a", "libmp3lame"), "video"},
		"ogv":  {film(t, "a.ogv", "-c:v", "libtheora", "-c:a", "libvorbis"), "video"},
		"mute": {makeFile(t, "a.mp4", "-f", "lavfi", "-i", pictures), "video"},
		"m4a":  {tone(t, "a.m4a"), "audio"},
		"ogg":  {tone(t, "a.ogg", "-c:a", "libvorbis"), "audio"},
		"opus": {tone(t, "a.opus"), "audio"},
		"mp3":  {tone(t, "a.mp3"), "audio"},
		"flac": {tone(t, "a.flac"), "audio"},
		"wav":  {tone(t, "a.wav"), "audio"},
		"mka":  {tone(t, "a.mkv", "-c:a", "flac"), "audio"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := mustProcess(t, box, test.path)
			if result.Kind != test.kind || !about(result.Duration, 2) {
				t.Errorf("%s of %v, want %s of 2s", result.Kind, result.Duration, test.kind)
			}
			if want := []string{"sound.opus", "sound.mp3"}; test.kind == recording.Audio && !slices.Equal(names(result), want) {
				t.Errorf("made %v", names(result))
			}
			for _, f := range result.Files[:1] {
				playable(t, f.Path, name != "mute")
			}
		})
	}
}

// playable has the system's ffmpeg decode a file without a complaint.
func playable(t *testing.T, path string, sound bool) {
	t.Helper()
	said, err := exec.Command("ffmpeg", "-nostdin", "-v", "warning", "-xerror", "-i", path, "-f", "null", "-").CombinedOutput()
	if err != nil || len(bytes.TrimSpace(said)) > 0 {
		t.Errorf("%v: %s", err, said)
	}
	streams, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", path).Output()
	if err != nil || strings.Contains(string(streams), "audio") != sound {
		t.Errorf("streams %q, %v", streams, err)
	}
}

func TestProgressRises(t *testing.T) {
	t.Parallel()
	path := makeFile(t, "a.mp4", "-f", "lavfi", "-i", "testsrc2=duration=20:size=640x360:rate=25", "-c:v", "mpeg4")
	h, err := identify(bytesOf(t, path))
	if err != nil {
		t.Fatal(err)
	}
	var heard []int
	_, err = recording.Process(t.Context(), openBox(t), path, h, t.TempDir(), func(percent int) { heard = append(heard, percent) })
	if err != nil || len(heard) == 0 || !slices.IsSorted(heard) || heard[len(heard)-1] > 100 || heard[len(heard)-1] < 50 {
		t.Errorf("%v, %v", heard, err)
	}
}

func TestWithoutASandboxNothingIsDecoded(t *testing.T) {
	t.Parallel()
	unproved := &sandbox.Box{Mode: sandbox.Bwrap}
	if _, err := process(t, unproved, tone(t, "a.wav")); err == nil || errors.Is(err, recording.ErrBroken) {
		t.Errorf("got %v", err)
	}
}

// turned writes the matrix of a quarter turn over that of a film's first track.
func turned(t *testing.T, path string) string {
	t.Helper()
	data := bytes.Clone(bytesOf(t, path))
	at := bytes.Index(data, []byte("tkhd"))
	if at < 0 {
		t.Fatal("no tkhd")
	}
	matrix := data[at+4+40:]
	copy(matrix, "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	return write(t, data)
}

// TestHighRangeIsBroughtToEveryScreen films a white sheet of paper as newer phones
// do (PQ and HLG), and wants it white.
func TestHighRangeIsBroughtToEveryScreen(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	// how ITU-R BT.2408 has diffuse white: 58 % of PQ's range, 75 % of HLG's
	for transfer, shade := range map[string]string{"smpte2084": "0x949494", "arib-std-b67": "0xbfbfbf"} {
		path := makeFile(t, "paper.mp4", "-f", "lavfi", "-i", "color=c="+shade+":s=320x240:d=1:r=10", "-vf", "format=yuv420p10le", "-c:v", "libx265",
			"-x265-params", "log-level=error:colorprim=bt2020:colormatrix=bt2020nc:transfer="+transfer,
			"-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc")
		film := mustProcess(t, box, path).Files[0].Path
		luma, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-i", film, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1").Output()
		if err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=color_transfer", "-of", "csv=p=0", film).Output()
		if err != nil || strings.Contains(string(said), transfer) {
			t.Errorf("%s: what was made says it is %q, %v", transfer, said, err)
		}
		if middle := luma[len(luma)/2]; middle < 200 {
			t.Errorf("%s: paper has the shade %d", transfer, middle)
		}
	}
}

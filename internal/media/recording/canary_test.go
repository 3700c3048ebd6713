package recording_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/indywire/indywire/internal/media/recording"
)

const canary = "CANARY-38.7223N-9.1393W"

// mustBeClean looks for what was planted, and for the names of programs, byte by
// byte in everything that was made.
func mustBeClean(t *testing.T, result recording.Result) {
	t.Helper()
	for _, f := range result.Files {
		data := bytesOf(t, f.Path)
		for _, trace := range []string{canary, "+38.7223", "x264 - core", "Lavc", "Lavf", "Xing", "LAME3", "http://ns.adobe.com", "xpacket", "TAG" + canary[:3], "APETAGEX"} {
			if bytes.Contains(data, []byte(trace)) {
				t.Errorf("%s holds %q", f.Name, trace)
			}
		}
	}
}

// words are what a recording may be called, by ffmpeg's names.
func words() []string {
	var args []string
	for _, name := range []string{"title", "artist", "comment", "copyright", "description", "make", "model", "com.apple.quicktime.location.ISO6709", "handler_name", "IART"} {
		args = append(args, "-metadata", name+"="+canary, "-metadata:s", name+"="+canary)
	}
	return append(args, "-metadata", "location=+38.7223-009.1393/", "-metadata", "creation_time=2020-01-02T03:04:05Z")
}

// said has words in the units of H.264 itself, in front of pictures.
const said = "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+" + canary

// cover is a picture that names a place.
func cover(t *testing.T) string {
	t.Helper()
	return makeFile(t, "cover.jpg", "-f", "lavfi", "-i", "testsrc=duration=1:size=64x64", "-frames:v", "1", "-metadata", "comment="+canary)
}

func withSubtitles(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(path, []byte("1\n00:00:00,000 --> 00:00:01,000\n"+canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// chapters is a file of ffmpeg's own form.
func chapters(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chapters.txt")
	if err := os.WriteFile(path, []byte(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle="+canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// source is one file with words planted.
type source struct {
	path   string
	copied bool // its stream of pictures is served as it is
}

// plantedFilms are films with words wherever their containers have room.
func plantedFilms(t *testing.T) map[string]source {
	t.Helper()
	full := func(name string, args ...string) string {
		all := []string{"-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound, "-i", withSubtitles(t), "-i", chapters(t)}
		return makeFile(t, name, append(append(append(all, "-map", "0", "-map", "1", "-map", "2", "-map_chapters", "3"), words()...), args...)...)
	}
	fit := full("fit.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bsf:v", said, "-c:s", "mov_text", "-timecode", "01:02:03:04")
	unfit := full("unfit.mp4", "-c:v", "libx264", "-pix_fmt", "yuv444p", "-bsf:v", said, "-c:s", "mov_text", "-movflags", "use_metadata_tags+faststart")
	attach := []string{"-attach", cover(t), "-metadata:s:t", "mimetype=image/jpeg", "-metadata:s:t", "filename=" + canary + ".jpg"}
	xmp := box("uuid", "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac<x:xmpmeta>"+canary+"</x:xmpmeta>")
	return map[string]source{
		"mp4 to be copied": {write(t, append(bytesOf(t, fit), xmp+box("free", canary)+"PK\x03\x04"+canary...)), true},
		"mp4 to be coded":  {write(t, append(bytesOf(t, unfit), xmp+canary...)), false},
		"mkv":              {full("a.mkv", append([]string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-bsf:v", said, "-c:a", "libvorbis"}, attach...)...), false},
		"avi":              {write(t, append(bytesOf(t, film(t, "a.avi", append(words(), "-c:v", "mpeg4")...)), canary...)), false},
	}
}

func box(kind, body string) string {
	size := 8 + len(body)
	return string([]byte{byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}) + kind + body
}

func TestNoWordPlantedInAFilmGetsThrough(t *testing.T) {
	t.Parallel()
	b := openBox(t)
	for name, s := range plantedFilms(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if n := bytes.Count(bytesOf(t, s.path), []byte(canary)); n < 3 {
				t.Fatalf("planted %d words", n)
			}
			result := mustProcess(t, b, s.path)
			mustBeClean(t, result)
			playable(t, result.Files[0].Path, true)
			if got := bytes.Equal(slicesOf(t, s.path), slicesOf(t, result.Files[0].Path)); got != s.copied {
				t.Errorf("copied: %v", got)
			}
			kinds, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", result.Files[0].Path).Output()
			if err != nil || string(kinds) != "video\naudio\n" {
				t.Errorf("streams %q, %v", kinds, err)
			}
		})
	}
}

// slicesOf is the coded pictures of a film alone; empty where they are not H.264.
func slicesOf(t *testing.T, path string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "slices")
	_ = exec.Command("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:v:0", "-c", "copy",
		"-bsf:v", "h264_mp4toannexb,filter_units=pass_types=1|5", "-f", "h264", out).Run()
	data, _ := os.ReadFile(out)
	return data
}

func TestNoWordPlantedInASoundGetsThrough(t *testing.T) {
	t.Parallel()
	b := openBox(t)
	picture := cover(t)
	covered := func(name string, args ...string) string {
		all := append([]string{"-f", "lavfi", "-i", sound, "-i", picture, "-map", "0", "-map", "1"}, words()...)
		return makeFile(t, name, append(append(all, "-c:v", "copy", "-disposition:v", "attached_pic"), args...)...)
	}
	for name, path := range map[string]string{
		"mp3":  write(t, append(bytesOf(t, covered("a.mp3", "-write_id3v1", "1", "-write_apetag", "1")), "APETAGEX"+canary...)),
		"flac": covered("a.flac"),
		"m4a":  covered("a.m4a"),
		"ogg":  tone(t, "a.ogg", append(words(), "-c:a", "libvorbis")...),
		"opus": write(t, append(bytesOf(t, tone(t, "a.opus", words()...)), canary...)),
		"wav":  tone(t, "a.wav", append(words(), "-write_bext", "1")...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !bytes.Contains(bytesOf(t, path), []byte(canary)) {
				t.Fatal("nothing was planted")
			}
			result := mustProcess(t, b, path)
			mustBeClean(t, result)
			if result.Kind != recording.Audio || len(result.Files) != 2 {
				t.Errorf("%s: %v", result.Kind, names(result))
			}
		})
	}
}

// TestCorpora runs real recordings that are full of metadata.
func TestCorpora(t *testing.T) {
	t.Parallel()
	var files []string
	for _, ending := range []string{"mp4", "mp3", "ogg"} {
		found, _ := filepath.Glob("../../../../shared/corpora/metadata/*." + ending)
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("the corpora are not here: ../shared/corpora beside the repository")
	}
	b := openBox(t)
	for _, path := range files {
		result := mustProcess(t, b, path)
		mustBeClean(t, result)
		for _, f := range result.Files {
			for _, trace := range []string{"jvoisin", "MAT !", "HandBrake", "various comment", "SDDC"} {
				if bytes.Contains(bytesOf(t, f.Path), []byte(trace)) {
					t.Errorf("%s of %s holds %q", f.Name, filepath.Base(path), trace)
				}
			}
		}
	}
}

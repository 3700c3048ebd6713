package captions_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/media/captions"
)

const canary = "CANARY"

func process(t *testing.T, text string) (string, error) {
	t.Helper()
	in := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	made, err := captions.Process(in, t.TempDir())
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(made[0].Path)
	if err != nil || made[0].Bytes != int64(len(data)) || made[0].Name != "captions.vtt" || made[0].Type != "text/vtt" {
		t.Errorf("%+v of %d bytes, %v", made, len(data), err)
	}
	return string(data), nil
}

func TestCaptionsAreWrittenAnew(t *testing.T) {
	t.Parallel()
	got, err := process(t, "\ufeffWEBVTT - "+canary+"\r\nAuthor: "+canary+"\r\n\r\nNOTE "+canary+"\r\n\r\nSTYLE\r\n::cue { background: url(http://127.0.0.1/"+canary+") }\r\n\r\n"+
		"REGION\r\nid:"+canary+"\r\n\r\n"+
		canary+"-1\r\n00:01.000 --> 00:02.500 align:start region:"+canary+" position:10% onclick:x\r\n<v "+canary+">Hello <b>there</b></v> & <c."+canary+">you</c> <00:01.500>all\r\n<script>x</script>\r\n\r\n\r\n"+
		"01:02:03.004 --> 01:02:04.000\r\nمرحبا\r\n")
	want := "WEBVTT\n\n00:00:01.000 --> 00:00:02.500 align:start position:10%\nHello <b>there</b> & you all\nx\n\n01:02:03.004 --> 01:02:04.000\nمرحبا\n"
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	again, err := process(t, got)
	if err != nil || again != got {
		t.Errorf("read again: %v\n%s", err, cmp.Diff(got, again))
	}
}

func TestWhatIsNoCaptionsIsRefused(t *testing.T) {
	t.Parallel()
	cue := "\n\n00:01.000 --> 00:02.000\nhello\n"
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"no cues":          {"WEBVTT\n", captions.ErrBroken},
		"SRT":              {"WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nhello\n", captions.ErrBroken},
		"backwards":        {"WEBVTT\n\n00:02.000 --> 00:01.000\nhello\n", captions.ErrBroken},
		"minutes over 59":  {"WEBVTT\n\n00:61:00.000 --> 00:62:00.000\nhello\n", captions.ErrBroken},
		"an arrow in text": {"WEBVTT\n\n00:01.000 --> 00:02.000\nhello --> you\n", captions.ErrBroken},
		"bytes":            {"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe\n", captions.ErrBroken},
		"zeros":            {"WEBVTT" + cue + "\x00", captions.ErrBroken},
		"a long cue":       {"WEBVTT\n\n00:01.000 --> 00:02.000\n" + strings.Repeat("x", 3000), captions.ErrBroken},
		"many cues":        {"WEBVTT" + strings.Repeat(cue, 21000), captions.ErrTooLarge},
		"a long file":      {"WEBVTT" + cue + strings.Repeat("\n", 1_000_001), captions.ErrTooLarge},
	} {
		if got, err := process(t, test.text); !errors.Is(err, test.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"WEBVTT": nil, "WEBVTT\n": nil, "\ufeffWEBVTT\r\n": nil, "WEBVTT hello\n": nil,
		"WEBVTTX": captions.ErrUnknown, "": captions.ErrUnknown, "1\n00:00:01,000": captions.ErrUnknown, " WEBVTT": captions.ErrUnknown,
	} {
		if _, err := captions.Identify(strings.NewReader(text), int64(len(text))); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("WEBVTT\n\nx\n00:01.000 --> 00:02.000 align:start\n<b>hello</b> <v x>you\n"))
	f.Add([]byte("WEBVTT\n\nNOTE x\n\nSTYLE\nx\n\n00:01.000 --> 00:02.000\n<<b>script>\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cues, err := captions.Parse(data)
		if err != nil {
			return
		}
		made := captions.Write(cues)
		again, err := captions.Parse(made)
		if err != nil || !bytes.Equal(captions.Write(again), made) {
			t.Fatalf("%v: %q is not read as it was written", err, made)
		}
		text := strings.NewReplacer("<b>", "", "</b>", "", "<i>", "", "</i>", "", "<u>", "", "</u>", "").Replace(string(made))
		if strings.Contains(text, "<") {
			t.Errorf("a tag stayed in %q", made)
		}
	})
}

func FuzzIdentify(f *testing.F) {
	f.Add([]byte("WEBVTT\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := captions.Identify(bytes.NewReader(data), int64(len(data))); err == nil && !bytes.Contains(data, []byte("WEBVTT")) {
			t.Errorf("passed %q", data)
		}
	})
}

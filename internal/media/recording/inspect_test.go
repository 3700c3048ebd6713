package recording_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media/recording"
	"github.com/indywire/indywire/internal/media/rendition"
)

func inspect(ending string, data []byte) error {
	return recording.Inspect(ending, bytes.NewReader(data), int64(len(data)))
}

func named(t *testing.T, result recording.Result, name string) rendition.File {
	t.Helper()
	for _, f := range result.Files {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no %s in %v", name, names(result))
	return rendition.File{}
}

// replaced is data with a piece exchanged for another of the same length.
func replaced(data []byte, old, now string) []byte {
	return bytes.Replace(data, []byte(old), []byte(now), 1)
}

// grown puts a box at the start of a box that is found by a path of kinds, and
// makes those around it larger. prefix is what the innermost has before its boxes.
func grown(t testing.TB, data []byte, extra string, prefix int, path ...string) []byte {
	t.Helper()
	data = bytes.Clone(data)
	from, to := 0, len(data)
	for _, kind := range path {
		found := false
		for at := from; at+8 <= to; {
			size := int(binary.BigEndian.Uint32(data[at:]))
			if string(data[at+4:at+8]) == kind {
				binary.BigEndian.PutUint32(data[at:], uint32(size+len(extra)))
				from, to, found = at+8, at+size, true
				break
			}
			at += max(size, 8)
		}
		if !found {
			t.Fatalf("no %s in %v", kind, path)
		}
	}
	at := from + prefix
	return append(append(bytes.Clone(data[:at]), extra...), data[at:]...)
}

// TestInspectFindsWhatIsPlantedInAFilm plants things in one that was made clean.
func TestInspectFindsWhatIsPlantedInAFilm(t *testing.T) {
	t.Parallel()
	good := bytesOf(t, named(t, mustProcess(t, openBox(t), film(t, "a.mp4", "-pix_fmt", "yuv420p")), "240p.mp4").Path)
	if err := inspect("mp4", good); err != nil {
		t.Fatalf("the clean one: %v", err)
	}
	media := bytes.Index(good, []byte("mdat"))
	sei := bytes.Clone(good)
	sei[media+8] = sei[media+8]&^31 | 6
	short := bytes.Clone(good)
	binary.BigEndian.PutUint32(short[media+4:], 3)
	for name, data := range map[string][]byte{
		"uuid":              append(bytes.Clone(good), box("uuid", canary)...),
		"trailing bytes":    append(bytes.Clone(good), canary...),
		"trailing zero":     append(bytes.Clone(good), 0),
		"free with content": append(bytes.Clone(good), box("free", canary)...),
		"more in mdat":      append(append(bytes.Clone(good[:media-4]), resized(good[media-4:], len(canary))...), canary...),
		"udta":              grown(t, good, box("udta", canary), 0, "moov"),
		"meta":              grown(t, good, box("meta", canary), 0, "moov"),
		"udta of a track":   grown(t, good, box("udta", canary), 0, "moov", "trak"),
		"filled free":       grown(t, good, box("free", canary), 0, "moov"),
		"behind a table":    grown(t, good, canary, 0, "moov", "trak", "mdia", "minf", "stbl", "stts"),
		"in a sample entry": grown(t, good, box("uuid", canary), 78, "moov", "trak", "mdia", "minf", "stbl", "stsd"),
		"in parameters":     grown(t, good, canary, 0, "moov", "trak", "mdia", "minf", "stbl", "stss"),
		"handler":           replaced(good, "VideoHandler", "VideoCanary!"),
		"brand":             replaced(good, "avc1mp41", "avc1CNRY"),
		"SEI":               sei,
		"a short unit":      short,
		"a date":            dated(good),
		"cut":               good[:len(good)-100],
		"nothing":           nil,
	} {
		if bytes.Equal(data, good) {
			t.Fatalf("%s: nothing was planted", name)
		}
		if err := inspect("mp4", data); !errors.Is(err, recording.ErrMetadata) {
			t.Errorf("%s: %v, want ErrMetadata", name, err)
		}
	}
}

// resized is a box whose size says more.
func resized(whole []byte, by int) []byte {
	b := bytes.Clone(whole)
	binary.BigEndian.PutUint32(b, binary.BigEndian.Uint32(b)+uint32(by))
	return b
}

// dated is a film that says when it was made.
func dated(data []byte) []byte {
	b := bytes.Clone(data)
	b[bytes.Index(b, []byte("mvhd"))+4+7] = 1
	return b
}

func TestInspectFindsWhatIsPlantedInASound(t *testing.T) {
	t.Parallel()
	made := mustProcess(t, openBox(t), tone(t, "a.wav"))
	opus, mp3 := bytesOf(t, named(t, made, "sound.opus").Path), bytesOf(t, named(t, made, "sound.mp3").Path)
	plain := bytesOf(t, tone(t, "a.opus"))
	tagged := bytesOf(t, tone(t, "a.mp3"))
	for name, test := range map[string]struct {
		ending string
		data   []byte
	}{
		"opus trailing": {"opus", append(bytes.Clone(opus), canary...)},
		"opus chained":  {"opus", append(bytes.Clone(opus), opus...)},
		"opus tagged":   {"opus", plain},
		"opus changed":  {"opus", replaced(opus, "OpusTags\x00", "OpusTags\x01")},
		"opus cut":      {"opus", opus[:len(opus)-10]},
		"opus nothing":  {"opus", nil},
		"mp3 ID3v1":     {"mp3", append(bytes.Clone(mp3), "TAG"+strings.Repeat("x", 125)...)},
		"mp3 APE":       {"mp3", append(bytes.Clone(mp3), "APETAGEX"+canary...)},
		"mp3 ID3v2":     {"mp3", append([]byte("ID3\x04\x00\x00\x00\x00\x00\x0a"+canary[:10]), mp3...)},
		"mp3 Xing":      {"mp3", tagged[tagEnd(tagged):]},
		"mp3 cut":       {"mp3", mp3[:len(mp3)-10]},
		"mp3 in a file": {"mp3", bytes.Join([][]byte{mp3, []byte(canary), mp3}, nil)},
	} {
		if err := inspect(test.ending, test.data); !errors.Is(err, recording.ErrMetadata) {
			t.Errorf("%s: %v, want ErrMetadata", name, err)
		}
	}
	if err := errors.Join(inspect("opus", opus), inspect("mp3", mp3)); err != nil {
		t.Errorf("the clean ones: %v", err)
	}
}

func tagEnd(data []byte) int {
	return 10 + int(data[6])<<21 + int(data[7])<<14 + int(data[8])<<7 + int(data[9])
}

func FuzzInspectFilm(f *testing.F) {
	f.Add(bytesOf(f, film(f, "a.mp4", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-bsf:v", "filter_units=pass_types=1-5|7|8", "-movflags", "faststart")))
	f.Add([]byte(box("ftyp", "isom\x00\x00\x02\x00isomiso2avc1mp41") + box("moov", box("trak", box("mdia", box("mdhd", strings.Repeat("\x00", 24))))) + box("mdat", "")))
	fuzzInspect(f, "mp4")
}

func FuzzInspectOpus(f *testing.F) {
	f.Add(bytesOf(f, tone(f, "a.opus")))
	fuzzInspect(f, "opus")
}

func FuzzInspectMP3(f *testing.F) {
	f.Add(bytesOf(f, tone(f, "a.mp3", "-write_xing", "0", "-id3v2_version", "0")))
	fuzzInspect(f, "mp3")
}

// fuzzInspect wants no panic, and that nothing passes with bytes behind it.
func fuzzInspect(f *testing.F, ending string) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if inspect(ending, data) == nil && inspect(ending, append(bytes.Clone(data), canary...)) == nil {
			t.Error("trailing bytes passed")
		}
	})
}

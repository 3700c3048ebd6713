package recording_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/recording"
	"github.com/indywire/indywire/internal/sandbox"
)

// refusals are what may be said of a file that is the file's own fault.
func refused(err error) bool {
	for _, own := range []error{recording.ErrUnknown, recording.ErrBroken, recording.ErrTooLong, recording.ErrTooManyPixels, recording.ErrTooHeavy} {
		if errors.Is(err, own) {
			return fault.Is(err, fault.Invalid)
		}
	}
	return false
}

func TestHostileFilesAreRefusedAndTheNextGoodOneIsNot(t *testing.T) {
	t.Parallel()
	b := openBox(t)
	ftyp := box("ftyp", "isom\x00\x00\x02\x00isomiso2avc1mp41")
	playlist := "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
	plain := bytesOf(t, film(t, "a.mp4", "-c:v", "libx264"))
	nested := strings.Repeat("x", 8)
	for range 3000 {
		nested = box("moov", nested)
	}
	long := bytes.Clone(plain)
	binary.BigEndian.PutUint32(long[bytes.Index(long, []byte("mvhd"))+20:], 1<<31)
	for _, tkhd := range []string{"mdhd"} {
		binary.BigEndian.PutUint32(long[bytes.Index(long, []byte(tkhd))+20:], 1<<31)
	}
	many := bytes.Clone(plain)
	binary.BigEndian.PutUint32(many[bytes.Index(many, []byte("stsz"))+12:], 1<<32-1)
	for name, data := range map[string][]byte{
		"HLS":                  []byte(playlist),
		"HLS behind a brand":   []byte(ftyp + playlist),
		"HLS in Ogg's clothes": []byte("OggS\x00\x02" + playlist),
		"HLS in an ID3":        []byte("ID3\x04\x00\x00\x00\x00\x00\x00" + playlist),
		"ffconcat":             []byte("ffconcat version 1.0\nfile /etc/passwd\n"),
		"DASH":                 []byte(`<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1/</BaseURL></MPD>`),
		"SDP":                  []byte("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 1 RTP/AVP 96\n"),
		"nesting":              []byte(ftyp + nested),
		"a size of 2^62":       []byte(ftyp + "\x00\x00\x00\x01moov\x40\x00\x00\x00\x00\x00\x00\x00xxxx"),
		"a size of nothing":    []byte(ftyp + "\x00\x00\x00\x02moov"),
		"without its index":    plain[:len(plain)/2],
		"of many days":         long,
		"of 2^32 pictures":     many,
		"a huge canvas":        bytesOf(t, makeFile(t, "a.avi", "-f", "lavfi", "-i", "color=size=8000x8000:rate=1:duration=1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")),
		"Matroska of zeros":    append([]byte("\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"), make([]byte, 1<<20)...),
		"AVI of zeros":         append([]byte("RIFF\xff\xff\xff\x7fAVI LIST\xff\xff\xff\x7fhdrl"), make([]byte, 1<<20)...),
		"FLAC of zeros":        append([]byte("fLaC\x00\x00\x00\x22"), make([]byte, 1<<16)...),
	} {
		if result, err := process(t, b, write(t, data)); !refused(err) && name != "of many days" && name != "of 2^32 pictures" {
			t.Errorf("%s: %v, %v", name, names(result), err)
		} else if err != nil && !refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mustProcess(t, b, film(t, "good.mp4", "-pix_fmt", "yuv420p"))
}

// TestAReferenceToAnotherFileIsNotFollowed sends films whose pictures are said to
// lie elsewhere, in a file that is there.
func TestAReferenceToAnotherFileIsNotFollowed(t *testing.T) {
	t.Parallel()
	good := film(t, "elsewhere.mov", "-c:v", "libx264", "-pix_fmt", "yuv420p")
	data := bytesOf(t, good)
	alias := make([]byte, 150)
	name := filepath.Base(good)
	alias[50] = byte(len(name))
	copy(alias[51:], name)
	tail := "\x00\x02" + string([]byte{0, byte(len(good))}) + good + strings.Repeat("\x00", len(good)%2) + "\xff\xff\x00\x00"
	entry := box("alis", "\x00\x00\x00\x00"+string(alias)+tail)
	path := []string{"moov", "trak", "mdia", "minf", "dinf", "dref"}
	evil := grown(t, data, entry, 8, path...)
	at := bytes.Index(evil, []byte("mdat"))
	clear(evil[at+4 : at+4+1000]) // its own pictures are none
	result, err := process(t, openBox(t), write(t, evil))
	if err != nil && !refused(err) {
		t.Fatalf("%v", err)
	}
	if err == nil && bytes.Equal(slicesOf(t, result.Files[0].Path), slicesOf(t, good)) {
		t.Error("pictures of another file were served")
	}
}

// TestToolsReachNeitherNetworkNorFiles has ffmpeg try, without the options that
// forbid it, inside the sandbox and, to know that the trial can fail, outside.
func TestToolsReachNeitherNetworkNorFiles(t *testing.T) {
	t.Parallel()
	b := openBox(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	reached := make(chan struct{}, 10)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			reached <- struct{}{}
			_ = c.Close()
		}
	}()
	other := tone(t, "other.wav")
	list := write(t, []byte("ffconcat version 1.0\nfile '"+other+"'\n"))
	for name, args := range map[string][]string{
		"connect":  {"-f", "wav", "-i", "tcp://" + listener.Addr().String()},
		"file":     {"-f", "wav", "-i", other},
		"playlist": {"-f", "concat", "-safe", "0", "-i", sandbox.InputPath},
	} {
		args = append([]string{"-nostdin", "-v", "error"}, args...)
		args = append(args, "-f", "null", "-")
		if _, err := b.Run(t.Context(), sandbox.Job{Tool: "ffmpeg", Args: args, Input: list, Timeout: 20 * time.Second}); !errors.Is(err, sandbox.ErrFailed) {
			t.Errorf("%s inside: %v", name, err)
		}
		if len(reached) > 0 {
			t.Errorf("%s inside: a connection was opened", name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		outside := strings.Split(strings.ReplaceAll(strings.Join(args, "\x00"), sandbox.InputPath, list), "\x00")
		err := exec.CommandContext(ctx, "ffmpeg", outside...).Run()
		cancel()
		if name == "connect" {
			select {
			case <-reached:
			case <-time.After(10 * time.Second):
				t.Error("outside: no connection was opened, so the trial proves nothing")
			}
		} else if err != nil {
			t.Errorf("%s outside: %v, so the trial proves nothing", name, err)
		}
	}
}

// TestABrokenOffRecordingIsTakenUpToThere is of a phone that died.
func TestABrokenOffRecordingIsTakenUpToThere(t *testing.T) {
	t.Parallel()
	whole := bytesOf(t, film(t, "a.mkv", "-c:v", "libvpx", "-c:a", "libvorbis", "-cluster_time_limit", "200"))
	result := mustProcess(t, openBox(t), write(t, whole[:len(whole)*2/3]))
	if s := result.Duration.Seconds(); s < 0.5 || s > 1.9 {
		t.Errorf("%v of two seconds", result.Duration)
	}
}

func TestAFullDiskIsNoFaultOfTheRecording(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("a full disk is a small file system here, and this user may not mount one")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	path := makeFile(t, "a.mp4", "-f", "lavfi", "-i", "nullsrc=size=320x240:rate=10:duration=2,geq=random(1)*255:128:128", "-c:v", "mpeg4", "-q:v", "2")
	h, err := identify(bytesOf(t, path))
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	if result, err := recording.Process(t.Context(), openBox(t), path, h, out, nil); err == nil || refused(err) || errors.Is(err, recording.ErrMetadata) {
		t.Errorf("%v, %v; want a failure of ours", names(result), err)
	}
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(fmt.Errorf("clear the small disk: %w", err))
	}
}

package media_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/media/captions"
	"github.com/indywire/indywire/internal/media/document"
	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/recording"
)

func TestSniffAsksEachRoom(t *testing.T) {
	t.Parallel()
	brand := "\x00\x00\x00\x18ftyp%\x00\x00\x00\x00isommp42"
	for head, want := range map[string]media.Sniffed{
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x04\x00\x00\x00\x03\x08\x02\x00\x00\x00\x3b\x96\x39\x91": {Kind: media.Image, Type: "image/png", Width: 4, Height: 3},
		strings.Replace(brand, "%", "mp42", 1): {Kind: media.Video, Type: "video/mp4"},
		strings.Replace(brand, "%", "M4A ", 1): {Kind: media.Audio, Type: "audio/mp4"},
		"%PDF-1.7\n":                           {Kind: media.Document, Type: "application/pdf"},
		"WEBVTT\n":                             {Kind: media.Captions, Type: "text/vtt"},
	} {
		data := append([]byte(head), make([]byte, 100)...)
		got, err := media.Sniff(bytes.NewReader(data), int64(len(data)))
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", head, got, err, want)
		}
	}
	for _, other := range []string{"", "hello", "#EXTM3U\nfile:///etc/passwd\n", "ffconcat version 1.0\n", "<?xml version=\"1.0\"?><MPD/>", "PK\x03\x04", "\x7fELF"} {
		if found, err := media.Sniff(strings.NewReader(other), int64(len(other))); media.Failure(err) != media.FailureUnknown {
			t.Errorf("%q: %+v, %v", other, found, err)
		}
	}
}

// TestEachFailureHasItsSentence says what people read, and that a file is not
// tried again for what is its own.
func TestEachFailureHasItsSentence(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		photo.ErrBroken:            media.FailureBroken,
		recording.ErrUnknown:       media.FailureUnknown,
		recording.ErrBroken:        media.FailureNotPlayable,
		recording.ErrTooLong:       media.FailureTooLong,
		recording.ErrTooManyPixels: media.FailureTooWide,
		recording.ErrTooHeavy:      media.FailureTooHeavy,
		recording.ErrMetadata:      media.FailureUnclean,
		document.ErrUncleanable:    media.FailureUncleanable,
		document.ErrTooHeavy:       media.FailureTooHeavy,
		document.ErrMetadata:       media.FailureUnclean,
		captions.ErrBroken:         media.FailureCaptions,
		captions.ErrTooLarge:       media.FailureTooLarge,
	} {
		if got := media.Failure(err); got != want || media.Passing(err) {
			t.Errorf("%v: %s, passing %v; want %s", err, got, media.Passing(err), want)
		}
	}
	if err := errors.New("the disk is away"); !media.Passing(err) || media.Failure(err) != media.FailureNotPrepared {
		t.Error("what is ours counts as the file's")
	}
}

// counter counts the bytes that are asked for.
type counter struct {
	io.ReaderAt
	n int
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	c.n += len(p)
	return c.ReaderAt.ReadAt(p, off)
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n"))
	f.Add([]byte("WEBVTT\n"))
	f.Add([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42\x00\x00\x00\x08moov"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &counter{ReaderAt: bytes.NewReader(data)}
		found, err := media.Sniff(c, int64(len(data)))
		if c.n > 800_000 {
			t.Errorf("read %d bytes", c.n)
		}
		if err == nil && (found.Kind == "" || found.Type == "") {
			t.Errorf("passed %+v", found)
		}
	})
}

package recording

import (
	"errors"
	"io"
	"strings"
)

// Identify tells the container from its head alone. It decodes nothing and reads
// little, wherever it lies; of a file that is not here in full the first bytes
// suffice. size is the length of the file in bytes.
//
// Errors: ErrUnknown for anything else, ErrBroken for a head at odds with
// itself, and the reader's own.
func Identify(r io.ReaderAt, size int64) (Header, error) {
	f := file{r, size}
	start, err := f.at(0, 64)
	if err != nil {
		return Header{}, err
	}
	head := string(start)
	switch {
	case isISO(head):
		return isoHeader(f, head)
	case strings.HasPrefix(head, "\x1a\x45\xdf\xa3"):
		return matroskaHeader(f)
	case isRIFF(head, "AVI "):
		return aviHeader(head)
	case isRIFF(head, "WAVE"):
		return Header{Audio, "audio/wav", "wav"}, nil
	case strings.HasPrefix(head, "OggS\x00"):
		return oggHeader(f)
	case strings.HasPrefix(head, "fLaC"):
		return flacHeader(head)
	}
	return mpegHeader(f, start)
}

// file is a file of so many bytes.
type file struct {
	io.ReaderAt
	size int64
}

// at reads up to n bytes, fewer where the file ends.
func (f file) at(off int64, n int) ([]byte, error) {
	if off < 0 || off >= f.size {
		return nil, nil
	}
	buf := make([]byte, min(int64(n), f.size-off))
	got, err := f.ReadAt(buf, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return buf[:got], nil
}

func isRIFF(head, form string) bool {
	return len(head) >= 16 && (head[:4] == "RIFF" || head[:4] == "RF64" && form == "WAVE") && head[8:12] == form
}

// aviHeader wants the list that every AVI begins with.
func aviHeader(head string) (Header, error) {
	if len(head) < 24 || head[12:16] != "LIST" || head[20:24] != "hdrl" {
		return Header{}, ErrBroken
	}
	return Header{Video, "video/x-msvideo", "avi"}, nil
}

// flacHeader wants STREAMINFO, which is always first (RFC 9639, 8).
func flacHeader(head string) (Header, error) {
	if len(head) < 42 || head[4]&0x7f != 0 || head[5:8] != "\x00\x00\x22" {
		return Header{}, ErrBroken
	}
	return Header{Audio, "audio/flac", "flac"}, nil
}

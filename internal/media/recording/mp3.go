package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// encoder is what LAME writes into the bytes of frames that no sound needs.
const encoder = "LAME3."

// maxEncoder is how many bytes its name and version have, with what fills them up.
const maxEncoder = 16

// cleanMP3 blanks the encoder's name in an MP3 of ours, in place, and inspects it.
func cleanMP3(f *os.File, size int64) (seen, error) {
	buf := make([]byte, 256<<10)
	for at := int64(0); at < size; at += int64(len(buf) - maxEncoder) {
		n, err := f.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return seen{}, fmt.Errorf("read a rendition again: %w", err)
		}
		if err := blankEncoder(f, buf[:n], at); err != nil {
			return seen{}, err
		}
	}
	return inspectMP3(f, size)
}

// blankEncoder writes zeros over each name in what was read at an offset.
func blankEncoder(f *os.File, b []byte, at int64) error {
	for {
		i := bytes.Index(b, []byte(encoder))
		if i < 0 {
			return nil
		}
		end := i + len(encoder)
		for end < len(b) && end < i+maxEncoder && (b[end] >= '0' && b[end] <= '9' || b[end] == '.' || b[end] == 'U') {
			end++
		}
		if _, err := f.WriteAt(make([]byte, end-i), at+int64(i)); err != nil {
			return fmt.Errorf("write a rendition: %w", err)
		}
		b, at = b[end:], at+int64(end)
	}
}

package recording

import (
	"bufio"
	"io"
)

// scanner reads a rendition from its start to its end.
type scanner struct{ *bufio.Reader }

// largestPage is the most that is looked at together: a page of Ogg.
const largestPage = 27 + 255 + 255*255

func newScanner(r io.ReaderAt, size int64) scanner {
	return scanner{bufio.NewReaderSize(io.NewSectionReader(r, 0, size), largestPage)}
}

// peek is the next n bytes.
func (s scanner) peek(n int) ([]byte, error) { return s.Peek(n) }

// skip passes over n bytes, which were looked at or need not be.
func (s scanner) skip(n int64) error {
	_, err := s.Discard(int(n))
	return err
}

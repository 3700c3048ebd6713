package recording

import (
	"encoding/binary"
	"errors"
)

// errPictures ends a walk that has found a track of pictures.
var errPictures = errors.New("there are pictures")

// span is a part of a file.
type span struct{ from, to int64 }

// box finds the first box of a kind among those that fill a part of a file.
func (f file) box(in span, kind string) (body span, found bool, err error) {
	err = f.boxes(in, func(k string, b span) error {
		if k == kind && !found {
			body, found = b, true
		}
		return nil
	})
	return body, found, err
}

// boxes walks the heads of the first boxes of a part of a file (ISO 14496-12,
// 4.2), as far as they are here.
func (f file) boxes(in span, visit func(kind string, body span) error) error {
	at := in.from
	for range maxBoxes {
		if at+8 > in.to {
			return nil
		}
		b, err := f.at(at, 16)
		if err != nil {
			return err
		}
		if len(b) < 8 {
			return nil
		}
		body, ok := boxBody(b, at, in.to)
		if !ok {
			return nil
		}
		if err := visit(string(b[4:8]), body); err != nil {
			return err
		}
		at = body.to
	}
	return nil
}

// boxBody is where the inside of the box lies whose head b was read at; false if
// its size cannot be.
func boxBody(b []byte, at, end int64) (span, bool) {
	size, head := int64(binary.BigEndian.Uint32(b)), int64(8)
	switch {
	case size == 0: // to the end
		size = end - at
	case size == 1 && len(b) >= 16:
		large := binary.BigEndian.Uint64(b[8:])
		if large > 1<<62 {
			return span{}, false
		}
		size, head = int64(large), 16
	}
	if size < head || size > end-at {
		return span{}, false
	}
	return span{at + head, at + size}, true
}

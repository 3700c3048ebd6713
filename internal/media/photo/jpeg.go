package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// segment is one marker of a JPEG with what belongs to it, all of it in raw:
// for SOS, the entropy-coded data that follows.
type segment struct {
	marker byte
	raw    []byte
}

// splitJPEG cuts a JPEG into its segments, from SOI to EOI. Not a byte may be
// left over, before, between or after.
func splitJPEG(data []byte) ([]segment, error) {
	if !bytes.HasPrefix(data, []byte{0xff, soi}) {
		return nil, fmt.Errorf("%w: no start of image", ErrMetadata)
	}
	segments := []segment{{soi, data[:2]}}
	for rest := data[2:]; len(rest) > 0; {
		next, err := nextSegment(rest)
		if err != nil {
			return nil, err
		}
		segments = append(segments, next)
		rest = rest[len(next.raw):]
		if next.marker == eoi {
			if len(rest) > 0 {
				return nil, fmt.Errorf("%w: %d bytes after the end of image", ErrMetadata, len(rest))
			}
			return segments, nil
		}
	}
	return nil, fmt.Errorf("%w: no end of image", ErrMetadata)
}

// nextSegment takes the segment at the start of rest.
func nextSegment(rest []byte) (segment, error) {
	if len(rest) < 2 || rest[0] != 0xff {
		return segment{}, fmt.Errorf("%w: bytes between segments", ErrMetadata)
	}
	marker := rest[1]
	if marker == eoi {
		return segment{marker, rest[:2]}, nil
	}
	if isBare(marker) || len(rest) < 4 {
		return segment{}, fmt.Errorf("%w: stray marker %#x", ErrMetadata, marker)
	}
	end := 2 + int(binary.BigEndian.Uint16(rest[2:]))
	if end < 4 || end > len(rest) {
		return segment{}, fmt.Errorf("%w: segment %#x runs past the end", ErrMetadata, marker)
	}
	if marker == sos {
		end += entropyLength(rest[end:])
	}
	return segment{marker, rest[:end]}, nil
}

// entropyLength is how far coded data goes: to the first marker that is neither
// a stuffed zero nor a restart.
func entropyLength(b []byte) int {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == 0xff && b[i+1] != 0 && (b[i+1] < 0xd0 || b[i+1] > 0xd7) {
			return i
		}
	}
	return len(b)
}

// scrubJPEG drops each application segment and comment that vips may have
// written: colour is plain YCbCr or grey, which needs none of them.
func scrubJPEG(data []byte) ([]byte, error) {
	segments, err := splitJPEG(data)
	if err != nil {
		return nil, err
	}
	clean := make([]byte, 0, len(data))
	for _, s := range segments {
		if s.marker == com || s.marker >= app0 && s.marker <= app0+15 {
			continue
		}
		clean = append(clean, s.raw...)
	}
	return clean, nil
}

// inspectJPEG lets pass what a decoder needs and nothing else. Each table must
// have just the length that its content asks for.
func inspectJPEG(data []byte) error {
	segments, err := splitJPEG(data)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if !s.needed() {
			return fmt.Errorf("%w: segment %#x of %d bytes", ErrMetadata, s.marker, len(s.raw))
		}
	}
	return nil
}

// needed tells whether a segment is picture, through and through.
func (s segment) needed() bool {
	if s.marker == soi || s.marker == eoi {
		return true
	}
	body := s.raw[4:]
	switch s.marker {
	case 0xc0, 0xc1, 0xc2: // baseline, extended, progressive
		return len(body) >= 6 && len(body) == 6+3*int(body[5])
	case dqt:
		return wholeTables(body, quantLength)
	case dht:
		return wholeTables(body, huffmanLength)
	case dri:
		return len(body) == 2
	case sos:
		return len(body) >= 1 && int(binary.BigEndian.Uint16(s.raw[2:])) == 6+2*int(body[0])
	case app0:
		return bareJFIF(body)
	}
	return false
}

// wholeTables tells whether b is one or more tables and no byte besides.
func wholeTables(b []byte, length func([]byte) int) bool {
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		n := length(b)
		if n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// quantLength: T.81, B.2.4.1.
func quantLength(b []byte) int { return 1 + 64*(1+int(b[0]>>4)) }

// huffmanLength: T.81, B.2.4.2: class, 16 counts, and as many values.
func huffmanLength(b []byte) int {
	n := 17
	for i := 1; i < 17 && i < len(b); i++ {
		n += int(b[i])
	}
	return n
}

// bareJFIF: no thumbnail, and no resolution, which can be a camera's own.
func bareJFIF(body []byte) bool {
	return len(body) == 14 && string(body[:5]) == "JFIF\x00" &&
		bytes.Equal(body[7:], []byte{0, 0, 1, 0, 1, 0, 0})
}

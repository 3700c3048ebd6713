package photo

import (
	"encoding/binary"
	"io"
)

// maxSegments bounds the walk to a JPEG's frame header. Real photos have a few
// dozen segments; the largest are colour profiles and maker notes in pieces.
const maxSegments = 2048

// jpegHeader reads SOFn: length, precision, height, width.
func jpegHeader(r io.ReaderAt, size int64) (Header, error) {
	b, err := jpegFrame(r, size)
	if err != nil {
		return Header{}, err
	}
	h, w := binary.BigEndian.Uint16(b[5:]), binary.BigEndian.Uint16(b[7:])
	return pixels(JPEG, uint32(w), uint32(h))
}

// jpegFrame walks the segments to the first frame header (ITU-T T.81, B.1.1),
// reading their heads only, and gives its first ten bytes or more.
func jpegFrame(r io.ReaderAt, size int64) ([]byte, error) {
	off := int64(2)
	for range maxSegments {
		b, err := readAt(r, size, off, 16)
		if err != nil {
			return nil, err
		}
		if len(b) < 4 || b[0] != 0xff {
			return nil, ErrBroken
		}
		marker, length := b[1], int64(binary.BigEndian.Uint16(b[2:]))
		switch {
		case marker == 0xff: // fill byte before a marker
			off++
			continue
		case isFrame(marker) && len(b) >= 10 && length >= 11:
			return b, nil
		case isFrame(marker), isBare(marker), marker == sos, length < 2:
			return nil, ErrBroken
		}
		off += 2 + length
	}
	return nil, ErrBroken
}

// Markers of T.81, table B.1.
const (
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda
	dqt  = 0xdb
	dht  = 0xc4
	dri  = 0xdd
	app0 = 0xe0
	com  = 0xfe
)

// isFrame tells SOF0 to SOF15, among which DHT, JPG and DAC have their codes.
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != dht && marker != 0xc8 && marker != 0xcc
}

// isBare tells markers without a length: TEM, RST0 to RST7, SOI, EOI, and 0x00,
// which is a stuffed byte and no marker.
func isBare(marker byte) bool {
	return marker <= 0x01 || marker >= 0xd0 && marker <= eoi
}

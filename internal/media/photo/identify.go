package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// Identify tells the format and the size in pixels from the header alone. It
// decodes nothing and reads at most about 300 kB, wherever they lie. size is
// the length of the file in bytes.
//
// Errors: ErrUnknown for any other format (SVG too), ErrBroken for a header cut
// short or at odds with itself, ErrTooManyPixels beyond MaxPixels or MaxSide,
// and the reader's own.
func Identify(r io.ReaderAt, size int64) (Header, error) {
	start, err := readAt(r, size, 0, 64)
	if err != nil {
		return Header{}, err
	}
	var h Header
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")):
		h, err = jpegHeader(r, size)
	case bytes.HasPrefix(start, []byte("\x89PNG\r\n\x1a\n")):
		h, err = pngHeader(start)
	case bytes.HasPrefix(start, []byte("GIF87a")), bytes.HasPrefix(start, []byte("GIF89a")):
		h, err = gifHeader(start)
	case len(start) >= 12 && string(start[:4]) == "RIFF" && string(start[8:12]) == "WEBP":
		h, err = webpHeader(start, size)
	case len(start) >= 12 && string(start[4:8]) == "ftyp":
		h, err = heifHeader(r, size)
	default:
		err = ErrUnknown
	}
	if err != nil {
		return Header{}, err
	}
	return h.check()
}

// readAt reads up to n bytes at off, fewer where the file of size ends.
func readAt(r io.ReaderAt, size, off int64, n int) ([]byte, error) {
	if off < 0 || off >= size {
		return nil, nil
	}
	buf := make([]byte, min(int64(n), size-off))
	got, err := r.ReadAt(buf, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return buf[:got], nil
}

// pngHeader reads IHDR, which is always first (PNG 3rd edition, 11.2.1).
func pngHeader(start []byte) (Header, error) {
	if len(start) < 33 || string(start[8:16]) != "\x00\x00\x00\rIHDR" {
		return Header{}, ErrBroken
	}
	if crc32.ChecksumIEEE(start[12:29]) != binary.BigEndian.Uint32(start[29:33]) {
		return Header{}, ErrBroken
	}
	return pixels(PNG, binary.BigEndian.Uint32(start[16:]), binary.BigEndian.Uint32(start[20:]))
}

// gifHeader reads the logical screen descriptor (GIF89a, 18).
func gifHeader(start []byte) (Header, error) {
	if len(start) < 13 {
		return Header{}, ErrBroken
	}
	w, h := binary.LittleEndian.Uint16(start[6:]), binary.LittleEndian.Uint16(start[8:])
	return pixels(GIF, uint32(w), uint32(h))
}

// webpHeader reads the first chunk (RFC 9649): the canvas of VP8X, or the frame
// header of a plain picture.
func webpHeader(start []byte, size int64) (Header, error) {
	if len(start) < 30 || int64(binary.LittleEndian.Uint32(start[4:]))+8 > size {
		return Header{}, ErrBroken
	}
	body := start[20:]
	switch string(start[12:16]) {
	case "VP8X":
		return pixels(WebP, 1+uint24(body[4:]), 1+uint24(body[7:]))
	case "VP8L":
		bits := binary.LittleEndian.Uint32(body[1:])
		if body[0] != 0x2f {
			return Header{}, ErrBroken
		}
		return pixels(WebP, 1+bits&0x3fff, 1+bits>>14&0x3fff)
	case "VP8 ":
		if body[0]&1 != 0 || string(body[3:6]) != "\x9d\x01\x2a" {
			return Header{}, ErrBroken
		}
		w, h := binary.LittleEndian.Uint16(body[6:]), binary.LittleEndian.Uint16(body[8:])
		return pixels(WebP, uint32(w&0x3fff), uint32(h&0x3fff))
	}
	return Header{}, ErrBroken
}

// uint24 is a little-endian number of three bytes.
func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// pixels makes a header of numbers a file claims; beyond 31 bits they are lies.
func pixels(kind Kind, w, h uint32) (Header, error) {
	if w > 1<<31-1 || h > 1<<31-1 {
		return Header{}, ErrBroken
	}
	return Header{Kind: kind, Width: int(w), Height: int(h)}, nil
}

package photo

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// Bounds on the boxes of a HEIF file. The meta box of a phone's photo, cut into
// a hundred tiles, is some 10 kB.
const (
	maxMetaBytes = 256 << 10
	maxBoxes     = 64
)

// heifHeader reads an ISO base media file (ISO/IEC 14496-12 and 23008-12): the
// brands say AVIF or HEIC, the largest `ispe` property the size. A photo made
// of tiles has an ispe for the tile and one for the whole.
func heifHeader(r io.ReaderAt, size int64) (Header, error) {
	var kind Kind
	off := int64(0)
	for range maxBoxes {
		b, err := readAt(r, size, off, 16)
		if err != nil {
			return Header{}, err
		}
		box, ok := boxAt(b, size-off)
		if !ok {
			return Header{}, ErrBroken
		}
		switch {
		case off == 0:
			if kind, err = heifKind(r, size, box); err != nil {
				return Header{}, err
			}
		case box.kind == "meta":
			return heifMeta(r, size, off, kind, box)
		}
		off += box.size
	}
	return Header{}, ErrBroken
}

// box is the head of an ISO base media box: its whole size and its head's.
type box struct {
	kind       string
	size, head int64
}

// boxAt reads the head of a box that has room bytes left to lie in.
func boxAt(b []byte, room int64) (box, bool) {
	if len(b) < 8 {
		return box{}, false
	}
	found := box{kind: string(b[4:8]), size: int64(binary.BigEndian.Uint32(b)), head: 8}
	switch {
	case found.size == 0: // to the end
		found.size = room
	case found.size == 1 && len(b) >= 16:
		found.size, found.head = int64(binary.BigEndian.Uint64(b[8:])), 16
	}
	return found, found.size >= found.head && found.size <= room
}

// heifKind reads ftyp. Other files of this family, videos above all, are not
// photos.
func heifKind(r io.ReaderAt, size int64, ftyp box) (Kind, error) {
	b, err := readAt(r, size, ftyp.head, int(min(ftyp.size-ftyp.head, 256)))
	if err != nil {
		return "", err
	}
	if len(b) < 8 {
		return "", ErrBroken
	}
	compatible := string(b[8:])
	switch major := string(b[:4]); major {
	case "avif", "avis":
		return AVIF, nil
	case "heic", "heix", "heim", "heis", "hevc", "hevx":
		return HEIC, nil
	case "mif1", "msf1":
		if strings.Contains(compatible, "avif") {
			return AVIF, nil
		}
		return HEIC, nil
	}
	return "", ErrUnknown
}

// heifMeta finds meta/iprp/ipco/ispe.
func heifMeta(r io.ReaderAt, size, off int64, kind Kind, meta box) (Header, error) {
	if meta.size > maxMetaBytes {
		return Header{}, ErrBroken
	}
	b, err := readAt(r, size, off, int(meta.size))
	if err != nil {
		return Header{}, err
	}
	if int64(len(b)) < meta.head+4 {
		return Header{}, ErrBroken
	}
	best := Header{}
	children(b[meta.head+4:], "iprp", func(iprp []byte) {
		children(iprp, "ipco", func(ipco []byte) {
			children(ipco, "ispe", func(ispe []byte) { best = larger(best, kind, ispe) })
		})
	})
	if best.Kind == "" {
		return Header{}, ErrBroken
	}
	return best, nil
}

// children calls visit with the content of each box of the kind in b.
func children(b []byte, kind string, visit func([]byte)) {
	for len(b) >= 8 {
		found, ok := boxAt(b, int64(len(b)))
		if !ok {
			return
		}
		if found.kind == kind {
			visit(b[found.head:found.size])
		}
		b = b[found.size:]
	}
}

// larger takes an ispe (version and flags, width, height) that beats best.
func larger(best Header, kind Kind, ispe []byte) Header {
	if len(ispe) < 12 {
		return best
	}
	// A size beyond the bounds must not hide behind another, so it is kept.
	if _, err := best.check(); errors.Is(err, ErrTooManyPixels) {
		return best
	}
	w, h := binary.BigEndian.Uint32(ispe[4:]), binary.BigEndian.Uint32(ispe[8:])
	found := Header{Kind: kind, Width: int(min(w, 1<<31-1)), Height: int(min(h, 1<<31-1))}
	_, err := found.check()
	if errors.Is(err, ErrTooManyPixels) || found.Width*found.Height > best.Width*best.Height {
		return found
	}
	return best
}

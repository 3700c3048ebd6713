package recording

import "math/bits"

// Elements of EBML and Matroska (RFC 8794, RFC 9559).
const (
	idEBML      = 0x1a45dfa3
	idDocType   = 0x4282
	idSegment   = 0x18538067
	idTracks    = 0x1654ae6b
	idTrack     = 0xae
	idTrackType = 0x83
	idCluster   = 0x1f43b675
)

// matroskaHeader reads which of its kinds an EBML file is, and whether it has a
// track of pictures, where its tracks come early, as they do.
func matroskaHeader(f file) (Header, error) {
	head, ok, err := f.element(0, f.size)
	if err != nil || !ok || head.id != idEBML || head.to-head.from > 4096 {
		return Header{}, brokenOr(err)
	}
	doctype, err := f.text(head.span, idDocType)
	if err != nil {
		return Header{}, err
	}
	if doctype != "webm" && doctype != "matroska" {
		return Header{}, ErrUnknown
	}
	names := map[string]string{"webm": "webm", "matroska": "x-matroska"}
	sound, err := f.onlySoundInMatroska(head.to)
	if err != nil {
		return Header{}, err
	}
	if sound {
		return Header{Audio, "audio/" + names[doctype], "matroska"}, nil
	}
	return Header{Video, "video/" + names[doctype], "matroska"}, nil
}

func brokenOr(err error) error {
	if err == nil {
		return ErrBroken
	}
	return err
}

// onlySoundInMatroska tells that the segment at an offset has tracks and none of
// pictures. What cannot be told may have both.
func (f file) onlySoundInMatroska(at int64) (bool, error) {
	segment, ok, err := f.element(at, f.size)
	if err != nil || !ok || segment.id != idSegment {
		return false, err
	}
	sound := false
	err = f.elements(segment.span, func(e element) (more bool, err error) {
		if e.id != idTracks {
			return e.id != idCluster, nil
		}
		sound, err = f.allSound(e.span)
		return false, err
	})
	return sound, err
}

// allSound looks at the types of tracks: 1 is video, 2 is audio.
func (f file) allSound(tracks span) (bool, error) {
	sound, pictures := false, false
	err := f.elements(tracks, func(e element) (bool, error) {
		if e.id != idTrack {
			return true, nil
		}
		kind, err := f.text(e.span, idTrackType)
		sound, pictures = sound || kind == "\x02", pictures || kind == "\x01"
		return true, err
	})
	return sound && !pictures, err
}

// element is one of EBML, by where its content lies.
type element struct {
	id uint32
	span
}

// text is the content of the first element with an id, of up to 16 bytes.
func (f file) text(in span, id uint32) (string, error) {
	content := ""
	err := f.elements(in, func(e element) (bool, error) {
		if e.id != id {
			return true, nil
		}
		b, err := f.at(e.from, int(min(e.to-e.from, 16)))
		content = string(b)
		return false, err
	})
	return content, err
}

// elements walks the first elements of a part of a file, as far as it is here,
// while visit wants more.
func (f file) elements(in span, visit func(element) (more bool, err error)) error {
	at := in.from
	for range maxBoxes {
		e, ok, err := f.element(at, in.to)
		if err != nil || !ok {
			return err
		}
		more, err := visit(e)
		if err != nil || !more {
			return err
		}
		at = e.to
	}
	return nil
}

// element reads the head of one. One of unknown size, as live recordings have,
// reaches to the end.
func (f file) element(at, end int64) (e element, ok bool, err error) {
	b, err := f.at(at, 12)
	if err != nil || len(b) < 2 || at >= end {
		return e, false, err
	}
	idLength := bits.LeadingZeros8(b[0]) + 1
	if idLength > 4 || len(b) < idLength+1 {
		return e, false, nil
	}
	for _, c := range b[:idLength] {
		e.id = e.id<<8 | uint32(c)
	}
	size, length, unknown := vint(b[idLength:])
	if length == 0 {
		return e, false, nil
	}
	e.from = at + int64(idLength+length)
	e.to = e.from + size
	if unknown {
		e.to = end
	}
	return e, e.from <= end && e.to <= end && e.to >= e.from, nil
}

// vint is a number whose first byte says how long it is (RFC 8794, 4); all bits
// set means that a size is not known. length is 0 where b does not hold it.
func vint(b []byte) (value int64, length int, unknown bool) {
	length = bits.LeadingZeros8(b[0]) + 1
	if length > 8 || length > len(b) {
		return 0, 0, false
	}
	value = int64(b[0]) & (1<<(8-length) - 1)
	for _, c := range b[1:length] {
		value = value<<8 | int64(c)
	}
	return value, length, value == 1<<(7*length)-1
}

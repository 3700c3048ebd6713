package recording

import (
	"bytes"
	"encoding/binary"
	"io"
	"time"
)

// inspectMP3 reads an MP3 as it will be served, and fails with ErrMetadata where it
// holds anything but frames of one kind from the first byte to the last: no tag,
// no frame that tells of its encoder.
func inspectMP3(r io.ReaderAt, size int64) (seen, error) {
	in := newScanner(r, size)
	frames, at := int64(0), int64(0)
	var first [4]byte
	for at < size {
		head, err := in.peek(min(64, int(size-at)))
		if err != nil {
			return seen{}, readBroken(err)
		}
		length := int64(frameLength(head))
		if frames == 0 && len(head) >= 4 {
			copy(first[:], head)
		}
		if length == 0 || head[1] != first[1] || head[2]&0x0c != first[2]&0x0c {
			return seen{}, unclean("bytes that are no frame")
		}
		if frames == 0 && namesEncoder(head) {
			return seen{}, unclean("a frame of an encoder")
		}
		if at+length > size {
			return seen{}, unclean("a frame that ends early")
		}
		if err := in.skip(length); err != nil {
			return seen{}, readBroken(err)
		}
		at, frames = at+length, frames+1
	}
	perFrame, hertz := int64(1152), [3]int64{44100, 48000, 32000}[min(first[2]>>2&3, 2)]
	if first[1]>>3&3 != 3 {
		perFrame, hertz = 576, hertz/2
	}
	return seen{duration: seconds(frames*perFrame, hertz)}, nil
}

// namesEncoder tells the frame that some write before the sound.
func namesEncoder(head []byte) bool {
	for i := 4; i+4 <= len(head); i++ {
		switch string(head[i : i+4]) {
		case "Xing", "Info", "VBRI":
			return true
		}
	}
	return false
}

// inspectOpus reads an Ogg as it will be served and fails with ErrMetadata where
// it holds anything but one stream of Opus without a single tag (RFC 3533, RFC
// 7845).
func inspectOpus(r io.ReaderAt, size int64) (seen, error) {
	in := newScanner(r, size)
	o := opusStream{sums: newOggSums()}
	for at := int64(0); at < size; {
		head, err := in.peek(27)
		if err != nil {
			return seen{}, readBroken(err)
		}
		segments := int(head[26])
		whole, err := in.peek(27 + segments)
		if err != nil {
			return seen{}, readBroken(err)
		}
		length := 27 + segments
		for _, s := range whole[27:] {
			length += int(s)
		}
		page, err := in.peek(length)
		if err != nil {
			return seen{}, readBroken(err)
		}
		if err := o.page(page, page[27+segments:]); err != nil {
			return seen{}, err
		}
		if err := in.skip(int64(length)); err != nil {
			return seen{}, readBroken(err)
		}
		at += int64(length)
	}
	if !o.ended {
		return seen{}, unclean("no last page")
	}
	return seen{duration: time.Duration(max(o.samples-o.skip, 0)) * time.Second / 48000}, nil
}

// opusStream is how far the pages of one have been read.
type opusStream struct {
	sums          *oggSums
	pages         int64
	serial        uint32
	samples, skip int64
	ended         bool
}

// tags is what the second packet begins with: no vendor and no tags. What follows
// is zeros, which RFC 7845 allows (5.2).
const tags = "OpusTags"

func (o *opusStream) page(page, body []byte) error {
	serial := binary.LittleEndian.Uint32(page[14:])
	if o.pages == 0 {
		o.serial = serial
	}
	if string(page[:5]) != "OggS\x00" || serial != o.serial || int64(binary.LittleEndian.Uint32(page[18:])) != o.pages || o.ended {
		return unclean("a page that does not belong")
	}
	if binary.LittleEndian.Uint32(page[22:]) != o.sums.of(page) {
		return unclean("a page of another sum")
	}
	if (page[5]&2 != 0) != (o.pages == 0) {
		return unclean("another stream")
	}
	switch o.pages {
	case 0:
		if len(body) != 19 || string(body[:9]) != "OpusHead\x01" || body[18] != 0 {
			return unclean("another head")
		}
		o.skip = int64(binary.LittleEndian.Uint16(body[10:]))
	case 1:
		if !bytes.HasPrefix(body, []byte(tags)) || !zero(body[len(tags):]) {
			return unclean("tags")
		}
	default:
		if position := int64(binary.LittleEndian.Uint64(page[6:])); position > 0 && position < 1<<48 {
			o.samples = position
		}
	}
	o.pages++
	o.ended = page[5]&4 != 0
	return nil
}

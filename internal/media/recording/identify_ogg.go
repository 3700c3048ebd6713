package recording

import "strings"

// maxFirstPages bounds how many streams of an Ogg file are looked at.
const maxFirstPages = 16

// oggHeader looks at the first packets of all streams, which come before
// anything else (RFC 3533, 4).
func oggHeader(f file) (Header, error) {
	known, at := Header{}, int64(0)
	for range maxFirstPages {
		b, err := f.at(at, 27+255+16)
		if err != nil {
			return Header{}, err
		}
		if len(b) < 28 || string(b[:5]) != "OggS\x00" || b[5]&2 == 0 {
			break
		}
		segments := int(b[26])
		if len(b) < 27+segments {
			break
		}
		length := int64(0)
		for _, s := range b[27 : 27+segments] {
			length += int64(s)
		}
		switch oggCodec(string(b[27+segments:])) {
		case Video:
			return Header{Video, "video/ogg", "ogg"}, nil
		case Audio:
			known = Header{Audio, "audio/ogg", "ogg"}
		}
		at += 27 + int64(segments) + length
	}
	if known.Kind == "" {
		return Header{}, ErrUnknown
	}
	return known, nil
}

// oggCodec tells by the head of a stream's first packet what it holds.
func oggCodec(packet string) Kind {
	if strings.HasPrefix(packet, "\x80theora") {
		return Video
	}
	for _, head := range []string{"OpusHead", "\x01vorbis", "\x7fFLAC", "Speex   "} {
		if strings.HasPrefix(packet, head) {
			return Audio
		}
	}
	return ""
}

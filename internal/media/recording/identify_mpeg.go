package recording

import "strings"

// provedFrames is how many frames in a row make an MP3: a few bytes that look
// like the head of one occur in any file.
const provedFrames = 4

// mpegHeader finds MP3: after a tag, if there is one, frame upon frame. Some
// write FLAC behind such a tag.
func mpegHeader(f file, start []byte) (Header, error) {
	at, padded := tagEnd(start), 0
	if at > 0 {
		padded = 4096 // what some writers leave between their tag and the sound
	}
	b, err := f.at(at, padded+4)
	if err != nil {
		return Header{}, err
	}
	if at > 0 && strings.HasPrefix(string(b), "fLaC") {
		return Header{Audio, "audio/flac", "flac"}, nil
	}
	for i := 0; i+4 <= len(b); i++ {
		if frameLength(b[i:]) > 0 {
			ok, err := f.framesAt(at + int64(i))
			if err != nil {
				return Header{}, err
			}
			if ok {
				return Header{Audio, "audio/mpeg", "mp3"}, nil
			}
		}
	}
	if at > 0 {
		return Header{}, ErrBroken
	}
	return Header{}, ErrUnknown
}

// tagEnd is where an ID3v2 tag at the start of a file ends; 0 without.
func tagEnd(start []byte) int64 {
	if len(start) < 10 || string(start[:3]) != "ID3" || start[3] == 0xff || start[4] == 0xff {
		return 0
	}
	size := int64(0)
	for _, b := range start[6:10] {
		if b > 0x7f {
			return 0
		}
		size = size<<7 | int64(b)
	}
	if start[5]&0x10 != 0 {
		size += 10 // a footer
	}
	return 10 + size
}

// framesAt tells whether frames of one kind follow one another.
func (f file) framesAt(at int64) (bool, error) {
	var first []byte
	for range provedFrames {
		b, err := f.at(at, 4)
		if err != nil || len(b) < 4 {
			return false, err
		}
		length := frameLength(b)
		if first == nil {
			first = b
		}
		// version, layer and sampling rate never change within a file
		if length == 0 || b[1]&0xfe != first[1]&0xfe || b[2]&0x0c != first[2]&0x0c {
			return false, nil
		}
		at += int64(length)
	}
	return true, nil
}

// frameLength is the length of the MP3 frame that b is the head of (ISO 11172-3,
// 2.4.1.3; 13818-3 for half the rates; and the unofficial 2.5); 0 if it is none.
func frameLength(b []byte) int {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return 0
	}
	version, layer, bits, rate := b[1]>>3&3, b[1]>>1&3, b[2]>>4, b[2]>>2&3
	if version == 1 || layer != 1 || bits == 0 || bits == 15 || rate == 3 {
		return 0
	}
	rates := [3]int{44100, 48000, 32000}
	kilobits, perFrame, hertz := [14]int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}, 144, rates[rate]
	if version != 3 {
		kilobits, perFrame, hertz = [14]int{8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, 72, hertz/2
	}
	if version == 0 {
		hertz /= 2
	}
	return perFrame*1000*kilobits[bits-1]/hertz + int(b[2]>>1&1)
}

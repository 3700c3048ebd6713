package recording

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxIndex bounds the index of a film (moov), which is read as a whole: six hours
// of pictures and sound take some 30 MB.
const maxIndex = 128 << 20

// cleanFilm takes out of an MP4 of ours what ffmpeg leaves for want of an option
// (the name of its encoder, an empty list of metadata), in place, and inspects it.
func cleanFilm(f *os.File, size int64) (seen, error) {
	moov, err := indexOf(file{f, size})
	if err != nil {
		return seen{}, err
	}
	index := make([]byte, moov.to-moov.from)
	if _, err := f.ReadAt(index, moov.from); err != nil {
		return seen{}, fmt.Errorf("read a rendition again: %w", err)
	}
	clean := bytes.Clone(index)
	scrub(clean)
	if !bytes.Equal(clean, index) {
		if _, err := f.WriteAt(clean, moov.from); err != nil {
			return seen{}, fmt.Errorf("write a rendition: %w", err)
		}
	}
	return inspectFilm(f, size)
}

// indexOf finds the content of moov.
func indexOf(f file) (span, error) {
	moov, ok, err := f.box(span{0, f.size}, "moov")
	switch {
	case err != nil:
		return span{}, fmt.Errorf("read a rendition again: %w", err)
	case !ok || moov.to-moov.from > maxIndex:
		return span{}, fmt.Errorf("%w: no index, or a huge one", ErrBroken)
	}
	return moov, nil
}

// scrub blanks within moov what is neither picture nor sound.
func scrub(moov []byte) {
	eachBox(moov, func(kind string, whole, body []byte) {
		switch kind {
		case "udta":
			copy(whole[4:], "free")
			clear(body)
		case "trak", "mdia", "minf", "stbl":
			scrub(body)
		case "stsd":
			if len(body) > 8 {
				scrub(body[8:])
			}
		case "avc1":
			if len(body) >= 74 {
				clear(body[42:74]) // the encoder's name
			}
		}
	})
}

// eachBox walks boxes that are in memory, as far as their sizes make sense.
func eachBox(in []byte, visit func(kind string, whole, body []byte)) (rest int) {
	for len(in) >= 8 {
		size := int64(binary.BigEndian.Uint32(in))
		if size < 8 || size > int64(len(in)) {
			break
		}
		visit(string(in[4:8]), in[:size], in[8:size])
		in = in[size:]
	}
	return len(in)
}

// be32 and be64 read numbers at an offset; 0 where there is none.
func be32(b []byte, at int) int64 {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return int64(binary.BigEndian.Uint32(b[at:]))
}

func be64(b []byte, at int) int64 {
	if at < 0 || at+8 > len(b) {
		return 0
	}
	return int64(binary.BigEndian.Uint64(b[at:]) & (1<<63 - 1))
}

// unclean is an ErrMetadata that says of what kind, never what it holds.
func unclean(what string) error { return fmt.Errorf("%w: %s", ErrMetadata, what) }

// readBroken is what kept a rendition from being read to its end.
func readBroken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return unclean("it ends early")
	}
	return fmt.Errorf("read a rendition again: %w", err)
}

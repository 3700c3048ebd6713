package recording

import (
	"bytes"
	"io"
	"time"
)

// inspectFilm reads an MP4 as it will be served, and fails with ErrMetadata where
// it holds anything but pictures and sound: a box that is not on the list, a
// name, a date, a place, a unit of H.264 that is not of its picture, or a byte
// that belongs to no picture or sound.
func inspectFilm(r io.ReaderAt, size int64) (seen, error) {
	f := file{r, size}
	var media, index span
	order, at := "", int64(0)
	for at < size {
		b, err := f.at(at, 16)
		if err != nil || len(b) < 8 {
			return seen{}, unclean("trailing bytes")
		}
		body, ok := boxBody(b, at, size)
		if !ok || be32(b, 0) == 0 {
			return seen{}, unclean("a box of no size")
		}
		switch kind := string(b[4:8]); kind {
		case "ftyp":
			order += "t"
			if err := inspectBrands(f, body); err != nil {
				return seen{}, err
			}
		case "moov":
			order, index = order+"i", body
		case "free":
			if body.to > body.from {
				return seen{}, unclean("filling")
			}
		case "mdat":
			order, media = order+"m", body
		default:
			return seen{}, unclean("a box that is not known")
		}
		at = body.to
	}
	if order != "tim" || index.to-index.from > maxIndex {
		return seen{}, unclean("boxes out of order")
	}
	return inspectIndex(f, index, media)
}

// inspectBrands wants those that our ffmpeg writes.
func inspectBrands(f file, body span) error {
	b, err := f.at(body.from, 64)
	if err != nil {
		return readBroken(err)
	}
	if string(b[:min(len(b), int(body.to-body.from))]) != "isom\x00\x00\x02\x00isomiso2avc1mp41" {
		return unclean("brands")
	}
	return nil
}

func inspectIndex(f file, index, media span) (seen, error) {
	moov := make([]byte, index.to-index.from)
	if _, err := f.ReadAt(moov, index.from); err != nil {
		return seen{}, readBroken(err)
	}
	w := &walk{}
	w.boxes("moov", moov)
	if w.err == nil && len(w.tracks) == 0 {
		w.fail("no tracks")
	}
	if w.err != nil {
		return seen{}, w.err
	}
	var found seen
	covered := int64(0)
	for _, t := range w.tracks {
		bytes, err := t.inspect(f, media)
		if err != nil {
			return seen{}, err
		}
		covered += bytes
		found.width, found.height = max(found.width, t.width), max(found.height, t.height)
		found.duration = max(found.duration, t.duration())
	}
	if covered != media.to-media.from {
		return seen{}, unclean("bytes that belong to no picture or sound")
	}
	if found.width == 0 || found.height == 0 {
		return seen{}, unclean("no pictures")
	}
	return found, nil
}

// walk goes through the boxes of an index by what may be in which.
type walk struct {
	tracks []*track
	err    error
}

// inside lists what may be in what; boxes with a check of their own are in look.
func inside() map[string]string {
	return map[string]string{
		"moov": "mvhd trak free", "trak": "tkhd edts mdia", "edts": "elst", "mdia": "mdhd hdlr minf", "minf": "vmhd smhd dinf stbl",
		"dinf": "dref", "dref": "url ", "stbl": "stsd stts ctts stss stsc stsz stco co64 sgpd sbgp", "stsd": "avc1 mp4a",
		"avc1": "avcC pasp colr btrt", "mp4a": "esds btrt",
	}
}

// contentAt is where boxes begin within a box that holds some.
func contentAt() map[string]int {
	return map[string]int{"dref": 8, "stsd": 8, "avc1": 78, "mp4a": 28}
}

func (w *walk) fail(what string) {
	if w.err == nil {
		w.err = unclean(what)
	}
}

// boxes walks what is in a box of a kind.
func (w *walk) boxes(parent string, content []byte) {
	may := inside()[parent]
	rest := eachBox(content, func(kind string, _, body []byte) {
		if w.err != nil {
			return
		}
		if !listed(may, kind) {
			w.fail("a box that is not known")
			return
		}
		if kind == "trak" {
			w.tracks = append(w.tracks, &track{})
		}
		w.look(kind, body)
		if _, holds := inside()[kind]; holds && w.err == nil {
			at := contentAt()[kind]
			if len(body) < at {
				w.fail("a short box")
				return
			}
			w.boxes(kind, body[at:])
		}
	})
	if rest > 0 {
		w.fail("bytes between boxes")
	}
}

func listed(list, kind string) bool {
	for i := 0; i+4 <= len(list); i += 5 {
		if list[i:i+4] == kind {
			return true
		}
	}
	return false
}

// look checks a box that may hold a word, and keeps of it what its track needs.
func (w *walk) look(kind string, body []byte) {
	var t *track
	if len(w.tracks) > 0 {
		t = w.tracks[len(w.tracks)-1]
	}
	switch kind {
	case "free":
		w.want(zero(body), "filling")
	case "mvhd", "tkhd", "mdhd":
		w.dates(kind, body)
		if kind == "mdhd" {
			t.clock(body)
			w.want(len(body) >= 4 && be32(body, len(body)-4) == 0x55c40000, "a language")
		}
	case "hdlr":
		w.want(len(body) >= 24 && zero(body[:8]) && zero(body[12:24]) && isHandler(string(body[8:12]), string(body[24:])), "a handler's name")
		t.pictures = len(body) >= 12 && string(body[8:12]) == "vide"
	case "url ":
		w.want(string(body) == "\x00\x00\x00\x01", "a reference to another file")
	case "avc1":
		w.want(len(body) >= 78 && zero(body[8:24]) && zero(body[36:40]) && zero(body[42:74]), "an encoder's name")
		t.width, t.height = int(be32(body, 22)&0xffff), int(be32(body, 24)&0xffff)
	case "avcC":
		w.want(t.parameters(body), "the parameters of pictures")
	case "esds":
		w.want(len(body) < 64, "the parameters of sound")
	case "stsz", "stsc", "stco", "co64":
		t.keep(kind, body)
	case "stts", "ctts", "elst":
		w.want(entriesFill(body, map[string]int{"elst": 12}[kind]), "a table that is too long")
	case "vmhd", "smhd", "pasp", "colr", "btrt", "sgpd", "sbgp":
		w.want(len(body) <= 64, "a box that is too long")
	}
}

func (w *walk) want(ok bool, what string) {
	if !ok {
		w.fail(what)
	}
}

// dates wants no time of making.
func (w *walk) dates(kind string, body []byte) {
	long := len(body) > 0 && body[0] == 1
	head := 12
	if long {
		head = 20
	}
	w.want(len(body) >= head && zero(body[4:head]), "a date in "+kind)
}

// isHandler knows the names that ffmpeg gives when it has none.
func isHandler(kind, name string) bool {
	return kind == "vide" && name == "VideoHandler\x00" || kind == "soun" && name == "SoundHandler\x00"
}

// entriesFill tells that a table of a count is as long as its count says, with
// entries of eight bytes, or of so many (twenty in the long form).
func entriesFill(body []byte, each int) bool {
	if each == 0 {
		each = 8
	} else if len(body) > 0 && body[0] == 1 {
		each = 20
	}
	return len(body) >= 8 && int64(len(body)-8) == be32(body, 4)*int64(each)
}

func zero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// seconds is a number of ticks as a time.
func seconds(ticks, scale int64) time.Duration {
	if scale <= 0 || ticks < 0 || ticks > 1<<52 {
		return 0
	}
	return time.Duration(float64(ticks) / float64(scale) * float64(time.Second))
}

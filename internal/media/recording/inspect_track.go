package recording

import (
	"bufio"
	"io"
	"time"
)

// track is what of a track's boxes says where its pictures or sounds lie.
type track struct {
	pictures           bool
	width, height      int
	scale, ticks       int64
	sizes, runs        []byte // stsz, stsc
	offsets            []byte // stco or co64
	longOffsets        bool
	hasParameters      bool
	keptSizes, keptRun bool
}

// clock reads mdhd.
func (t *track) clock(b []byte) {
	if len(b) > 0 && b[0] == 1 {
		t.scale, t.ticks = be32(b, 20), be64(b, 24)
		return
	}
	t.scale, t.ticks = be32(b, 12), be32(b, 16)
}

func (t *track) duration() time.Duration { return seconds(t.ticks, t.scale) }

func (t *track) keep(kind string, body []byte) {
	switch kind {
	case "stsz":
		t.sizes, t.keptSizes = body, true
	case "stsc":
		t.runs, t.keptRun = body, true
	default:
		t.offsets, t.longOffsets = body, kind == "co64"
	}
}

// Units of H.264 (ITU-T H.264, table 7-1).
const (
	unitSlice    = 1
	unitIDR      = 5
	unitSequence = 7
	unitPicture  = 8
)

// maxParameters bounds a set of them, in which otherwise a text could lie.
const maxParameters = 128

// parameters checks avcC: sequence and picture parameters, and nothing behind
// them but the four bytes that belong to the high profiles.
func (t *track) parameters(b []byte) bool {
	if len(b) < 7 || b[0] != 1 || b[4]&3 != 3 { // lengths of four bytes
		return false
	}
	rest := b[5:]
	for _, kind := range []byte{unitSequence, unitPicture} {
		if len(rest) < 1 {
			return false
		}
		count := int(rest[0] & 31)
		if kind == unitPicture {
			count = int(rest[0])
		}
		rest = rest[1:]
		for range count {
			if len(rest) < 3 {
				return false
			}
			length := int(rest[0])<<8 | int(rest[1])
			if length < 1 || length > maxParameters || len(rest) < 2+length || rest[2]&31 != kind {
				return false
			}
			rest = rest[2+length:]
		}
	}
	t.hasParameters = true
	return len(rest) == 0 || len(rest) == 4
}

// inspect reads all pictures or sounds of a track, which must lie within mdat,
// and says how many bytes they are.
func (t *track) inspect(f file, media span) (int64, error) {
	if !t.keptSizes || !t.keptRun || t.offsets == nil || t.pictures && !t.hasParameters {
		return 0, unclean("a track without its tables")
	}
	if !t.tablesFit() {
		return 0, unclean("a table that is too long")
	}
	total, sample := int64(0), int64(0)
	chunks := be32(t.offsets, 4)
	run := 0
	for chunk := range chunks {
		for run+1 < int(be32(t.runs, 4)) && be32(t.runs, 8+12*(run+1)) <= chunk+1 {
			run++
		}
		length := t.chunkLength(sample, be32(t.runs, 8+12*run+4))
		at := t.offset(chunk)
		if length < 0 || at < media.from || at+length > media.to {
			return 0, unclean("a chunk outside of the media")
		}
		count := be32(t.runs, 8+12*run+4)
		if t.pictures {
			if err := t.units(f, at, length, sample, count); err != nil {
				return 0, err
			}
		}
		total, sample = total+length, sample+count
	}
	if sample != be32(t.sizes, 8) {
		return 0, unclean("pictures or sounds that no table knows")
	}
	return total, nil
}

// tablesFit tells that tables are as long as they say.
func (t *track) tablesFit() bool {
	each := int64(4)
	if t.longOffsets {
		each = 8
	}
	listed := be32(t.sizes, 8)
	if be32(t.sizes, 4) != 0 {
		listed = 0 // all are of one size
	}
	return int64(len(t.offsets)) == 8+each*be32(t.offsets, 4) && int64(len(t.runs)) == 8+12*be32(t.runs, 4) && int64(len(t.sizes)) == 12+4*listed
}

func (t *track) offset(chunk int64) int64 {
	if t.longOffsets {
		return be64(t.offsets, int(8+8*chunk))
	}
	return be32(t.offsets, int(8+4*chunk))
}

func (t *track) size(sample int64) int64 {
	if all := be32(t.sizes, 4); all != 0 {
		return all
	}
	return be32(t.sizes, int(12+4*sample))
}

// chunkLength sums samples; -1 where there are not so many.
func (t *track) chunkLength(first, count int64) int64 {
	if count < 0 || first+count > be32(t.sizes, 8) {
		return -1
	}
	if all := be32(t.sizes, 4); all != 0 {
		return all * count
	}
	length := int64(0)
	for i := range count {
		length += t.size(first + i)
	}
	return length
}

// units walks the units of the pictures of a chunk: slices and parameters,
// which fill each picture.
func (t *track) units(f file, at, length, first, count int64) error {
	r := bufio.NewReaderSize(io.NewSectionReader(f, at, length), 64<<10)
	var head [5]byte
	for sample := first; sample < first+count; sample++ {
		for left := t.size(sample); left > 0; {
			if left < 5 {
				return unclean("bytes between units")
			}
			if _, err := io.ReadFull(r, head[:]); err != nil {
				return readBroken(err)
			}
			size := be32(head[:], 0)
			if size < 1 || size > left-4 {
				return unclean("a unit of no size")
			}
			if !mayStay(head[4]&31, size) {
				return unclean("a unit that is no picture")
			}
			if _, err := r.Discard(int(size - 1)); err != nil {
				return readBroken(err)
			}
			left -= 4 + size
		}
	}
	return nil
}

func mayStay(kind byte, size int64) bool {
	switch {
	case kind >= unitSlice && kind <= unitIDR:
		return true
	case kind == unitSequence, kind == unitPicture:
		return size <= maxParameters
	}
	return false
}

package recording

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

// cleanOpus takes the names of programs, which ffmpeg writes in any case, out of
// an Ogg of ours, in place, and inspects it.
func cleanOpus(f *os.File, size int64) (seen, error) {
	const first = 27 + 1 + 19 // the page of the head
	page := make([]byte, min(4096, max(size-first, 0)))
	if _, err := f.ReadAt(page, min(first, size)); err != nil {
		return seen{}, readBroken(err)
	}
	if len(page) < 28 || page[26] != 1 || len(page) < 28+int(page[27]) {
		return seen{}, unclean("another page than that of the tags")
	}
	page = page[:28+int(page[27])]
	if !bytes.HasPrefix(page[28:], []byte(tags)) {
		return seen{}, unclean("no tags, not even none")
	}
	clear(page[28+len(tags):])
	binary.LittleEndian.PutUint32(page[22:], newOggSums().of(page))
	if _, err := f.WriteAt(page, first); err != nil {
		return seen{}, fmt.Errorf("write a rendition: %w", err)
	}
	return inspectOpus(f, size)
}

// oggSums computes checksums of pages by a table (RFC 3533, 6).
type oggSums [256]uint32

// newOggSums makes the table of the polynomial 0x04c11db7, highest bit first.
func newOggSums() *oggSums {
	var table oggSums
	for i := range table {
		sum := uint32(i) << 24
		for range 8 {
			top := sum >> 31
			sum = sum<<1 ^ top*0x04c11db7
		}
		table[i] = sum
	}
	return &table
}

// of is the checksum of a page, its own field taken as zero.
func (table *oggSums) of(page []byte) uint32 {
	sum := uint32(0)
	for i, b := range page {
		if i >= 22 && i < 26 {
			b = 0
		}
		sum = sum<<8 ^ table[byte(sum>>24)^b]
	}
	return sum
}

package document

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
)

// table is the end of a PDF as cairo writes it: where its objects lie.
type table struct {
	at      int   // of itself
	offsets []int // of objects by number; 0 is none
	root    int
	moved   int // by how many bytes mat2 has shortened what comes before it
	info    int // the object that it shortened; 0: none
}

var trailerPattern = regexp.MustCompile(`^trailer\n<< /Size (\d+)\n   /Root (\d+) 0 R\n(?:   /Info (\d+) 0 R\n)?>>\nstartxref\n(\d+)\n%%EOF\n`)

// readTable reads it. rest is what follows.
func readTable(data []byte) (t table, rest []byte, err error) {
	t.at = bytes.LastIndex(data, []byte("\nxref\n0 ")) + 1
	count, after, found := bytes.Cut(data[min(t.at+len("xref\n0 "), len(data)):], []byte("\n"))
	n, numErr := strconv.Atoi(string(count))
	if t.at == 0 || !found || numErr != nil || n < 2 || n > len(after)/20 {
		return t, nil, malformed("its table")
	}
	t.offsets = make([]int, n)
	for i := range n {
		entry := string(after[20*i : 20*i+20])
		if offset, err := strconv.ParseUint(entry[:10], 10, 63); err == nil && entry[10:] == " 00000 n \n" {
			t.offsets[i] = int(offset)
		} else if i > 0 || entry != "0000000000 65535 f \n" {
			return t, nil, malformed("an entry of its table")
		}
	}
	end := trailerPattern.FindSubmatch(after[20*n:])
	if end == nil || string(end[1]) != string(count) {
		return t, nil, malformed("its trailer")
	}
	t.root, _ = strconv.Atoi(string(end[2]))
	t.info, _ = strconv.Atoi(string(end[3]))
	start, _ := strconv.Atoi(string(end[4]))
	t.moved = start - t.at
	return t, after[20*n+len(end[0]):], nil
}

func malformed(what string) error {
	return fmt.Errorf("%w: it is not as it was made: %s", ErrMetadata, what)
}

// tidy mends what mat2 leaves: it takes words out of an object without saying
// where those behind it lie now, and another program appends a table of its own.
func tidy(data []byte) ([]byte, error) {
	t, _, err := readTable(data)
	if err != nil {
		return nil, err
	}
	if t.info <= 0 || t.info >= len(t.offsets) {
		return nil, malformed("its information")
	}
	from := t.offsets[t.info]
	out := bytes.NewBuffer(data[:t.at])
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(t.offsets))
	for _, offset := range t.offsets[1:] {
		if offset > from {
			offset -= t.moved
		}
		fmt.Fprintf(out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(out, "trailer\n<< /Size %d\n   /Root %d 0 R\n>>\nstartxref\n%d\n%%%%EOF\n", len(t.offsets), t.root, t.at)
	return out.Bytes(), nil
}

package document

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxPage  = 4096    // bytes of the instructions of a page, which are to draw one picture
	maxWords = 1 << 20 // bytes of what stands outside of an object's stream: enough for a list of 100 000 pages
)

// inspect reads a PDF as it will be served, and fails with ErrMetadata where it
// holds anything but pictures of pages: every byte belongs to an object of the
// table, every object has names that are on the list and no text, every stream
// is a picture as large as it says or a few instructions to draw one.
func inspect(data []byte) error {
	t, rest, err := readTable(data)
	if err != nil {
		return err
	}
	if len(rest) > 0 || t.moved != 0 || t.info != 0 {
		return malformed("its end")
	}
	objects, at := t.inOrder(), len(head)
	if !bytes.HasPrefix(data, []byte(head)) {
		return malformed("its head")
	}
	for i, number := range objects {
		end := t.at
		if i+1 < len(objects) {
			end = t.offsets[objects[i+1]]
		}
		if t.offsets[number] != at || end <= at {
			return malformed("bytes between its objects")
		}
		if err := t.object(data, number, end); err != nil {
			return err
		}
		at = end
	}
	if at != t.at {
		return malformed("bytes before its table")
	}
	return nil
}

// head is how cairo begins a PDF 1.5.
const head = "%PDF-1.5\n%\xb5\xed\xae\xfb\n"

// inOrder are the numbers of the objects as they lie in the file.
func (t table) inOrder() []int {
	var numbers []int
	for i := range t.offsets[1:] {
		numbers = append(numbers, i+1)
	}
	slices.SortFunc(numbers, func(a, b int) int { return cmp.Compare(t.offsets[a], t.offsets[b]) })
	return numbers
}

// object checks one object, which ends where the next begins.
func (t table) object(data []byte, number, end int) error {
	body, ok := bytes.CutPrefix(data[t.offsets[number]:end], fmt.Appendf(nil, "%d 0 obj\n", number))
	if !ok {
		return malformed("an object")
	}
	words, stream, found := bytes.Cut(body, []byte("\nstream\n"))
	if len(words) > maxWords {
		return malformed("an object of too many words")
	}
	if !found {
		words, ok = bytes.CutSuffix(body, []byte("\nendobj\n"))
		if !ok {
			return malformed("the end of an object")
		}
		return checkWords(string(words))
	}
	length, err := t.length(data, string(words))
	if err != nil {
		return err
	}
	if length > len(stream) || string(stream[length:]) != "\nendstream\nendobj\n" {
		return malformed("the end of a stream")
	}
	if err := checkWords(string(words)); err != nil {
		return err
	}
	return checkStream(string(words), stream[:length])
}

var (
	lengthPattern = regexp.MustCompile(`/Length (\d+) 0 R\n`)
	numberPattern = regexp.MustCompile(`^\d+ 0 obj\n   (\d{1,9})\nendobj\n`)
)

// length is that of a stream, which is an object of its own.
func (t table) length(data []byte, words string) (int, error) {
	found := lengthPattern.FindStringSubmatch(words)
	if found == nil {
		return 0, malformed("a stream of no length")
	}
	number, err := strconv.Atoi(found[1])
	if err != nil || number < 1 || number >= len(t.offsets) || t.offsets[number] > len(data) {
		return 0, malformed("a length that is not there")
	}
	value := numberPattern.FindSubmatch(data[t.offsets[number]:min(t.offsets[number]+64, len(data))])
	if value == nil {
		return 0, malformed("a length that is no number")
	}
	return strconv.Atoi(string(value[1]))
}

// wordPattern is all that stands outside of streams: brackets, numbers, names.
var wordPattern = regexp.MustCompile(`^(?:<<|>>|\[|\]|-?\d+(?:\.\d+)?|R|true|false|/[A-Za-z0-9]+)$`)

// namePattern is of those that are numbered.
var namePattern = regexp.MustCompile(`^[ax]\d+$`)

var pageComment = regexp.MustCompile(`/Page % \d+\n`)

func checkWords(words string) error {
	words = pageComment.ReplaceAllString(words, "/Page\n")
	for _, word := range strings.Fields(words) {
		if !wordPattern.MatchString(word) {
			return fmt.Errorf("%w: a word that is not known", ErrMetadata)
		}
		if name, ok := strings.CutPrefix(word, "/"); ok && !namePattern.MatchString(name) && !slices.Contains(names(), name) {
			return fmt.Errorf("%w: a name that is not known", ErrMetadata)
		}
	}
	return nil
}

// names are what a PDF of pictures of pages is made of.
func names() []string {
	return []string{
		"Type", "Catalog", "Pages", "Kids", "Count", "Page", "Parent", "MediaBox", "Contents", "Group", "S", "Transparency", "I", "CS", "DeviceRGB",
		"Resources", "ExtGState", "CA", "ca", "XObject", "Subtype", "Image", "Width", "Height", "ColorSpace", "DeviceGray", "Interpolate",
		"BitsPerComponent", "Filter", "FlateDecode", "DecodeParms", "Predictor", "Colors", "Columns", "SMask", "Length",
	}
}

// checkStream looks into what is compressed.
func checkStream(words string, stream []byte) error {
	if !strings.Contains(words, "/Filter /FlateDecode") {
		return malformed("a stream of another form")
	}
	want, picture := pictureSize(words)
	if !picture {
		want = maxPage
	}
	in := bytes.NewReader(stream)
	z, err := zlib.NewReader(in)
	if err != nil {
		return malformed("a stream")
	}
	if picture {
		n, err := io.Copy(io.Discard, io.LimitReader(z, want+1))
		if err != nil || n != want || in.Len() > 0 {
			return malformed("a picture")
		}
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(z, maxPage+1))
	if err != nil || len(text) > maxPage || in.Len() > 0 {
		return errors.Join(malformed("a page"), err)
	}
	return checkDrawing(string(text))
}

var (
	widthPattern  = regexp.MustCompile(`/Width (\d{1,6})\n`)
	heightPattern = regexp.MustCompile(`/Height (\d{1,6})\n`)
	bitsPattern   = regexp.MustCompile(`/BitsPerComponent (\d{1,2})\n`)
)

// pictureSize is how many bytes a picture must have.
func pictureSize(words string) (size int64, picture bool) {
	if !strings.Contains(words, "/Subtype /Image") {
		return 0, false
	}
	w, h, bits := number(widthPattern, words), number(heightPattern, words), number(bitsPattern, words)
	if strings.Contains(words, "/ColorSpace /DeviceRGB") {
		w *= 3
	}
	return (w*bits + 7) / 8 * h, true
}

func number(p *regexp.Regexp, words string) int64 {
	found := p.FindStringSubmatch(words)
	if found == nil {
		return 0
	}
	n, _ := strconv.ParseInt(found[1], 10, 64) // few digits
	return n
}

var drawPattern = regexp.MustCompile(`^(?:-?\d*\.?\d+|\[|\]|q|Q|cm|re|W|n|f\*?|g|rg|gs|Do|d|W\*|/[ax]\d+)$`)

// checkDrawing wants instructions that draw a picture, and no text.
func checkDrawing(text string) error {
	for _, word := range strings.Fields(text) {
		if !drawPattern.MatchString(word) {
			return fmt.Errorf("%w: an instruction that is not known", ErrMetadata)
		}
	}
	return nil
}

// Package document turns a stranger's PDF into a clean one: each page is drawn
// anew in the sandbox, and the result is read again, so that nothing that names
// its author, its programs or its history is left in it.
package document

import (
	"bytes"
	"errors"
	"io"

	"github.com/indywire/indywire/internal/fault"
)

// Why a file is no document for us; all are fault.Invalid, errors.Is tells them
// apart.
var (
	ErrUnknown     = fault.New(fault.Invalid, "not a PDF")
	ErrUncleanable = fault.New(fault.Invalid, "the PDF is locked or damaged, and cannot be cleaned")
	ErrTooHeavy    = fault.New(fault.Invalid, "the PDF takes too long or too much memory to clean")
)

// ErrMetadata means that the bytes about to be served hold something that is no
// page. It is our failure, not the sender's; nothing is published.
var ErrMetadata = fault.New(fault.Internal, "the document holds more than its pages")

// Header is what the first bytes of a document say.
type Header struct {
	Type string // MIME
}

// Identify tells a PDF by its first bytes: what has anything before them is not
// taken, though readers would, for it may be something else to another program.
// Errors: ErrUnknown and the reader's own.
func Identify(r io.ReaderAt, size int64) (Header, error) {
	head := make([]byte, min(size, 8))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Header{}, err
	}
	head = head[:n]
	if len(head) < 8 || !bytes.HasPrefix(head, []byte("%PDF-1.")) && !bytes.HasPrefix(head, []byte("%PDF-2.")) {
		return Header{}, ErrUnknown
	}
	return Header{Type: "application/pdf"}, nil
}

package media

import (
	"errors"
	"io"

	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/sandbox"
)

// Sniffed is what the bytes of a file say it is, whatever its sender says.
type Sniffed struct {
	Kind          Kind
	Type          string // MIME
	Width, Height int    // pixels, of an image
}

// Sniff looks at the header of a file of size bytes, before anything is decoded.
// Its errors are those that the sentences of failed files are chosen by.
func Sniff(r io.ReaderAt, size int64) (Sniffed, error) {
	h, err := photo.Identify(r, size)
	if err != nil {
		return Sniffed{}, err
	}
	return Sniffed{Kind: Image, Type: "image/" + string(h.Kind), Width: h.Width, Height: h.Height}, nil
}

// failureOf is the sentence for what photo found, or for what kept it from it.
func failureOf(err error) string {
	switch {
	case errors.Is(err, photo.ErrTooManyPixels), errors.Is(err, photo.ErrTooHeavy):
		return FailureTooManyPixels
	case errors.Is(err, photo.ErrUnknown):
		return FailureUnknown
	case errors.Is(err, photo.ErrMetadata):
		return FailureUnclean
	case errors.Is(err, photo.ErrBroken), errors.Is(err, sandbox.ErrFailed), errors.Is(err, sandbox.ErrTooMuch), errors.Is(err, sandbox.ErrTimeout):
		return FailureBroken
	default: // of ours, until there was no try left
		return FailureNotPrepared
	}
}

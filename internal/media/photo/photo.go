// Package photo turns a stranger's photo into clean pictures for the web: it
// reads the header first, has vips decode in the sandbox, and reads every byte
// to be served again so that nothing but picture is left in it.
//
// Of an animated GIF or WebP the first frame is taken. A truncated or damaged
// file is refused rather than shown half grey: who publishes is still there to
// choose another.
package photo

import "github.com/indywire/indywire/internal/fault"

// Kind is an image format, told by the first bytes, never by a name.
type Kind string

// The formats that are taken. Renditions are WebP and JPEG.
const (
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	GIF  Kind = "gif"
	WebP Kind = "webp"
	AVIF Kind = "avif"
	HEIC Kind = "heic"
)

// Bounds of what is decoded, checked on the header.
const (
	MaxPixels = 100_000_000
	MaxSide   = 30_000
)

// Why a file is no photo for us; all are fault.Invalid, errors.Is tells them
// apart.
var (
	ErrUnknown       = fault.New(fault.Invalid, "not a JPEG, PNG, GIF, WebP, AVIF or HEIC")
	ErrBroken        = fault.New(fault.Invalid, "the image is truncated or damaged")
	ErrTooManyPixels = fault.New(fault.Invalid, "the image has too many pixels")
	ErrTooHeavy      = fault.New(fault.Invalid, "the image takes too long or too much memory to decode")
)

// ErrMetadata means that bytes about to be served hold something that is not
// picture. It is our failure, not the sender's; the file is not published.
var ErrMetadata = fault.New(fault.Internal, "the rendition holds more than the picture")

// Header is what a file says of itself. Width and Height are pixels before any
// orientation is applied.
type Header struct {
	Kind          Kind
	Width, Height int
}

// check holds a header to the bounds.
func (h Header) check() (Header, error) {
	switch {
	case h.Width <= 0 || h.Height <= 0:
		return Header{}, ErrBroken
	case h.Width > MaxSide || h.Height > MaxSide || h.Width*h.Height > MaxPixels:
		return Header{}, ErrTooManyPixels
	}
	return h, nil
}

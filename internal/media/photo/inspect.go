package photo

import (
	"fmt"
	"io"
)

// maxRendition bounds what is read again: the largest picture we make is some
// 31 megapixels, a tall one, and WebP and JPEG need no two bytes for each.
const maxRendition = 64 << 20

// Inspect reads a rendition, JPEG or WebP, as it will be served, and fails with
// ErrMetadata where it holds anything that is not picture: no application
// segment but a bare JFIF head, no comment, no EXIF, XMP or profile, no table
// longer than it must be, nothing after the end. It does not decode: that the
// coded data is a picture is the encoder's matter, which never saw more than
// pixels.
func Inspect(r io.Reader, kind Kind) error {
	data, err := io.ReadAll(io.LimitReader(r, maxRendition+1))
	if err != nil {
		return fmt.Errorf("inspect a rendition: %w", err)
	}
	switch {
	case len(data) > maxRendition:
		return fmt.Errorf("%w: over %d bytes", ErrMetadata, maxRendition)
	case kind == JPEG:
		return inspectJPEG(data)
	case kind == WebP:
		return inspectWebP(data)
	}
	return fmt.Errorf("%w: renditions are JPEG or WebP", ErrMetadata)
}

// Package recording turns a stranger's video or sound into clean files for the
// web: it tells the container by the first bytes, has ffmpeg decode in the
// sandbox with a demuxer that was chosen here, and reads every file to be served
// again, box by box and page by page, so that nothing but picture and sound is
// left in it.
package recording

import (
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/rendition"
)

// Kind is what there is to a recording.
type Kind string

// The kinds of recordings.
const (
	Video Kind = "video"
	Audio Kind = "audio"
)

// Bounds of what is decoded, checked before it is.
const (
	MaxDuration = 6 * time.Hour
	MaxPixels   = 8192 * 4352 // of a frame: 8K film
	MaxSide     = 8192
	maxStreams  = 32
)

// Why a file is no recording for us; all are fault.Invalid, errors.Is tells them
// apart.
var (
	ErrUnknown       = fault.New(fault.Invalid, "not a video or sound that is known here")
	ErrBroken        = fault.New(fault.Invalid, "the recording is truncated or damaged, or coded in a way that is not read here")
	ErrTooLong       = fault.New(fault.Invalid, "the recording is longer than it may be")
	ErrTooManyPixels = fault.New(fault.Invalid, "the recording's picture is too large")
	ErrTooHeavy      = fault.New(fault.Invalid, "the recording takes too long or too much memory to decode")
)

// ErrMetadata means that bytes about to be served hold something that is neither
// picture nor sound. It is our failure, not the sender's; nothing is published.
var ErrMetadata = fault.New(fault.Internal, "the rendition holds more than picture and sound")

// Header is what the first bytes of a file say. A container for both that turns
// out to hold sound alone is only known as such by Process.
type Header struct {
	Kind    Kind
	Type    string // MIME
	Demuxer string // ffmpeg's name for what reads it
}

// Result is what was made of a recording, and what was found in it. Width and
// Height are upright pixels, of a video.
type Result struct {
	Kind          Kind
	Duration      time.Duration
	Width, Height int
	Files         []rendition.File
}

package media

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/indywire/indywire/internal/media/captions"
	"github.com/indywire/indywire/internal/media/document"
	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/media/recording"
	"github.com/indywire/indywire/internal/sandbox"
)

// Sniffed is what the bytes of a file say it is, whatever its sender says.
type Sniffed struct {
	Kind          Kind
	Type          string // MIME
	Width, Height int    // pixels, of an image
}

// Sniff looks at the header of a file of size bytes, before anything is decoded,
// and reads little of it. Its errors are those that the sentences of failed files
// are chosen by.
func Sniff(r io.ReaderAt, size int64) (Sniffed, error) {
	for _, look := range []func(io.ReaderAt, int64) (Sniffed, error){sniffPhoto, sniffDocument, sniffCaptions, sniffRecording} {
		if found, err := look(r, size); !isUnknown(err) {
			return found, err
		}
	}
	return Sniffed{}, photo.ErrUnknown
}

func sniffPhoto(r io.ReaderAt, size int64) (Sniffed, error) {
	h, err := photo.Identify(r, size)
	if err != nil {
		return Sniffed{}, err
	}
	return Sniffed{Kind: Image, Type: "image/" + string(h.Kind), Width: h.Width, Height: h.Height}, nil
}

func sniffRecording(r io.ReaderAt, size int64) (Sniffed, error) {
	h, err := recording.Identify(r, size)
	return Sniffed{Kind: Kind(h.Kind), Type: h.Type}, err
}

func sniffDocument(r io.ReaderAt, size int64) (Sniffed, error) {
	h, err := document.Identify(r, size)
	return Sniffed{Kind: Document, Type: h.Type}, err
}

func sniffCaptions(r io.ReaderAt, size int64) (Sniffed, error) {
	h, err := captions.Identify(r, size)
	return Sniffed{Kind: Captions, Type: h.Type}, err
}

// isUnknown tells that a room does not know what a file is.
func isUnknown(err error) bool {
	return isAny(err, photo.ErrUnknown, recording.ErrUnknown, document.ErrUnknown, captions.ErrUnknown)
}

func isAny(err error, kinds ...error) bool {
	return slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) })
}

// What is wrong with a file by its size alone.
var (
	ErrEmpty    = errors.New("the file is empty")
	ErrTooLarge = errors.New("the file is larger than its kind may be")
)

// Failure is the message key of the sentence for what is wrong with a file;
// empty for nil.
func Failure(err error) string {
	if err == nil {
		return ""
	}
	return failureOf(err)
}

// failureOf is the sentence for what a room found, or for what kept it from it.
func failureOf(err error) string {
	switch {
	case errors.Is(err, ErrEmpty):
		return FailureEmpty
	case errors.Is(err, errNoPicture):
		return FailureNoPicture
	case isAny(err, ErrTooLarge, captions.ErrTooLarge):
		return FailureTooLarge
	case isAny(err, photo.ErrTooManyPixels, photo.ErrTooHeavy):
		return FailureTooManyPixels
	case errors.Is(err, recording.ErrTooManyPixels):
		return FailureTooWide
	case errors.Is(err, recording.ErrTooLong):
		return FailureTooLong
	case isAny(err, recording.ErrTooHeavy, document.ErrTooHeavy):
		return FailureTooHeavy
	case errors.Is(err, document.ErrUncleanable):
		return FailureUncleanable
	case isAny(err, recording.ErrBroken):
		return FailureNotPlayable
	case isUnknown(err):
		return FailureUnknown
	case isAny(err, photo.ErrMetadata, recording.ErrMetadata, document.ErrMetadata):
		return FailureUnclean
	case errors.Is(err, captions.ErrBroken):
		return FailureCaptions
	case isAny(err, photo.ErrBroken, sandbox.ErrFailed, sandbox.ErrTooMuch, sandbox.ErrTimeout):
		return FailureBroken
	default: // of ours, until there was no try left
		return FailureNotPrepared
	}
}

// ownFaults are the failures that are a file's own.
func ownFaults() []error {
	return []error{
		ErrEmpty, ErrTooLarge, errNoPicture,
		photo.ErrUnknown, photo.ErrBroken, photo.ErrTooManyPixels, photo.ErrTooHeavy, photo.ErrMetadata,
		recording.ErrUnknown, recording.ErrBroken, recording.ErrTooLong, recording.ErrTooManyPixels, recording.ErrTooHeavy, recording.ErrMetadata,
		document.ErrUnknown, document.ErrUncleanable, document.ErrTooHeavy, document.ErrMetadata,
		captions.ErrUnknown, captions.ErrBroken, captions.ErrTooLarge,
		sandbox.ErrFailed, sandbox.ErrTooMuch, sandbox.ErrTimeout, fs.ErrNotExist,
	}
}

// kindOf is the kind of file that a MIME type stands for; Image for what is not
// known.
func kindOf(mime string) Kind {
	major, _, _ := strings.Cut(mime, "/")
	switch {
	case major == "video":
		return Video
	case major == "audio":
		return Audio
	case mime == "application/pdf":
		return Document
	case mime == "text/vtt":
		return Captions
	}
	return Image
}

// declaredTypes and declaredEndings are what browsers and systems call the files
// that are taken; of most they say so by the first half of the type.
func declaredTypes() map[string]Kind {
	return map[string]Kind{
		"application/pdf": Document, "text/vtt": Captions, "application/ogg": Audio,
		"application/x-matroska": Video, "application/mp4": Video,
	}
}

func declaredEndings() map[string]Kind {
	return map[string]Kind{
		".jpg": Image, ".jpeg": Image, ".png": Image, ".gif": Image, ".webp": Image, ".avif": Image, ".heic": Image, ".heif": Image,
		".mp4": Video, ".m4v": Video, ".mov": Video, ".webm": Video, ".mkv": Video, ".avi": Video, ".3gp": Video, ".3g2": Video, ".ogv": Video,
		".mp3": Audio, ".m4a": Audio, ".ogg": Audio, ".oga": Audio, ".opus": Audio, ".flac": Audio, ".wav": Audio,
		".pdf": Document, ".vtt": Captions,
	}
}

// Declared tells by what a sender says of a file whether it may be one that is
// taken, and of which kind; empty where nothing tells. Its bytes have the last
// word.
func Declared(mime, name string) (kind Kind, taken bool) {
	mime, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(mime)), ";")
	if k, found := declaredTypes()[mime]; found {
		return k, true
	}
	switch major, minor, _ := strings.Cut(mime, "/"); {
	case major == "image" && minor != "svg+xml":
		return Image, true
	case major == "video":
		return Video, true
	case major == "audio":
		return Audio, true
	}
	k, found := declaredEndings()[strings.ToLower(path.Ext(name))]
	return k, found || mime == "" && path.Ext(name) == ""
}

package media

import (
	"errors"
	"io"
	"path"
	"strings"

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

// What is wrong with a file by its size alone.
var (
	ErrEmpty    = errors.New("the file is empty")
	ErrTooLarge = errors.New("the file is larger than its kind may be")
)

// CheckSize is ErrTooLarge for a file that is larger than its kind may be anywhere.
func CheckSize(k Kind, size int64) error {
	if size > (Limits{Files: MaxFiles, Bytes: MaxFileBytes}).Of(k) {
		return ErrTooLarge
	}
	return nil
}

// Failure is the message key of the sentence for what is wrong with a file;
// empty for nil.
func Failure(err error) string {
	if err == nil {
		return ""
	}
	return failureOf(err)
}

// failureOf is the sentence for what photo found, or for what kept it from it.
func failureOf(err error) string {
	switch {
	case errors.Is(err, ErrEmpty):
		return FailureEmpty
	case errors.Is(err, ErrTooLarge):
		return FailureTooLarge
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

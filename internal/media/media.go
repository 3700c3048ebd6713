// Package media is an uploaded file from its first byte to what readers see:
// the upload, its cleaning and renditions in a job, and its deletion.
package media

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// Bounds of what a post may bring along. The forms state them.
const (
	MaxFiles     = site.MostFiles
	MaxFileBytes = site.MostFileBytes // of a video or a recording
	MaxAlt       = 500                // characters
)

// Bounds of kinds of files that need less.
const (
	MaxImageBytes    = 32_000_000
	MaxDocumentBytes = 100_000_000
	MaxCaptionsBytes = 1_000_000
)

// Limits are those of a collective, which may take less than the network does.
type Limits struct {
	Files int   // of a post
	Bytes int64 // of a file
}

// NetworkLimits are those of a site that sets none.
func NetworkLimits() Limits { return Limits{Files: MaxFiles, Bytes: MaxFileBytes} }

// LimitsOf are the limits of a site.
func LimitsOf(st site.Site) Limits {
	l := NetworkLimits()
	if st.MaxFiles != nil {
		l.Files = min(l.Files, *st.MaxFiles)
	}
	if st.MaxFileBytes != nil {
		l.Bytes = min(l.Bytes, *st.MaxFileBytes)
	}
	return l
}

// Of is how many bytes a file of a kind may have; of an unknown kind the most
// that any may.
func (l Limits) Of(k Kind) int64 {
	switch k {
	case Image:
		return min(l.Bytes, MaxImageBytes)
	case Document:
		return min(l.Bytes, MaxDocumentBytes)
	case Captions:
		return min(l.Bytes, MaxCaptionsBytes)
	}
	return l.Bytes
}

// Check is ErrTooLarge for a file that is larger than its kind may be.
func (l Limits) Check(k Kind, size int64) error {
	if size > l.Of(k) {
		return ErrTooLarge
	}
	return nil
}

// UploadLife is how long a file may lie before a post takes it, as long as a
// ticket is good.
const UploadLife = 48 * time.Hour

// ID names a file of a post: 128 random bits in lower-case hex. While its
// article waits for review, knowing it is the permission to see the file.
type ID string

// UploadID names a file on its way, likewise 128 random bits. It is a secret.
type UploadID string

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Valid tells whether id has the form of one.
func (id ID) Valid() bool { return idPattern.MatchString(string(id)) }

// Valid tells whether id has the form of one.
func (id UploadID) Valid() bool { return idPattern.MatchString(string(id)) }

func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// State is where a file stands.
type State string

// The states of a file.
const (
	Arriving State = "arriving" // its upload goes on while its post stands
	Waiting  State = "waiting"  // for its cleaning
	Ready    State = "ready"
	Failed   State = "failed" // Failure says why
	Gone     State = "gone"   // deleted with its post
)

// Kind is what sort of thing a file is: until it is Ready, what its first bytes
// or its sender say.
type Kind string

// The kinds of files.
const (
	Image    Kind = "image"
	Video    Kind = "video"
	Audio    Kind = "audio"
	Document Kind = "document" // a PDF
	Captions Kind = "captions" // WebVTT: those of the nearest video or audio before them in their post
)

// Failures, as message keys; a reporter reads them on the receipt.
// i18n: file.*
const (
	FailureEmpty         = "file.empty"
	FailureTooLarge      = "file.too_large"
	FailureUnknown       = "file.unknown"
	FailureBroken        = "file.broken"
	FailureTooManyPixels = "file.too_many_pixels"
	FailureUnclean       = "file.unclean"
	FailureTooMany       = "file.too_many"
	FailureTooWide       = "file.too_wide"  // a video's picture
	FailureTooLong       = "file.too_long"  // a recording
	FailureTooHeavy      = "file.too_heavy" // in time or memory
	FailureNotPlayable   = "file.not_playable"
	FailureUncleanable   = "file.uncleanable" // a document
	FailureCaptions      = "file.captions"
	FailureNoPicture     = "file.no_picture"   // of a feature or a logo, which are pictures
	FailureNeverCame     = "file.never_came"   // its upload was given up, or took too long
	FailureNotKept       = "file.not_kept"     // our disk or database was away
	FailureNotPrepared   = "file.not_prepared" // our disk or server was away at each try
)

// Owner is what a file belongs to; one of the ids is set, or none for a logo.
type Owner struct {
	Article, Comment, Feature int64
}

// Media is a file of a post.
type Media struct {
	ID         ID
	SiteID     site.ID
	ArticleID  *int64
	CommentID  *int64
	FeatureID  *int64
	Kind       Kind
	Type       string // MIME of what was sent; empty while that is not known
	Name       string // for the receipt only
	Alt        string
	Width      int // pixels, upright
	Height     int
	Duration   time.Duration // of what has one
	State      State
	Failure    string // message key
	Retryable  bool   // it failed, and what was sent is still here
	Progress   int    // percent of its preparation, while it is Waiting; of its bytes that are here, while it is Arriving
	Renditions []Rendition
}

// Rendition is one form of a file that is served. Name is the last segment of
// its address.
type Rendition struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Width  int      `json:"width"`
	Height int      `json:"height"`
	Bytes  int64    `json:"bytes"`
	Blob   blob.Key `json:"blob"`
}

// UploadState is where an upload stands.
type UploadState string

// The states of an upload.
const (
	Receiving UploadState = "receiving"
	Complete  UploadState = "complete"
	Refused   UploadState = "refused" // Failure says why; its bytes are gone
)

// Upload is a file on its way, which no post has taken yet.
type Upload struct {
	ID        UploadID
	StoreKey  string // what the store knows its bytes by
	Name      string
	Type      string
	Width     int
	Height    int
	Size      int64
	Deferred  bool // the size is not known yet
	Declared  Kind // what its sender says that it is; its bytes have the last word
	Received  int64
	SHA256    []byte // of what came with a form
	State     UploadState
	Failure   string // message key
	ExpiresAt time.Time
	Expired   bool
	MediaID   *ID // the file of a post that waits or waited for it
}

// Chosen is an upload that a post takes, with its description.
type Chosen struct {
	ID  UploadID
	Alt string
}

// CheckChosen bounds the number of files of a form and the length of their
// descriptions: the fields at fault, none if there are none.
func CheckChosen(st site.Site, files []Chosen) (bad []fault.Field) {
	if most := LimitsOf(st).Files; len(files) > most {
		bad = append(bad, tooMany(most))
	}
	for _, f := range files {
		if length := utf8.RuneCountInString(f.Alt); length > MaxAlt {
			return append(bad, fault.Field{Name: "alt", Message: "error.too_long", Args: map[string]any{"Max": MaxAlt, "Length": length}})
		}
	}
	return bad
}

func tooMany(most int) fault.Field {
	if most == 0 {
		return fault.Field{Name: "file", Message: "error.no_files"}
	}
	return fault.Field{Name: "file", Message: "error.too_many_files", Args: map[string]any{"Max": most}}
}

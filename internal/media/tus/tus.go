// Package tus receives files in parts, by the resumable upload protocol tus 1.0
// (https://tus.io/protocols/resumable-upload), through tusd: each part through
// whichever node it reaches. What tusd does not have is here: the books in the
// database, locks between nodes, expiry, and a fair share for everyone.
package tus

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
	xslog "golang.org/x/exp/slog"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Version is the version of the protocol that is spoken.
const Version = "1.0.0"

// Base is the path under which uploads have their addresses.
const Base = "/uploads/"

// Reception receives uploads.
type Reception struct {
	Store    *blob.Store
	Arrivals media.Arrivals
	Locker   handler.Locker
	Pace     *Pace
	Log      *slog.Logger
	Now      func() time.Time

	incoming blob.Incoming
	settling settling
	tusd     *handler.UnroutedHandler
}

// Claim is who an upload is for, as far as that is known: of a new one its
// ticket and its name too.
type Claim struct {
	Site       site.ID
	Limits     media.Limits
	TicketHash []byte
	Name       string
	Kind       media.Kind // what its sender says that it is
	// Say is the status and the sentence that a failure is answered with.
	Say func(error) (status int, sentence string)

	expires     time.Time
	interrupted atomic.Bool // somebody else asked for the upload
	hold        *hold       // its lock; nil where it has none
}

type claimKey struct{}

func claimOf(ctx context.Context) *Claim {
	c, _ := ctx.Value(claimKey{}).(*Claim)
	return c
}

// Start makes the Reception ready.
func (rc *Reception) Start(context.Context) error {
	rc.incoming = rc.Store.Incoming()
	composer := handler.NewStoreComposer()
	books := store{rc}
	composer.UseCore(books)
	composer.UseTerminater(books)
	composer.UseLengthDeferrer(books)
	composer.UseLocker(rc.Locker)
	var err error
	rc.tusd, err = handler.NewUnroutedHandler(handler.Config{
		StoreComposer:           composer,
		BasePath:                Base,
		MaxSize:                 media.MaxFileBytes,
		DisableDownload:         true,
		DisableConcatenation:    true,
		Cors:                    &handler.CorsConfig{Disable: true},
		Logger:                  xslog.New(silence{}), // it writes paths, and an upload's address is a secret
		PreUploadCreateCallback: rc.name,
		AcquireLockTimeout:      2 * lockPatience, // ours comes first: tusd's own is a 500
		NetworkTimeout:          time.Minute,
	})
	return err
}

// name gives an upload an id of ours, and takes out what was said about it: HEAD
// would tell the ticket and the file's name to whoever has the address.
func (rc *Reception) name(h handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	c := claimOf(h.Context)
	c.expires = rc.Now().Add(media.UploadLife)
	header := handler.HTTPHeader{"Upload-Expires": httpTime(c.expires)}
	return handler.HTTPResponse{Header: header}, handler.FileInfoChanges{ID: string(media.NewUploadID()), MetaData: handler.MetaData{}}, nil
}

// httpTime is a time as Upload-Expires has it (RFC 9110, section 5.6.7).
func httpTime(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// ServeHTTP answers a request whose path is the upload's id, or empty for a new
// one. The claim has been checked.
func (rc *Reception) ServeHTTP(w http.ResponseWriter, r *http.Request, c *Claim) {
	r = r.WithContext(context.WithValue(r.Context(), claimKey{}, c))
	rc.tusd.Middleware(http.HandlerFunc(rc.route)).ServeHTTP(&answer{ResponseWriter: w, claim: c}, r)
}

func (rc *Reception) route(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Tus-Resumable") != Version { // tusd lets HEAD pass without
		http.Error(w, "this server speaks tus "+Version, http.StatusPreconditionFailed)
		return
	}
	id := r.URL.Path
	switch {
	case id == "" && r.Method == http.MethodPost:
		rc.tusd.PostFile(w, r)
	case id == "":
		notAllowed(w, "OPTIONS, POST")
	case r.Method == http.MethodHead:
		rc.tusd.HeadFile(w, r)
	case r.Method == http.MethodPatch:
		rc.tusd.PatchFile(w, r)
	case r.Method == http.MethodDelete:
		rc.tusd.DelFile(w, r)
	default:
		notAllowed(w, "DELETE, HEAD, OPTIONS, PATCH")
	}
}

func notAllowed(w http.ResponseWriter, allow string) {
	w.Header().Set("Allow", allow)
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
}

// answer adds to tusd's answers what the protocol's text asks for and tusd
// leaves out.
type answer struct {
	http.ResponseWriter
	claim *Claim
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	h := a.Header()
	if extensions := h.Get("Tus-Extension"); extensions != "" {
		h.Set("Tus-Extension", extensions+",expiration")
	}
	if !a.claim.expires.IsZero() && status < http.StatusBadRequest {
		h.Set("Upload-Expires", httpTime(a.claim.expires))
	}
	if at := h.Get("Location"); at != "" { // the same by every host and scheme that leads here
		h.Set("Location", Base+path.Base(at))
	}
	switch {
	case status == http.StatusPreconditionFailed:
		h.Set("Tus-Version", Version)
	case status == http.StatusBadRequest && a.claim.interrupted.Load():
		// somebody else has it, or had to be given it: that passes, and clients
		// take another 400 for the end
		status = http.StatusLocked
	}
	h.Set("Cache-Control", "no-store")
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// say turns a failure of ours into what tusd answers with.
func say(ctx context.Context, err error) error {
	var known handler.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	status, sentence := claimOf(ctx).Say(err)
	answer := handler.NewError("ERR_INDYWIRE", sentence, status)
	answer.HTTPResponse.Body = sentence + "\n"
	if fault.Is(err, fault.Busy) || fault.Is(err, fault.Full) {
		answer.HTTPResponse.Header["Retry-After"] = retryAfter
	}
	return answer
}

// retryAfter is when to try again, in seconds, what there was no room or no
// server for.
const retryAfter = "10"

// silence drops what tusd has to say.
type silence struct{}

func (silence) Enabled(context.Context, xslog.Level) bool  { return false }
func (silence) Handle(context.Context, xslog.Record) error { return nil }
func (s silence) WithAttrs([]xslog.Attr) xslog.Handler     { return s }
func (s silence) WithGroup(string) xslog.Handler           { return s }

// Metadata are the pairs of an Upload-Metadata header.
func Metadata(r *http.Request) map[string]string {
	return handler.ParseMetadataHeader(strings.TrimSpace(r.Header.Get("Upload-Metadata")))
}

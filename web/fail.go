package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// ErrorPage says what went wrong, in a sentence of the reader's language.
type ErrorPage struct {
	Page
	Text   string
	Kept   string // what somebody wrote and no form brings back, to be copied
	SignIn string // path of the form to sign in by; empty where that would not help
}

// statusOf is the one place that knows which status code a fault becomes.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Denied:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.Gone:
		return http.StatusGone
	case fault.Busy:
		return http.StatusServiceUnavailable
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.Full:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// errCrossOrigin is a form that another site's page had a browser send.
var errCrossOrigin = errors.New("cross-origin request")

// retryAfter is when to try again what was too much just now, in seconds.
const retryAfter = "10"

// logFailure tells the operator of a mistake of ours.
func (s *Server) logFailure(r *http.Request, err error) {
	if b := readBodyOf(r); b.again {
		b.failures = append(b.failures, err)
		return
	}
	s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", routePattern(r), "error", err)
}

// fail answers a request that went wrong. Errors of ours are logged by the
// pattern of the address, never by the address, which may hold a secret.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var with writtenError
	errors.As(err, &with)
	s.failKeeping(w, r, err, with.written)
}

// sentence says what went wrong, more closely than its kind where we know.
func sentence(p Page, err error) (title, text string) {
	switch {
	case errors.Is(err, errCrossOrigin):
		return p.T("error.cross.title"), p.T("error.cross.text")
	case errors.Is(err, errSessionEnded):
		return p.T("error.session_ended.title"), p.T("error.session_ended.text")
	case errors.Is(err, errSignedOut):
		return p.T("error.signed_out.title"), p.T("error.signed_out.text")
	case errors.Is(err, site.ErrFrozen):
		return p.T("error.frozen.title"), p.T("error.frozen.text")
	}
	return p.L.Fault(fault.KindOf(err))
}

// writtenError is a failure that came after a form was read: its page brings back
// what was written.
type writtenError struct {
	error
	written string
}

func (e writtenError) Unwrap() error { return e.error }

// failKeeping is fail for what somebody wrote: where the page is gone whose form
// would bring it back, the answer itself holds it.
func (s *Server) failKeeping(w http.ResponseWriter, r *http.Request, err error, kept string) {
	switch ended := r.Context().Err(); {
	case errors.Is(ended, context.DeadlineExceeded): // ours: the reader is there yet
		err = fault.Wrap(fault.Busy, "no answer in time", err)
	case ended != nil:
		// Mostly the reader went away. One whose connection stood still may be
		// there yet, and must not take an empty 200 for success.
		w.WriteHeader(http.StatusRequestTimeout)
		return
	}
	kind := fault.KindOf(err)
	if kind == fault.Invalid && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		kind, err = fault.NotFound, fault.Wrap(fault.NotFound, "address", err) // one that the database cannot even hold
	}
	status := statusOf(kind)
	if status >= http.StatusInternalServerError {
		s.logFailure(r, err)
	}
	p := s.page(r, "")
	p.NoIndex = true
	title, text := sentence(p, err)
	p.Title = title
	shown := ErrorPage{Page: p, Text: text, Kept: kept}
	if errors.Is(err, errSignedOut) {
		shown.SignIn = signInPath(pageOf(r))
	}
	if kind == fault.Busy || kind == fault.Full {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := s.render(w, status, "error/show", shown); err != nil {
		s.Log.ErrorContext(r.Context(), "error page failed", "error", err)
		http.Error(w, title, status)
	}
}

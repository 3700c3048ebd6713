package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/indywire/indywire/internal/fault"
)

// ErrorPage says what went wrong, in a sentence of the reader's language.
type ErrorPage struct {
	Page
	Text string
	Kept string // what somebody wrote and no form brings back, to be copied
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
	}
	return http.StatusInternalServerError
}

// errCrossOrigin is a form that another site's page had a browser send.
var errCrossOrigin = errors.New("cross-origin request")

// retryAfter is when to try again what was too much just now, in seconds.
const retryAfter = "10"

// logFailure tells the operator of a mistake of ours.
func (s *Server) logFailure(r *http.Request, err error) {
	s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", routePattern(r), "error", err)
}

// fail answers a request that went wrong. Errors of ours are logged by the
// pattern of the address, never by the address, which may hold a secret.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.failKeeping(w, r, err, "")
}

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
		kind = fault.NotFound // an address that the database cannot even hold
	}
	status := statusOf(kind)
	if status >= http.StatusInternalServerError {
		s.logFailure(r, err)
	}
	p := s.page(r, "")
	p.NoIndex = true
	title, text := p.L.Fault(kind)
	if errors.Is(err, errCrossOrigin) {
		title, text = p.T("error.cross.title"), p.T("error.cross.text")
	}
	p.Title = title
	if kind == fault.Busy {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := s.render(w, status, "error/show", ErrorPage{Page: p, Text: text, Kept: kept}); err != nil {
		s.Log.ErrorContext(r.Context(), "error page failed", "error", err)
		http.Error(w, title, status)
	}
}

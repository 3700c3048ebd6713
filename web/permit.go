package web

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

// may lets pass who has the permission where the request arrives. What is open
// to everyone is answered without looking who asks, so that it is the same for
// all; the ways in are open, but want to know.
func (s *Server) may(p account.Permission) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		if p.Open() && p != account.Enter {
			return next
		}
		permitted := s.do(func(w http.ResponseWriter, r *http.Request) error { return s.permit(w, r, p, next) })
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.sessions.of(r).LoadAndSave(permitted).ServeHTTP(w, r)
		})
	}
}

func (s *Server) permit(w http.ResponseWriter, r *http.Request, p account.Permission, next http.Handler) error {
	middleware.NoStore(w)
	r, err := s.identify(r)
	if err != nil {
		s.failWritten(w, r, err)
		return nil
	}
	v := viewerOf(r)
	switch {
	case v.May(p, siteFor(r).ID):
		next.ServeHTTP(w, s.withGuard(r, p))
	case v.SignedIn():
		s.failWritten(w, r, fault.New(fault.Denied, "permission "+string(p)))
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		http.Redirect(w, r, signInPath(r.URL.RequestURI()), http.StatusSeeOther)
	case db.Tried(r.Context()): // an attempt was permitted, and may have ended the session
		s.failWritten(w, r, errSessionEnded)
	default:
		s.failWritten(w, r, errSignedOut)
	}
	return nil
}

// errSignedOut is a form of somebody whose session has ended, or who never had
// one.
var errSignedOut = fault.New(fault.Denied, "not signed in")

// errSessionEnded is a form of somebody who was signed in when it was tried first:
// it may have ended the session itself, as a new password does.
var errSessionEnded = fault.Wrap(fault.Denied, "no more signed in", errSignedOut)

func signInPath(next string) string { return "/sign-in?" + url.Values{"next": {next}}.Encode() }

// pageOf is the page that a form stands on: the nearest address above the form's
// own that can be read.
func pageOf(r *http.Request) string {
	routes := chi.RouteContext(r.Context())
	for at := r.URL.Path; routes != nil && len(at) > 1; at = path.Dir(at) {
		if routes.Routes.Match(chi.NewRouteContext(), http.MethodGet, at) {
			return at
		}
	}
	return "/"
}

// identify finds out who asks.
func (s *Server) identify(r *http.Request) (*http.Request, error) {
	d, found := s.sessions.read(r)
	if !found {
		return r, nil
	}
	a, err := account.ByID(r.Context(), s.Pools.Newest(), d.Account)
	if fault.Is(err, fault.NotFound) {
		return r, nil
	}
	return withViewer(r, a.Viewer()), err
}

type guardKey struct{}

// withGuard keeps how to ask once more whether somebody may do what they ask
// for. A body can take as long to come as its sender likes, and rights be taken
// away meanwhile.
func (s *Server) withGuard(r *http.Request, p account.Permission) *http.Request {
	d, _ := s.sessions.read(r)
	again := func(ctx context.Context) error {
		v, err := account.SessionViewer(ctx, s.Pools.Newest(), d.ID)
		switch {
		case err != nil:
			return err
		case !v.SignedIn() && !p.Open():
			return errSignedOut
		case !v.May(p, siteFor(r).ID):
			return fault.New(fault.Denied, "permission "+string(p))
		}
		return nil
	}
	return r.WithContext(context.WithValue(r.Context(), guardKey{}, again))
}

// stillPermitted asks once more, after the body has come. Addresses that are
// open to everyone have nothing to ask.
func stillPermitted(r *http.Request, v form.Values) error {
	again, guarded := r.Context().Value(guardKey{}).(func(context.Context) error)
	if !guarded {
		return nil
	}
	if err := again(r.Context()); err != nil {
		return writtenError{err, written(v)}
	}
	return nil
}

// failWritten is fail for what went wrong before any form was looked at.
func (s *Server) failWritten(w http.ResponseWriter, r *http.Request, err error) {
	if b := readBodyOf(r); b.again && fault.Is(err, fault.Busy) {
		b.unread = true // files would be lost
		s.fail(w, r, err)
		return
	}
	s.failKeeping(w, r, err, writtenIn(w, r))
}

// writtenIn is the text that somebody sent to where they may not: a session can
// end while they write.
func writtenIn(w http.ResponseWriter, r *http.Request) string {
	if r.Method != http.MethodPost {
		return ""
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxWritten)
	if b := readBodyOf(r); b.reception != nil {
		return written(b.reception.Values)
	}
	v, _ := readForm(r) // what could be read of it is kept
	return written(v)
}

// maxWritten bounds what is read of a form that is refused, files included.
const maxWritten = 40 << 20

// written are the texts of a form, in the order in which forms have them.
func written(v form.Values) string {
	var kept []string
	for _, name := range []string{"title", "summary", "body", "article", "alt", "reason", "name", "tagline", "topic", "host"} {
		for _, text := range v.Values[name] {
			if text = strings.TrimSpace(text); text != "" {
				kept = append(kept, text)
			}
		}
	}
	return strings.Join(kept, "\n\n")
}

// sameOrigin refuses what another site, or a sibling of this host, had a browser
// send. Programs say nothing of where they come from, and pass. Where a browser
// only hides where it is, what was written comes back; words of another site do
// not.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := protection.Check(r)
		if err == nil && middleware.Scheme(r) == "https" && r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Origin"), "http://") {
			err = errCrossOrigin // this host without TLS, where anybody on the way may have written the page
		}
		if err == nil {
			next.ServeHTTP(w, r)
			return
		}
		kept := ""
		if origin := r.Header.Get("Origin"); origin == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
			kept = writtenIn(w, r)
		}
		s.failKeeping(w, r, fault.Wrap(fault.Denied, "sent from another site", errCrossOrigin), kept)
	})
}

package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/indywire/indywire/internal/account"
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
	if v.May(p, siteFor(r).ID) {
		next.ServeHTTP(w, r)
		return nil
	}
	if !v.SignedIn() && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return nil
	}
	s.failWritten(w, r, fault.New(fault.Denied, "permission "+string(p)))
	return nil
}

// failWritten is fail for what went wrong before any form was looked at.
func (s *Server) failWritten(w http.ResponseWriter, r *http.Request, err error) {
	s.failKeeping(w, r, err, writtenIn(w, r))
}

// identify finds out who asks.
func (s *Server) identify(r *http.Request) (*http.Request, error) {
	d, found := s.sessions.read(r)
	if !found {
		return r, nil
	}
	a, err := account.ByID(r.Context(), s.Pools.Primary, d.Account)
	if fault.Is(err, fault.NotFound) {
		return r, nil
	}
	return withViewer(r, a.Viewer()), err
}

// writtenIn is the text that somebody sent to where they may not: a session can
// end while they write.
func writtenIn(w http.ResponseWriter, r *http.Request) string {
	if r.Method != http.MethodPost {
		return ""
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	v, _ := form.Read(r, nil) // what could be read of it is kept
	var kept []string
	for _, name := range []string{"title", "summary", "body", "reason", "name", "tagline"} {
		if text := strings.TrimSpace(v.Get(name)); text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n\n")
}

// sameOrigin refuses what another site, or a sibling of this host, had a browser
// send. Programs say nothing of where they come from, and pass.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := protection.Check(r); err != nil {
			s.failKeeping(w, r, fault.Wrap(fault.Denied, "sent from another site", errCrossOrigin), writtenIn(w, r))
			return
		}
		next.ServeHTTP(w, r)
	})
}

package web

import (
	"context"
	"net/http"
	"time"

	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/web/middleware"
)

// walCookie carries the mark of somebody who has just written.
const walCookie = "wal"

// positionPatience bounds the wait for the position of a write that stands. The
// answer goes out without it sooner than late.
const positionPatience = time.Second

// ownWrites lets whoever wrote see it on whichever node answers next: the answer
// to a write carries where the log stood then, and a request that brings that
// along reads from a server that has come as far.
func (s *Server) ownWrites(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(walCookie); err == nil {
			if at, genuine := s.marker.Read(c.Value); genuine {
				ctx, reading := db.After(r.Context(), at)
				r = r.WithContext(context.WithValue(ctx, readingKey{}, reading))
			}
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			marking := &markingWriter{ResponseWriter: w, s: s, r: r}
			r = r.WithContext(db.WatchWrites(r.Context(), &marking.written))
			w = marking
		}
		next.ServeHTTP(w, r)
	})
}

type readingKey struct{}

// readingOf tells how the database is read for a request; nil for one that any
// server may answer.
func readingOf(r *http.Request) *db.Reading {
	reading, _ := r.Context().Value(readingKey{}).(*db.Reading)
	return reading
}

// markingWriter gives the answer to a write its cookie.
type markingWriter struct {
	http.ResponseWriter
	s       *Server
	r       *http.Request
	written db.Written
	begun   bool
}

// WriteHeader implements http.ResponseWriter.
func (w *markingWriter) WriteHeader(status int) {
	if !w.begun && status >= http.StatusOK {
		w.begun = true
		// Not on a refusal: whether something was written on the way to it, as for
		// an account that exists, is nobody's business.
		if status < http.StatusBadRequest && w.written.Load() {
			w.mark()
			w.tell()
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *markingWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// tell has this node know what its own server knows of the sites by now: whoever
// asks here next sees it without the cookie, too.
func (w *markingWriter) tell() {
	ctx, cancel := context.WithTimeout(w.r.Context(), lookPatience)
	defer cancel()
	_ = w.s.Sites.Refresh(ctx) // or the next look sees it, a moment later
}

func (w *markingWriter) mark() {
	ctx, cancel := context.WithTimeout(w.r.Context(), positionPatience)
	defer cancel()
	at, err := db.Position(ctx, w.s.Pools.Primary)
	if err != nil {
		return // what was written stands; a page may show it a moment later
	}
	http.SetCookie(w.ResponseWriter, &http.Cookie{
		Name: walCookie, Value: w.s.marker.Mark(at), Path: "/", MaxAge: int(cluster.MarkLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: middleware.Scheme(w.r) == "https",
	})
}

// Unwrap lets http.ResponseController reach the connection.
func (w *markingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

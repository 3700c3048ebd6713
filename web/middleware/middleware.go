// Package middleware is what happens around every request: headers, metrics and
// logs that name no client, and the scheme as a trusted proxy tells it.
package middleware

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// ServedBy tells which node answered.
func ServedBy(node string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Served-By", node)
			next.ServeHTTP(w, r)
		})
	}
}

// policy allows a page nothing but what its own host serves, and no styles or
// scripts within it.
const policy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Headers sets what protects readers in every answer. Referrer-Policy is
// same-origin and never no-referrer, which turns Origin into null.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()")
		if Scheme(r) == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// Compress packs texts. What must not be kept may hold a secret beside text
// that the sender chose, which compressing would make guessable by its length
// (BREACH); handlers of such pages set gzhttp.HeaderNoCompression.
func Compress(next http.Handler) http.Handler {
	return gzhttp.GzipHandler(next)
}

// NoStore marks an answer that nobody may keep, and that is not compressed.
func NoStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set(gzhttp.HeaderNoCompression, "1")
}

// Recover turns a panic into an answer. What panicked is logged without the
// request, whose address and text may hold secrets.
func Recover(log *slog.Logger, fail func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				v := recover()
				if v == nil {
					return
				}
				if v == http.ErrAbortHandler { //nolint:errorlint // a sentinel that is compared so by net/http
					panic(v)
				}
				log.ErrorContext(r.Context(), "panic", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
				fail(w, r, fmt.Errorf("panic of type %T", v))
			}()
			next.ServeHTTP(w, r)
		})
	}
}

type schemeKey struct{}

// TrustedScheme believes X-Forwarded-Proto from the networks of our own proxies
// and from nobody else. Scheme gives what it found.
func TrustedScheme(proxies []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			scheme := "http"
			if r.TLS != nil {
				scheme = "https"
			}
			if proto := r.Header.Get("X-Forwarded-Proto"); (proto == "http" || proto == "https") && trusted(proxies, r.RemoteAddr) {
				scheme = proto
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), schemeKey{}, scheme)))
		})
	}
}

func trusted(proxies []netip.Prefix, remote string) bool {
	addr, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	for _, p := range proxies {
		if p.Contains(addr.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// Scheme is http or https, as the client sees it.
func Scheme(r *http.Request) string {
	if scheme, ok := r.Context().Value(schemeKey{}).(string); ok {
		return scheme
	}
	return "http"
}

// patience is how long a connection may stand still in the middle of a body,
// either way. A slow one that moves may take as long as it needs.
const patience = time.Minute

// Moving ends connections that stand still: each read of a body, and each write
// of an answer, gets patience anew.
func Moving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.Body != nil {
			r.Body = movingBody{ReadCloser: r.Body, c: c}
		}
		next.ServeHTTP(movingWriter{ResponseWriter: w, c: c}, r)
	})
}

type movingBody struct {
	io.ReadCloser
	c *http.ResponseController
}

func (b movingBody) Read(p []byte) (int, error) {
	_ = b.c.SetReadDeadline(time.Now().Add(patience)) // a test's recorder has no connection
	return b.ReadCloser.Read(p)
}

type movingWriter struct {
	http.ResponseWriter
	c *http.ResponseController
}

// WriteHeader begins an answer, which may have no body: on a connection that was
// idle the deadline of the answer before would have passed.
func (w movingWriter) WriteHeader(status int) {
	_ = w.c.SetWriteDeadline(time.Now().Add(patience))
	w.ResponseWriter.WriteHeader(status)
}

func (w movingWriter) Write(p []byte) (int, error) {
	_ = w.c.SetWriteDeadline(time.Now().Add(patience))
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w movingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Package middleware is what happens around every request: headers, metrics and
// logs that name no client, and the scheme as a trusted proxy tells it.
package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

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

// mediaPrefix begins the addresses of files, which are packed by themselves.
const mediaPrefix = "/media/"

// Compress packs texts. Files pass by, so that the system sends them from disk
// (sendfile) wherever no TLS is in between. What must not be kept may hold a secret beside text
// that the sender chose, which compressing would make guessable by its length
// (BREACH); handlers of such pages set gzhttp.HeaderNoCompression.
func Compress(next http.Handler) http.Handler {
	packed := gzhttp.GzipHandler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, mediaPrefix) {
			next.ServeHTTP(w, r)
			return
		}
		packed.ServeHTTP(w, r)
	})
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

package middleware

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
)

// Observe counts and logs requests by the pattern of their address, never by
// the address, the host or anything of the client.
func Observe(log *slog.Logger, metrics *prometheus.Registry) func(http.Handler) http.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "indywire_http_request_seconds", Help: "How long requests took, by pattern of the address.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
	}, []string{"route", "method", "code"})
	metrics.MustRegister(seconds)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// one context for the whole way, so that the pattern is here when the answer is
			r, routes := withRoutes(r)
			counted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
			begun := time.Now()
			next.ServeHTTP(counted, r)
			took := time.Since(begun)
			route, method := routes.RoutePattern(), knownMethod(r.Method)
			if route == "" {
				route = "none"
			}
			seconds.WithLabelValues(route, method, strconv.Itoa(counted.status)).Observe(took.Seconds())
			log.InfoContext(r.Context(), "request", "method", method, "route", route, "status", counted.status, "ms", took.Milliseconds())
		})
	}
}

func withRoutes(r *http.Request) (*http.Request, *chi.Context) {
	routes := chi.NewRouteContext()
	return r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, routes)), routes
}

// knownMethod keeps what a client makes up out of logs and metrics.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote && status >= 200 {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// ReadFrom implements io.ReaderFrom, by which net/http has the system send files.
func (w *statusWriter) ReadFrom(r io.Reader) (int64, error) {
	w.wrote = true
	return io.Copy(w.ResponseWriter, r)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

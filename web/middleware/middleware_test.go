package middleware_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/indywire/indywire/web/middleware"
)

func TestSchemeIsBelievedOfOurProxiesOnly(t *testing.T) {
	t.Parallel()
	ours := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	tests := []struct{ remote, proto, want string }{
		{"192.0.2.7:1000", "https", "https"},
		{"[::ffff:192.0.2.7]:1000", "https", "https"},
		{"198.51.100.7:1000", "https", "http"},
		{"192.0.2.7:1000", "javascript", "http"},
		{"192.0.2.7:1000", "", "http"},
		{"nonsense", "https", "http"},
	}
	for _, tt := range tests {
		var got, hsts string
		h := middleware.TrustedScheme(ours)(middleware.Headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, hsts = middleware.Scheme(r), w.Header().Get("Strict-Transport-Security")
		})))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.remote
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want || (hsts != "") != (tt.want == "https") {
			t.Errorf("%s saying %q: %s with HSTS %q, want %s", tt.remote, tt.proto, got, hsts, tt.want)
		}
	}
}

func TestObserveNamesThePatternAndNothingElse(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	metrics := prometheus.NewRegistry()
	table := chi.NewRouter()
	table.Get("/receipts/{code}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h := middleware.Observe(slog.New(slog.NewTextHandler(&logs, nil)), metrics)(table)
	for _, path := range []string{"/receipts/SECRET-CODE", "/SECRET-PATH?q=SECRET-QUERY"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("User-Agent", "SECRET-AGENT")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("SECRETMETHOD", "/", nil))
	families, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var counted strings.Builder
	for _, f := range families {
		counted.WriteString(f.String())
	}
	for where, text := range map[string]string{"log": logs.String(), "metrics": counted.String()} {
		if strings.Contains(text, "SECRET") || strings.Contains(text, "192.0.2.1") {
			t.Errorf("the %s says too much: %s", where, text)
		}
		for _, want := range []string{"/receipts/{code}", "418", "none", "other"} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s lacks %q: %s", where, want, text)
			}
		}
	}
}

func TestRecoverLogsNoValue(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	failed := false
	h := middleware.Recover(slog.New(slog.NewTextHandler(&logs, nil)), func(w http.ResponseWriter, _ *http.Request, _ error) {
		failed = true
		w.WriteHeader(http.StatusInternalServerError)
	})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errors.New("a person's text")) }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !failed || w.Code != http.StatusInternalServerError {
		t.Errorf("failed %v with %d", failed, w.Code)
	}
	if strings.Contains(logs.String(), "a person's text") {
		t.Error("the log holds what panicked")
	}
}

func TestPagesThatNobodyMayKeepAreNotCompressed(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("words ", 1000)
	for name, secret := range map[string]bool{"open": false, "secret": true} {
		h := middleware.Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if secret {
				middleware.NoStore(w)
			}
			_, _ = io.WriteString(w, page)
		}))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if packed := w.Header().Get("Content-Encoding") == "gzip"; packed == secret {
			t.Errorf("%s: packed %v", name, packed)
		}
	}
}

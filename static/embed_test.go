package static

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadBuiltFiles(t *testing.T) {
	t.Parallel()
	assets, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main.css", "main.js"} {
		path, err := assets.Path(name)
		if err != nil {
			t.Error(err)
			continue
		}
		w := httptest.NewRecorder()
		assets.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Errorf("GET %s = %d, want 200", path, w.Code)
		}
	}
	if path, err := assets.Path("none.css"); err == nil {
		t.Errorf("Path(none.css) = %q, want an error", path)
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	const css = "body{margin:0}"
	assets, err := load(fstest.MapFS{
		"manifest.json":  {Data: []byte(`{"a.css":{"file":"a-1.css","integrity":"` + digest([]byte(css)) + `"}}`)},
		"a-1.css":        {Data: []byte(css)},
		"left-over-2.js": {Data: []byte("1")},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := assets.Handler()

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/static/a-1.css", nil))
	if w.Code != http.StatusOK || w.Body.String() != css {
		t.Errorf("GET = %d %q, want 200 %q", w.Code, w.Body, css)
	}
	for name, want := range map[string]string{
		"Content-Type":           "text/css; charset=utf-8",
		"Cache-Control":          "public, max-age=31536000, immutable",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}

	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/static/a-1.css", nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("HEAD = %d with %d bytes, want 200 with none", w.Code, w.Body.Len())
	}

	for _, path := range []string{"/static/", "/static/a.css", "/static/manifest.json", "/static/left-over-2.js", "/static/../embed.go"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, w.Code)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dist fstest.MapFS
		want string
	}{
		"not built": {fstest.MapFS{}, "make static"},
		"half built": {fstest.MapFS{
			"manifest.json": {Data: []byte(`{"a.css":{"file":"a-1.css","integrity":""}}`)},
		}, "a.css"},
		"changed by hand": {fstest.MapFS{
			"manifest.json": {Data: []byte(`{"a.css":{"file":"a-1.css","integrity":"` + digest([]byte("a")) + `"}}`)},
			"a-1.css":       {Data: []byte("b")},
		}, "a-1.css is not what the manifest says"},
		"broken manifest": {fstest.MapFS{"manifest.json": {Data: []byte(`[`)}}, "manifest.json"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(test.dist)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("load = %v, want an error that says %q", err, test.want)
			}
		})
	}
}

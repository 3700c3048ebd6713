// Package static holds what browsers fetch besides pages: style sheets, scripts and icons, built into dist/ under
// names that tell their content, and carried in the binary.
package static

import (
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Prefix is where Handler expects to be mounted, and how every path that Assets.Path answers begins.
const Prefix = "/static/"

// dist/ is built, not committed, and a pattern that matches nothing does not compile. This one always matches this file.
//
//go:embed [de]*
var files embed.FS

// Assets are the built files, by the plain names that templates use ("main.css"). It never changes once loaded.
type Assets struct {
	byName map[string]asset
	byFile map[string]asset
}

type asset struct {
	File      string `json:"file"`
	Integrity string `json:"integrity"`
	body      []byte
}

// Load reads the files built into the binary. It fails where they were not built, or not as the manifest says.
func Load() (*Assets, error) {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		return nil, fmt.Errorf("static files: %w", err)
	}
	return load(dist)
}

func load(dist fs.FS) (*Assets, error) {
	manifest, err := fs.ReadFile(dist, "manifest.json")
	if err != nil {
		return nil, fmt.Errorf("static files are missing, run make static and build again: %w", err)
	}
	assets := &Assets{byName: map[string]asset{}, byFile: map[string]asset{}}
	if err := json.Unmarshal(manifest, &assets.byName); err != nil {
		return nil, fmt.Errorf("static files: manifest.json: %w", err)
	}
	for name, a := range assets.byName {
		if a.body, err = fs.ReadFile(dist, a.File); err != nil {
			return nil, fmt.Errorf("static files: %s: %w", name, err)
		}
		if digest(a.body) != a.Integrity {
			return nil, fmt.Errorf("static files: %s is not what the manifest says, run make static", a.File)
		}
		assets.byFile[a.File] = a
	}
	return assets, nil
}

func digest(body []byte) string {
	sum := sha512.Sum384(body)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Path is where the browser finds the file of a plain name: "main.css" at "/static/main-UGN65EPC.css".
func (a *Assets) Path(name string) (string, error) {
	found, ok := a.byName[name]
	if !ok {
		return "", fmt.Errorf("static files: there is no %q", name)
	}
	return Prefix + found.File, nil
}

// Handler serves the built files below Prefix and nothing else. They may be kept forever: other content has another name.
func (a *Assets) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := a.byFile[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentType(found.File))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method == http.MethodHead {
			return
		}
		// an error here is a reader who went away
		_, _ = w.Write(found.body)
	})
}

// contentType does not ask the system's table of types for what we ship most, since that differs from one server to the next.
func contentType(file string) string {
	switch ext := path.Ext(file); ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".ico":
		return "image/x-icon"
	case ".webmanifest":
		return "application/manifest+json"
	default:
		if known := mime.TypeByExtension(ext); known != "" {
			return known
		}
		return "application/octet-stream"
	}
}

package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/indywire/indywire/templates"
)

// pages are the parsed templates by name: "article/show" is
// templates/pages/article/show.html within the layout.
type pages struct{ byName map[string]*template.Template }

// loadPages gives the pages, which are compiled into the binary and parsed once
// in a process. What is parsed serves any number of servers at a time.
var loadPages = sync.OnceValues(parsePages)

func parsePages() (*pages, error) {
	base, err := template.New("layout.html").Funcs(functions()).ParseFS(templates.Files, "layout.html", "shared/*.html")
	if err != nil {
		return nil, err
	}
	found := &pages{byName: map[string]*template.Template{}}
	files, err := fs.Glob(templates.Files, "pages/*/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		t, err := template.Must(base.Clone()).ParseFS(templates.Files, file)
		if err != nil {
			return nil, err
		}
		found.byName[strings.TrimSuffix(strings.TrimPrefix(file, "pages/"), ".html")] = t
	}
	return found, nil
}

// functions of the templates, which are few: pages bring what they show.
func functions() template.FuncMap {
	return template.FuncMap{
		// safe is for HTML that markup made, and nothing else
		"safe": func(html string) template.HTML { return template.HTML(html) }, //nolint:gosec // sanitised at write time
	}
}

// render writes a page. It is made whole before the first byte goes out, so
// that a mistake in it becomes an error page and not half a page.
func (s *Server) render(w http.ResponseWriter, status int, name string, data any) error {
	t, found := s.pages.byName[name]
	if !found {
		return fmt.Errorf("render: there is no page %q", name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody is left to tell
	return nil
}

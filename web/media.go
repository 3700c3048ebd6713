package web

import (
	"context"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

func (s *Server) siteMedia(w http.ResponseWriter, r *http.Request) error {
	return s.serveMedia(w, r, siteFor(r).ID)
}

// portalMedia serves the pictures of any site's features, which the portal
// shows beside the collectives: its own policy allows none from other hosts.
func (s *Server) portalMedia(w http.ResponseWriter, r *http.Request) error {
	st, err := media.SiteOf(r.Context(), s.Pools.Replica, media.ID(chi.URLParam(r, "id")))
	if err != nil {
		return err
	}
	return s.serveMedia(w, r, st)
}

// serveMedia answers with bytes that never change under their address, in
// ranges where asked (RFC 9110, section 14). Their tag is strong, so that a
// player may go on where it was (If-Range).
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request, st site.ID) error {
	served, err := media.Find(r.Context(), s.Pools.Replica, st, media.ID(chi.URLParam(r, "id")), chi.URLParam(r, "rendition"))
	if err != nil {
		return err
	}
	f, err := s.open(r, served.Blob)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	h := w.Header()
	h.Set("Content-Type", served.Type)
	h.Set("Content-Security-Policy", mediaPolicy(served.Type))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+string(served.Blob)+`"`)
	if !shownInline(served.Type) {
		h.Set("Content-Disposition", `attachment; filename="`+chi.URLParam(r, "rendition")+`"`)
	}
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// fetchPatience is how long a reader waits at most for a file that this node has yet
// to fetch: a film takes longer than a page may, and whoever came for it would see
// an error where others only wait. It comes all the same once they left.
const fetchPatience = 60 * time.Second

func (s *Server) open(r *http.Request, key blob.Key) (*os.File, error) {
	asked, bounded := r.Context().Value(askedKey{}).(context.Context)
	if !bounded {
		asked = r.Context()
	}
	ctx, cancel := context.WithTimeout(asked, s.FetchPatience)
	defer cancel()
	return s.Store.Open(ctx, key)
}

// shownInline tells what a browser may show by itself. A document could hold
// what runs or leads elsewhere, so it is only ever kept.
func shownInline(kind string) bool {
	major, _, _ := strings.Cut(kind, "/")
	return major == "image" || major == "video" || major == "audio" || strings.HasPrefix(kind, "text/vtt")
}

// mediaPolicy lets a file that is opened by itself be nothing but what it is: a
// browser plays a video in a page of its own making, which needs the file.
func mediaPolicy(kind string) string {
	major, _, _ := strings.Cut(kind, "/")
	if major == "video" || major == "audio" {
		return "sandbox; default-src 'none'; media-src 'self'"
	}
	return "sandbox; default-src 'none'"
}

package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feed"
	"github.com/indywire/indywire/internal/locale"
)

// newswireFeed takes the filter of the newswire's page, so that a reader may
// follow one language or what the editors singled out.
func (s *Server) newswireFeed(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	f, err := wireFilter(st, r.URL.Query())
	if err != nil {
		return err
	}
	made, err := s.press(r).Newswire(r.Context(), s.Pools.Replica, st, f)
	return s.serveFeed(w, r, made, err)
}

func (s *Server) featuresFeed(w http.ResponseWriter, r *http.Request) error {
	made, err := s.press(r).Features(r.Context(), s.Pools.Replica, siteFor(r))
	return s.serveFeed(w, r, made, err)
}

func (s *Server) commentsFeed(w http.ResponseWriter, r *http.Request) error {
	made, err := s.press(r).Comments(r.Context(), s.Pools.Replica, siteFor(r))
	return s.serveFeed(w, r, made, err)
}

func (s *Server) topicFeed(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	t, err := st.Topic(chi.URLParam(r, "slug"))
	if err != nil {
		return err
	}
	made, err := s.press(r).Topic(r.Context(), s.Pools.Replica, st, t)
	return s.serveFeed(w, r, made, err)
}

// podcast is what plays of the wire.
func (s *Server) podcast(w http.ResponseWriter, r *http.Request) error {
	made, err := s.press(r).Podcast(r.Context(), s.Pools.Replica, siteFor(r))
	return s.serveFeedAs(w, r, made, err, feed.WritePodcast, feed.TypeRSS)
}

// globalFeed is the portal's: what all sites have ranked global.
func (s *Server) globalFeed(w http.ResponseWriter, r *http.Request) error {
	sites, err := s.Sites.All(r.Context())
	if err != nil {
		return err
	}
	homes := make([]feed.Home, 0, len(sites))
	for _, st := range sites {
		homes = append(homes, feed.Home{Site: st, Origin: s.siteOrigin(r, st)})
	}
	p := s.press(r)
	made, err := p.Global(r.Context(), s.Pools.Replica, p.Speech.T("portal.name"), homes)
	return s.serveFeed(w, r, made, err)
}

// press makes feeds in the language of the site's interface.
func (s *Server) press(r *http.Request) feed.Press {
	language := locale.English
	if st, found := siteOf(r); found {
		language = st.Language()
	}
	return feed.Press{Portal: s.Portal, Origin: origin(r), Speech: s.Catalog.Localizer(language)}
}

// serveFeed writes a feed in the format that the address ends with.
func (s *Server) serveFeed(w http.ResponseWriter, r *http.Request, made feed.Feed, err error) error {
	write, kind := feed.Atom, feed.TypeAtom
	switch chi.URLParam(r, "format") {
	case "atom":
	case "rss":
		write, kind = feed.RSS, feed.TypeRSS
	case "json":
		write, kind = feed.JSON, feed.TypeJSON
	default:
		return fault.New(fault.NotFound, "format of feed")
	}
	return s.serveFeedAs(w, r, made, err, write, kind)
}

func (s *Server) serveFeedAs(w http.ResponseWriter, r *http.Request, made feed.Feed, err error, write func(feed.Feed) ([]byte, error), kind string) error {
	if err != nil {
		return err
	}
	body, err := write(made)
	if err != nil {
		return err
	}
	serveDocument(w, r, kind+"; charset=utf-8", made.Modified(s.Now()), body)
	return nil
}

// serveDocument answers with a whole document, or with 304 where the client has
// it already. Clients ask every time: what editors hide is gone at once. The
// tag is weak (RFC 9110, 8.8.1) because the bytes may be compressed on their
// way. modified may be zero, where only the tag can tell.
func serveDocument(w http.ResponseWriter, r *http.Request, kind string, modified time.Time, body []byte) {
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", `W/"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "public, no-cache")
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

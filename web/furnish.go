package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/middleware"
)

// place is a collective as somebody furnishes it: an editor on its own host, or
// an admin on the portal, by the same forms.
type place struct {
	site     site.Site
	base     string // path of the forms
	governed bool   // on the portal
}

// placeOf finds the collective of a request: that of the host, else the one that
// the address names. It is read where it is written, so that everybody sees what
// was just done.
func (s *Server) placeOf(r *http.Request) (place, error) {
	if here, found := siteOf(r); found {
		st, err := site.ByID(r.Context(), s.Pools.Newest(), here.ID)
		return place{site: st, base: "/newsroom"}, err
	}
	st, err := site.BySlug(r.Context(), s.Pools.Newest(), chi.URLParam(r, "slug"))
	return place{site: st, base: collectivePath(st.Slug), governed: true}, err
}

func collectivePath(slug string) string { return "/network/collectives/" + slug }

// checkOpen is fault.Denied for a frozen collective. The network's admins go on.
func (pl place) checkOpen() error {
	if pl.governed {
		return nil
	}
	return pl.site.CheckOpen()
}

// Furnishing is what the pages have in common that furnish a collective.
type Furnishing struct {
	Page
	Of       site.Site
	Base     string // path of its forms
	Front    string // address of its front page
	Governed bool   // by an admin on the portal
	Part     string // which of the pages it is
	Frozen   bool   // and not to be changed here
	Saved    bool
	Notice   string // what was wrong as a whole
	Faults   map[string]string
	Version  string // seal of what the form shows
}

// AtFault tells whether something in the form itself is to be put right.
func (f Furnishing) AtFault() bool {
	for name := range f.Faults {
		if name != "version" {
			return true
		}
	}
	return false
}

// Changed tells whether somebody changed the same meanwhile.
func (f Furnishing) Changed() bool { return f.Faults["version"] != "" }

// furnishing makes what the pages have in common. cause is what went wrong; nil:
// nothing did.
func (s *Server) furnishing(w http.ResponseWriter, r *http.Request, pl place, part string, cause error) Furnishing {
	f := Furnishing{
		Page: s.page(r, ""), Of: pl.site, Base: pl.base, Front: "/", Governed: pl.governed, Part: part,
		Frozen: pl.checkOpen() != nil, Saved: r.URL.Query().Has("saved") && cause == nil,
	}
	f.NoIndex, f.Section, f.Faults = true, "/newsroom/settings", fieldFaults(f.Page, cause)
	if pl.governed {
		f.Section, f.Front = "/network", s.siteOrigin(r, pl.site)+"/"
	}
	switch {
	case len(f.Faults) > 0:
	case fault.Is(cause, fault.Denied):
		f.Notice = f.T("furnish.frozen_kept")
	case fault.Is(cause, fault.Conflict):
		f.Notice = faultNotice(f.Page, cause)
	default:
		f.Notice = s.noticeOf(w, r, f.Page, cause)
	}
	middleware.NoStore(w)
	return f
}

// statusAfter is that of a page with a form on it: 200 where nothing went wrong.
func statusAfter(cause error) int {
	if cause == nil {
		return http.StatusOK
	}
	return statusOf(fault.KindOf(cause))
}

// saved leads back to a page of which the form was taken.
func saved(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, path+"?saved=1", http.StatusSeeOther)
}

// asItStands reads the collective of a place once more, after what somebody else
// may have done to it.
func (s *Server) asItStands(r *http.Request, pl place) place {
	if now, err := s.placeOf(r); err == nil {
		return now
	}
	return pl // the answer says what went wrong before
}

// lost answers where the thing itself is gone that a form was about.
func (s *Server) lost(w http.ResponseWriter, r *http.Request, err error, kept string) bool {
	kind := fault.KindOf(err)
	if kind != fault.NotFound && kind != fault.Gone {
		return false
	}
	s.failKeeping(w, r, err, kept)
	return true
}

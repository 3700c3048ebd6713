package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/newswire"
)

// FrontPage has the features in the centre and the newswire beside them.
type FrontPage struct {
	Page
	Features []FeatureItem
	Wire     []WireItem
	Older    string // path of the wire's next page
}

func (s *Server) front(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	p := FrontPage{Page: s.page(r, "")}
	p.Section, p.MainClass = "/", "front"
	placed, err := feature.Placed(r.Context(), s.Pools.Replica, st.ID)
	if err != nil {
		return err
	}
	if p.Features, err = s.featureItems(r.Context(), p.Page, placed); err != nil {
		return err
	}
	if len(p.Features) > 0 {
		p.Features[0].Lead = true
	}
	wire, err := newswire.List(r.Context(), s.Pools.Replica, st.ID, newswire.Filter{})
	if err != nil {
		return err
	}
	p.Wire = wireItems(p.Page, wire.Items)
	if wire.Next != "" {
		p.Older = "/newswire?before=" + wire.Next
	}
	return s.render(w, http.StatusOK, "front/show", p)
}

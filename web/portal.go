package web

import (
	"net/http"
	"slices"

	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// PortalPage stands for the whole network: its collectives, their features, and
// the articles that were ranked global.
type PortalPage struct {
	Page
	Collectives []Collective
	Features    []FeatureItem
	Wire        []WireItem
	Next        string
	First       bool
}

// Collective is a site in the portal's list.
type Collective struct {
	Source
	Tagline string
	Frozen  bool
}

const portalFeatures = 9

func (s *Server) showPortal(w http.ResponseWriter, r *http.Request) error {
	before, err := cursor(r.URL.Query())
	if err != nil {
		return err
	}
	sites, err := s.Sites.All(r.Context())
	if err != nil {
		return err
	}
	p := PortalPage{Page: s.page(r, ""), First: before.IsZero()}
	p.Section, p.MainClass, p.NoIndex = "/", "front", !p.First
	from := map[site.ID]*Source{}
	for _, st := range sites {
		c := Collective{Source: Source{Name: st.Name, URL: s.siteOrigin(r, st), Lang: st.Language()}, Tagline: st.Tagline, Frozen: st.State == site.Frozen}
		p.Collectives = append(p.Collectives, c)
		from[st.ID] = &c.Source
	}
	if err := s.fillPortal(r, &p, from, before); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "portal/show", p)
}

// fillPortal adds features and global articles, with links to their own sites.
// What comes from a site that was opened since they were listed is left out.
func (s *Server) fillPortal(r *http.Request, p *PortalPage, from map[site.ID]*Source, before paging.Cursor) error {
	newest, err := feature.ListAll(r.Context(), s.Pools.Replica, portalFeatures)
	if err != nil {
		return err
	}
	newest = slices.DeleteFunc(newest, func(f feature.Item) bool { return from[f.SiteID] == nil })
	if p.Features, err = s.featureItems(r.Context(), p.Page, newest); err != nil {
		return err
	}
	for i, item := range newest {
		p.Features[i].Lead = i == 0
		p.Features[i].From = from[item.SiteID]
		p.Features[i].URL = from[item.SiteID].URL + p.Features[i].URL
	}
	wire, err := newswire.ListGlobal(r.Context(), s.Pools.Replica, before)
	if err != nil {
		return err
	}
	for _, i := range wire.Items {
		if home := from[i.SiteID]; home != nil {
			item := wireItem(p.Page, home.URL, i)
			item.From = home
			p.Wire = append(p.Wire, item)
		}
	}
	if wire.Next != "" {
		p.Next = "/?before=" + wire.Next
	}
	return nil
}

package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

// NetworkPage lists the collectives of the network for its admins.
type NetworkPage struct {
	Page
	Collectives []CollectiveItem
}

// CollectiveItem is one collective of the list.
type CollectiveItem struct {
	Source    // its own site
	Path      string
	Hosts     []string
	Frozen    bool
	Languages []string
	Newest    *When // article; nil: none yet
	Editors   []string
}

func (s *Server) listCollectives(w http.ResponseWriter, r *http.Request) error {
	sites, err := site.Network(r.Context(), s.Pools.Newest())
	if err != nil {
		return err
	}
	p := NetworkPage{Page: s.page(r, "")}
	p.Title, p.NoIndex, p.Section = p.T("network.title"), true, "/network"
	for _, st := range sites {
		p.Collectives = append(p.Collectives, s.collectiveItem(r, p.Page, st))
	}
	return s.render(w, http.StatusOK, "network/index", p)
}

func (s *Server) collectiveItem(r *http.Request, p Page, st site.Listed) CollectiveItem {
	item := CollectiveItem{
		Source: Source{Name: st.Name, URL: s.siteOrigin(r, st.Site), Lang: st.Language()}, Path: collectivePath(st.Slug),
		Hosts: s.hostsOf(st.Site), Frozen: st.State == site.Frozen, Languages: languageNames(p, st.Languages), Editors: st.Editors,
	}
	if st.Newest != nil {
		when := p.Date(*st.Newest)
		item.Newest = &when
	}
	return item
}

func languageNames(p Page, tags []locale.Tag) []string {
	names := make([]string, 0, len(tags))
	for _, tag := range tags {
		names = append(names, p.LanguageName(tag))
	}
	return names
}

// hostsOf are where a site is found.
func (s *Server) hostsOf(st site.Site) []string {
	if len(st.Hosts) == 0 {
		return []string{st.CanonicalHost(s.Portal)}
	}
	return st.Hosts
}

// OpenPage is the form that opens a collective.
type OpenPage struct {
	Page
	Form   form.Collective
	Rows   []Row // of languages
	Known  []Choice
	Portal string
	Faults map[string]string
	Notice string
	Limits SettingsLimits
}

// OpenedPage says that a collective is open, and shows the link for its first
// editor, which nobody can be shown again.
type OpenedPage struct {
	Page
	Collective Source
	Path       string
	Email      string
	Link       string // empty: nobody was invited
	Expires    When
}

func (s *Server) openForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderOpen(w, r, form.Collective{}, nil)
}

func (s *Server) renderOpen(w http.ResponseWriter, r *http.Request, f form.Collective, cause error) error {
	middleware.NoStore(w)
	p := OpenPage{Page: s.page(r, ""), Form: f, Portal: s.Portal, Rows: languageRows(f.Languages), Limits: SettingsLimits{Name: site.MaxName, Languages: site.MaxLanguages}}
	p.Title, p.NoIndex, p.Section, p.Faults = p.T("open.title"), true, "/network", fieldFaults(p.Page, cause)
	p.Known = knownLanguages(p.Page)
	if len(p.Faults) == 0 {
		p.Notice = s.noticeOf(w, r, p.Page, cause)
	}
	return s.render(w, statusAfter(cause), "network/open", p)
}

func (s *Server) openCollective(w http.ResponseWriter, r *http.Request) error {
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	f := form.ParseCollective(v)
	draft := f.Draft(s.Portal, s.page(r, "").Lang())
	made, err := account.OpenCollective(r.Context(), s.Pools.Primary, viewerOf(r).Actor(), draft, f.Editor)
	if err != nil {
		return s.renderOpen(w, r, f, err)
	}
	return s.showOpened(w, r, f, made)
}

func (s *Server) showOpened(w http.ResponseWriter, r *http.Request, f form.Collective, made account.Opened) error {
	middleware.NoStore(w)
	st := made.Site
	p := OpenedPage{Page: s.page(r, ""), Collective: Source{Name: st.Name, URL: s.siteOrigin(r, st), Lang: st.Language()}, Path: collectivePath(st.Slug)}
	p.Title, p.NoIndex, p.Section = p.T("opened.title", "Name", st.Name), true, "/network"
	if made.Invited != nil {
		p.Email, p.Link = account.NormalEmail(f.Editor), p.Collective.URL+made.Invited.Token.Path()
		p.Expires = p.DateTime(made.Invited.ExpiresAt)
	}
	return s.render(w, http.StatusCreated, "network/opened", p)
}

// CollectivePage is what only the network's admins decide about a collective.
type CollectivePage struct {
	Furnishing
	Hosts    string // as written, one a line
	Stands   []string
	Bare     string // where it is found without hosts
	Most     int
	IsFrozen bool
}

func (s *Server) showCollective(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	return s.renderCollective(w, r, pl, strings.Join(pl.site.Hosts, "\n"), "", nil)
}

// governCollective takes the forms of the page; action says which.
func (s *Server) governCollective(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	if err := s.rule(r, pl.site, v); err != nil {
		return s.renderCollective(w, r, s.asItStands(r, pl), v.Get("host"), v.Get("version"), err)
	}
	saved(w, r, pl.base)
	return nil
}

func (s *Server) rule(r *http.Request, st site.Site, v form.Values) error {
	ctx, by := r.Context(), viewerOf(r).Actor()
	switch v.Get("action") {
	case "freeze":
		return site.SetState(ctx, s.Pools.Primary, by, st.Slug, site.Frozen)
	case "thaw":
		return site.SetState(ctx, s.Pools.Primary, by, st.Slug, site.Active)
	case "hosts":
		return site.ChangeHosts(ctx, s.Pools.Primary, by, st.ID, s.Portal, site.Seal(v.Get("version")), form.Lines(v.Get("host")))
	}
	return fault.New(fault.Invalid, "action")
}

func (s *Server) renderCollective(w http.ResponseWriter, r *http.Request, pl place, hosts, version string, cause error) error {
	p := CollectivePage{
		Furnishing: s.furnishing(w, r, pl, "collective", cause), Hosts: hosts, Bare: pl.site.Slug + "." + s.Portal, Most: site.MaxHosts,
		IsFrozen: pl.site.State == site.Frozen,
	}
	p.Title, p.Version = pl.site.Name, version
	if p.Changed() || cause == nil {
		p.Version = string(site.HostsSeal(pl.site.Hosts))
	}
	if p.Changed() {
		p.Stands = slices.Clone(s.hostsOf(pl.site))
	}
	return s.render(w, statusAfter(cause), "network/collective", p)
}

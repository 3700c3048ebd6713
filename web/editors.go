package web

import (
	"net/http"
	"strconv"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// EditorsPage lists the editors of a collective, who invite others themselves.
type EditorsPage struct {
	Page
	Editors []EditorItem
	Open    []InvitationItem
	Email   string
	Faults  map[string]string
	Notice  string
}

// EditorItem is an editor of a collective.
type EditorItem struct {
	Name, Email string
	Disabled    bool
}

// InvitationItem is an invitation that can still be followed.
type InvitationItem struct {
	ID      int64
	Site    string // its name, among those to several
	Email   string
	Expires When
}

func (s *Server) showEditors(w http.ResponseWriter, r *http.Request) error {
	return s.renderEditors(w, r, http.StatusOK, "", nil)
}

func (s *Server) renderEditors(w http.ResponseWriter, r *http.Request, status int, email string, cause error) error {
	st := siteFor(r)
	p := EditorsPage{Page: s.page(r, ""), Email: email}
	p.Title, p.NoIndex, p.Section, p.Faults = p.T("editors.title"), true, "/newsroom/editors", fieldFaults(p.Page, cause)
	if fault.Is(cause, fault.Denied) {
		p.Notice = p.T("publish.frozen")
	}
	editors, err := account.EditorsOf(r.Context(), s.Pools.Newest(), st.ID)
	if err != nil {
		return err
	}
	for _, a := range editors {
		p.Editors = append(p.Editors, EditorItem{Name: a.Name, Email: a.Email, Disabled: a.Disabled})
	}
	if p.Open, err = s.openInvitations(r, p.Page); err != nil {
		return err
	}
	return s.render(w, status, "account/editors", p)
}

// openInvitations are those of the site, or on the portal all there are.
func (s *Server) openInvitations(r *http.Request, p Page) ([]InvitationItem, error) {
	open, err := account.OpenInvitations(r.Context(), s.Pools.Newest(), siteFor(r).ID)
	if err != nil {
		return nil, err
	}
	sites := map[site.ID]site.Site{}
	if p.Site == nil {
		if sites, err = s.sitesByID(r); err != nil {
			return nil, err
		}
	}
	items := make([]InvitationItem, 0, len(open))
	for _, i := range open {
		items = append(items, InvitationItem{ID: i.ID, Site: sites[i.Site].Name, Email: i.Email, Expires: p.DateTime(i.ExpiresAt)})
	}
	return items, nil
}

func (s *Server) inviteEditor(w http.ResponseWriter, r *http.Request) error {
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	if v.Get("action") == "withdraw" {
		return s.uninvite(w, r, v, "/newsroom/editors")
	}
	st := siteFor(r)
	var made account.Invited
	if err = st.CheckOpen(); err == nil {
		made, err = account.InviteEditor(r.Context(), s.Pools.Primary, v.Get("email"), st.ID, viewerOf(r).Actor())
	}
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Denied {
		return s.renderEditors(w, r, statusOf(kind), v.Get("email"), err)
	}
	if err != nil {
		return err
	}
	return s.showInvited(w, r, account.NormalEmail(v.Get("email")), "/newsroom/editors", &st, made)
}

// uninvite makes a link void that was passed on to the wrong one, or not at all.
// That takes nothing new, so a frozen collective does it too.
func (s *Server) uninvite(w http.ResponseWriter, r *http.Request, v form.Values, back string) error {
	id, err := strconv.ParseInt(v.Get("invitation"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "invitation")
	}
	if err := unlessDone(r, account.Uninvite(r.Context(), s.Pools.Primary, siteFor(r).ID, id, viewerOf(r).Actor())); err != nil {
		return err
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

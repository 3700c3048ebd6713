package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
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
	editors, err := account.EditorsOf(r.Context(), s.Pools.Primary, st.ID)
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

// openInvitations are those of the site, or on the portal those of the network.
func (s *Server) openInvitations(r *http.Request, p Page) ([]InvitationItem, error) {
	open, err := account.OpenInvitations(r.Context(), s.Pools.Primary, siteFor(r).ID)
	if err != nil {
		return nil, err
	}
	items := make([]InvitationItem, 0, len(open))
	for _, i := range open {
		items = append(items, InvitationItem{Email: i.Email, Expires: p.DateTime(i.ExpiresAt)})
	}
	return items, nil
}

func (s *Server) inviteEditor(w http.ResponseWriter, r *http.Request) error {
	v, err := readText(w, r)
	if err != nil {
		return err
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

package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// InvitationPage is what somebody sees who follows a one-time link.
type InvitationPage struct {
	Page
	Action  string
	Email   string
	Name    string
	Setup   bool // makes the first admin, and asks for an address
	ToAdmin bool
	Known   bool // there is an account with the address
	Present bool // and it is signed in
	Other   bool // another is signed in
	Expires When
	Faults  map[string]string
	Notice  string
	Limits  AccountLimits
}

// InvitedPage shows a link that was just made, once.
type InvitedPage struct {
	Page
	Email   string
	Link    string
	Expires When
	Back    string // path
}

func (s *Server) showInvitation(w http.ResponseWriter, r *http.Request) error {
	return s.renderInvitation(w, r, http.StatusOK, account.Acceptance{}, nil)
}

// renderInvitation looks the invitation up, which uses nothing up.
func (s *Server) renderInvitation(w http.ResponseWriter, r *http.Request, status int, a account.Acceptance, cause error) error {
	token := account.Token(chi.URLParam(r, "token"))
	i, err := account.InvitationBy(r.Context(), s.Pools.Newest(), siteFor(r).ID, token)
	if err != nil {
		return s.failInvitation(w, r, i, err)
	}
	v := viewerOf(r)
	p := InvitationPage{Page: s.page(r, ""), Action: token.Path(), Email: i.Email, Name: a.Name, Setup: i.Setup, Limits: accountLimits()}
	p.Title, p.NoIndex, p.Path = p.T("invitation.title"), true, token.Path()
	p.ToAdmin, p.Known, p.Expires = i.Role == account.Admin, i.Known && !i.Setup, p.DateTime(i.ExpiresAt)
	p.Present = p.Known && v.SignedIn() && v.Email == i.Email
	p.Other = v.SignedIn() && !p.Present
	if i.Setup {
		p.Email = a.Email
	}
	p.Faults = fieldFaults(p.Page, cause)
	if kind := fault.KindOf(cause); cause != nil && len(p.Faults) == 0 {
		s.logFailure(r, cause)
		w.Header().Set("Retry-After", retryAfter)
		p.Notice, status = faultNotice(p.Page, cause), statusOf(kind)
	}
	return s.render(w, status, "account/invitation", p)
}

// failInvitation says in plain words that a link was followed before, and lets
// who has followed it go on to where it led.
func (s *Server) failInvitation(w http.ResponseWriter, r *http.Request, i account.Invitation, err error) error {
	if !fault.Is(err, fault.Gone) {
		return err
	}
	if v := viewerOf(r); i.UsedAt != nil && v.SignedIn() && v.Email == i.Email {
		http.Redirect(w, r, s.afterSignIn(r, v, ""), http.StatusSeeOther)
		return nil
	}
	p := s.page(r, "")
	p.Title, p.NoIndex = p.T("invitation.gone.title"), true
	return s.render(w, http.StatusGone, "error/show", ErrorPage{Page: p, Text: p.T("invitation.gone.text"), SignIn: "/sign-in"})
}

func (s *Server) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	v, err := readEntry(w, r)
	if err != nil {
		return err
	}
	filled := account.Acceptance{Email: v.Get("email"), Name: v.Get("name"), Password: v.Get("password"), Viewer: viewerOf(r)}
	st := siteFor(r).ID
	a, err := s.accounts.Accept(r.Context(), st, account.Token(chi.URLParam(r, "token")), filled)
	switch kind := fault.KindOf(err); kind {
	case "":
	case fault.Invalid, fault.Conflict, fault.Busy:
		return s.renderInvitation(w, r, statusOf(kind), filled, err)
	default:
		return s.failInvitation(w, r, account.Invitation{}, err)
	}
	if err := s.sessions.begin(r, a); err != nil {
		return err
	}
	http.Redirect(w, r, s.afterSignIn(r, a.Viewer(), ""), http.StatusSeeOther)
	return nil
}

// showInvited answers with the link of an invitation, which nobody can be shown
// again. A site's is on its own host.
func (s *Server) showInvited(w http.ResponseWriter, r *http.Request, email, back string, st *site.Site, made account.Invited) error {
	at := origin(r)
	if here, found := siteOf(r); st != nil && (!found || here.ID != st.ID) {
		at = s.siteOrigin(r, *st)
	}
	p := InvitedPage{Page: s.page(r, ""), Email: email, Link: at + made.Token.Path(), Back: back}
	p.Title, p.NoIndex, p.Section, p.Expires = p.T("invited.title"), true, back, p.DateTime(made.ExpiresAt)
	return s.render(w, http.StatusCreated, "account/invited", p)
}

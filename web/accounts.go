package web

import (
	"net/http"
	"strconv"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// AccountsPage lists the accounts of the network for its admins.
type AccountsPage struct {
	Page
	Accounts []AccountItem
	Open     []InvitationItem // to become an admin
	Sites    []Choice
	Email    string
	Faults   map[string]string
}

// AccountItem is one account of the list.
type AccountItem struct {
	URL, Name, Email string
	Admin, Disabled  bool
	Collectives      []Source
}

// GovernedPage is one account, as the admins see it.
type GovernedPage struct {
	Page
	Action   string
	Account  AccountItem
	Since    When
	Own      bool
	Roles    []RoleItem
	Sessions []SessionItem
	Faults   map[string]string
	Notice   string
}

// RoleItem is a right that can be taken away.
type RoleItem struct {
	Site       int64
	Collective Source
}

// sitesByID are all sites, each by its id.
func (s *Server) sitesByID(r *http.Request) (map[site.ID]site.Site, error) {
	sites, err := site.All(r.Context(), s.Pools.Newest())
	return byID(sites), err
}

func byID(sites []site.Site) map[site.ID]site.Site {
	found := make(map[site.ID]site.Site, len(sites))
	for _, st := range sites {
		found[st.ID] = st
	}
	return found
}

func (s *Server) accountItem(r *http.Request, sites map[site.ID]site.Site, a account.Account) AccountItem {
	item := AccountItem{URL: governedPath(a.ID), Name: a.Name, Email: a.Email, Admin: a.Admin, Disabled: a.Disabled}
	for _, role := range a.Roles {
		if st, found := sites[role.Site]; found {
			item.Collectives = append(item.Collectives, Source{Name: st.Name, URL: s.siteOrigin(r, st), Lang: st.Language()})
		}
	}
	return item
}

func governedPath(id account.ID) string {
	return "/network/accounts/" + strconv.FormatInt(int64(id), 10)
}

func (s *Server) listAccounts(w http.ResponseWriter, r *http.Request) error {
	return s.renderAccounts(w, r, http.StatusOK, "", r.URL.Query().Get("site"), nil)
}

func (s *Server) renderAccounts(w http.ResponseWriter, r *http.Request, status int, email, chosen string, cause error) error {
	accounts, err := account.All(r.Context(), s.Pools.Newest())
	if err != nil {
		return err
	}
	sites, err := site.All(r.Context(), s.Pools.Newest())
	if err != nil {
		return err
	}
	p := AccountsPage{Page: s.page(r, ""), Email: email}
	p.Title, p.NoIndex, p.Section, p.Faults = p.T("accounts.title"), true, "/network/accounts", fieldFaults(p.Page, cause)
	for _, st := range sites {
		p.Sites = append(p.Sites, Choice{Value: st.Slug, Name: st.Name, Lang: st.Language(), Chosen: st.Slug == chosen})
	}
	known := byID(sites)
	for _, a := range accounts {
		p.Accounts = append(p.Accounts, s.accountItem(r, known, a))
	}
	if p.Open, err = s.openInvitations(r, p.Page); err != nil {
		return err
	}
	return s.render(w, status, "account/index", p)
}

// inviteToNetwork invites an editor of a site, or, without one, an admin.
func (s *Server) inviteToNetwork(w http.ResponseWriter, r *http.Request) error {
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	if v.Get("action") == "withdraw" {
		return s.uninvite(w, r, v, "/network/accounts")
	}
	email, slug := v.Get("email"), v.Get("site")
	made, st, err := s.inviteTo(r, email, slug)
	if kind := fault.KindOf(err); kind == fault.Invalid {
		return s.renderAccounts(w, r, statusOf(kind), email, slug, err)
	}
	if err != nil {
		return err
	}
	return s.showInvited(w, r, account.NormalEmail(email), "/network/accounts", st, made)
}

func (s *Server) inviteTo(r *http.Request, email, slug string) (account.Invited, *site.Site, error) {
	if slug == "" {
		made, err := account.InviteAdmin(r.Context(), s.Pools.Primary, email, viewerOf(r).Actor())
		return made, nil, err
	}
	st, err := site.BySlug(r.Context(), s.Pools.Newest(), slug)
	if fault.Is(err, fault.NotFound) {
		err = fault.InvalidFields(fault.Field{Name: "site", Message: "error.site"})
	}
	if err != nil {
		return account.Invited{}, nil, err
	}
	made, err := account.InviteEditor(r.Context(), s.Pools.Primary, email, st.ID, viewerOf(r).Actor())
	return made, &st, err
}

func (s *Server) governed(r *http.Request) (account.Account, error) {
	id, err := idParam(r, "id")
	if err != nil {
		return account.Account{}, err
	}
	return account.ByID(r.Context(), s.Pools.Newest(), account.ID(id))
}

func (s *Server) showAccountOf(w http.ResponseWriter, r *http.Request) error {
	return s.renderGoverned(w, r, http.StatusOK, nil)
}

func (s *Server) renderGoverned(w http.ResponseWriter, r *http.Request, status int, cause error) error {
	a, err := s.governed(r)
	if err != nil {
		return err
	}
	sites, err := s.sitesByID(r)
	if err != nil {
		return err
	}
	p := GovernedPage{Page: s.page(r, ""), Action: governedPath(a.ID), Account: s.accountItem(r, sites, a), Own: a.ID == viewerOf(r).ID}
	p.Title, p.NoIndex, p.Section, p.Faults = a.Name, true, "/network/accounts", fieldFaults(p.Page, cause)
	p.Since = p.Date(a.CreatedAt)
	if r.URL.Query().Has("saved") {
		p.Notice = p.T("account.saved")
	}
	for i, role := range a.Roles {
		p.Roles = append(p.Roles, RoleItem{Site: int64(role.Site), Collective: p.Account.Collectives[i]})
	}
	if p.Sessions, err = s.sessionItems(r, p.Page, a.ID); err != nil {
		return err
	}
	return s.render(w, status, "account/governed", p)
}

// governAccount takes the forms of one account; action says which.
func (s *Server) governAccount(w http.ResponseWriter, r *http.Request) error {
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	a, err := s.governed(r)
	if err != nil {
		return err
	}
	if err := s.govern(r, a.ID, v); fault.Is(err, fault.Conflict) && len(fault.Fields(err)) > 0 {
		return s.renderGoverned(w, r, statusOf(fault.Conflict), err)
	} else if err != nil {
		return err
	}
	http.Redirect(w, r, governedPath(a.ID)+"?saved=1", http.StatusSeeOther)
	return nil
}

func (s *Server) govern(r *http.Request, id account.ID, v form.Values) error {
	ctx, by := r.Context(), viewerOf(r).Actor()
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(v.Get(name), 10, 64) // what is no number is nobody's id
		return n
	}
	switch v.Get("action") {
	case "disable":
		return account.Disable(ctx, s.Pools.Primary, id, by)
	case "demote":
		return account.Demote(ctx, s.Pools.Primary, id, by)
	case "enable":
		return account.Enable(ctx, s.Pools.Primary, id, by)
	case "sign_out":
		return account.EndSessions(ctx, s.Pools.Primary, id, by)
	case "end":
		return unlessDone(r, account.EndSession(ctx, s.Pools.Primary, id, number("session")))
	case "revoke":
		return account.Revoke(ctx, s.Pools.Primary, id, site.ID(number("site")), by)
	}
	return fault.New(fault.Invalid, "action")
}

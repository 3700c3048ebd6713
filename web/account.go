package web

import (
	"net/http"
	"strconv"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/web/form"
)

// AccountPage is the own account.
type AccountPage struct {
	Page
	Name        string
	Email       string
	Admin       bool
	Collectives []Source // of which this is an editor
	Sessions    []SessionItem
	Faults      map[string]string
	Notice      string // what was done
	Limits      AccountLimits
}

// AccountLimits are the bounds that the forms of an account state.
type AccountLimits struct{ Name, MinPassword, MaxPassword int }

func accountLimits() AccountLimits {
	return AccountLimits{Name: account.MaxName, MinPassword: account.MinPassword, MaxPassword: account.MaxPassword}
}

// SessionItem is one of somebody's sessions.
type SessionItem struct {
	ID          int64
	Host        string
	Begun, Seen When
	Current     bool // the one that asks
}

func (s *Server) showAccount(w http.ResponseWriter, r *http.Request) error {
	notice := ""
	if r.URL.Query().Has("saved") {
		notice = s.page(r, "").T("account.saved")
	}
	return s.renderAccount(w, r, http.StatusOK, "", notice, nil)
}

func (s *Server) renderAccount(w http.ResponseWriter, r *http.Request, status int, name, notice string, cause error) error {
	a, err := account.ByID(r.Context(), s.Pools.Newest(), viewerOf(r).ID)
	if err != nil {
		return err
	}
	p := AccountPage{Page: s.page(r, ""), Name: a.Name, Email: a.Email, Admin: a.Admin, Notice: notice, Limits: accountLimits()}
	p.Title, p.NoIndex, p.Section = p.T("account.title"), true, "/account"
	p.Faults = fieldFaults(p.Page, cause)
	if name != "" {
		p.Name = name
	}
	if p.Collectives, err = s.collectivesOf(r, a); err != nil {
		return err
	}
	if p.Sessions, err = s.sessionItems(r, p.Page, a.ID); err != nil {
		return err
	}
	return s.render(w, status, "account/show", p)
}

// collectivesOf are the sites that an account is an editor of, each by the way
// that the request came.
func (s *Server) collectivesOf(r *http.Request, a account.Account) ([]Source, error) {
	sites, err := s.sitesByID(r)
	if err != nil {
		return nil, err
	}
	var list []Source
	for _, role := range a.Roles {
		if st, found := sites[role.Site]; found {
			list = append(list, Source{Name: st.Name, URL: s.siteOrigin(r, st), Lang: st.Language()})
		}
	}
	return list, nil
}

func (s *Server) sessionItems(r *http.Request, p Page, id account.ID) ([]SessionItem, error) {
	list, err := account.SessionsOf(r.Context(), s.Pools.Newest(), id)
	if err != nil {
		return nil, err
	}
	own, _ := s.sessions.read(r)
	items := make([]SessionItem, 0, len(list))
	for _, one := range list {
		items = append(items, SessionItem{ID: one.ID, Host: one.Host, Begun: p.DateTime(one.BegunAt), Seen: p.DateTime(one.SeenAt), Current: one.ID == own.ID})
	}
	return items, nil
}

// changeAccount takes the forms of the own account; action says which.
func (s *Server) changeAccount(w http.ResponseWriter, r *http.Request) error {
	v, err := readEntry(w, r)
	if err != nil {
		return err
	}
	to := "/account?saved=1"
	switch v.Get("action") {
	case "name":
		err = account.Rename(r.Context(), s.Pools.Primary, viewerOf(r).ID, v.Get("name"))
	case "password":
		err = s.changePassword(r, v)
	case "end":
		to, err = s.endSession(r, v)
	case "everywhere":
		to, err = "/sign-in", account.EndSessions(r.Context(), s.Pools.Primary, viewerOf(r).ID, viewerOf(r).Actor())
	default:
		return fault.New(fault.Invalid, "action")
	}
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return s.renderAccount(w, r, statusOf(kind), v.Get("name"), "", err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// changePassword ends all sessions but the one that asks, which goes on under a
// new token.
func (s *Server) changePassword(r *http.Request, v form.Values) error {
	if v.Get("fresh") != v.Get("again") {
		return fault.InvalidFields(fault.Field{Name: "again", Message: "error.password_again"})
	}
	a, err := s.accounts.SetPassword(r.Context(), viewerOf(r), v.Get("password"), v.Get("fresh"))
	if err != nil {
		return err
	}
	return s.sessions.begin(r, a)
}

func (s *Server) endSession(r *http.Request, v form.Values) (to string, err error) {
	id, err := strconv.ParseInt(v.Get("session"), 10, 64)
	if err != nil {
		return "", fault.New(fault.NotFound, "session")
	}
	to = "/account?saved=1"
	if own, _ := s.sessions.read(r); own.ID == id {
		to = "/sign-in"
	}
	return to, unlessDone(r, account.EndSession(r.Context(), s.Pools.Primary, viewerOf(r).ID, id))
}

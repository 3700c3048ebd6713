package web

import (
	"net/http"
	"strings"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/web/form"
)

// SignInPage asks who somebody is.
type SignInPage struct {
	Page
	Email  string
	Next   string // where they were going
	Faults map[string]string
	Notice string
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.URL.Query().Get("next"))
	if viewerOf(r).SignedIn() {
		http.Redirect(w, r, s.afterSignIn(r, viewerOf(r), next), http.StatusSeeOther)
		return nil
	}
	return s.askSignIn(w, r, http.StatusOK, SignInPage{Next: next})
}

func (s *Server) askSignIn(w http.ResponseWriter, r *http.Request, status int, p SignInPage) error {
	p.Page = s.page(r, "")
	p.Title, p.NoIndex, p.Section = p.T("sign_in.title"), true, "/sign-in"
	return s.render(w, status, "account/sign_in", p)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	v, err := readEntry(w, r)
	if err != nil {
		return err
	}
	next := localPath(v.Get("next"))
	a, err := s.accounts.SignIn(r.Context(), v.Get("email"), v.Get("password"))
	if err == nil {
		if err = s.sessions.begin(r, a); fault.Is(err, fault.Denied) { // disabled since
			err = account.ErrSignIn
		}
	}
	if err != nil {
		return s.answerSignIn(w, r, SignInPage{Email: v.Get("email"), Next: next}, err)
	}
	http.Redirect(w, r, s.afterSignIn(r, a.Viewer(), next), http.StatusSeeOther)
	return nil
}

// answerSignIn brings the form back, without the password.
func (s *Server) answerSignIn(w http.ResponseWriter, r *http.Request, p SignInPage, cause error) error {
	page, kind := s.page(r, ""), fault.KindOf(cause)
	p.Faults = fieldFaults(page, cause)
	if kind != fault.Invalid {
		if kind != fault.Busy { // hashes are counted; a flood must not flood the log
			s.logFailure(r, cause)
		}
		w.Header().Set("Retry-After", retryAfter)
		p.Notice = faultNotice(page, cause)
	}
	return s.askSignIn(w, r, statusOf(kind), p)
}

// afterSignIn is where somebody goes who has signed in.
func (s *Server) afterSignIn(r *http.Request, v account.Viewer, next string) string {
	st := siteFor(r).ID
	switch {
	case next != "":
		return next
	case st != 0 && v.May(account.Moderate, st):
		return "/newsroom"
	case st == 0 && v.May(account.Govern, st):
		return "/network"
	}
	return "/account"
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.of(r).Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// localPath is a path of this host, or nothing where the text is another kind of
// address: nobody is led elsewhere by a link to the form.
func localPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return path
}

// maxEntry bounds the forms by which people come in, which wait in a queue for
// their passwords to be hashed: in bytes, far more than any of them needs.
const maxEntry = 16 << 10

// readEntry reads such a form.
func readEntry(w http.ResponseWriter, r *http.Request) (form.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxEntry)
	return readText(w, r)
}

// readText reads a form that has no files.
func readText(w http.ResponseWriter, r *http.Request) (form.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, form.MaxText)
	v, err := readForm(r)
	if err == nil {
		err = stillPermitted(r, v)
	}
	return v, err
}

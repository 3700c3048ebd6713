package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/web/form"
)

// RemovalPage asks once more before something is deleted for good.
type RemovalPage struct {
	Page
	Acts        Acts
	Heading     string
	HeadingLang locale.Tag
	Comment     bool
	Frozen      bool
}

func (s *Server) askRemoval(subject modlog.Subject) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idParam(r, "id")
		if err != nil {
			return err
		}
		m, err := s.matter(r, thing{subject, id})
		if err != nil {
			return err
		}
		if m.state.Final() { // there is nothing left to ask about
			http.Redirect(w, r, m.path(), http.StatusSeeOther)
			return nil
		}
		f := form.Act{Version: m.version, Back: r.URL.Query().Get("back")}
		return s.renderRemoval(w, r, http.StatusOK, m, f, nil)
	}
}

func (s *Server) renderRemoval(w http.ResponseWriter, r *http.Request, status int, m matter, f form.Act, cause error) error {
	p := RemovalPage{Page: s.page(r, ""), Heading: m.title, HeadingLang: m.lang, Comment: m.subject == modlog.Comment}
	p.Title, p.NoIndex, p.Section, p.Path = p.T("desk.remove_title"), true, "/newsroom", m.path()+"/remove"
	m.version = f.Version // which the editor saw
	p.Acts = actsOn(p.Page, m)
	p.Acts.Back, p.Acts.Reason, p.Acts.Fault = backToDesk(f.Back), f.Reason, fieldFaults(p.Page, cause)["reason"]
	p.Frozen = !p.Acts.Remove
	return s.render(w, status, "newsroom/remove", p)
}

package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
)

// retryFile has a file prepared once more that failed. It is no editorial act:
// whoever sent the file may do it too.
func (s *Server) retryFile(subject modlog.Subject) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idParam(r, "id")
		if err != nil {
			return err
		}
		v, err := readText(w, r)
		if err != nil {
			return err
		}
		t, st := thing{subject, id}, siteFor(r)
		if err := st.CheckOpen(); err != nil {
			return err
		}
		owner := media.Owner{Article: id}
		if subject == modlog.Comment {
			owner = media.Owner{Comment: id}
		}
		if err := media.Retry(r.Context(), s.Pools.Primary, s.Queue, st.ID, owner, media.ID(v.Get("file"))); err != nil {
			return err
		}
		http.Redirect(w, r, t.path(), http.StatusSeeOther)
		return nil
	}
}

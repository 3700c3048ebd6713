package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/web/middleware"
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

// retryByReceipt is the same for whoever holds the receipt. Where it cannot be,
// their page says why; its form is as the article stands, for none was sent.
func (s *Server) retryByReceipt(w http.ResponseWriter, r *http.Request, code article.Receipt, a article.Article, t article.Ticket, id media.ID) error {
	st := siteFor(r)
	err := st.CheckOpen()
	if err == nil {
		err = media.Retry(r.Context(), s.Pools.Primary, s.Queue, st.ID, media.Owner{Article: int64(a.ID)}, id)
	}
	if err == nil {
		middleware.NoStore(w)
		http.Redirect(w, r, receiptPath(code), http.StatusSeeOther)
		return nil
	}
	kind := fault.KindOf(err)
	if kind != fault.Conflict && kind != fault.Denied {
		return err
	}
	e, err := article.EditableOf(r.Context(), s.Pools.Newest(), st, a)
	if err != nil {
		return err
	}
	return s.renderReceipt(w, r, statusOf(kind), code, a, editForm(e), t, nil, func(p *ReceiptPage) {
		p.Notice = p.T("file.not_again")
		if kind == fault.Denied {
			p.Notice = p.T("publish.frozen")
		}
	})
}

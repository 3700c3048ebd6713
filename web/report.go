package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

// ReportForm is the form beside an article by which readers tell the editors
// that something is wrong with it.
type ReportForm struct {
	form.Report
	Action string
	Max    int
	Closed bool // the site is frozen
	Back   bool // it came back: it is open, and says why
	Fault  string
	Notice string
}

func reportForm(st site.Site, id article.ID) ReportForm {
	return ReportForm{Action: articleShortPath(id) + "/reports", Max: report.MaxReason, Closed: st.State == site.Frozen}
}

// postReport takes a report. The form needs no ticket: the page of the article
// stays the same for everybody, and the same report again is the same report.
func (s *Server) postReport(w http.ResponseWriter, r *http.Request) error {
	id, err := idParam(r, "id")
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, form.MaxText)
	v, err := readForm(r)
	if err != nil && len(v.Values) == 0 {
		return err
	}
	f := form.ParseReport(v)
	if err == nil {
		err = report.Post(r.Context(), s.Pools.Primary, siteFor(r), article.ID(id), f.Draft())
	}
	if err != nil {
		return s.answerReport(w, r, article.ID(id), f, err)
	}
	a, err := article.ByID(r.Context(), s.Pools.Newest(), siteFor(r).ID, article.ID(id))
	if err != nil {
		return err
	}
	http.Redirect(w, r, articlePath(a.ID, a.Slug)+"?reported=1", http.StatusSeeOther)
	return nil
}

// answerReport brings the form back as it was filled in, beside its article.
func (s *Server) answerReport(w http.ResponseWriter, r *http.Request, id article.ID, f form.Report, cause error) error {
	p, err := s.articleToAnswer(r, id, cause)
	if err != nil {
		s.failKeeping(w, r, err, f.Reason)
		return nil
	}
	p.Report.Report, p.Report.Back, p.Report.Closed = f, true, false
	if p.Report.Fault = fieldFaults(p.Page, cause)["reason"]; p.Report.Fault == "" {
		p.Report.Notice = s.noticeOf(w, r, p.Page, cause)
	}
	middleware.NoStore(w)
	return s.render(w, statusOf(fault.KindOf(cause)), "article/show", p)
}

package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

func receiptPath(r article.Receipt) string { return "/receipts/" + r.String() }

// AskReceiptPage asks for the code.
type AskReceiptPage struct {
	Page
	Code  string
	Wrong bool
}

// ReceiptPage is what an author comes back to.
type ReceiptPage struct {
	Page
	Code      string // in groups
	Permalink string // absolute; empty when the article is deleted
	State     article.State
	StateName string
	Reason    string
	Headline  string
	Language  locale.Tag // of the headline
	Acts      []ReceiptAct
	Files     []ReceiptFile
	Pending   bool // files are still being cleaned
	Waiting   bool // a change is not yet what readers see
	Declined  bool // the editors left it out
	Final     bool
	Frozen    bool
	Form      ArticleForm
	Notice    string
	Current   *article.Text // what stands now, where the form was made from what has passed
}

// ReceiptAct is one act on the article.
type ReceiptAct struct {
	When   When
	Who    string
	What   string
	Reason string
}

// ReceiptFile is one file of the article, and how it stands.
type ReceiptFile struct {
	ID                media.ID
	Name, Alt, Status string
	Working           bool // it is being uploaded or prepared, so far
	Percent           int
	Failed            bool
	Again             bool   // it may be tried again
	Thumb             string // path of a small rendition; empty until it is ready
	Width, Height     int
}

func (s *Server) receiptForm(w http.ResponseWriter, r *http.Request) error {
	return s.askReceipt(w, r, http.StatusOK, "")
}

func (s *Server) askReceipt(w http.ResponseWriter, r *http.Request, status int, code string) error {
	middleware.NoStore(w)
	p := AskReceiptPage{Page: s.page(r, ""), Code: code, Wrong: status != http.StatusOK}
	p.Title, p.NoIndex, p.Section = p.T("receipt.ask.title"), true, "/receipts"
	return s.render(w, status, "receipt/ask", p)
}

// findReceipt leads from the code, as typed, to its page.
func (s *Server) findReceipt(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, form.MaxText)
	v, err := readForm(r)
	if err != nil {
		return err
	}
	code, err := article.ParseReceipt(v.Get("code"))
	if err == nil {
		_, err = article.ByReceipt(r.Context(), s.Pools.Newest(), siteFor(r).ID, code)
	}
	if fault.Is(err, fault.NotFound) {
		return s.askReceipt(w, r, http.StatusNotFound, v.Get("code"))
	}
	if err != nil {
		return err
	}
	middleware.NoStore(w)
	http.Redirect(w, r, receiptPath(code), http.StatusSeeOther)
	return nil
}

func (s *Server) showReceipt(w http.ResponseWriter, r *http.Request) error {
	code, err := article.ParseReceipt(chi.URLParam(r, "code"))
	if err != nil {
		return err
	}
	st := siteFor(r)
	a, err := article.ByReceipt(r.Context(), s.Pools.Newest(), st.ID, code)
	if err != nil {
		return err
	}
	e, err := article.EditableOf(r.Context(), s.Pools.Newest(), st, a)
	if err != nil {
		return err
	}
	return s.renderReceipt(w, r, http.StatusOK, code, a, editForm(e), s.Key.Mint(st.ID, s.Now()), nil, nil)
}

// editForm is the form as the author's newest text fills it.
func editForm(e article.Editable) form.Publish {
	return form.Publish{
		Title: e.Newest.Title, Summary: e.Newest.Summary, Body: e.Newest.Source, Format: string(e.Newest.Format),
		Author: e.Newest.Author, Language: string(e.Newest.Language), Topics: e.Topics, Contact: e.Contact, Version: e.Version,
	}
}

// actOnReceipt saves, withdraws or previews. Nothing is taken in for a receipt
// that nobody has; otherwise the form is read whatever went wrong, so that it
// can come back.
func (s *Server) actOnReceipt(w http.ResponseWriter, r *http.Request) error {
	code, err := article.ParseReceipt(chi.URLParam(r, "code"))
	if err != nil {
		return err
	}
	rc, err := s.receiveFor(w, r, code)
	if err != nil {
		return err
	}
	f := form.ParsePublish(rc.Values, rc.received)
	if err := s.takeReceipt(w, r, code, rc, f); err != nil {
		return s.keepText(w, r, f, rc.ticket, err, func(p *PublishPage) { p.Form.Action, p.Form.Edit = receiptPath(code), true })
	}
	return nil
}

// receiveFor reads the form of a receipt. Anybody may send one, with any code:
// files are kept only for an article that can still take them, or where nobody
// can say just now.
func (s *Server) receiveFor(w http.ResponseWriter, r *http.Request, code article.Receipt) (*reception, error) {
	st := siteFor(r)
	a, err := article.ByReceipt(r.Context(), s.Pools.Newest(), st.ID, code)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, err
	case err == nil && a.State.Final():
		return s.receiveText(w, r, st)
	}
	return s.receive(w, r, st)
}

func (s *Server) takeReceipt(w http.ResponseWriter, r *http.Request, code article.Receipt, rc *reception, f form.Publish) error {
	st := siteFor(r)
	a, err := article.ByReceipt(r.Context(), s.Pools.Newest(), st.ID, code)
	if err != nil {
		return err
	}
	if err := s.carryOver(r.Context(), st, rc.stale, rc.ticket, f.Files); err != nil {
		return err
	}
	switch {
	case f.Action == "withdraw":
		err = article.Withdraw(r.Context(), s.Pools.Primary, s.Queue, st.ID, code)
	case f.Action == "retry":
		return s.retryByReceipt(w, r, code, a, rc.ticket, media.ID(f.Retry))
	case rc.lost != nil:
		return rc.lost
	case f.Action == "preview" || f.Remove != "":
		return s.renderReceipt(w, r, http.StatusOK, code, a, f, rc.ticket, nil, func(p *ReceiptPage) { p.Form.Preview = preview(st, f) })
	default:
		err = article.Edit(r.Context(), s.Pools.Primary, s.Queue, st, code, rc.ticket, f.Draft(), f.Version)
	}
	if err != nil {
		return s.answerReceipt(w, r, code, f, rc.ticket, err)
	}
	s.awaitFiles(r.Context(), st, media.Owner{Article: int64(a.ID)}, f.Files)
	middleware.NoStore(w)
	http.Redirect(w, r, receiptPath(code), http.StatusSeeOther)
	return nil
}

// answerReceipt brings the form back, as it was filled in, beside how the
// article stands now.
func (s *Server) answerReceipt(w http.ResponseWriter, r *http.Request, code article.Receipt, f form.Publish, t article.Ticket, cause error) error {
	kind := fault.KindOf(cause)
	if kind != fault.Invalid && kind != fault.Conflict && kind != fault.Denied {
		return cause
	}
	a, err := article.ByReceipt(r.Context(), s.Pools.Newest(), siteFor(r).ID, code)
	if err != nil {
		return err
	}
	seen := f.Version
	if kind == fault.Conflict {
		f.Version = a.Version // having seen both, the author may save
	}
	return s.renderReceipt(w, r, statusOf(kind), code, a, f, t, cause, func(p *ReceiptPage) {
		switch {
		case kind == fault.Denied:
			p.Notice = p.T("publish.frozen")
		case kind == fault.Conflict && a.State.Final():
			p.Notice = p.T("receipt.final", "State", p.StateName)
		case kind == fault.Conflict && seen != a.Version:
			p.Notice, p.Current = p.T("error.version"), &a.Text
		}
	})
}

func (s *Server) renderReceipt(w http.ResponseWriter, r *http.Request, status int, code article.Receipt, a article.Article, f form.Publish, t article.Ticket, cause error, complete func(*ReceiptPage)) error {
	st := siteFor(r)
	p := ReceiptPage{Page: s.page(r, ""), Code: code.String(), State: a.State, Reason: a.Reason, Headline: a.Title, Language: a.Language}
	p.Title, p.NoIndex, p.Section, p.Path = p.T("receipt.title"), true, "/receipts", receiptPath(code)
	p.StateName, p.Final, p.Frozen = p.T("state."+string(a.State)), a.State.Final(), st.State == site.Frozen
	if !p.Final {
		p.Permalink = p.Origin + articlePath(a.ID, a.Slug)
	}
	var err error
	if p.Form, err = s.articleForm(r.Context(), p.Page, st, f, t, cause); err != nil {
		return err
	}
	p.Form.Action, p.Form.Edit = p.Path, true
	if err := s.fillReceipt(r, &p, a); err != nil {
		return err
	}
	if complete != nil {
		complete(&p)
	}
	middleware.NoStore(w)
	return s.render(w, status, "receipt/show", p)
}

// fillReceipt adds what was done to the article, and its files.
func (s *Server) fillReceipt(r *http.Request, p *ReceiptPage, a article.Article) error {
	acts, err := modlog.Of(r.Context(), s.Pools.Newest(), int64(a.SiteID), modlog.Article, int64(a.ID))
	if err != nil {
		return err
	}
	for _, act := range acts {
		if act.Subject.Tells(act.Act) {
			p.Acts = append(p.Acts, receiptAct(p.Page, act))
		}
	}
	e, err := article.EditableOf(r.Context(), s.Pools.Newest(), siteFor(r), a)
	if err != nil {
		return err
	}
	p.Waiting, p.Declined = e.Waiting, e.Declined
	files, err := media.OfArticle(r.Context(), s.Pools.Newest(), a.SiteID, int64(a.ID))
	if err != nil {
		return err
	}
	for _, m := range files {
		p.Files = append(p.Files, receiptFile(p.Page, m))
		p.Pending = p.Pending || m.State == media.Waiting || m.State == media.Arriving
	}
	p.Form.leaveRoom(len(p.Files))
	p.Form.Uploader = s.uploader(p.Page, siteFor(r), p.Form.Limits.Files)
	return nil
}

// leaveRoom has the form offer, and speak of, only as many files as go along
// with those that the article has.
func (f *ArticleForm) leaveRoom(present int) {
	f.Limits.Files = max(f.Limits.Files-present, 0)
	f.Rows = f.Rows[:min(len(f.Rows), max(f.Limits.Files-len(f.Kept), 0))]
}

// receiptAct tells the author of an act.
func receiptAct(p Page, act modlog.Record) ReceiptAct {
	shown := ReceiptAct{When: p.DateTime(act.At), Who: act.Who(p.L), What: act.What(p.L), Reason: act.Why(p.L)}
	if act.ActorKind == modlog.Author {
		shown.Who = p.T("receipt.you")
	}
	return shown
}

func receiptFile(p Page, m media.Media) ReceiptFile {
	f := ReceiptFile{ID: m.ID, Name: m.Name, Alt: m.Alt, Percent: m.Progress}
	switch m.State {
	case media.Ready:
		f.Status = p.T("file.ready")
		if r, found := smallest(m); found {
			f.Thumb, f.Width, f.Height = mediaPath(m.ID, r.Name), r.Width, r.Height
		}
	case media.Failed:
		f.Status, f.Failed, f.Again = p.T(m.Failure), true, m.Retryable
	case media.Arriving:
		f.Status, f.Working = p.T("file.arriving", "Percent", m.Progress), true
	default:
		f.Status = p.T("file.waiting")
		if f.Working = measured(m); f.Working {
			f.Status = p.T("file.preparing", "Percent", m.Progress)
		}
	}
	return f
}

// smallest is the smallest JPEG, which every browser shows.
func smallest(m media.Media) (media.Rendition, bool) {
	for _, r := range m.Renditions { // by width
		if r.Type == "image/jpeg" {
			return r, true
		}
	}
	return media.Rendition{}, false
}

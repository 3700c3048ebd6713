package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

// PublishPage is the open form, and what there is to say about the last try.
type PublishPage struct {
	Page
	Form   ArticleForm
	Notice string // what was wrong as a whole
	First  string // path of what the ticket was used for before
}

func (s *Server) publishForm(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	if err := st.CheckOpen(); err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, form.Publish{}, s.Key.Mint(st.ID, s.Now()), nil, nil)
}

// showForm renders the open form as filled in. complete adds what a particular
// answer has to say.
func (s *Server) showForm(w http.ResponseWriter, r *http.Request, status int, f form.Publish, t article.Ticket, cause error, complete func(*PublishPage)) error {
	middleware.NoStore(w)
	p := PublishPage{Page: s.page(r, "")}
	p.Title, p.NoIndex, p.Section = p.T("publish.title"), true, "/publish"
	var err error
	if p.Form, err = s.articleForm(r.Context(), p.Page, siteFor(r), f, t, cause); err != nil {
		return err
	}
	if complete != nil {
		complete(&p)
	}
	return s.render(w, status, "publish/form", p)
}

// publish takes the open form. Every way out but success brings the form back
// as it was filled in, with its files.
func (s *Server) publish(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	rc, err := s.receive(w, r, st)
	f := form.ParsePublish(rc.Values, rc.received)
	if err != nil {
		return s.keepPart(r, rc, f.Files, err, func() error {
			return s.showForm(w, r, statusOf(fault.KindOf(err)), f, rc.ticket, nil, func(p *PublishPage) { p.Notice = faultNotice(p.Page, err) })
		})
	}
	if err := s.takePublish(w, r, rc, f); err != nil {
		return s.keepText(w, r, f, rc.ticket, err, nil)
	}
	return nil
}

func (s *Server) takePublish(w http.ResponseWriter, r *http.Request, rc *reception, f form.Publish) error {
	st := siteFor(r)
	if err := st.CheckOpen(); err != nil {
		return s.showForm(w, r, http.StatusForbidden, f, rc.ticket, nil, func(p *PublishPage) { p.Notice = p.T("publish.frozen") })
	}
	if rc.lost != nil {
		return rc.lost
	}
	if err := s.carryOver(r.Context(), st, rc.stale, rc.ticket, f.Files); err != nil {
		return err
	}
	if f.Action == "preview" || f.Remove != "" {
		return s.showForm(w, r, http.StatusOK, f, rc.ticket, nil, func(p *PublishPage) { p.Form.Preview = preview(st, f) })
	}
	if rc.fault != nil {
		return s.showForm(w, r, http.StatusUnprocessableEntity, f, rc.ticket, nil, func(p *PublishPage) { p.Notice = ticketNotice(p.Page, rc.fault) })
	}
	out, err := s.desk.Publish(r.Context(), st, rc.ticket, f.Draft())
	return s.answerPublish(w, r, rc, f, out, err)
}

// keepText is for a mistake or an overload of ours: what was written comes back
// with a sentence about it, so that sending it again is all there is to do.
func (s *Server) keepText(w http.ResponseWriter, r *http.Request, f form.Publish, t article.Ticket, cause error, complete func(*PublishPage)) error {
	kind := fault.KindOf(cause)
	if kind != fault.Busy && kind != fault.Full && kind != fault.Internal {
		return cause
	}
	s.logFailure(r, cause)
	w.Header().Set("Retry-After", retryAfter)
	return s.showForm(w, r, statusOf(kind), f, t, nil, func(p *PublishPage) {
		p.Notice = faultNotice(p.Page, cause)
		if complete != nil {
			complete(p)
		}
	})
}

// keepPart is for a form that could not be read to its end: what was read of it
// comes back by show. Of a body that was no form at all nothing was read.
func (s *Server) keepPart(r *http.Request, rc *reception, files []form.File, cause error, show func() error) error {
	kind := fault.KindOf(cause)
	if len(rc.Values.Values) == 0 || kind != fault.Invalid && kind != fault.TooLarge {
		return cause
	}
	st := siteFor(r)
	s.settleTicket(st, rc, rc.Values.Values)
	if err := s.carryOver(r.Context(), st, rc.stale, rc.ticket, files); err != nil {
		return err
	}
	return show()
}

// faultNotice says in a sentence what kind of failure it was.
func faultNotice(p Page, err error) string {
	title, text := p.L.Fault(fault.KindOf(err))
	return title + ". " + text
}

func ticketNotice(p Page, err error) string {
	if errors.Is(err, article.ErrTicketExpired) {
		return p.T("publish.expired")
	}
	return p.T("publish.no_ticket")
}

func (s *Server) answerPublish(w http.ResponseWriter, r *http.Request, rc *reception, f form.Publish, out newswire.Outcome, err error) error {
	st := siteFor(r)
	switch {
	case fault.Is(err, fault.Invalid):
		return s.showForm(w, r, http.StatusUnprocessableEntity, f, rc.ticket, err, nil)
	case fault.Is(err, fault.Denied): // frozen since the request began
		return s.showForm(w, r, http.StatusForbidden, f, rc.ticket, nil, func(p *PublishPage) { p.Notice = p.T("publish.frozen") })
	case err != nil:
		return err
	case out.Other:
		return s.answerOther(w, r, st, rc, f, out)
	case out.Repeated:
		if err := s.intake.Discard(r.Context(), st.ID, form.SentIDs(f.Files)); err != nil {
			return err
		}
	default:
		s.awaitFiles(r.Context(), st, media.Owner{Article: int64(out.ID)}, f.Files)
	}
	middleware.NoStore(w)
	http.Redirect(w, r, receiptPath(out.Receipt), http.StatusSeeOther)
	return nil
}

// answerOther is for a ticket that stands for another content already: what was
// sent now comes back with a fresh one, and a link to the first post.
func (s *Server) answerOther(w http.ResponseWriter, r *http.Request, st site.Site, rc *reception, f form.Publish, out newswire.Outcome) error {
	fresh := s.Key.Mint(st.ID, s.Now())
	if err := s.carryOver(r.Context(), st, rc.ticket, fresh, f.Files); err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusConflict, f, fresh, nil, func(p *PublishPage) {
		p.Notice, p.First = p.T("publish.used"), receiptPath(out.Receipt)
	})
}

// filePatience is how long a reporter waits for the cleaning of photos, so
// that the receipt can mostly say at once that they are there.
const filePatience = 4 * time.Second

// awaitFiles waits until no file of a post is Waiting, or patience is over. The
// post is safe already; this only makes the next page say more.
func (s *Server) awaitFiles(ctx context.Context, st site.Site, owner media.Owner, files []form.File) {
	if len(files) == 0 {
		return
	}
	s.await(ctx, func(ctx context.Context) (bool, error) { return media.AnyWaiting(ctx, s.Pools.Newest(), st.ID, owner) })
}

// await asks again until nothing is waiting, or patience is over.
func (s *Server) await(ctx context.Context, waiting func(context.Context) (bool, error)) {
	ctx, cancel := context.WithTimeout(ctx, s.FilePatience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if still, err := waiting(ctx); err != nil || !still {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// maxForm bounds the bytes of a form with all its files.
const maxForm = media.MaxFiles*media.MaxFileBytes + 2*form.MaxText

// reception is a form as it was received: its fields, its files, and the ticket
// under which they lie. Files that came with a ticket that is not good lie under
// a fresh one, so that they can go along when the form comes back.
type reception struct {
	form.Values
	received []form.Received
	ticket   article.Ticket // good: the form's own, or a fresh one
	stale    article.Ticket // the form's own where it is genuine but has expired
	fault    error          // what is wrong with the form's own ticket
	settled  bool
	lost     error // why a file could not be kept: the form has to come back
}

// receive reads a form of a site, keeping its files as they arrive. A frozen
// site keeps no files.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, st site.Site) (*reception, error) {
	if st.CheckOpen() != nil {
		return s.receiveText(w, r, st)
	}
	rc, body := &reception{}, &counted{ReadCloser: r.Body}
	r.Body = body
	return rc, s.read(w, r, st, rc, func(values url.Values, nth int, name string, file io.Reader) error {
		return s.keep(r.Context(), st, rc, values, arrival{nth, name, file, max(0, r.ContentLength-body.n)})
	})
}

// arrival is a file of a form as it comes.
type arrival struct {
	nth    int
	name   string
	file   io.Reader
	asMuch int64 // bytes that are still to come of the form; 0 where it does not say
}

// counted counts what was read.
type counted struct {
	io.ReadCloser
	n int64
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	return n, err
}

// unlimited is a site for what its own people put there, its logo and the pictures
// of its features: what it sets is what anyone may send.
func unlimited(st site.Site) site.Site {
	st.MaxFiles, st.MaxFileBytes = nil, nil
	return st
}

// receiveText reads a form whose files nothing can take, and keeps none.
func (s *Server) receiveText(w http.ResponseWriter, r *http.Request, st site.Site) (*reception, error) {
	rc := &reception{}
	return rc, s.read(w, r, st, rc, nil)
}

func (s *Server) read(w http.ResponseWriter, r *http.Request, st site.Site, rc *reception, sink form.Sink) error {
	b := readBodyOf(r)
	if b.reception == nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		rc.Values, b.err = form.Read(r, sink)
		b.reception = rc
	}
	if *rc = *b.reception; b.err != nil {
		return b.err
	}
	s.settleTicket(st, rc, rc.Values.Values)
	if err := s.Uploads.Settle(r.Context(), rc.Values.Values["upload"]); err != nil {
		rc.lost = err
	}
	return stillPermitted(r, rc.Values)
}

// keep receives one file. One beyond the number a post may have is not kept.
func (s *Server) keep(ctx context.Context, st site.Site, rc *reception, values url.Values, a arrival) error {
	s.settleTicket(st, rc, values)
	if len(rc.received) >= media.LimitsOf(st).Files {
		u := media.Upload{Name: a.name, State: media.Refused, Failure: media.FailureTooMany}
		rc.received = append(rc.received, form.Received{Nth: a.nth, Upload: u})
		return nil
	}
	u, err := s.intake.Receive(ctx, st, rc.ticket.Hash(), a.name, a.file, a.asMuch)
	if err != nil {
		// The text may stand after the file, so the form is read on. Where it
		// was the sender who went away, that reading says so.
		rc.lost = err
		u = media.Upload{Name: a.name, State: media.Refused, Failure: media.FailureNotKept}
	}
	rc.received = append(rc.received, form.Received{Nth: a.nth, Upload: u})
	return nil
}

// settleTicket decides, once, which ticket the form goes by. The ticket stands
// before any file.
func (s *Server) settleTicket(st site.Site, rc *reception, values url.Values) {
	if rc.settled {
		return
	}
	rc.settled = true
	t, err := s.Key.Parse(st.ID, s.Now(), values.Get("ticket"))
	if err == nil {
		rc.ticket = t
		return
	}
	rc.fault, rc.ticket = err, s.Key.Mint(st.ID, s.Now())
	if errors.Is(err, article.ErrTicketExpired) {
		rc.stale = t
	}
}

// carryOver brings the files of a form that goes back under the ticket that it
// goes back with.
func (s *Server) carryOver(ctx context.Context, st site.Site, from, to article.Ticket, files []form.File) error {
	if from.IsZero() || len(files) == 0 {
		return nil
	}
	return media.Rebind(ctx, s.Pools.Primary, st.ID, from.Hash(), to.Hash(), form.IDs(files))
}

// fieldFaults are the sentences for the fields at fault, by field.
func fieldFaults(p Page, err error) map[string]string {
	found := map[string]string{}
	for _, f := range fault.Fields(err) {
		found[f.Name] = p.L.Field(f)
	}
	return found
}

package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/draft"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

// DraftAnswer is what script reads of POST /publish/draft. It is told to nobody
// but who holds the ticket.
type DraftAnswer struct {
	Ticket  string         `json:"ticket"`            // to go on with
	Fields  map[string]any `json:"fields"`            // a text each; a list where a form may have several
	Uploads []DraftUpload  `json:"uploads"`           // in the order in which they were begun
	Error   string         `json:"error,omitempty"`   // a sentence
	Receipt string         `json:"receipt,omitempty"` // its path, where the ticket that was sent stands for an article
}

// DraftUpload is an upload of the ticket.
type DraftUpload struct {
	ID     media.UploadID    `json:"id"`
	Name   string            `json:"name"`
	Type   string            `json:"type"`
	Size   int64             `json:"size"`
	Offset int64             `json:"offset"`
	State  media.UploadState `json:"state"`
	Error  string            `json:"error,omitempty"` // why it was refused
}

// draft mints a ticket, reads what is kept under one, or keeps what came along.
// A ticket that is not good gets a fresh one, to which its uploads go along.
func (s *Server) draft(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	v, err := readDraft(w, r)
	if err != nil {
		return s.answerDraft(w, r, article.Ticket{}, nil, err)
	}
	t, faulty, err := s.draftTicket(r.Context(), st, v.Get("ticket"))
	fields := draft.Pick(v.Values)
	if err == nil {
		fields, err = s.keepDraft(r.Context(), st, t, fields)
	}
	if err == nil {
		err = faulty
	}
	return s.answerDraft(w, r, t, fields, err)
}

// readDraft reads the fields, of which there may be none at all.
func readDraft(w http.ResponseWriter, r *http.Request) (form.Values, error) {
	if r.ContentLength == 0 {
		return form.Values{}, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, 3*draft.MaxBytes) // three bytes a letter, as urlencoding may need
	return readForm(r)
}

// draftTicket gives the ticket to go on with, and what is wrong with the one
// that was sent.
func (s *Server) draftTicket(ctx context.Context, st site.Site, sent string) (t article.Ticket, faulty, err error) {
	if sent == "" {
		return s.Key.Mint(st.ID, s.Now()), nil, nil
	}
	t, faulty = s.Key.Parse(st.ID, s.Now(), sent)
	if faulty == nil {
		return t, nil, nil
	}
	fresh := s.Key.Mint(st.ID, s.Now())
	if errors.Is(faulty, article.ErrTicketExpired) {
		err = s.carryAllOver(ctx, st, t, fresh)
	}
	return fresh, faulty, err
}

// carryAllOver brings what a ticket has uploaded, and no post has taken, under
// another.
func (s *Server) carryAllOver(ctx context.Context, st site.Site, from, to article.Ticket) error {
	uploads, err := media.PendingOf(ctx, s.Pools.Newest(), st.ID, from.Hash())
	if err != nil {
		return err
	}
	var ids []media.UploadID
	for _, u := range uploads {
		if !u.Taken {
			ids = append(ids, u.ID)
		}
	}
	return media.Rebind(ctx, s.Pools.Primary, st.ID, from.Hash(), to.Hash(), ids)
}

// keepDraft keeps the fields; where none came it reads those that were kept.
func (s *Server) keepDraft(ctx context.Context, st site.Site, t article.Ticket, fields draft.Fields) (draft.Fields, error) {
	if len(fields) > 0 {
		return fields, draft.Keep(ctx, s.Pools.Primary, st, t, fields)
	}
	kept, err := draft.Read(ctx, s.Pools.Newest(), st.ID, t)
	if err != nil {
		return nil, err
	}
	return kept, st.CheckOpen()
}

// answerDraft says what there is under a ticket, and what went wrong. What came
// along is always in it.
func (s *Server) answerDraft(w http.ResponseWriter, r *http.Request, t article.Ticket, fields draft.Fields, cause error) error {
	status := http.StatusOK
	answer := DraftAnswer{Ticket: t.String(), Fields: shownFields(fields), Uploads: []DraftUpload{}}
	if cause != nil {
		status, answer.Error = s.draftFault(w, r, cause)
	}
	p := s.page(r, "")
	if !t.IsZero() && !fault.Is(cause, fault.Busy) {
		uploads, err := media.PendingOf(r.Context(), s.Pools.Newest(), siteFor(r).ID, t.Hash())
		if err != nil {
			return err
		}
		answer.Uploads = shownUploads(p, uploads)
	}
	if fault.Is(cause, fault.Conflict) {
		answer.Receipt, answer.Ticket = receiptPath(t.Receipt()), s.Key.Mint(siteFor(r).ID, s.Now()).String()
	}
	middleware.NoStore(w)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the writer went away: nobody is left to tell
	return nil
}

// draftFault is the status and the sentence for what went wrong.
func (s *Server) draftFault(w http.ResponseWriter, r *http.Request, cause error) (status int, text string) {
	p := s.page(r, "")
	switch {
	case errors.Is(cause, article.ErrTicketExpired):
		return http.StatusUnprocessableEntity, p.T("draft.expired")
	case errors.Is(cause, article.ErrTicketForged):
		return http.StatusUnprocessableEntity, p.T("draft.no_ticket")
	case errors.Is(cause, site.ErrFrozen):
		return http.StatusForbidden, p.T("publish.frozen")
	case fault.Is(cause, fault.Conflict):
		return http.StatusConflict, p.T("draft.published")
	case fault.Is(cause, fault.TooLarge):
		return http.StatusRequestEntityTooLarge, p.T("draft.too_large")
	}
	status = statusOf(fault.KindOf(cause))
	if status >= http.StatusInternalServerError {
		s.logFailure(r, cause)
		w.Header().Set("Retry-After", retryAfter)
	}
	return status, faultNotice(p, cause)
}

func shownFields(fields draft.Fields) map[string]any {
	shown := map[string]any{}
	for name, values := range fields {
		if draft.Several(name) {
			shown[name] = values
		} else if len(values) > 0 {
			shown[name] = values[0]
		}
	}
	return shown
}

func shownUploads(p Page, uploads []media.Pending) []DraftUpload {
	shown := make([]DraftUpload, 0, len(uploads))
	for _, u := range uploads {
		d := DraftUpload{ID: u.ID, Name: u.Name, Type: u.Type, Size: u.Size, Offset: u.Offset, State: u.State}
		if u.Failure != "" {
			d.Error = p.T(u.Failure)
		}
		shown = append(shown, d)
	}
	return shown
}

package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/web/form"
)

// writing is one try at the form of a feature.
type writing struct {
	form    form.Feature
	ticket  article.Ticket
	feature feature.Feature // what stands now; the zero value for a new one
}

// path is where the form is sent to.
func (wr writing) path() string {
	if wr.feature.ID == 0 {
		return "/newsroom/features"
	}
	return featureDeskPath(wr.feature.ID)
}

// kept is what was written, for where no form can bring it back.
func (wr writing) kept() string {
	return strings.Join([]string{wr.form.Title, wr.form.Summary, wr.form.Body}, "\n\n")
}

// newFeature shows the empty form, or, with ?article=, one that begins from a
// post of the wire.
func (s *Server) newFeature(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	if err := st.CheckOpen(); err != nil {
		return err
	}
	wr := writing{ticket: s.Key.Mint(st.ID, s.Now())}
	if asked := r.URL.Query().Get("article"); asked != "" {
		var err error
		if wr.form, err = s.beginFrom(r, asked); err != nil {
			return err
		}
	}
	return s.showFeatureForm(w, r, http.StatusOK, wr, nil, nil)
}

func (s *Server) beginFrom(r *http.Request, asked string) (form.Feature, error) {
	id, err := strconv.ParseInt(asked, 10, 64)
	if err != nil {
		return form.Feature{}, fault.New(fault.NotFound, "article")
	}
	a, err := article.ByID(r.Context(), s.Pools.Newest(), siteFor(r).ID, article.ID(id))
	if err != nil {
		return form.Feature{}, err
	}
	if a.State.Final() {
		return form.Feature{}, fault.New(fault.Gone, "article")
	}
	return form.Feature{Title: a.Title, Summary: a.Summary, Language: string(a.Language), Articles: []string{asked}}, nil
}

func (s *Server) editFeature(w http.ResponseWriter, r *http.Request) error {
	f, err := s.featureAsked(r)
	if err != nil {
		return err
	}
	linked, err := feature.LinkedTo(r.Context(), s.Pools.Newest(), f.SiteID, f.ID)
	if err != nil {
		return err
	}
	wr := writing{feature: f, ticket: s.Key.Mint(f.SiteID, s.Now())}
	wr.form = form.Feature{Title: f.Title, Summary: f.Summary, Body: f.Source, Language: string(f.Language), Version: f.Version}
	for _, a := range linked {
		wr.form.Articles = append(wr.form.Articles, strconv.FormatInt(int64(a.ID), 10))
	}
	return s.showFeatureForm(w, r, http.StatusOK, wr, nil, func(p *FeatureFormPage) {
		if siteFor(r).CheckOpen() != nil {
			p.Notice = p.T("feature_desk.frozen")
		}
	})
}

func (s *Server) featureAsked(r *http.Request) (feature.Feature, error) {
	id, err := idParam(r, "id")
	if err != nil {
		return feature.Feature{}, err
	}
	return feature.ByID(r.Context(), s.Pools.Newest(), siteFor(r).ID, feature.ID(id))
}

func (s *Server) createFeature(w http.ResponseWriter, r *http.Request) error {
	return s.takeFeature(w, r, feature.Feature{})
}

// saveFeature takes the form of a feature that is there. Of one that is not no
// file is kept, but what was written is in the answer.
func (s *Server) saveFeature(w http.ResponseWriter, r *http.Request) error {
	f, err := s.featureAsked(r)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Gone {
		rc, unread := s.receiveText(w, r, siteFor(r))
		if unread != nil {
			return unread
		}
		s.failKeeping(w, r, err, writing{form: form.ParseFeature(rc.Values, nil)}.kept())
		return nil
	}
	if err != nil {
		return err
	}
	return s.takeFeature(w, r, f)
}

// takeFeature takes the form. Every way out but success brings it back as it was
// filled in, with its picture.
func (s *Server) takeFeature(w http.ResponseWriter, r *http.Request, f feature.Feature) error {
	rc, err := s.receive(w, r, unlimited(siteFor(r)))
	wr := writing{form: form.ParseFeature(rc.Values, rc.received), feature: f}
	if err != nil {
		return s.keepPart(r, rc, wr.form.Files, err, func() error {
			wr.ticket = rc.ticket
			return s.answerWriting(w, r, wr, err)
		})
	}
	wr.ticket = rc.ticket
	led, err := s.tryWriting(w, r, rc, wr)
	if err != nil {
		return s.answerWriting(w, r, wr, err)
	}
	if led != "" {
		http.Redirect(w, r, led, http.StatusSeeOther)
	}
	return nil
}

// tryWriting saves the form and answers where that leads; it leads nowhere where
// the form was shown again.
func (s *Server) tryWriting(w http.ResponseWriter, r *http.Request, rc *reception, wr writing) (led string, err error) {
	st := siteFor(r)
	if err := st.CheckOpen(); err != nil {
		return "", err
	}
	if rc.lost != nil {
		return "", rc.lost
	}
	if err := s.carryOver(r.Context(), st, rc.stale, rc.ticket, wr.form.Files); err != nil {
		return "", err
	}
	if wr.form.Action == "preview" || wr.form.Remove != "" {
		return "", s.showFeatureForm(w, r, http.StatusOK, wr, nil, func(p *FeatureFormPage) { p.Form.Preview = s.featurePreview(st, wr.form) })
	}
	if rc.fault != nil {
		return "", s.showFeatureForm(w, r, http.StatusUnprocessableEntity, wr, nil, func(p *FeatureFormPage) { p.Notice = ticketNotice(p.Page, rc.fault) })
	}
	out, err := s.saveWriting(r, wr)
	switch {
	case err != nil:
		return "", err
	case out.Other:
		return "", s.answerUsed(w, r, wr, out)
	}
	if err := s.intake.Discard(r.Context(), st.ID, form.SentIDs(wr.form.Files)); err != nil { // of a form sent again
		return "", err
	}
	s.awaitFiles(r.Context(), st, media.Owner{Feature: int64(out.ID)}, wr.form.Files)
	return listedFeaturePath(out.ID), nil
}

func (s *Server) saveWriting(r *http.Request, wr writing) (feature.Written, error) {
	st, by := siteFor(r), viewerOf(r).Actor()
	d := wr.form.Draft(s.ownHost(st))
	if wr.feature.ID == 0 {
		return feature.Create(r.Context(), s.Pools.Primary, s.Queue, st, by, wr.ticket.Hash(), d)
	}
	act := feature.Act{Site: st, ID: wr.feature.ID, By: by, Version: wr.form.Version}
	err := feature.Edit(r.Context(), s.Pools.Primary, s.Queue, act, wr.ticket.Hash(), d)
	return feature.Written{ID: wr.feature.ID}, err
}

// answerUsed is for a ticket that has written another content already: what was
// sent now comes back with a fresh one, and a link to the first.
func (s *Server) answerUsed(w http.ResponseWriter, r *http.Request, wr writing, out feature.Written) error {
	st := siteFor(r)
	fresh := s.Key.Mint(st.ID, s.Now())
	if err := s.carryOver(r.Context(), st, wr.ticket, fresh, wr.form.Files); err != nil {
		return err
	}
	wr.ticket = fresh
	return s.showFeatureForm(w, r, http.StatusConflict, wr, nil, func(p *FeatureFormPage) {
		p.Notice, p.First = p.T("feature_form.used"), featureDeskPath(out.ID)
	})
}

// answerWriting brings the form back with what went wrong.
func (s *Server) answerWriting(w http.ResponseWriter, r *http.Request, wr writing, cause error) error {
	kind := fault.KindOf(cause)
	var current *feature.Feature
	switch kind {
	case fault.NotFound, fault.Gone: // discarded meanwhile
		s.failKeeping(w, r, cause, wr.kept())
		return nil
	case fault.Conflict: // of what is there: nothing else stands in the way of a new one
		f, err := feature.ByID(r.Context(), s.Pools.Newest(), wr.feature.SiteID, wr.feature.ID)
		if err != nil {
			return s.answerWriting(w, r, wr, err)
		}
		wr.feature, current = f, &f
		wr.form.Version = f.Version // having seen both, the editor may save
	case fault.Busy, fault.Internal: // a mistake or an overload of ours
		s.logFailure(r, cause)
		w.Header().Set("Retry-After", retryAfter)
	}
	return s.showFeatureForm(w, r, statusOf(kind), wr, cause, func(p *FeatureFormPage) {
		p.Notice, p.Current = writingNotice(p.Page, cause), current
	})
}

// writingNotice says above the form what was wrong as a whole; its fields speak
// for themselves.
func writingNotice(p Page, cause error) string {
	switch {
	case fault.Is(cause, fault.Denied):
		return p.T("publish.frozen")
	case fault.Is(cause, fault.Conflict):
		return actFault(p, cause)
	case len(fault.Fields(cause)) > 0:
		return ""
	}
	return faultNotice(p, cause)
}

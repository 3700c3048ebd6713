package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/web/form"
)

// Acts are what an editor can do with a thing, as its row and its page offer it.
type Acts struct {
	L       *locale.Localizer
	Path    string // of the thing's page, below which its acts are
	Anchor  string // of its row
	Back    string // where the editor goes on
	Version int64
	Ranks   []Choice // those that it does not have; of visible articles only
	Show    string   // the word for it; empty where there is nothing to show
	Hide    bool
	Decline bool // a change waits
	Remove  bool
	Dismiss bool   // it has open reports
	Seen    int64  // the newest of them
	Feature string // path of the form for a feature made from it
	// of a form that came back
	Act    string // which; empty for none
	Reason string
	Fault  string
}

// T gives a message in the language of the interface.
func (a Acts) T(key string, args ...any) string { return a.L.T(key, args...) }

// N gives a message in the plural form that count takes.
func (a Acts) N(key string, count int, args ...any) string { return a.L.N(key, count, args...) }

// Of is how the form of one act shows: with what came back, where it is that one.
func (a Acts) Of(act string) Acts {
	if a.Act != act {
		a.Reason, a.Fault = "", ""
	}
	a.Act = act
	return a
}

// ReasonID names the field for the reason on its page.
func (a Acts) ReasonID() string {
	if a.Act == string(modlog.Decline) {
		return a.Anchor + "-decline-reason"
	}
	return a.Anchor + "-reason"
}

// MaxReason is the bound that the form states.
func (a Acts) MaxReason() int { return article.MaxReason }

// RemovePath is the page that asks once more.
func (a Acts) RemovePath() string {
	if a.Back == "" {
		return a.Path + "/remove"
	}
	return a.Path + "/remove?" + url.Values{"back": {a.Back}}.Encode()
}

// actsOn are the acts that lead somewhere as a thing stands. A frozen site takes
// none.
func actsOn(p Page, m matter) Acts {
	a := Acts{L: p.L, Path: m.path(), Anchor: m.anchor(), Version: m.version}
	if m.state.Final() || p.Site.CheckOpen() != nil {
		return a
	}
	a.Hide, a.Remove = m.state != article.Hidden, true
	a.Decline = m.changeWaits
	a.Dismiss, a.Seen = m.reports > 0, int64(m.newest)
	switch {
	case m.state == article.Pending:
		a.Show = p.T("desk.approve")
	case m.changeWaits && m.state == article.Hidden: // one act does both
		a.Show = p.T("desk.show_change")
	case m.changeWaits:
		a.Show = p.T("desk.approve_change")
	case m.state == article.Hidden:
		a.Show = p.T("desk.show")
	}
	if m.subject == modlog.Article && m.state == article.Visible {
		a.Ranks = rankChoices(p, m.rank)
		if p.May(string(account.Feature)) {
			a.Feature = fmt.Sprintf("/newsroom/features/new?article=%d", m.id)
		}
	}
	return a
}

// rankChoices are the ranks that an article does not have.
func rankChoices(p Page, has article.Rank) []Choice {
	var list []Choice
	for _, r := range []article.Rank{article.Other, article.Local, article.Global} {
		if r != has {
			list = append(list, Choice{Value: string(r), Name: p.T("rank." + string(r))}) // i18n: rank.*
		}
	}
	return list
}

// matter is a thing as it stands.
type matter struct {
	thing
	state       article.State
	rank        article.Rank // of an article
	version     int64
	reason      string
	title       string // of the article
	lang        locale.Tag
	article     article.Article // where it is one
	comment     comment.Full    // likewise
	changeWaits bool            // for review; looked up for lists and pages only
	reports     int             // open ones, likewise
	newest      report.ID       // of them
}

func (s *Server) matter(r *http.Request, t thing) (matter, error) {
	st := siteFor(r).ID
	if t.subject == modlog.Comment {
		c, err := comment.ByID(r.Context(), s.Pools.Newest(), st, comment.ID(t.id))
		if err == nil && c.ArticleState.Final() {
			err = fault.New(fault.Gone, "article")
		}
		return matter{thing: t, state: c.State, version: c.Version, reason: c.Reason, title: c.ArticleTitle, lang: c.ArticleLanguage, comment: c}, err
	}
	a, err := article.ByID(r.Context(), s.Pools.Newest(), st, article.ID(t.id))
	return matter{thing: t, state: a.State, rank: a.Rank, version: a.Version, reason: a.Reason, title: a.Title, lang: a.Language, article: a}, err
}

// act answers a form with an editorial act on an article or a comment.
func (s *Server) act(subject modlog.Subject, what modlog.Act) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idParam(r, "id")
		if err != nil {
			return err
		}
		v, err := readText(w, r)
		f := form.ParseAct(v)
		if err != nil {
			s.failKeeping(w, r, err, f.Reason)
			return nil
		}
		m, err := s.matter(r, thing{subject, id})
		if err == nil {
			err = siteFor(r).CheckOpen()
		}
		if err == nil {
			err = s.perform(r, m.thing, what, f)
		}
		if err != nil {
			return s.answerAct(w, r, m, what, f, err)
		}
		http.Redirect(w, r, m.after(what, f), http.StatusSeeOther)
		return nil
	}
}

func (s *Server) perform(r *http.Request, t thing, what modlog.Act, f form.Act) error {
	ctx, b, st, by := r.Context(), s.Pools.Primary, siteFor(r).ID, viewerOf(r).Actor()
	if t.subject == modlog.Comment {
		act := comment.Act{Site: st, ID: comment.ID(t.id), By: by, Reason: f.Reason, Version: f.Version}
		switch what {
		case modlog.Hide:
			return comment.Hide(ctx, b, act)
		case modlog.Show:
			return comment.Show(ctx, b, act)
		case modlog.Remove:
			return comment.Remove(ctx, b, s.Queue, act)
		}
		return noSuchAct(t, what)
	}
	act := article.Act{Site: st, ID: article.ID(t.id), By: by, Reason: f.Reason, Version: f.Version}
	switch what {
	case modlog.Hide:
		return article.Hide(ctx, b, act)
	case modlog.Show:
		return article.Show(ctx, b, act)
	case modlog.Remove:
		return article.Remove(ctx, b, s.Queue, act)
	case modlog.Rank:
		return article.SetRank(ctx, b, act, article.Rank(f.Rank))
	case modlog.Decline:
		return article.Decline(ctx, b, act)
	case modlog.Dismiss:
		return report.Dismiss(ctx, b, report.Act{Site: st, Article: act.ID, By: by, Seen: report.ID(f.Seen)})
	}
	return noSuchAct(t, what)
}

func noSuchAct(t thing, what modlog.Act) error {
	return fmt.Errorf("the newsroom has no act %q on a %s", what, t.subject)
}

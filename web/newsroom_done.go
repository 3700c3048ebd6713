package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// after is where an editor goes on: the row in the list that they came from, or
// the thing's own page. It tells what was done, and how the thing stood before.
func (m matter) after(what modlog.Act, f form.Act) string {
	query := url.Values{"done": {string(what)}, "was": {string(m.state)}}
	if what == modlog.Rank {
		query.Set("was", string(m.rank))
	}
	back := backToDesk(f.Back)
	if back == "" {
		return m.path() + "?" + query.Encode()
	}
	query.Set("item", m.anchor())
	glue := "?"
	if strings.Contains(back, "?") {
		glue = "&"
	}
	return back + glue + query.Encode() + "#" + m.anchor()
}

// Done says what was just done to a thing, and offers to undo it. Without a text
// there is nothing to say.
type Done struct {
	L     *locale.Localizer
	ID    string // the anchor, where the thing's row is not there to have it
	Title string
	Lang  locale.Tag
	Text  string
	Undo  Undo
}

// T gives a message in the language of the interface.
func (d Done) T(key string, args ...any) string { return d.L.T(key, args...) }

// Undo is the act that leads back; without an Action there is none.
type Undo struct {
	Action, Reason, Rank, Back string
	Position                   int // on the front page; 0: the act needs none
	Version                    int64
}

// did is what an address says was done. Whoever makes one up is told how things
// stand anyway.
type did struct {
	act modlog.Act
	was string // the state before; of a rank, the rank
}

func didIn(query url.Values) did {
	return did{act: modlog.Act(query.Get("done")), was: query.Get("was")}
}

// thingIn is the thing that a list's address says something was done to.
func thingIn(query url.Values) (thing, bool) {
	subject, number, _ := strings.Cut(query.Get("item"), "-")
	id, err := strconv.ParseInt(number, 10, 64)
	t := thing{modlog.Subject(subject), id}
	return t, err == nil && id > 0 && (t.subject == modlog.Article || t.subject == modlog.Comment)
}

// done says how a thing stands after an act: nothing where it stands otherwise
// by now.
func (s *Server) done(r *http.Request, p Page, t thing, d did, back string) (Done, error) {
	m, err := s.matter(r, t)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return Done{}, nil
	}
	if err != nil {
		return Done{}, err
	}
	said := Done{L: p.L, ID: t.anchor(), Title: m.title, Lang: m.lang, Text: m.stands(p, d.act)}
	if said.Text == "" {
		return Done{}, nil
	}
	said.Undo, err = s.undo(r, m, d)
	said.Undo.Back, said.Undo.Version = back, m.version
	return said, err
}

// stands is what an act has led to, in words; empty where it has not.
func (m matter) stands(p Page, act modlog.Act) string {
	switch {
	case act == modlog.Rank && m.state == article.Visible && m.rank.Valid():
		return p.T("rank." + string(m.rank)) // i18n: rank.*
	case act == modlog.Decline && !m.state.Final():
		return p.T("log.act.decline")
	case act == modlog.Dismiss && !m.state.Final():
		return p.T("log.act.dismiss")
	case act == modlog.Hide && m.state == article.Hidden,
		act == modlog.Show && m.state == article.Visible,
		act == modlog.Remove && m.state == article.Removed:
		return stateName(p, m.subject, m.state)
	}
	return ""
}

// stateName is how a thing stands, in words that agree with what it is.
func stateName(p Page, subject modlog.Subject, state article.State) string {
	if subject == modlog.Comment {
		return p.T("state.comment." + string(state)) // i18n: state.comment.*
	}
	return p.T("state." + string(state)) // i18n: state.*
}

// undo is the act that leads back, if one does: none brings back that something
// waited for review, and where nothing changed there is nothing to undo.
func (s *Server) undo(r *http.Request, m matter, d did) (Undo, error) {
	rank := article.Rank(d.was)
	switch frozen := siteFor(r).State == site.Frozen; {
	case frozen:
		return Undo{}, nil
	case d.act == modlog.Rank && rank.Valid() && rank != m.rank:
		return Undo{Action: m.path() + "/rank", Rank: d.was}, nil
	case d.act == modlog.Hide && d.was == string(article.Visible):
		return Undo{Action: m.path() + "/show"}, nil
	case d.act == modlog.Show && d.was == string(article.Hidden):
		return s.hideAgain(r, m.thing)
	}
	return Undo{}, nil
}

// hideAgain hides a thing for the reason that it was hidden for the last time.
func (s *Server) hideAgain(r *http.Request, t thing) (Undo, error) {
	log, err := modlog.Of(r.Context(), s.Pools.Newest(), int64(siteFor(r).ID), t.subject, t.id)
	u := Undo{Action: t.path() + "/hide"}
	for _, e := range log { // oldest first
		if e.Act == modlog.Hide {
			u.Reason = e.Reason
		}
	}
	return u, err
}

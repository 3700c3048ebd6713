package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/newsroom"
	"github.com/indywire/indywire/internal/site"
)

// NewsroomPage is one of the lists of the editors' desk.
type NewsroomPage struct {
	Page
	Lists  []ListTab
	Rows   []DeskRow
	Next   string // path of the older page
	Newest string // path of the newest page, where this is another
	Done   Done   // what was just done to something that is not in the list any more
	Frozen bool
}

// ListTab leads to one of the desk's lists.
type ListTab struct {
	Choice
	URL   string
	Count string // of what waits there; empty for none
}

// DeskRow is one thing in a list of the desk.
type DeskRow struct {
	Acts
	Title       string // of the article
	Lang        locale.Tag
	Comment     string // the kind of a comment; empty for an article
	Begins      string // of a comment
	Author      string
	When        When
	State       article.State
	StateName   string
	Rank        article.Rank
	RankName    string
	Reason      string // why it is hidden
	Media       []string
	Comments    int
	Reports     int
	Told        string // what the newest report begins with
	ChangeWaits bool
	Done        Done
}

// newsroom is the desk.
func (s *Server) newsroom(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	at, err := parsePlace(query)
	if err != nil {
		return err
	}
	before, err := cursor(query)
	if err != nil {
		return err
	}
	st := siteFor(r)
	found, err := newsroom.Read(r.Context(), s.Pools.Newest(), st.ID, at.list, before)
	if err != nil {
		return err
	}
	p := NewsroomPage{Page: s.page(r, ""), Frozen: st.State == site.Frozen}
	p.Title, p.NoIndex, p.Section, p.MainClass = p.T("newsroom.title"), true, "/newsroom", "plain wide"
	if p.Lists, err = s.listTabs(r, p.Page, at.list); err != nil {
		return err
	}
	for _, i := range found.Items {
		p.Rows = append(p.Rows, deskRow(p.Page, i, at))
	}
	if found.Next != "" {
		p.Next = deskPlace{list: at.list, before: found.Next}.path()
	}
	if !before.IsZero() {
		p.Newest = deskPlace{list: at.list}.path()
	}
	if err := s.noteDone(r, &p, at); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "newsroom/index", p)
}

// noteDone says what was just done beside the thing itself, or above the list
// where it has left it.
func (s *Server) noteDone(r *http.Request, p *NewsroomPage, at deskPlace) error {
	t, found := thingIn(r.URL.Query())
	if !found {
		return nil
	}
	done, err := s.done(r, p.Page, t, didIn(r.URL.Query()), at.path())
	if err != nil {
		return err
	}
	for i := range p.Rows {
		if p.Rows[i].Anchor == t.anchor() {
			p.Rows[i].Done = done
			return nil
		}
	}
	p.Done = done
	return nil
}

// deskPlace is a page of one of the lists.
type deskPlace struct {
	list   newsroom.List
	before string
}

func parsePlace(query url.Values) (deskPlace, error) {
	at := deskPlace{list: newsroom.Posts, before: query.Get("before")}
	if show := query.Get("show"); show != "" {
		at.list = newsroom.List(show)
	}
	if !at.list.Valid() {
		return at, fault.New(fault.NotFound, "list")
	}
	return at, nil
}

// path is the page's address, in the one form that it has.
func (at deskPlace) path() string {
	query := url.Values{}
	if at.list != newsroom.Posts {
		query.Set("show", string(at.list))
	}
	if at.before != "" {
		query.Set("before", at.before)
	}
	if len(query) == 0 {
		return "/newsroom"
	}
	return "/newsroom?" + query.Encode()
}

// backToDesk is the page of a list that a form names as the way back; empty for
// whatever else it names. It is made anew, so that nobody is led elsewhere.
func backToDesk(back string) string {
	u, err := url.Parse(localPath(back))
	if err != nil || u.Path != "/newsroom" || u.Host != "" {
		return ""
	}
	at, err := parsePlace(u.Query())
	if err != nil {
		return ""
	}
	return at.path()
}

func (s *Server) listTabs(r *http.Request, p Page, chosen newsroom.List) ([]ListTab, error) {
	counts, err := newsroom.Count(r.Context(), s.Pools.Newest(), siteFor(r).ID)
	if err != nil {
		return nil, err
	}
	tabs := make([]ListTab, 0, 5)
	for _, l := range []newsroom.List{newsroom.Posts, newsroom.Comments, newsroom.Waiting, newsroom.Reported, newsroom.Hidden} {
		// i18n: desk.list.*
		tab := ListTab{Choice: Choice{Value: string(l), Name: p.T("desk.list." + string(l)), Chosen: l == chosen}, URL: deskPlace{list: l}.path()}
		switch l {
		case newsroom.Waiting:
			tab.Count = countOf(p, counts.Waiting)
		case newsroom.Reported:
			tab.Count = countOf(p, counts.Reported)
		}
		tabs = append(tabs, tab)
	}
	return tabs, nil
}

func countOf(p Page, n int) string {
	switch {
	case n == 0:
		return ""
	case n >= newsroom.MostCounted:
		return p.L.Number(n) + "+"
	}
	return p.L.Number(n)
}

func deskRow(p Page, i newsroom.Item, at deskPlace) DeskRow {
	m := matterOf(i)
	row := DeskRow{
		Title: i.Title, Lang: i.Language, Begins: markup.Line(i.Begins), Author: i.Author, When: p.WireTime(i.At),
		State: i.State, StateName: stateName(p, m.subject, i.State), Reason: i.Reason,
		Reports: m.reports, ChangeWaits: m.changeWaits, Rank: m.rank,
	}
	switch {
	case m.subject == modlog.Article:
		row.Told = markup.Line(i.Told)
		row.Comments, row.RankName = i.CommentCount, p.T("rank."+string(i.Rank)) // i18n: rank.*
	case i.Addition:
		row.Comment = p.T("comment.addition")
	default:
		row.Comment = p.T("comment.comment")
	}
	for _, kind := range i.MediaKinds {
		row.Media = append(row.Media, p.T("media."+kind)) // i18n: media.*
	}
	row.Acts = actsOn(p, m)
	row.Back = at.path()
	return row
}

// matterOf is how a row's thing stands.
func matterOf(i newsroom.Item) matter {
	m := matter{state: i.State, version: i.Version}
	if i.CommentID != nil {
		m.thing = thing{modlog.Comment, int64(*i.CommentID)}
		return m
	}
	m.thing = thing{modlog.Article, int64(i.ArticleID)}
	m.rank, m.changeWaits, m.reports, m.newest = i.Rank, i.ChangeWaiting, i.Reports, i.NewestReport
	return m
}

// thing is what an editor acts on.
type thing struct {
	subject modlog.Subject // an article or a comment
	id      int64
}

// path is its page in the newsroom.
func (t thing) path() string { return fmt.Sprintf("/newsroom/%ss/%d", t.subject, t.id) }

// anchor is where it stands in a list.
func (t thing) anchor() string { return fmt.Sprintf("%s-%d", t.subject, t.id) }

package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/report"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// NewsroomItemPage is an article or a comment as its editors see it, whatever
// its state.
type NewsroomItemPage struct {
	Page
	Acts         Acts
	Label        string // what it is
	Heading      string
	HeadingLang  locale.Tag
	Comment      bool
	Final        bool
	State        article.State
	StateName    string
	Rank         article.Rank // of an article
	RankName     string
	Reason       string
	When         When
	Author       string
	Summary      string
	HTML         string
	Lang         locale.Tag
	Topics       []site.Topic
	Attachments  []Attachment
	Failed       []FailedFile
	Public       string // path where readers see it; empty where they do not
	Article      string // path in the newsroom of the article that a comment stands under
	Contact      string // of the reporter
	ContactEnds  When
	Change       *article.Text // waits for review
	Reports      []ReportItem
	NewestReport report.ID
	Log          []LogEntry
	Notice       string
	Kept         string // a reason that no form of the page brings back
	Conflict     *Clash
	Done         Done
	Frozen       bool
}

// ReportItem is what a reader tells the editors.
type ReportItem struct {
	When   When
	Reason string
}

// Clash is an act that came after another one: what was wanted, beside what was
// done last.
type Clash struct {
	Acts
	What     string // the act that was wanted, as its address has it
	Wanted   string // in words
	Rank     string
	Why      string     // what has changed, where the log does not tell
	Latest   []LogEntry // the newest entries of the log
	Possible bool       // it can be done all the same
}

// Reasoned tells whether the act has a reason.
func (c Clash) Reasoned() bool {
	return c.What == string(modlog.Hide) || c.What == string(modlog.Decline) || c.What == string(modlog.Remove)
}

// Removal tells whether nothing leads back from the act.
func (c Clash) Removal() bool { return c.What == string(modlog.Remove) }

func (s *Server) newsroomItem(subject modlog.Subject) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idParam(r, "id")
		if err != nil {
			return err
		}
		m, err := s.matter(r, thing{subject, id})
		if err != nil {
			return err
		}
		p, err := s.newsroomItemPage(r, m)
		if err != nil {
			return err
		}
		if p.Done, err = s.done(r, p.Page, m.thing, didIn(r.URL.Query()), ""); err != nil {
			return err
		}
		return s.render(w, http.StatusOK, "newsroom/item", p)
	}
}

// newsroomItemPage reads all that belongs to a thing.
func (s *Server) newsroomItemPage(r *http.Request, m matter) (NewsroomItemPage, error) {
	p := NewsroomItemPage{Page: s.page(r, cmp.Or(m.title, m.anchor())), Heading: m.title, HeadingLang: m.lang, Comment: m.subject == modlog.Comment}
	p.NoIndex, p.Section, p.Path = true, "/newsroom", m.path()
	p.State, p.StateName, p.Final, p.Reason = m.state, stateName(p.Page, m.subject, m.state), m.state.Final(), m.reason
	p.Lang, p.Frozen = m.lang, siteFor(r).State == site.Frozen
	err := s.fillLog(r, &p, m.thing)
	if err != nil {
		return p, err
	}
	if p.Comment {
		err = s.fillComment(r, &p, m.comment)
	} else {
		err = s.fillArticle(r, &p, m.article)
	}
	m.changeWaits, m.reports, m.newest = p.Change != nil, len(p.Reports), p.NewestReport
	p.Acts = actsOn(p.Page, m)
	return p, err
}

func (s *Server) fillLog(r *http.Request, p *NewsroomItemPage, t thing) error {
	log, err := modlog.Of(r.Context(), s.Pools.Newest(), int64(siteFor(r).ID), t.subject, t.id)
	for _, e := range log {
		p.Log = append(p.Log, LogEntry{When: p.DateTime(e.At), Who: e.Who(p.L), What: e.What(p.L), Why: e.Why(p.L)})
	}
	return err
}

func (s *Server) fillComment(r *http.Request, p *NewsroomItemPage, c comment.Full) error {
	p.Label = p.T("comment.comment")
	if c.Kind == comment.Addition {
		p.Label = p.T("comment.addition")
	}
	p.When, p.Author, p.HTML = p.DateTime(c.CreatedAt), c.Author, c.HTML
	p.Article = thing{modlog.Article, int64(c.ArticleID)}.path()
	if c.ArticleState != article.Pending && c.State != article.Pending {
		p.Public = articlePath(c.ArticleID, c.ArticleSlug) + comment.Anchor(c.ID, c.Place)
	}
	files, err := media.OfComments(r.Context(), s.Pools.Newest(), siteFor(r).ID, []int64{int64(c.ID)})
	p.attach(files)
	return err
}

func (p *NewsroomItemPage) attach(files []media.Media) {
	p.Attachments = attachments(p.Page, files, p.Lang)
	for _, m := range files {
		if m.State == media.Failed {
			p.Failed = append(p.Failed, FailedFile{ID: m.ID, Name: m.Name, Why: p.T(m.Failure), Again: m.Retryable})
		}
	}
}

func (s *Server) fillArticle(r *http.Request, p *NewsroomItemPage, a article.Article) error {
	ctx, q, st := r.Context(), s.Pools.Primary, siteFor(r)
	p.Label = p.T("desk.article")
	p.Rank, p.RankName = a.Rank, p.T("rank."+string(a.Rank)) // i18n: rank.*
	p.When, p.Author, p.Summary, p.HTML = p.DateTime(a.PublishedAt), a.Author, a.Summary, a.HTML
	if p.Contact = a.Contact; p.Contact != "" {
		p.ContactEnds = p.Date(a.CreatedAt.Add(article.ContactLife))
	}
	if !p.Final && p.State != article.Pending {
		p.Public = articlePath(a.ID, a.Slug)
	}
	e, err := article.EditableOf(ctx, q, st, a)
	if err != nil {
		return err
	}
	if e.Waiting {
		p.Change = &e.Newest
	}
	if p.Topics, err = article.TopicsOf(ctx, q, a.ID); err != nil {
		return err
	}
	files, err := media.OfArticle(ctx, q, st.ID, int64(a.ID))
	if err != nil {
		return err
	}
	p.attach(files)
	return s.fillReports(r, p, a.ID)
}

func (s *Server) fillReports(r *http.Request, p *NewsroomItemPage, id article.ID) error {
	reports, err := report.OfArticle(r.Context(), s.Pools.Newest(), siteFor(r).ID, id)
	p.NewestReport = report.Newest(reports)
	for _, told := range reports {
		p.Reports = append(p.Reports, ReportItem{When: p.DateTime(told.CreatedAt), Reason: told.Reason})
	}
	return err
}

// answerAct says why an act was not done, beside how the thing stands now. What
// was written for it comes back.
func (s *Server) answerAct(w http.ResponseWriter, r *http.Request, m matter, what modlog.Act, f form.Act, cause error) error {
	kind := fault.KindOf(cause)
	if kind != fault.Invalid && kind != fault.Conflict && kind != fault.Denied {
		s.failKeeping(w, r, cause, f.Reason)
		return nil
	}
	m, err := s.matter(r, m.thing)
	if err != nil {
		s.failKeeping(w, r, err, f.Reason)
		return nil
	}
	if kind == fault.Invalid && what == modlog.Remove && !m.state.Final() {
		return s.renderRemoval(w, r, http.StatusUnprocessableEntity, m, f, cause)
	}
	p, err := s.newsroomItemPage(r, m)
	if err != nil {
		return err
	}
	p.Acts.Back = backToDesk(f.Back)
	switch faults := fieldFaults(p.Page, cause); {
	case kind == fault.Denied:
		p.Notice, p.Kept = p.T("publish.frozen"), f.Reason
	case kind == fault.Conflict:
		p.Conflict = p.clash(m, what, f)
		p.Conflict.Why = faults["seen"]
	case what == modlog.Hide && p.Acts.Hide, what == modlog.Decline && p.Acts.Decline:
		p.Acts.Act = string(what)
		p.Acts.Reason, p.Acts.Fault = f.Reason, faults["reason"]
	default:
		p.Notice, p.Kept = faults["reason"]+faults["rank"], f.Reason
	}
	return s.render(w, statusOf(kind), "newsroom/item", p)
}

// clashShows is how many entries of the log tell what happened last. Which of
// them the editor had seen nobody knows.
const clashShows = 3

func (p NewsroomItemPage) clash(m matter, what modlog.Act, f form.Act) *Clash {
	c := &Clash{Acts: p.Acts, What: string(what), Rank: f.Rank, Latest: slices.Clone(p.Log)}
	slices.Reverse(c.Latest)
	c.Latest = c.Latest[:min(len(c.Latest), clashShows)]
	c.Reason, c.Anchor, c.Act = f.Reason, "again", ""
	c.Wanted = p.T("desk.wanted." + string(what)) // i18n: desk.wanted.*
	if what == modlog.Show && c.Show != "" {
		c.Wanted = c.Show
	}
	c.Possible = !m.state.Final() && (what != modlog.Rank || m.state == article.Visible) && (what != modlog.Dismiss || c.Dismiss) && (what != modlog.Decline || c.Decline)
	if what == modlog.Rank && article.Rank(f.Rank).Valid() {
		c.Wanted += ": " + p.T("rank."+f.Rank) // i18n: rank.*
	}
	return c
}

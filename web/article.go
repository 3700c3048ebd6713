package web

import (
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// ArticlePage is an article with its files and comments.
type ArticlePage struct {
	Page
	Article     article.Article
	When        When
	Edited      *When
	Edits       int
	RankWord    string
	Language    locale.Tag
	Topics      []site.Topic
	Attachments []Attachment
	Comments    []CommentItem
	More        string // path of the comments after these
	Reply       CommentForm
	Report      ReportForm
	HeldNow     bool // a comment was just kept for review
	ReportedNow bool // a report was just taken
}

// Several tells whether the article has more files than the one above its text.
func (p ArticlePage) Several() bool { return len(p.Attachments) > 1 }

// Hidden tells whether the editors hid the article.
func (p ArticlePage) Hidden() bool { return p.Article.State == article.Hidden }

// GonePage stands where a deleted article was.
type GonePage struct {
	Page
	StateName string
	Reason    string
}

// leadToArticle answers /articles/{id}, whose slug may have been forgotten. What
// it is asked for goes along: from which comment on.
func (s *Server) leadToArticle(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readableArticle(r)
	if err != nil {
		return s.failArticle(w, r, a, err)
	}
	to := url.URL{Path: articlePath(a.ID, a.Slug), RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
	return nil
}

func (s *Server) showArticle(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readableArticle(r)
	if err != nil {
		return s.failArticle(w, r, a, err)
	}
	if chi.URLParam(r, "slug") != a.Slug {
		http.Redirect(w, r, articlePath(a.ID, a.Slug), http.StatusMovedPermanently)
		return nil
	}
	p, err := s.articlePage(r, a)
	if err != nil {
		return err
	}
	p.HeldNow, p.ReportedNow = r.URL.Query().Get("held") != "", r.URL.Query().Get("reported") != ""
	return s.render(w, http.StatusOK, "article/show", p)
}

func (s *Server) readableArticle(r *http.Request) (article.Article, error) {
	id, err := idParam(r, "id")
	if err != nil {
		return article.Article{}, err
	}
	a, err := article.ByID(r.Context(), s.Pools.Replica, siteFor(r).ID, article.ID(id))
	if err != nil {
		return article.Article{}, err
	}
	return a, a.CheckReadable()
}

// failArticle says of a deleted article who deleted it and why.
func (s *Server) failArticle(w http.ResponseWriter, r *http.Request, a article.Article, err error) error {
	if !fault.Is(err, fault.Gone) {
		return err
	}
	p := GonePage{Page: s.page(r, ""), Reason: a.Reason}
	p.Title, p.NoIndex, p.StateName = p.T("article.gone"), true, p.T("state."+string(a.State))
	return s.render(w, http.StatusGone, "article/gone", p)
}

// articlePage reads all that belongs to an article.
func (s *Server) articlePage(r *http.Request, a article.Article) (ArticlePage, error) {
	p := ArticlePage{Page: s.page(r, a.Title), Article: a, Edits: a.Edits(), Language: a.Language}
	p.Path, p.MainClass, p.NoIndex = articlePath(a.ID, a.Slug), "article", a.State == article.Hidden
	p.Canonical = s.canonicalOrigin(r, siteFor(r)) + p.Path
	p.Shows = thing{modlog.Article, int64(a.ID)}.path()
	p.When, p.RankWord = p.DateTime(a.PublishedAt), p.RankName(a.Rank)
	if a.EditedAt != nil {
		edited := p.DateTime(*a.EditedAt)
		p.Edited = &edited
	}
	var err error
	if p.Topics, err = article.TopicsOf(r.Context(), s.Pools.Replica, a.ID); err != nil {
		return p, err
	}
	files, err := media.OfArticle(r.Context(), s.Pools.Replica, a.SiteID, int64(a.ID))
	if err != nil {
		return p, err
	}
	p.Attachments = attachments(p.Page, files, a.Language)
	p.Report = reportForm(siteFor(r), a.ID)
	p.Share = share(p.Page, a.Language, a.Title, a.Summary, firstPicture(p.Attachments), a.PublishedAt)
	p.Share.play(p.Page, p.Attachments)
	return p, s.fillComments(r, &p)
}

func firstPicture(list []Attachment) *Picture {
	for _, a := range list {
		if a.Picture != nil {
			return a.Picture
		}
	}
	return nil
}

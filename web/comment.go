package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
	"github.com/indywire/indywire/web/middleware"
)

// CommentItem is a comment under its article.
type CommentItem struct {
	ID          comment.ID
	Addition    bool
	Author      string
	When        When
	HTML        string
	Hidden      bool
	Removed     bool
	Reason      string
	Attachments []Attachment
}

// CommentForm is the form under an article.
type CommentForm struct {
	form.Comment
	Action     string
	Closed     bool // the site is frozen
	Faults     map[string]string
	Kept       []KeptFile
	RefusedNow []RefusedFile
	MaxBody    int
	Limits     Limits
	Accept     string
	Uploader   Uploader
	Held       bool
	Notice     string
	Again      string // seconds until the script sends it once more; empty: it does not
}

// fillComments adds the comments from the one after ?after on, with their files.
func (s *Server) fillComments(r *http.Request, p *ArticlePage) error {
	st, a := siteFor(r), p.Article
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // what is no number asks for the first
	replies, err := comment.OfArticle(r.Context(), s.Pools.Replica, st.ID, a.ID, comment.ID(after))
	if err != nil {
		return err
	}
	if len(replies) == comment.PerPage {
		p.More = fmt.Sprintf("%s?after=%d#comments", p.Path, replies[len(replies)-1].ID)
	}
	files, err := s.commentFiles(r.Context(), p.Page, st.ID, replies)
	if err != nil {
		return err
	}
	for _, c := range replies {
		p.Comments = append(p.Comments, CommentItem{
			ID: c.ID, Addition: c.Kind == comment.Addition, Author: c.Author, When: p.DateTime(c.CreatedAt), HTML: c.HTML,
			Hidden: c.State == article.Hidden, Removed: c.State == article.Removed, Reason: c.Reason, Attachments: files[int64(c.ID)],
		})
	}
	p.Reply = replyForm(p.Page, st, a.ID)
	p.Reply.Uploader = s.uploader(p.Page, st, p.Reply.Limits.Files)
	return nil
}

func replyForm(p Page, st site.Site, id article.ID) CommentForm {
	return CommentForm{
		Action: articleShortPath(id) + "/comments", Closed: st.State == site.Frozen, MaxBody: comment.MaxBody,
		Limits: limits(p.L, st), Accept: acceptedTypes, Held: st.HoldComments,
	}
}

func (s *Server) commentFiles(ctx context.Context, p Page, st site.ID, replies []comment.Reply) (map[int64][]Attachment, error) {
	if len(replies) == 0 {
		return nil, nil
	}
	ids := make([]int64, 0, len(replies))
	for _, c := range replies {
		ids = append(ids, int64(c.ID))
	}
	files, err := media.OfComments(ctx, s.Pools.Replica, st, ids)
	byComment := map[int64][]media.Media{}
	for _, m := range files {
		byComment[*m.CommentID] = append(byComment[*m.CommentID], m)
	}
	found := map[int64][]Attachment{}
	for id, own := range byComment {
		found[id] = attachments(p, own, p.Lang())
	}
	return found, err
}

// postComment takes a comment. A ticket is only needed for files: the page of
// the article has none, so that it stays the same for everybody.
func (s *Server) postComment(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	id, err := idParam(r, "id")
	if err != nil {
		return err
	}
	rc, err := s.receive(w, r, st)
	f := form.ParseComment(rc.Values, rc.received)
	if err != nil {
		return s.keepPart(r, rc, f.Files, err, func() error { return s.answerComment(w, r, article.ID(id), f, rc.ticket, err) })
	}
	if f.Remove != "" {
		return s.answerRemoval(w, r, article.ID(id), rc, f)
	}
	posted, err := s.takeComment(r, article.ID(id), rc, f)
	if err != nil {
		return s.answerComment(w, r, article.ID(id), f, rc.ticket, err)
	}
	if posted.Repeated {
		if err := s.intake.Discard(r.Context(), st.ID, form.SentIDs(f.Files)); err != nil {
			return err
		}
	} else {
		s.awaitFiles(r.Context(), st, media.Owner{Comment: int64(posted.ID)}, f.Files)
	}
	return s.leadToComment(w, r, article.ID(id), posted)
}

func (s *Server) takeComment(r *http.Request, id article.ID, rc *reception, f form.Comment) (comment.Posted, error) {
	st := siteFor(r)
	if rc.lost != nil {
		return comment.Posted{}, rc.lost
	}
	if err := s.carryOver(r.Context(), st, rc.stale, rc.ticket, f.Files); err != nil {
		return comment.Posted{}, err
	}
	return comment.Post(r.Context(), s.Pools.Primary, s.Queue, st, id, f.Draft(rc.ticket))
}

// answerRemoval brings the form back without the file that was taken out of it.
func (s *Server) answerRemoval(w http.ResponseWriter, r *http.Request, id article.ID, rc *reception, f form.Comment) error {
	err := rc.lost
	if err == nil {
		err = s.carryOver(r.Context(), siteFor(r), rc.stale, rc.ticket, f.Files)
	}
	return s.answerComment(w, r, id, f, rc.ticket, err)
}

func (s *Server) leadToComment(w http.ResponseWriter, r *http.Request, id article.ID, posted comment.Posted) error {
	a, err := article.ByID(r.Context(), s.Pools.Newest(), siteFor(r).ID, id)
	if err != nil {
		return err
	}
	spots, err := comment.Spots(r.Context(), s.Pools.Newest(), a.SiteID, []comment.ID{posted.ID})
	if err != nil {
		return err
	}
	to := articlePath(a.ID, a.Slug) + comment.Anchor(posted.ID, spots[posted.ID].Place)
	if posted.Held {
		to = articlePath(a.ID, a.Slug) + "?held=1#comments"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// answerComment brings the form back as it was filled in, under its article. A
// nil cause is 200: nothing was posted, and nothing was wrong.
func (s *Server) answerComment(w http.ResponseWriter, r *http.Request, id article.ID, f form.Comment, t article.Ticket, cause error) error {
	p, err := s.articleToAnswer(r, id, cause)
	if err != nil {
		s.failKeeping(w, r, err, f.Body)
		return nil
	}
	f.Ticket = t.String()
	p.Reply.Comment, p.Reply.Faults, p.Reply.Closed = f, fieldFaults(p.Page, cause), false
	if len(p.Reply.Faults) == 0 {
		p.Reply.Notice = s.noticeOf(w, r, p.Page, cause)
	}
	if err := s.listReplyFiles(r, &p, t); err != nil {
		return err
	}
	middleware.NoStore(w)
	if cause == nil {
		return s.render(w, http.StatusOK, "article/show", p)
	}
	if fault.Is(cause, fault.Busy) {
		p.Reply.Again = retryAfter
	}
	return s.render(w, statusOf(fault.KindOf(cause)), "article/show", p)
}

// articleToAnswer is the page that a form under an article comes back on. Where
// the article is not there to read the error is that, whatever the cause.
func (s *Server) articleToAnswer(r *http.Request, id article.ID, cause error) (ArticlePage, error) {
	if kind := fault.KindOf(cause); kind == fault.NotFound || kind == fault.Gone {
		return ArticlePage{}, cause
	}
	a, err := article.ByID(r.Context(), s.Pools.Replica, siteFor(r).ID, id)
	if err == nil {
		err = a.CheckReadable()
	}
	if err != nil {
		return ArticlePage{}, err
	}
	return s.articlePage(r, a)
}

// noticeOf says above a form what was wrong as a whole; its fields speak for
// themselves. A nil cause has nothing to say.
func (s *Server) noticeOf(w http.ResponseWriter, r *http.Request, p Page, cause error) string {
	switch kind := fault.KindOf(cause); {
	case cause == nil:
		return ""
	case kind == fault.Denied:
		return p.T("publish.frozen")
	case kind != fault.Invalid && kind != fault.TooLarge: // a mistake or an overload of ours
		s.logFailure(r, cause)
		w.Header().Set("Retry-After", retryAfter)
	}
	return faultNotice(p, cause)
}

// listReplyFiles tells the files of a comment's form apart.
func (s *Server) listReplyFiles(r *http.Request, p *ArticlePage, t article.Ticket) error {
	kept, refused, unknown, err := s.sortFiles(r.Context(), p.Page, siteFor(r), t, p.Reply.Files)
	if fault.Is(err, fault.Busy) {
		kept, refused, err = unsortedFiles(p.Page, p.Reply.Files)
	}
	p.Reply.Kept, p.Reply.RefusedNow = kept, refused
	if unknown && p.Reply.Faults["file"] == "" {
		p.Reply.Faults["file"] = p.T("error.upload_unknown")
	}
	return err
}

package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// FeatureFormPage is the form of a feature, and what there is to say about the
// last try.
type FeatureFormPage struct {
	Page
	Form    FeatureForm
	Feature feature.Feature // what stands now; its ID is 0 for a new one
	Stands  string
	Notice  string           // what was wrong as a whole
	First   string           // path of what the ticket was used for before
	Current *feature.Feature // what stands now, where the form was made from what has passed
}

// New tells whether there is no feature yet.
func (p FeatureFormPage) New() bool { return p.Feature.ID == 0 }

// PublicPath is where readers find the feature.
func (p FeatureFormPage) PublicPath() string { return featurePath(p.Feature.ID, p.Feature.Slug) }

// DeskPath is where the feature's own form is.
func (p FeatureFormPage) DeskPath() string { return featureDeskPath(p.Feature.ID) }

// FeatureForm is the form as a page shows it.
type FeatureForm struct {
	form.Feature
	Action       string // where it is sent to
	Faults       map[string]string
	Kept         []KeptFile
	RefusedNow   []RefusedFile
	Present      *ReceiptFile // the picture there is
	Posts        string       // one a line
	Linked       []WireItem   // what they are
	Recent       []WireItem   // the newest posts, to choose from
	Languages    []Choice
	Limits       Limits
	MostArticles int
	Accept       string
	Preview      *FeaturePreview
}

// AtFault tells whether something in the form itself is to be put right.
func (f FeatureForm) AtFault() bool {
	for name := range f.Faults {
		if name != "version" {
			return true
		}
	}
	return len(f.RefusedNow) > 0
}

// FeaturePreview is what the feature would look like.
type FeaturePreview struct {
	Title, Summary, HTML string
	Language             locale.Tag
}

// featureForm makes the form from what was filled in. What only the database
// knows is left out while that is away: what was written comes back all the same.
func (s *Server) featureForm(ctx context.Context, p Page, st site.Site, wr writing, cause error) (FeatureForm, error) {
	f := wr.form
	f.Ticket = wr.ticket.String()
	if f.Language == "" {
		f.Language = string(st.Language())
	}
	view := FeatureForm{
		Feature: f, Action: wr.path(), Faults: fieldFaults(p, cause), Limits: limits(p.L, unlimited(st)), MostArticles: feature.MaxArticles, Accept: acceptedPictures,
		Languages: formLanguages(p, st, f.Language),
	}
	for _, fill := range []func() error{
		func() error { return s.listFeatureFiles(ctx, p, st, wr, &view) },
		func() error { return s.listPresent(ctx, p, wr.feature, &view) },
		func() error { return s.listPosts(ctx, p, st, &view) },
	} {
		if err := fill(); err != nil && !fault.Is(err, fault.Busy) {
			return view, err
		}
	}
	return view, nil
}

// listFeatureFiles tells the files of a form apart: kept, at fault, unknown.
func (s *Server) listFeatureFiles(ctx context.Context, p Page, st site.Site, wr writing, view *FeatureForm) error {
	kept, refused, unknown, err := s.sortFiles(ctx, p, st, wr.ticket, view.Files)
	if fault.Is(err, fault.Busy) {
		kept, refused, err = unsortedFiles(p, view.Files)
	}
	view.Kept, view.RefusedNow = kept, refused
	if unknown && view.Faults["file"] == "" {
		view.Faults["file"] = p.T("error.upload_unknown")
	}
	if len(refused) > 0 && view.Faults["file"] == refused[0].Fault { // said with its name already
		delete(view.Faults, "file")
	}
	return err
}

// listPresent adds the picture that the feature has, as it would be described.
func (s *Server) listPresent(ctx context.Context, p Page, f feature.Feature, view *FeatureForm) error {
	if f.Picture == nil {
		return nil
	}
	files, err := media.OfFeature(ctx, s.Pools.Newest(), f.SiteID, int64(f.ID))
	if err != nil || len(files) == 0 {
		return err
	}
	present := receiptFile(p, files[0])
	if view.Alt != nil {
		present.Alt = *view.Alt
	}
	view.Present = &present
	return nil
}

// listPosts writes the posts of the form as addresses, which tell what they are,
// and offers the newest ones beside them. What names no post stays as typed, as
// do all lines where there are too many.
func (s *Server) listPosts(ctx context.Context, p Page, st site.Site, view *FeatureForm) error {
	posts := view.Feature.Posts(s.ownHost(st))
	lines, ids := make([]string, 0, len(posts)), make([]article.ID, 0, len(posts))
	for _, post := range posts {
		lines, ids = append(lines, post.Line), append(ids, post.ID)
	}
	view.Posts = strings.Join(lines, "\n")
	if len(posts) > feature.MaxArticles {
		view.Posts = strings.Join(view.Articles, "\n")
		return nil
	}
	found, err := feature.Linkable(ctx, s.Pools.Newest(), st.ID, ids)
	if err != nil {
		return err
	}
	view.Linked, lines = wireItems(p, found), lines[:0]
	for _, post := range posts {
		line := post.Line
		if i := slices.IndexFunc(found, func(i article.Item) bool { return i.ID == post.ID }); i >= 0 {
			line = articlePath(found[i].ID, found[i].Slug)
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	view.Posts = strings.Join(lines, "\n")
	recent, err := newswire.List(ctx, s.Pools.Newest(), st.ID, newswire.Filter{})
	if err != nil {
		return err
	}
	view.Recent = wireItems(p, slices.DeleteFunc(recent.Items, func(i article.Item) bool { return slices.Contains(ids, i.ID) }))
	return nil
}

// ownHost tells which hosts are a site's.
func (s *Server) ownHost(st site.Site) func(string) bool {
	hosts := append(slices.Clone(st.Hosts), st.CanonicalHost(s.Portal))
	return func(host string) bool { return slices.Contains(hosts, site.NormalHost(host)) }
}

// featurePreview shows a draft by the renderer that saving uses.
func (s *Server) featurePreview(st site.Site, f form.Feature) *FeaturePreview {
	d := f.Draft(s.ownHost(st)).Clean(st)
	return &FeaturePreview{Title: d.Title, Summary: d.Summary, HTML: markup.Render(markup.Markdown, d.Body), Language: d.Language}
}

// showFeatureForm renders the form as filled in. complete adds what a particular
// answer has to say.
func (s *Server) showFeatureForm(w http.ResponseWriter, r *http.Request, status int, wr writing, cause error, complete func(*FeatureFormPage)) error {
	p := FeatureFormPage{Page: s.page(r, ""), Feature: wr.feature}
	p.Title, p.NoIndex, p.Section = p.T("feature_form.new"), true, "/newsroom/features"
	if !p.New() {
		p.Title, p.Stands = p.T("feature_form.edit"), stands(p.Page, p.Feature)
	}
	var err error
	if p.Form, err = s.featureForm(r.Context(), p.Page, siteFor(r), wr, cause); err != nil {
		return err
	}
	if complete != nil {
		complete(&p)
	}
	return s.render(w, status, "feature/form", p)
}

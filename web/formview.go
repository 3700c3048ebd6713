package web

import (
	"context"
	"slices"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/media/photo"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// Choice is one of several things to choose from.
type Choice struct {
	Value, Name string
	Lang        locale.Tag // of the name
	Chosen      bool
}

// KeptFile is a file that lies here already and goes along with the form.
type KeptFile struct{ ID, Name, Size, Alt string }

// RefusedFile is a file at fault, and what was wrong with it.
type RefusedFile struct{ Name, Fault string }

// Limits are the bounds that forms state before they are hit.
type Limits struct {
	Title, Summary, Body, Author, Contact, Alt, Files int
	FileSize, PhotoSize, DocumentSize, CaptionsSize   string
	Megapixels                                        int
	NoFiles                                           bool // of anyone's
}

func limits(l *locale.Localizer, st site.Site) Limits {
	of := media.LimitsOf(st)
	return Limits{
		Title: article.MaxTitle, Summary: article.MaxSummary, Body: article.MaxBody, Author: article.MaxAuthor,
		Contact: article.MaxContact, Alt: media.MaxAlt, Files: of.Files,
		FileSize: l.Bytes(of.Bytes), PhotoSize: l.Bytes(of.Of(media.Image)), DocumentSize: l.Bytes(of.Of(media.Document)),
		CaptionsSize: l.Bytes(of.Of(media.Captions)), Megapixels: photo.MaxPixels / 1_000_000, NoFiles: of.Files == 0,
	}
}

// ArticleForm is the open form as a page shows it: for a new article, or for one
// that its author edits.
type ArticleForm struct {
	form.Publish
	Action     string // where it is sent to
	Edit       bool   // of an article that is there, by its receipt
	Faults     map[string]string
	Kept       []KeptFile
	RefusedNow []RefusedFile
	Rows       []int // file fields
	TopicList  []Choice
	Languages  []Choice
	Limits     Limits
	Accept     string // what file fields offer to choose
	Uploader   Uploader
	Held       bool // the collective looks at articles first
	Preview    *Preview
}

// AtFault tells whether something in the form itself is to be put right, beside
// what the notice says of the form as a whole.
func (f ArticleForm) AtFault() bool {
	for name := range f.Faults {
		if name != "version" && name != "state" {
			return true
		}
	}
	return len(f.RefusedNow) > 0
}

// Preview is what the article would look like.
type Preview struct {
	Title, Summary, Author, HTML string
	Language                     locale.Tag
}

// fileRows is how many file fields a form shows at once; with script more come
// as they are needed, without it each preview keeps files and frees the fields.
const fileRows = 4

// acceptedPictures and acceptedTypes are what browsers offer to choose: for what
// is a picture, and for a post.
const (
	acceptedPictures = "image/jpeg,image/png,image/gif,image/webp,image/avif,image/heic,.heic,.heif"
	acceptedTypes    = acceptedPictures + ",video/*,audio/*,.mkv,.ogv,.3gp,.avi,.opus,.flac,application/pdf,text/vtt,.vtt"
)

// articleForm makes the form from what was filled in. Files that were received
// go along under the ticket; those at fault are named.
func (s *Server) articleForm(ctx context.Context, p Page, st site.Site, f form.Publish, t article.Ticket, err error) (ArticleForm, error) {
	f.Ticket = t.String()
	if f.Format == "" {
		f.Format = string(markup.Markdown)
	}
	if f.Language == "" {
		f.Language = string(st.Language())
	}
	view := ArticleForm{
		Publish: f, Action: "/publish", Faults: fieldFaults(p, err), Limits: limits(p.L, st), Accept: acceptedTypes, Held: st.HoldArticles,
		Languages: formLanguages(p, st, f.Language), TopicList: topicChoices(st, f.Topics),
	}
	if err := s.listFiles(ctx, p, st, t, &view); err != nil {
		return ArticleForm{}, err
	}
	view.Uploader = s.uploader(p, st, view.Limits.Files)
	for i := range min(fileRows, max(view.Limits.Files-len(view.Kept), 0)) {
		view.Rows = append(view.Rows, i+1)
	}
	return view, nil
}

// listFiles tells the files of a form apart: kept, at fault, unknown.
func (s *Server) listFiles(ctx context.Context, p Page, st site.Site, t article.Ticket, view *ArticleForm) error {
	kept, refused, unknown, err := s.sortFiles(ctx, p, st, t, view.Files)
	if fault.Is(err, fault.Busy) { // they are told by their ids when they come again
		kept, refused, err = unsortedFiles(p, view.Files)
	}
	if err != nil {
		return err
	}
	view.Kept, view.RefusedNow = kept, refused
	if unknown && view.Faults["file"] == "" {
		view.Faults["file"] = p.T("error.upload_unknown")
	}
	return nil
}

func (s *Server) sortFiles(ctx context.Context, p Page, st site.Site, t article.Ticket, files []form.File) (kept []KeptFile, refused []RefusedFile, unknown bool, err error) {
	if len(files) == 0 {
		return nil, nil, false, nil
	}
	uploads, err := media.Uploads(ctx, s.Pools.Newest(), st.ID, t.Hash(), form.IDs(files))
	if err != nil {
		return nil, nil, false, err
	}
	for _, f := range files {
		i := slices.IndexFunc(uploads, func(u media.Upload) bool { return u.ID == f.Upload.ID })
		switch {
		case f.Refused():
			refused = append(refused, RefusedFile{Name: f.Upload.Name, Fault: p.T(f.Upload.Failure)})
		case i < 0:
			unknown = true
		case uploads[i].State == media.Refused:
			refused = append(refused, RefusedFile{Name: uploads[i].Name, Fault: p.T(uploads[i].Failure)})
		default:
			kept = append(kept, KeptFile{ID: string(f.Upload.ID), Name: uploads[i].Name, Size: p.L.Bytes(uploads[i].Size), Alt: f.Alt})
		}
	}
	return kept, refused, unknown, nil
}

// unsortedFiles is sortFiles while the database is away.
func unsortedFiles(p Page, files []form.File) (kept []KeptFile, refused []RefusedFile, _ error) {
	for _, f := range files {
		if f.Refused() {
			refused = append(refused, RefusedFile{Name: f.Upload.Name, Fault: p.T(f.Upload.Failure)})
		} else {
			kept = append(kept, KeptFile{ID: string(f.Upload.ID), Name: f.Upload.Name, Size: p.L.Bytes(f.Upload.Size), Alt: f.Alt})
		}
	}
	return kept, refused, nil
}

func languageChoices(p Page, st site.Site, chosen string) []Choice {
	var list []Choice
	for _, t := range st.Languages {
		list = append(list, Choice{Value: string(t), Name: t.Self(), Lang: t, Chosen: string(t) == chosen})
	}
	return list
}

// formLanguages are the site's, and the form's own where it is another: an
// imported article may stay in it.
func formLanguages(p Page, st site.Site, chosen string) []Choice {
	list := languageChoices(p, st, chosen)
	t, err := locale.ParseTag(chosen)
	if err == nil && string(t) == chosen && !slices.Contains(st.Languages, t) {
		list = append(list, Choice{Value: chosen, Name: t.Self(), Lang: t, Chosen: true})
	}
	return list
}

func topicChoices(st site.Site, chosen []string) []Choice {
	var list []Choice
	for _, t := range st.Topics {
		list = append(list, Choice{Value: t.Slug, Name: t.Name, Lang: st.Language(), Chosen: slices.Contains(chosen, t.Slug)})
	}
	return list
}

// preview shows a draft by the renderer that publishing uses.
func preview(st site.Site, f form.Publish) *Preview {
	d := f.Draft().Clean(st)
	return &Preview{Title: d.Title, Summary: d.Summary, Author: d.Author, HTML: markup.Render(d.Format, d.Body), Language: d.Language}
}

package web

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// PagesPage lists a collective's static pages, and has the form of a new one.
type PagesPage struct {
	Furnishing
	Pages []StaticItem
	Form  StaticForm
	Room  bool // for one more
	Most  int
}

// EditPage is the form of one static page.
type EditPage struct {
	Furnishing
	Form    StaticForm
	Public  string        // address of the page itself
	Heading string        // its title as it stands
	Spoken  locale.Tag    // the language of the heading
	Lasting bool          // every site has it
	Current *StaticStands // how it stands, where somebody changed it meanwhile
}

// StaticItem is a static page in a list.
type StaticItem struct {
	URL, Public, Title string
	Lang               locale.Tag
	When               When
}

// StaticStands is the text of a page as it stands.
type StaticStands struct {
	Title, Source string
	Lang          locale.Tag
}

// StaticForm is the form of a page as it is shown.
type StaticForm struct {
	form.StaticPage
	Action    string
	New       bool
	Faults    map[string]string
	Version   string
	Languages []Choice
	Limits    Limits
	Preview   *Preview
}

func (s *Server) listPages(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	return s.renderPages(w, r, pl, form.StaticPage{Language: string(pl.site.Language())}, nil)
}

func (s *Server) addPage(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	f := form.ParseStaticPage(v)
	if f.Action == "preview" {
		return s.renderPages(w, r, pl, f, nil)
	}
	if err = pl.checkOpen(); err == nil {
		err = site.AddPage(r.Context(), s.Pools.Primary, viewerOf(r).Actor(), pl.site.ID, f.Draft())
	}
	if err != nil {
		return s.renderPages(w, r, pl, f, err)
	}
	saved(w, r, pl.base+"/pages/"+f.Slug)
	return nil
}

func (s *Server) renderPages(w http.ResponseWriter, r *http.Request, pl place, f form.StaticPage, cause error) error {
	pages, err := site.ListPages(r.Context(), s.Pools.Newest(), pl.site.ID)
	if err != nil {
		return err
	}
	p := PagesPage{Furnishing: s.furnishing(w, r, pl, "pages", cause), Room: len(pl.site.Pages) < site.MaxPages, Most: site.MaxPages}
	p.Title = p.T("pages.title")
	for _, page := range pages {
		p.Pages = append(p.Pages, StaticItem{
			URL: pl.base + "/pages/" + page.Slug, Public: p.Front + "pages/" + page.Slug, Title: page.Title, Lang: page.Language,
			When: p.Date(page.UpdatedAt),
		})
	}
	p.Form = staticForm(p.Furnishing, f, pl.base+"/pages")
	p.Form.New = true
	return s.render(w, statusAfter(cause), "furnish/pages", p)
}

// staticForm is the form of a page as filled in, with its preview where one was
// asked for.
func staticForm(p Furnishing, f form.StaticPage, action string) StaticForm {
	shown := StaticForm{StaticPage: f, Action: action, Faults: p.Faults, Limits: limits(p.L, p.Of), Languages: formLanguages(p.Page, p.Of, f.Language)}
	shown.Limits.Title, shown.Limits.Body = site.MaxPageTitle, site.MaxPageBody
	if f.Action == "preview" {
		d := f.Draft().Clean()
		shown.Preview = &Preview{Title: d.Title, HTML: markup.Render(markup.Markdown, d.Source), Language: d.Language}
	}
	return shown
}

func (s *Server) editPage(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	had, err := site.PageBySlug(r.Context(), s.Pools.Newest(), pl.site.ID, chi.URLParam(r, "page"))
	if err != nil {
		return err
	}
	return s.renderPage(w, r, pl, had, staticFilled(had), nil)
}

// staticFilled is the form as the page fills it.
func staticFilled(had site.Page) form.StaticPage {
	return form.StaticPage{Slug: had.Slug, Title: had.Title, Language: string(had.Language), Body: had.Source, Version: string(had.Seal())}
}

// changePage previews, saves or deletes a page.
func (s *Server) changePage(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	f := form.ParseStaticPage(v)
	f.Slug = chi.URLParam(r, "page")
	err = s.takePage(r, pl, f)
	if s.lost(w, r, err, f.Body) {
		return nil
	}
	if err == nil && f.Action != "preview" {
		path := pl.base + "/pages"
		if f.Action != "delete" {
			path += "/" + f.Slug
		}
		saved(w, r, path)
		return nil
	}
	had, gone := site.PageBySlug(r.Context(), s.Pools.Newest(), pl.site.ID, f.Slug)
	if gone != nil {
		s.failKeeping(w, r, gone, f.Body)
		return nil
	}
	return s.renderPage(w, r, pl, had, f, err)
}

func (s *Server) takePage(r *http.Request, pl place, f form.StaticPage) error {
	ctx, by, seal := r.Context(), viewerOf(r).Actor(), site.Seal(f.Version)
	if f.Action == "preview" {
		return nil
	}
	if err := pl.checkOpen(); err != nil {
		return err
	}
	if f.Action == "delete" {
		return site.DeletePage(ctx, s.Pools.Primary, by, pl.site.ID, seal, f.Slug)
	}
	return site.EditPage(ctx, s.Pools.Primary, by, pl.site.ID, seal, f.Draft())
}

func (s *Server) renderPage(w http.ResponseWriter, r *http.Request, pl place, had site.Page, f form.StaticPage, cause error) error {
	p := EditPage{Furnishing: s.furnishing(w, r, pl, "pages", cause), Heading: had.Title, Spoken: had.Language, Lasting: had.Lasting()}
	if f.Action == "delete" && cause != nil { // its form holds no text
		version := f.Version
		f = staticFilled(had)
		f.Version = version
	}
	p.Title, p.Public = had.Title, p.Front+"pages/"+had.Slug
	p.Form = staticForm(p.Furnishing, f, pl.base+"/pages/"+had.Slug)
	p.Form.Version = f.Version
	if p.Changed() {
		p.Form.Version = string(had.Seal())
		p.Current = &StaticStands{Title: had.Title, Source: had.Source, Lang: had.Language}
	}
	if fault.Is(cause, fault.Conflict) && !p.Changed() {
		p.Notice = p.T("pages.lasting")
	}
	if !slices.ContainsFunc(p.Form.Languages, func(c Choice) bool { return c.Chosen }) {
		p.Form.Languages = formLanguages(p.Page, pl.site, string(had.Language))
	}
	return s.render(w, statusAfter(cause), "furnish/page", p)
}

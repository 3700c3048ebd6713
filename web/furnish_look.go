package web

import (
	"cmp"
	"context"
	"net/http"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// LookPage is a collective's colour and logo.
type LookPage struct {
	Furnishing
	Accent   string // as chosen in the form
	Stands   string // the colour it has
	Readings *ReadingsTable
	Preview  bool
	Own      LogoForm
	Colour   bool // it was the form of the colour that was sent
}

// ReadingsTable says how well a colour is read, in figures.
type ReadingsTable struct {
	Colour, Dark string
	Rows         []ReadingRow
	Enough       bool
	Min          string
}

// ReadingRow is the colour on one kind of paper, in light and in the dark.
type ReadingRow struct{ On, Light, Dark string }

// LogoForm is the form of the logo.
type LogoForm struct {
	Ticket  string
	Version string
	Picture *Picture // that stands
	Waiting bool
	Failure string // of the one that was sent last
	Kept    []KeptFile
	Limits  Limits
	Accept  string
}

func (s *Server) showLook(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	return s.renderLook(w, r, pl, lookForm{}, nil)
}

// lookForm is what was filled in of the forms of the page.
type lookForm struct {
	accent        string
	accentVersion string
	preview       bool
	logo          form.Logo
	ticket        article.Ticket
}

// changeAccent previews a colour or saves it.
func (s *Server) changeAccent(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	f := lookForm{accent: v.Get("accent"), accentVersion: v.Get("version"), preview: v.Get("action") == "preview"}
	switch {
	case f.preview:
		_, err = site.ParseAccent(f.accent)
		return s.renderLook(w, r, pl, f, err)
	case pl.checkOpen() != nil:
		err = pl.checkOpen()
	default:
		err = site.SetAccent(r.Context(), s.Pools.Primary, viewerOf(r).Actor(), pl.site.ID, site.Seal(f.accentVersion), f.accent)
	}
	if err != nil {
		return s.renderLook(w, r, pl, f, err)
	}
	saved(w, r, pl.base+"/look")
	return nil
}

// changeLogo takes a new logo, or takes the logo away.
func (s *Server) changeLogo(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	rc, err := s.receive(w, r, pl.receiving())
	f := lookForm{logo: form.ParseLogo(rc.Values, rc.received), ticket: rc.ticket}
	if err != nil {
		if len(rc.Values.Values) == 0 {
			return err
		}
		return s.renderLook(w, r, pl, f, err)
	}
	if err := s.takeLogo(r, pl, rc, f.logo); err != nil {
		return s.renderLook(w, r, pl, f, err)
	}
	saved(w, r, pl.base+"/look")
	return nil
}

// receiving is the site as files are kept for it: the network's admins may send
// a logo to a frozen collective.
func (pl place) receiving() site.Site {
	st := unlimited(pl.site)
	if pl.governed {
		st.State = site.Active
	}
	return st
}

func (s *Server) takeLogo(r *http.Request, pl place, rc *reception, f form.Logo) error {
	act := media.LogoAct{Site: pl.site.ID, By: viewerOf(r).Actor(), Seal: site.Seal(f.Version)}
	switch {
	case pl.checkOpen() != nil:
		return pl.checkOpen()
	case f.Action == "remove":
		return media.RemoveLogo(r.Context(), s.Pools.Primary, s.Queue, act)
	case rc.lost != nil:
		return rc.lost
	case len(f.Files) == 0:
		return fault.InvalidFields(fault.Field{Name: "file", Message: "error.required.file"})
	}
	chosen := f.Files[0]
	if chosen.Refused() {
		return fault.InvalidFields(fault.Field{Name: "file", Message: chosen.Upload.Failure})
	}
	if err := s.carryOver(r.Context(), pl.site, rc.stale, rc.ticket, f.Files); err != nil {
		return err
	}
	return s.attachLogo(r.Context(), act, rc.ticket, f.Files)
}

// attachLogo takes the first of the files. What came beside it, and what was
// sent twice, is forgotten.
func (s *Server) attachLogo(ctx context.Context, act media.LogoAct, t article.Ticket, files []form.File) error {
	rest := form.SentIDs(files[1:])
	err := db.InTx(ctx, s.Pools.Primary, func(tx pgx.Tx) error {
		repeated, err := media.AttachLogo(ctx, tx, s.Queue, act, t.Hash(), files[0].Upload.ID)
		if repeated {
			rest = append(rest, files[0].Upload.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.await(ctx, func(ctx context.Context) (bool, error) {
		m, err := media.LogoOf(ctx, s.Pools.Newest(), act.Site)
		return m.State == media.Waiting, err
	})
	return s.intake.Discard(ctx, act.Site, rest)
}

// renderLook shows both forms. What went wrong belongs to the one that was sent.
func (s *Server) renderLook(w http.ResponseWriter, r *http.Request, pl place, f lookForm, cause error) error {
	if cause != nil {
		pl = s.asItStands(r, pl)
	}
	p := LookPage{Furnishing: s.furnishing(w, r, pl, "look", cause), Stands: string(pl.site.Accent), Preview: f.preview && cause == nil, Colour: f.accent != ""}
	p.Title, p.Accent, p.Version = p.T("look.title"), cmp.Or(f.accent, p.Stands), f.accentVersion
	if p.Version == "" || p.Changed() {
		p.Version = string(pl.site.Accent.Seal())
	}
	p.Readings = readingsTable(p.Page, p.Accent)
	if accent, err := site.ParseAccent(p.Accent); err == nil {
		p.Assets = s.assetPaths(accent)
	}
	if err := s.fillLogo(r, &p, pl, f); err != nil {
		return err
	}
	status := statusAfter(cause)
	if f.preview {
		status = http.StatusOK // it says how well the colour is read, whichever that is
	}
	return s.render(w, status, "furnish/look", p)
}

// readingsTable is nil for what is no colour.
func readingsTable(p Page, colour string) *ReadingsTable {
	m, err := site.ReadingsOf(colour)
	if err != nil {
		return nil
	}
	row := func(key string, light, dark float64) ReadingRow {
		// i18n: look.on.*
		return ReadingRow{p.T("look.on." + key), p.T("look.ratio", "Ratio", p.L.Ratio(light)), p.T("look.ratio", "Ratio", p.L.Ratio(dark))}
	}
	return &ReadingsTable{
		Colour: colour, Dark: m.Dark, Enough: min(m.Page, m.Sheet, m.Mark) >= site.MinContrast, Min: p.L.Ratio(site.MinContrast),
		Rows: []ReadingRow{row("page", m.Page, m.DarkPage), row("sheet", m.Sheet, m.DarkSheet), row("mark", m.Mark, m.DarkMark)},
	}
}

func (s *Server) fillLogo(r *http.Request, p *LookPage, pl place, f lookForm) error {
	t := f.ticket
	if t.IsZero() {
		t = s.Key.Mint(pl.site.ID, s.Now())
	}
	p.Own = LogoForm{Ticket: t.String(), Version: f.logo.Version, Limits: limits(p.L, unlimited(pl.site)), Accept: acceptedPictures}
	m, err := media.LogoOf(r.Context(), s.Pools.Newest(), pl.site.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if p.Own.Version == "" || p.Changed() {
		p.Own.Version = string(site.LogoSeal(string(m.ID)))
	}
	p.Own.Picture, p.Own.Waiting = picture(p.Page, m), m.State == media.Waiting
	if m.State == media.Failed {
		p.Own.Failure = p.T(m.Failure)
	}
	p.Own.Kept, _, _, err = s.sortFiles(r.Context(), p.Page, pl.site, t, f.logo.Files)
	if fault.Is(err, fault.Busy) {
		p.Own.Kept, _, err = unsortedFiles(p.Page, f.logo.Files)
	}
	return err
}

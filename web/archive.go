package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/newswire"
	"github.com/indywire/indywire/internal/site"
)

// ArchivePage lists the years and months in which something was published.
type ArchivePage struct {
	Page
	Years []ArchiveYear
}

// ArchiveYear is one year of the archive, its months newest first.
type ArchiveYear struct {
	Year   string
	Months []ArchiveMonth
}

// ArchiveMonth is one month and how many articles it holds.
type ArchiveMonth struct {
	URL, Name string
	Count     int
}

func (s *Server) archive(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	months, err := newswire.Months(r.Context(), s.Pools.Replica, st)
	if err != nil {
		return err
	}
	p := ArchivePage{Page: s.page(r, "")}
	p.Title, p.Section = p.T("archive.title"), "/archive"
	for _, m := range months {
		start := m.Start.In(p.Zone)
		year := strconv.Itoa(start.Year())
		if n := len(p.Years); n == 0 || p.Years[n-1].Year != year {
			p.Years = append(p.Years, ArchiveYear{Year: year})
		}
		last := &p.Years[len(p.Years)-1]
		last.Months = append(last.Months, ArchiveMonth{URL: start.Format("/archive/2006/01"), Name: p.L.Month(start, p.Zone), Count: m.Count})
	}
	return s.render(w, http.StatusOK, "archive/index", p)
}

func (s *Server) archiveMonth(w http.ResponseWriter, r *http.Request) error {
	st := siteFor(r)
	start, err := time.ParseInLocation("2006/01", chi.URLParam(r, "year")+"/"+chi.URLParam(r, "month"), st.Zone())
	if err != nil {
		return fault.New(fault.NotFound, "month")
	}
	end := start.AddDate(0, 1, 0)
	if err := s.checkMonth(r, st, start, end); err != nil {
		return err
	}
	before, err := cursor(r.URL.Query())
	if err != nil {
		return err
	}
	p := NewswirePage{Page: s.page(r, ""), First: before.IsZero()}
	p.Title, p.Section, p.NoIndex = p.L.Month(start, p.Zone), "/archive", !p.First
	p.Heading = p.Title
	return s.renderWire(w, r, p, newswire.Filter{From: start, To: end, Before: before})
}

// checkMonth answers fault.NotFound for a month before the first article or in
// the future: there is no end of addresses with nothing behind them.
func (s *Server) checkMonth(r *http.Request, st site.Site, start, end time.Time) error {
	oldest, newest, err := newswire.Span(r.Context(), s.Pools.Replica, st.ID)
	if err != nil {
		return err
	}
	now := s.Now()
	if oldest.IsZero() {
		oldest = now
	}
	if newest.Before(now) {
		newest = now
	}
	if !end.After(oldest) || start.After(newest) {
		return fault.New(fault.NotFound, "month")
	}
	return nil
}

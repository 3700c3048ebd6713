package web

import (
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// TopicsPage is the form about all topics of a collective.
type TopicsPage struct {
	Furnishing
	Rows   []TopicRow
	New    string
	Room   bool // for one more
	Limits TopicsLimits
	Stands []string   // the topics as they stand, where somebody changed them meanwhile
	Spoken locale.Tag // the language of the topics
}

// TopicRow is one topic of the form.
type TopicRow struct {
	site.TopicRow
	Number  int
	Slug    string
	Current string // its name as it stands
	Filed   bool   // articles stand under it
	Wrong   string // what is at fault with what was written
}

// TopicsLimits are bounds that the form states.
type TopicsLimits struct{ Name, Topics int }

func (s *Server) showTopics(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	return s.renderTopics(w, r, pl, form.Topics{}, nil)
}

func (s *Server) changeTopics(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	f := form.ParseTopics(v)
	if err = pl.checkOpen(); err == nil {
		err = site.ChangeTopics(r.Context(), s.Pools.Primary, viewerOf(r).Actor(), pl.site.ID, site.Seal(f.Version), f.Change())
	}
	if s.lost(w, r, err, f.New) {
		return nil
	}
	if err != nil {
		return s.renderTopics(w, r, s.asItStands(r, pl), f, err)
	}
	saved(w, r, pl.base+"/topics")
	return nil
}

func (s *Server) renderTopics(w http.ResponseWriter, r *http.Request, pl place, f form.Topics, cause error) error {
	p := TopicsPage{Furnishing: s.furnishing(w, r, pl, "topics", cause), New: f.New}
	filed, err := site.FiledTopics(r.Context(), s.Pools.Newest(), pl.site.ID)
	if err != nil {
		return err
	}
	p.Title, p.Version, p.Spoken = p.T("topics.title"), f.Version, pl.site.Language()
	if p.Changed() || cause == nil {
		p.Version = string(site.TopicsSeal(pl.site.Topics))
	}
	if p.Changed() {
		for _, t := range pl.site.Topics {
			p.Stands = append(p.Stands, t.Name)
		}
	}
	p.Rows = topicRows(pl.site.Topics, f, filed)
	p.noteRows()
	p.Room = len(pl.site.Topics) < site.MaxTopics || f.New != ""
	p.Limits = TopicsLimits{site.MaxTopicName, site.MaxTopics}
	return s.render(w, statusAfter(cause), "furnish/topics", p)
}

// topicRows are the topics as they stand, with what was written about each.
func topicRows(have []site.Topic, f form.Topics, filed []site.TopicID) []TopicRow {
	rows := make([]TopicRow, 0, len(have))
	for i, t := range have {
		row := TopicRow{TopicRow: site.TopicRow{ID: t.ID, Name: t.Name, Place: i + 1}, Number: i + 1, Slug: t.Slug, Current: t.Name}
		row.Filed = slices.Contains(filed, t.ID)
		if n := slices.IndexFunc(f.Rows, func(w site.TopicRow) bool { return w.ID == t.ID }); n >= 0 {
			row.TopicRow = f.Rows[n]
		}
		rows = append(rows, row)
	}
	return rows
}

// noteRows says beside each row what is at fault with it.
func (p *TopicsPage) noteRows() {
	for i, row := range p.Rows {
		name := markup.Line(row.Name)
		switch {
		case row.Delete && row.Filed:
			p.Rows[i].Wrong = p.Faults["delete"]
		case name == "" || utf8.RuneCountInString(name) > site.MaxTopicName:
			p.Rows[i].Wrong = p.Faults["name"]
		}
	}
}

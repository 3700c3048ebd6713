package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/form"
)

// SettingsPage is what a collective's editors decide about it as a whole.
type SettingsPage struct {
	Furnishing
	Form   form.Settings
	Rows   []Row // of languages
	Known  []Choice
	Zones  []Zones
	Limits SettingsLimits
	Stands []Stand // how things stand, where somebody changed them meanwhile
}

// Row is one of several fields of a name.
type Row struct {
	Number int
	Value  string
	First  bool
}

// Zones are the time zones of one part of the world.
type Zones struct {
	Part  string
	Names []Choice
}

// SettingsLimits are bounds that the form states.
type SettingsLimits struct{ Name, Tagline, Languages, Files, FileMB int }

// Stand is one setting as it stands.
type Stand struct{ Name, Value string }

func (s *Server) showSettings(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	return s.renderSettings(w, r, pl, settingsForm(pl.site.Settings()), nil)
}

const megabyte = 1_000_000

// settingsForm is the form as the settings fill it.
func settingsForm(have site.Settings) form.Settings {
	f := form.Settings{
		Name: have.Name, Tagline: have.Tagline, TimeZone: have.TimeZone, HoldArticles: have.HoldArticles,
		HoldComments: have.HoldComments,
	}
	for _, tag := range have.Languages {
		f.Languages = append(f.Languages, tag.Written())
	}
	if have.MaxFiles != nil {
		f.MaxFiles = strconv.Itoa(*have.MaxFiles)
	}
	if have.MaxFileBytes != nil { // one that is no whole number was not set here
		f.MaxFileMB = strconv.FormatInt(max(*have.MaxFileBytes/megabyte, 1), 10)
	}
	return f
}

func (s *Server) changeSettings(w http.ResponseWriter, r *http.Request) error {
	pl, err := s.placeOf(r)
	if err != nil {
		return err
	}
	v, err := readText(w, r)
	if err != nil {
		return err
	}
	f := form.ParseSettings(v)
	if err = pl.checkOpen(); err == nil {
		want := f.Settings(s.page(r, "").Lang())
		err = site.ChangeSettings(r.Context(), s.Pools.Primary, viewerOf(r).Actor(), pl.site.ID, site.Seal(f.Version), want)
	}
	if err != nil {
		return s.renderSettings(w, r, s.asItStands(r, pl), f, err)
	}
	saved(w, r, pl.base+"/settings")
	return nil
}

// renderSettings shows the form as filled in. Having seen what stands now, an
// editor may save over it.
func (s *Server) renderSettings(w http.ResponseWriter, r *http.Request, pl place, f form.Settings, cause error) error {
	p := SettingsPage{Furnishing: s.furnishing(w, r, pl, "settings", cause), Form: f}
	p.Title = p.T("settings.title")
	p.Version = f.Version
	if p.Changed() || cause == nil {
		p.Version = string(pl.site.Settings().Seal())
	}
	if p.Changed() {
		p.Stands = settingsStand(p.Page, pl.site.Settings())
	}
	p.Rows, p.Known, p.Zones = languageRows(f.Languages), knownLanguages(p.Page), zoneChoices(f.TimeZone)
	p.Limits = SettingsLimits{site.MaxName, site.MaxTagline, site.MaxLanguages, site.MostFiles, site.MostFileBytes / megabyte}
	return s.render(w, statusAfter(cause), "furnish/settings", p)
}

func settingsStand(p Page, have site.Settings) []Stand {
	var names []string
	for _, tag := range have.Languages {
		names = append(names, p.LanguageName(tag))
	}
	limits := settingsForm(have)
	yesNo := map[bool]string{true: p.T("settings.yes"), false: p.T("settings.no")}
	return []Stand{
		{p.T("settings.name"), have.Name}, {p.T("settings.tagline"), have.Tagline}, {p.T("settings.languages"), strings.Join(names, ", ")},
		{p.T("settings.time_zone"), have.TimeZone}, {p.T("settings.hold_articles"), yesNo[have.HoldArticles]},
		{p.T("settings.hold_comments"), yesNo[have.HoldComments]}, {p.T("settings.max_files"), cmp.Or(limits.MaxFiles, strconv.Itoa(site.MostFiles))},
		{p.T("settings.max_file_mb"), cmp.Or(limits.MaxFileMB, strconv.Itoa(site.MostFileBytes/megabyte))},
	}
}

// spareRows is how many empty fields a form has beyond those that are filled in.
const spareRows = 2

// languageRows are the fields for languages.
func languageRows(written []string) []Row {
	rows := make([]Row, 0, len(written)+spareRows)
	for i := range min(len(written)+spareRows, max(site.MaxLanguages, len(written))) {
		row := Row{Number: i + 1, First: i == 0}
		if i < len(written) {
			row.Value = written[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// knownLanguages are what a browser suggests, by the names in the language of
// the page.
func knownLanguages(p Page) []Choice {
	var list []Choice
	for _, tag := range locale.Known() {
		list = append(list, Choice{Value: tag.Written(), Name: p.LanguageName(tag), Lang: tag})
	}
	return list
}

// zoneChoices are the time zones by the part of the world they lie in. One that
// is chosen stands among them whatever it is called.
func zoneChoices(chosen string) []Zones {
	names := site.Zones()
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append([]string{chosen}, names...)
	}
	var groups []Zones
	for _, name := range names {
		part, _, _ := strings.Cut(name, "/")
		if len(groups) == 0 || groups[len(groups)-1].Part != part {
			groups = append(groups, Zones{Part: part})
		}
		last := &groups[len(groups)-1]
		last.Names = append(last.Names, Choice{Value: name, Name: name, Chosen: name == chosen})
	}
	return groups
}

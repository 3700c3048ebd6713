package form

import (
	"slices"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/site"
)

// Settings is the form of a collective's settings as it was filled in.
type Settings struct {
	Name         string
	Tagline      string
	Languages    []string // as written; empty ones left out
	TimeZone     string
	HoldArticles bool
	HoldComments bool
	MaxFiles     string // as written; empty: as many as anywhere
	MaxFileMB    string // likewise
	Version      string
}

// ParseSettings fills the form.
func ParseSettings(v Values) Settings {
	return Settings{
		Name: v.Get("name"), Tagline: v.Get("tagline"), Languages: filled(v.Values["language"]), TimeZone: v.Get("time_zone"),
		HoldArticles: v.Get("hold_articles") != "", HoldComments: v.Get("hold_comments") != "",
		MaxFiles: strings.TrimSpace(v.Get("max_files")), MaxFileMB: strings.TrimSpace(v.Get("max_file_mb")), Version: v.Get("version"),
	}
}

// Settings is the form as the domain takes it. in is the language of the page,
// in which languages may be named too.
func (f Settings) Settings(in locale.Tag) site.Settings {
	s := site.Settings{
		Name: f.Name, Tagline: f.Tagline, Languages: languages(f.Languages, in), TimeZone: f.TimeZone,
		HoldArticles: f.HoldArticles, HoldComments: f.HoldComments,
	}
	if f.MaxFiles != "" {
		n := int(number(f.MaxFiles))
		s.MaxFiles = &n
	}
	if f.MaxFileMB != "" {
		n := number(f.MaxFileMB) * megabyte
		s.MaxFileBytes = &n
	}
	return s
}

const megabyte = 1_000_000

// number reads a number that was written; what is none is -1, and found at fault.
func number(written string) int64 {
	n, err := strconv.ParseInt(written, 10, 32)
	if err != nil {
		return -1
	}
	return n
}

// filled leaves out what was left empty.
func filled(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// languages are the tags of what was written; the empty one stands for what is
// no language, and is found at fault. Of too many there is one more than a site
// may have.
func languages(written []string, in locale.Tag) []locale.Tag {
	written = written[:min(len(written), site.MaxLanguages+1)]
	tags := make([]locale.Tag, 0, len(written))
	for _, w := range written {
		tag, err := locale.Understand(w, in)
		if err != nil {
			tag = ""
		}
		tags = append(tags, tag)
	}
	return tags
}

// Topics is the form about all topics of a collective.
type Topics struct {
	Rows    []site.TopicRow
	New     string
	Version string
}

// ParseTopics fills the form. The nth name and the nth position belong to the
// nth id. What is no number leaves a topic where it is.
func ParseTopics(v Values) Topics {
	f := Topics{New: v.Get("new"), Version: v.Get("version")}
	for i, id := range v.Values["id"] {
		row := site.TopicRow{Name: nthOr(v.Values["name"], i), Delete: slices.Contains(v.Values["delete"], id)}
		n, _ := strconv.ParseInt(id, 10, 64)
		row.ID = site.TopicID(n)
		if place, err := strconv.Atoi(strings.TrimSpace(nthOr(v.Values["position"], i))); err == nil {
			row.Place = max(place, 1)
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// Change is the form as the domain takes it.
func (f Topics) Change() site.TopicChange { return site.TopicChange{Rows: f.Rows, New: f.New} }

// StaticPage is the form of a static page.
type StaticPage struct {
	Slug     string
	Title    string
	Language string
	Body     string
	Action   string // save, preview, delete
	Version  string
}

// ParseStaticPage fills the form.
func ParseStaticPage(v Values) StaticPage {
	return StaticPage{
		Slug: strings.TrimSpace(v.Get("slug")), Title: v.Get("title"), Language: v.Get("language"), Body: v.Get("body"),
		Action: v.Get("action"), Version: v.Get("version"),
	}
}

// Draft is the form as the domain takes it.
func (f StaticPage) Draft() site.PageDraft {
	return site.PageDraft{Slug: f.Slug, Title: f.Title, Language: locale.Tag(f.Language), Source: f.Body}
}

// Logo is the form of a collective's logo.
type Logo struct {
	Ticket  string
	Files   []File
	Action  string // save, remove
	Version string
}

// ParseLogo fills the form. received are the files that the sink kept.
func ParseLogo(v Values, received []Received) Logo {
	return Logo{Ticket: v.Get("ticket"), Files: files(v, received, ""), Action: v.Get("action"), Version: v.Get("version")}
}

// Collective is the form that opens one.
type Collective struct {
	Name      string
	Slug      string
	Languages []string // as written; empty ones left out
	Host      string
	Editor    string // email of the first one
}

// ParseCollective fills the form.
func ParseCollective(v Values) Collective {
	return Collective{
		Name: v.Get("name"), Slug: strings.TrimSpace(v.Get("slug")), Languages: filled(v.Values["language"]),
		Host: v.Get("host"), Editor: v.Get("editor"),
	}
}

// Draft is the form as the domain takes it. in is the language of the page.
func (f Collective) Draft(portal string, in locale.Tag) site.Draft {
	return site.Draft{Slug: f.Slug, Name: f.Name, Languages: languages(f.Languages, in), Hosts: Lines(f.Host), Portal: portal}
}

// Lines are the lines of a field, without empty ones and what surrounds them.
func Lines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

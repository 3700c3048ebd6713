package form

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/locale"
)

// Feature is the form of the centre column.
type Feature struct {
	Ticket    string
	Title     string
	Summary   string
	Body      string
	Language  string
	Articles  []string // posts, as typed: each may hold several lines
	Files     []File
	Alt       *string // of the picture there is, after those of files; nil: the form did not ask
	NoPicture bool    // the picture there is goes
	Action    string  // save, preview
	Remove    string  // the upload that a form without script takes out
	Version   int64
}

// ParseFeature fills the form. received are the files that the sink kept.
func ParseFeature(v Values, received []Received) Feature {
	version, _ := strconv.ParseInt(v.Get("version"), 10, 64) // what is no number asks for no check
	f := Feature{
		Ticket: v.Get("ticket"), Title: v.Get("title"), Summary: v.Get("summary"), Body: v.Get("body"), Language: v.Get("language"),
		Articles: v.Values["article"], NoPicture: v.Get("picture") == "none", Action: v.Get("action"), Remove: v.Get("remove"),
		Version: version, Files: files(v, received, v.Get("remove")),
	}
	if alts := v.Values["alt"]; len(alts) > v.Files+len(v.Values["upload"]) {
		f.Alt = &alts[v.Files+len(v.Values["upload"])]
	}
	return f
}

// Post is a line that names a post of the wire; its ID is 0 where it names none.
type Post struct {
	Line string
	ID   article.ID
}

// Posts are the posts of the form, in their order: one more than a feature may
// have where there are too many. own tells whether a host is the site's.
func (f Feature) Posts(own func(host string) bool) []Post {
	var posts []Post
	for line := range strings.Lines(strings.Join(f.Articles, "\n")) {
		if len(posts) > feature.MaxArticles {
			break
		}
		if line = strings.TrimSpace(line); line != "" {
			posts = append(posts, Post{Line: line, ID: postNamed(line, own)})
		}
	}
	return posts
}

// articlePath is the address of a post below its host.
var articlePath = regexp.MustCompile(`^/articles/([0-9]{1,18})(/.*)?$`)

// postNamed reads a number, or the address of a post with its host or without.
func postNamed(line string, own func(host string) bool) article.ID {
	number := line
	if strings.Trim(line, "0123456789") != "" {
		if !strings.Contains(line, "://") && !strings.HasPrefix(line, "/") {
			line = "//" + line
		}
		u, err := url.Parse(line)
		if err != nil || u.Host != "" && !own(u.Host) {
			return 0
		}
		found := articlePath.FindStringSubmatch(u.Path)
		if found == nil {
			return 0
		}
		number = found[1]
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return article.ID(id)
}

// Draft is the form as the domain takes it.
func (f Feature) Draft(own func(host string) bool) feature.Draft {
	d := feature.Draft{
		Title: f.Title, Summary: f.Summary, Body: f.Body, Language: locale.Tag(f.Language), Alt: f.Alt, NoPicture: f.NoPicture,
	}
	for _, p := range f.Posts(own) {
		if p.ID == 0 {
			d.Strange = append(d.Strange, p.Line)
		} else {
			d.Articles = append(d.Articles, p.ID)
		}
	}
	d.Files, d.FileSums = chosen(f.Files)
	return d
}

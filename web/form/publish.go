package form

import (
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/media"
)

// Received is a file that came with the form itself.
type Received struct {
	Nth    int // which file field it came in
	Upload media.Upload
}

// File is a file of a form: one that came with it, or one that came before.
type File struct {
	Received
	Alt  string
	Sent bool // it came with the form
}

// Refused tells whether the file was at fault.
func (f File) Refused() bool { return f.Upload.State == media.Refused }

// uploadNamed is an upload of which only the id is known. Bytes that no id has,
// and that a database would not take, make it one that is not there.
func uploadNamed(id string) media.Upload {
	id = strings.ReplaceAll(strings.ToValidUTF8(id, "?"), "\x00", "?")
	return media.Upload{ID: media.UploadID(id)}
}

// Publish is the open form, which receipts use too.
type Publish struct {
	Ticket   string
	Title    string
	Summary  string
	Body     string
	Format   string
	Author   string
	Language string
	Topics   []string
	Contact  string
	Files    []File
	Action   string // publish, preview; of a receipt: save, withdraw, retry, preview
	Retry    string // the file that is to be tried again
	Remove   string // the upload that a form without script takes out
	Version  int64
}

// ParsePublish fills the form. received are the files that the sink kept.
func ParsePublish(v Values, received []Received) Publish {
	version, _ := strconv.ParseInt(v.Get("version"), 10, 64) // what is no number asks for no check
	return Publish{
		Ticket: v.Get("ticket"), Title: v.Get("title"), Summary: v.Get("summary"), Body: v.Get("body"),
		Format: v.Get("format"), Author: v.Get("author"), Language: v.Get("language"), Topics: v.Values["topic"],
		Contact: v.Get("contact"), Action: v.Get("action"), Remove: v.Get("remove"), Retry: v.Get("file"), Version: version,
		Files: files(v, received, v.Get("remove")),
	}
}

// Draft is the form as the domain takes it.
func (f Publish) Draft() article.Draft {
	d := article.Draft{
		Title: f.Title, Summary: f.Summary, Body: f.Body, Format: markup.Format(f.Format), Author: f.Author,
		Language: locale.Tag(f.Language), Topics: f.Topics, Contact: f.Contact,
	}
	d.Files, d.FileSums = chosen(f.Files)
	return d
}

// chosen is what a post takes: first the files that came with the form, told by
// their content, then those that came before, told by their id.
func chosen(list []File) (files []media.Chosen, sums [][]byte) {
	for _, f := range list {
		files = append(files, media.Chosen{ID: f.Upload.ID, Alt: f.Alt})
		if f.Sent {
			sums = append(sums, f.Upload.SHA256)
		}
	}
	return files, sums
}

// SentIDs are the ids of the files that came with a form.
func SentIDs(list []File) []media.UploadID {
	var ids []media.UploadID
	for _, f := range list {
		if f.Sent {
			ids = append(ids, f.Upload.ID)
		}
	}
	return ids
}

// IDs are the ids of all files of a form.
func IDs(list []File) []media.UploadID {
	ids := make([]media.UploadID, 0, len(list))
	for _, f := range list {
		ids = append(ids, f.Upload.ID)
	}
	return ids
}

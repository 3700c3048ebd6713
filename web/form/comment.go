package form

import (
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
)

// Comment is the form under an article.
type Comment struct {
	Author string
	Body   string
	Kind   string
	Ticket string // only needed for uploads
	Files  []File
	Remove string // the kept file that a press on its button takes out
}

// ParseComment fills the form. received are the files that the sink kept.
func ParseComment(v Values, received []Received) Comment {
	return Comment{
		Author: v.Get("author"), Body: v.Get("body"), Kind: v.Get("kind"), Ticket: v.Get("ticket"), Remove: v.Get("remove"),
		Files: files(v, received, v.Get("remove")),
	}
}

// Draft is the form as the domain takes it.
func (f Comment) Draft(t article.Ticket) comment.Draft {
	d := comment.Draft{Kind: comment.Kind(f.Kind), Author: f.Author, Body: f.Body, Ticket: t}
	d.Files, d.FileSums = chosen(f.Files)
	return d
}

package web

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
)

// Attachment is a file of a post as a page shows it: one of its fields is set.
type Attachment struct {
	Picture  *Picture
	Player   *Player
	Document *DocumentFile
	Wait     *Wait
}

// Player is a video or a recording.
type Player struct {
	Video         bool
	Alt           string // what it shows, in its sender's words
	Says          string // what it is and how long
	Label         string // for those who listen: both
	Poster        string
	Width, Height int
	Sources       []PlayerSource
	Tracks        []PlayerTrack
	Downloads     []Download
	Lang          locale.Tag // of what the page says about it
}

// PlayerSource is one form of it, the most fitting first.
type PlayerSource struct{ Src, Type, Media string }

// PlayerTrack is a file of captions.
type PlayerTrack struct {
	Src, Label string
	Lang       locale.Tag // of the captions
}

// Download is a link to a file for keeps. Name is what the browser calls it.
type Download struct{ Href, Text, Name string }

// DocumentFile is a document, which is never shown within a page.
type DocumentFile struct {
	Alt      string
	Download Download
	Lang     locale.Tag // of the link
}

// Wait is a file that readers will see later.
type Wait struct {
	Text     string
	Percent  int
	Measured bool       // whether Percent says anything
	Lang     locale.Tag // of the text
}

// FailedFile is a file that nobody will see as it is, for those who may know.
type FailedFile struct {
	ID    media.ID
	Name  string
	Why   string
	Again bool // it may be tried again
}

// attachments are the files of one post in their order, as readers see them:
// nothing of those that failed. said is the language that captions count as where
// their name tells none.
func attachments(p Page, files []media.Media, said locale.Tag) []Attachment {
	var list []Attachment
	var last *Player // the one that captions belong to
	for _, m := range files {
		if m.Kind == media.Video || m.Kind == media.Audio {
			last = nil // also while it is being prepared
		}
		if m.Kind == media.Captions {
			if track, ok := playerTrack(m, said); ok && last != nil {
				last.Tracks = append(last.Tracks, track)
			}
			continue
		}
		a := attachment(p, m)
		last = cmp.Or(a.Player, last)
		if a != (Attachment{}) {
			list = append(list, a)
		}
	}
	return list
}

func attachment(p Page, m media.Media) Attachment {
	if m.State == media.Arriving || m.State == media.Waiting {
		return Attachment{Wait: wait(p, m)}
	}
	if m.State != media.Ready || len(m.Renditions) == 0 {
		return Attachment{}
	}
	switch m.Kind {
	case media.Video, media.Audio:
		return Attachment{Player: player(p, m)}
	case media.Document:
		return Attachment{Document: documentFile(p, m)}
	}
	return Attachment{Picture: picture(p, m)}
}

func wait(p Page, m media.Media) *Wait {
	w := &Wait{Percent: m.Progress, Measured: measured(m), Lang: p.Lang()}
	if m.State == media.Arriving {
		w.Text = p.T("wait.arriving."+string(m.Kind), "Percent", m.Progress) // i18n: wait.arriving.*
	} else {
		w.Text = p.T("wait.preparing."+string(m.Kind), "Percent", m.Progress) // i18n: wait.preparing.*
	}
	return w
}

// measured tells whether it is known how far a file is. What takes a moment is
// not measured.
func measured(m media.Media) bool {
	return m.State == media.Arriving || m.State == media.Waiting && (m.Kind == media.Video || m.Kind == media.Audio)
}

func player(p Page, m media.Media) *Player {
	pl := &Player{Video: m.Kind == media.Video, Alt: m.Alt, Lang: p.Lang()}
	pl.Says = p.T("player." + string(m.Kind)) // i18n: player.video player.audio
	if m.Duration > 0 {
		pl.Says = p.T("player.long", "What", pl.Says, "Length", p.L.Length(m.Duration))
	}
	pl.Label = pl.Says
	if m.Alt != "" {
		pl.Label = m.Alt + " (" + pl.Says + ")"
	}
	played := playable(m)
	for _, r := range played {
		pl.Sources = append(pl.Sources, PlayerSource{Src: mediaPath(m.ID, r.Name), Type: r.Type})
		pl.Downloads = append(pl.Downloads, download(p, m.ID, r))
		pl.Width, pl.Height = max(pl.Width, r.Width), max(pl.Height, r.Height)
	}
	if small := len(played) - 1; pl.Video && small > 0 { // a small window does with less
		pl.Sources = slices.Insert(pl.Sources, 0, PlayerSource{Src: pl.Sources[small].Src, Type: pl.Sources[small].Type, Media: "(max-width: 44rem)"})
	}
	if r, found := posterOf(m, posterWidth); found {
		pl.Poster = mediaPath(m.ID, r.Name)
	}
	return pl
}

// playable are the renditions that play, the largest first; of sounds the one
// that takes up the least.
func playable(m media.Media) []media.Rendition {
	list := slices.DeleteFunc(slices.Clone(m.Renditions), func(r media.Rendition) bool {
		return !strings.HasPrefix(r.Type, "video/") && !strings.HasPrefix(r.Type, "audio/")
	})
	slices.SortStableFunc(list, func(a, b media.Rendition) int {
		if a.Height != b.Height {
			return cmp.Compare(b.Height, a.Height)
		}
		return cmp.Compare(a.Bytes, b.Bytes)
	})
	return list
}

// posterWidth is as wide as the text of an article needs.
const posterWidth = 960

// posterOf is the smallest JPEG of a file that is as wide as asked for, or the
// widest there is.
func posterOf(m media.Media, width int) (found media.Rendition, ok bool) {
	for _, r := range m.Renditions { // by width
		if r.Type != "image/jpeg" {
			continue
		}
		found, ok = r, true
		if r.Width >= width {
			break
		}
	}
	return found, ok
}

// playerTrack is a file of captions. Its language is what its name says before
// its ending, as in talk.pt.vtt.
func playerTrack(m media.Media, said locale.Tag) (PlayerTrack, bool) {
	if m.State != media.Ready || len(m.Renditions) == 0 {
		return PlayerTrack{}, false
	}
	t := PlayerTrack{Src: mediaPath(m.ID, m.Renditions[0].Name), Lang: said, Label: m.Alt}
	stem := strings.TrimSuffix(m.Name, path.Ext(m.Name))
	if tag, err := locale.ParseTag(strings.TrimPrefix(path.Ext(stem), ".")); err == nil {
		t.Lang = tag
	}
	if t.Label == "" {
		t.Label = t.Lang.Self()
	}
	return t, true
}

func documentFile(p Page, m media.Media) *DocumentFile {
	return &DocumentFile{Alt: m.Alt, Download: download(p, m.ID, m.Renditions[0]), Lang: p.Lang()}
}

func download(p Page, id media.ID, r media.Rendition) Download {
	form := strings.ToUpper(strings.TrimPrefix(path.Ext(r.Name), "."))
	if strings.HasPrefix(r.Type, "video/") {
		form += " " + strings.TrimSuffix(r.Name, path.Ext(r.Name))
	}
	return Download{Href: mediaPath(id, r.Name), Text: p.T("file.download", "Form", form, "Size", p.L.Bytes(r.Bytes)), Name: r.Name}
}

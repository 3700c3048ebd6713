package web

import (
	"time"

	"github.com/indywire/indywire/internal/locale"
)

// share is what OpenGraph says of an article or a feature.
func share(p Page, lang locale.Tag, title, summary string, pic *Picture, published time.Time) *Share {
	sh := &Share{Type: "article", Lang: lang, Title: title, Summary: summary, Published: published.UTC().Truncate(time.Minute)}
	if pic != nil {
		sh.Image, sh.ImageAlt = p.Origin+pic.Src, pic.Alt
	}
	return sh
}

// play adds the first video and the first recording. Where there is no photo the
// video's first frame stands for the article.
func (s *Share) play(p Page, list []Attachment) {
	for _, a := range list {
		if a.Player == nil || len(a.Player.Sources) == 0 {
			continue
		}
		source := a.Player.Sources[len(a.Player.Sources)-1] // the smallest video, the sound that everything plays
		switch {
		case a.Player.Video && s.Video == "":
			s.Video, s.VideoType = p.Origin+source.Src, source.Type
			s.VideoWidth, s.VideoHeight = a.Player.Width, a.Player.Height
			if s.Image == "" && a.Player.Poster != "" {
				s.Image, s.ImageAlt = p.Origin+a.Player.Poster, a.Player.Alt
			}
		case !a.Player.Video && s.Audio == "":
			s.Audio, s.AudioType = p.Origin+source.Src, source.Type
		}
	}
}

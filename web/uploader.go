package web

import (
	"encoding/json"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Uploader is what the script of a form with files is told: its own address, and
// as JSON the limits and the words in the page's language.
type Uploader struct{ Script, Config string }

type uploaderConfig struct {
	Files int                   `json:"files"` // of the post
	Alt   int                   `json:"alt"`   // characters of a description
	Bytes map[string]boundBytes `json:"bytes"` // of a file by its kind, or "other"
	Words map[string]string     `json:"words"` // with {name} and the like where something is put in
}

type boundBytes struct {
	Bytes int64  `json:"bytes"`
	Text  string `json:"text"`
}

// uploader tells of a form that may take so many files.
func (s *Server) uploader(p Page, st site.Site, files int) Uploader {
	limits := media.LimitsOf(st)
	files = min(files, limits.Files)
	config := uploaderConfig{Files: files, Alt: media.MaxAlt, Bytes: uploadBounds(p.L, limits), Words: uploaderWords(p, files)}
	text, _ := json.Marshal(config) // of strings and numbers it cannot fail
	return Uploader{Script: p.Assets.Post, Config: string(text)}
}

func uploadBounds(l *locale.Localizer, limits media.Limits) map[string]boundBytes {
	bounds := map[string]boundBytes{"other": {Bytes: limits.Bytes, Text: l.Bytes(limits.Bytes)}}
	for _, kind := range []media.Kind{media.Image, media.Document, media.Captions} {
		bounds[string(kind)] = boundBytes{Bytes: limits.Of(kind), Text: l.Bytes(limits.Of(kind))}
	}
	return bounds
}

// uploaderWords are the sentences of the script. Some are those of the server,
// which says the same of the same file.
func uploaderWords(p Page, files int) map[string]string {
	words := map[string]string{
		"alt": p.T("publish.alt"), "too_many": p.T("error.too_many_files", "Max", files), "empty": p.T("file.empty"),
		"unknown": p.T("file.unknown"), "remove": p.T("publish.remove"), "remove_name": p.T("publish.remove_name", "Name", "{name}"),
		"too_large": p.T("error.file_too_large", "Max", "{size}"),
	}
	for _, name := range []string{
		"choose", "captions", "held", "held_blurred", "held_no_blur", "held_kind", "queued", "running", "left", "paused", "offline", "server", "busy", "elsewhere",
		"lost", "lost_none", "again", "wrong", "done", "refused",
		"start", "start_name", "pause", "pause_name", "resume", "resume_name", "blur", "blur_name", "up", "up_name", "down", "down_name",
		"said_begins", "said_percent", "said_done", "said_paused", "said_moved", "said_removed",
		"sending", "not_begun", "no_answer", "not_found_yet", "no_connection", "not_answered", "sent_when_here", "coming", "coming_hint", "all_here",
		"blur_title", "blur_hint", "blur_add", "blur_undo", "blur_apply", "blur_cancel", "blur_box", "blur_said_count", "blur_failed", "said_blurred",
		"draft_kept", "draft_not_kept", "draft_restored", "again_in", "again_stop",
	} {
		// i18n: upload.*
		words[name] = p.T("upload."+name, "Name", "{name}", "Size", "{size}", "Done", "{done}", "Percent", "{percent}",
			"Time", "{time}", "Number", "{number}", "Count", "{count}")
	}
	return words
}

package web_test

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/media"
)

// planted is a file of a post that no tool has made: pages are the same for it.
type planted struct {
	kind    media.Kind
	state   media.State
	name    string
	alt     string
	failure string
	percent int
	kept    bool // what was sent is still here
	forms   []served
}

// served is one rendition, with the bytes that are served.
type served struct {
	name, kind    string
	width, height int
	bytes         string
}

func film(alt string) planted {
	return planted{kind: media.Video, state: media.Ready, alt: alt, forms: []served{
		{"480p.mp4", "video/mp4", 854, 480, "480p film of " + alt},
		{"720p.mp4", "video/mp4", 1280, 720, "720p film of " + alt + strings.Repeat(" and on", 40)},
		{"poster-480.jpg", "image/jpeg", 480, 270, "small poster of " + alt},
		{"poster-960.jpg", "image/jpeg", 960, 540, "poster of " + alt},
	}}
}

func sound(alt string) planted {
	return planted{kind: media.Audio, state: media.Ready, alt: alt, forms: []served{
		{"sound.mp3", "audio/mpeg", 0, 0, "the longer sound of " + alt},
		{"sound.opus", "audio/ogg", 0, 0, "sound of " + alt},
	}}
}

func pdf(alt string) planted {
	return planted{kind: media.Document, state: media.Ready, alt: alt, forms: []served{{"document.pdf", "application/pdf", 0, 0, "%PDF of " + alt}}}
}

func captions(name string) planted {
	return planted{kind: media.Captions, state: media.Ready, name: name, forms: []served{{"captions.vtt", "text/vtt", 0, 0, "WEBVTT " + name}}}
}

// plant gives the article of a permalink files, each of 65 seconds, and answers
// with their ids.
func (n *network) plant(permalink string, files ...planted) (ids []media.ID) {
	n.t.Helper()
	article, err := strconv.Atoi(path.Base(path.Dir(permalink)))
	if err != nil {
		n.t.Fatal(err)
	}
	for i, f := range files {
		id := media.ID(fmt.Sprintf("%016x%016x", article, i+1))
		var original *string
		if f.kept || f.state == media.Waiting {
			named := string(id)
			original = &named
		}
		n.exec(`INSERT INTO media (id, site_id, article_id, position, kind, state, name, alt, failure, progress, original, duration_ms, settled_at)
			SELECT $1, site_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, 65000, now() FROM article WHERE id = $2`,
			id, article, i+1, f.kind, f.state, f.name, f.alt, f.failure, f.percent, original)
		for _, r := range f.forms {
			key, size, err := n.store.Put(n.t.Context(), strings.NewReader(r.bytes))
			if err != nil {
				n.t.Fatal(err)
			}
			n.exec("INSERT INTO rendition (media_id, name, type, width, height, bytes, blob) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				id, r.name, r.kind, r.width, r.height, size, key)
		}
		ids = append(ids, id)
	}
	n.exec(`UPDATE article SET media_kinds = ARRAY(
		SELECT DISTINCT kind FROM media WHERE article_id = $1 AND state = 'ready' AND kind <> 'captions' ORDER BY kind) WHERE id = $1`, article)
	return ids
}

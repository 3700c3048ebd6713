package feature_test

import (
	"testing"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
)

func (r *room) edit(act feature.Act, ticket []byte, d feature.Draft) error {
	return feature.Edit(r.t.Context(), r.db, r.queue, act, ticket, d)
}

func TestEdit(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.write(draft("Um título"))
	d := draft("Outro título")
	d.Body, d.Summary, d.Language = "Outro *texto*.", "Outro resumo.", "en"
	d.Articles = []article.ID{r.article(r.st, "Um")}
	before := r.version()
	for range 2 { // the same again changes nothing
		if err := r.edit(r.act(id), nil, d); err != nil {
			t.Fatal(err)
		}
	}
	f := r.feature(id)
	if f.Title != d.Title || f.Summary != d.Summary || f.Source != d.Body || f.HTML != "<p>Outro <em>texto</em>.</p>" || f.Language != "en" || f.Slug != "um-titulo" || f.Version != 2 {
		t.Errorf("%+v", f)
	}
	if got := r.logged(id); got != "write, edit" || r.version() != before+1 {
		t.Errorf("logged: %s; the site's version went from %d to %d", got, before, r.version())
	}
	if got := r.linked(id); len(got) != 1 {
		t.Errorf("posts %v", got)
	}
}

func TestEditOfPostsAloneIsAnEdit(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	d := draft("Um título")
	d.Articles = []article.ID{r.article(r.st, "Um"), r.article(r.st, "Dois")}
	id := r.write(d)
	d.Articles = []article.ID{d.Articles[1], d.Articles[0]}
	if err := r.edit(r.act(id), nil, d); err != nil || r.linked(id)[0] != d.Articles[0] || r.logged(id) != "write, edit" {
		t.Errorf("%v, posts %v, logged: %s", err, r.linked(id), r.logged(id))
	}
}

// TestEditOfWhatHasChangedSince holds that text is not overwritten silently, and
// that it does not count as changed by where others place it.
func TestEditOfWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ids := r.writePlaced("Um", "Dois")
	act := r.act(ids[1])
	act.Version = r.feature(ids[1]).Version
	r.place(ids[1]) // now it leads
	if err := r.edit(act, nil, draft("Dois e meio")); err != nil {
		t.Errorf("after it was moved: %v", err)
	}
	if err := r.edit(act, nil, draft("Dois e meio")); err != nil {
		t.Errorf("the same again: %v", err)
	}
	err := r.edit(act, nil, draft("Quase três"))
	if !fault.Is(err, fault.Conflict) || faultAt(err, "version") == "" || r.feature(ids[1]).Title != "Dois e meio" {
		t.Errorf("%v, now %q", err, r.feature(ids[1]).Title)
	}
}

func TestEditKeepsALanguageThatTheSiteLost(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	id := r.write(draft("Um título"))
	r.st.Languages = []locale.Tag{"en"}
	d := draft("Outro título")
	d.Language = "pt"
	if err := r.edit(r.act(id), nil, d); err != nil {
		t.Error(err)
	}
	d.Language = "ar"
	if err := r.edit(r.act(id), nil, d); faultAt(err, "language") == "" {
		t.Error(err)
	}
}

func TestEditOnAnotherSite(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	act := r.act(r.write(draft("Um título")))
	act.Site = r.site()
	ctx := t.Context()
	for name, err := range map[string]error{
		"edit":    r.edit(act, nil, draft("Alheio")),
		"place":   feature.Place(ctx, r.db, act, 1),
		"unplace": feature.Unplace(ctx, r.db, act),
		"discard": feature.Discard(ctx, r.db, r.queue, act),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// picture is the feature's, as the database has it.
func (r *room) picture(id feature.ID) (files []media.Media) {
	r.t.Helper()
	files, err := media.OfFeature(r.t.Context(), r.db, r.st.ID, int64(id))
	if err != nil {
		r.t.Fatal(err)
	}
	if f := r.feature(id); (f.Picture == nil) != (len(files) == 0) || len(files) > 1 || f.Picture != nil && *f.Picture != files[0].ID {
		r.t.Fatalf("the feature's picture is %v of %+v", f.Picture, files)
	}
	return files
}

// TestPicture is set, described, replaced and taken off.
func TestPicture(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ticket, d := []byte("um bilhete"), draft("Um título")
	d.Files = []media.Chosen{{ID: r.upload(ticket, media.Complete), Alt: "Um cartaz"}}
	written, err := r.create(ticket, d)
	if err != nil {
		t.Fatal(err)
	}
	id, d := written.ID, draft("Um título")
	first := r.picture(id)[0]
	if first.Alt != "Um cartaz" || first.State != media.Waiting {
		t.Errorf("%+v", first)
	}
	if err := r.edit(r.act(id), nil, d); err != nil || r.picture(id)[0].ID != first.ID {
		t.Errorf("an edit that says nothing of it: %v, %+v", err, r.picture(id))
	}
	alt := "Um cartaz rasgado"
	d.Alt = &alt
	for range 2 {
		if err := r.edit(r.act(id), nil, d); err != nil || r.picture(id)[0].Alt != alt {
			t.Errorf("described: %v, %+v", err, r.picture(id))
		}
	}
	none := d
	none.Alt = new(string)
	if err := r.edit(r.act(id), nil, none); faultAt(err, "alt") != "error.required.alt" || r.picture(id)[0].Alt != alt {
		t.Errorf("described by nothing: %v, %+v", err, r.picture(id))
	}
	d.Files = []media.Chosen{{ID: r.upload(ticket, media.Complete), Alt: "Outro cartaz"}}
	for range 2 { // the second time the upload is taken already: it is the same form
		if err := r.edit(r.act(id), ticket, d); err != nil || r.picture(id)[0].Alt != "Outro cartaz" || r.picture(id)[0].ID == first.ID {
			t.Errorf("replaced: %v, %+v", err, r.picture(id))
		}
	}
	second := r.picture(id)[0]
	d.Files, d.NoPicture = nil, true
	for range 2 {
		if err := r.edit(r.act(id), nil, d); err != nil || len(r.picture(id)) != 0 {
			t.Errorf("taken off: %v, %+v", err, r.picture(id))
		}
	}
	for _, m := range []media.Media{first, second} {
		if _, err := media.Find(t.Context(), r.db, r.st.ID, m.ID, "480.jpg"); !fault.Is(err, fault.Gone) {
			t.Errorf("the address of a picture that was taken off: %v", err)
		}
	}
	if n := r.count("SELECT count(*) FROM river_job WHERE kind = 'media_erase' AND args->>'media' IN ($1, $2)", first.ID, second.ID); n != 2 {
		t.Errorf("%d of 2 pictures will be deleted", n)
	}
	if got := r.logged(id); got != "write, edit, edit, edit" {
		t.Errorf("logged: %s", got)
	}
}

func TestRefusedPictureChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ticket, d := []byte("um bilhete"), draft("Um título")
	d.Files = []media.Chosen{{ID: r.upload(ticket, media.Refused), Alt: "Um cartaz"}}
	_, err := r.create(ticket, d)
	if !fault.Is(err, fault.Invalid) || faultAt(err, "file") != media.FailureUnknown {
		t.Errorf("%v, %v", err, fault.Fields(err))
	}
	if n := r.count("SELECT count(*) FROM feature WHERE site_id = $1", r.st.ID); n != 0 {
		t.Errorf("%d features", n)
	}
}

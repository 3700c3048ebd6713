package form_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/web/form"
)

func TestPostsByNumberAndAddress(t *testing.T) {
	t.Parallel()
	own := func(host string) bool { return host == "pt.localhost:8080" }
	for line, want := range map[string]article.ID{
		"12": 12, " 12 ": 12, "0012": 12, "/articles/12": 12, "/articles/12/": 12, "/articles/12/um-relato": 12, "/articles/12/um-relato?held=1#comments": 12,
		"http://pt.localhost:8080/articles/12/um-relato": 12, "https://pt.localhost:8080/articles/12": 12, "pt.localhost:8080/articles/12/x": 12,
		"0": 0, "-1": 0, "1.5": 0, "٣": 0, "doze": 0, "12 e 13": 0, "articles/12": 0, "/articles/doze": 0, "/features/12/x": 0, "/articles/12x": 0,
		"99999999999999999999": 0, "/articles/9999999999999999999": 0, "https://elsewhere.example/articles/12": 0, "//elsewhere.example/articles/12": 0,
		"javascript:alert(1)": 0, "http://[::1/articles/12": 0, "\x00": 0,
	} {
		f := form.Feature{Articles: []string{line}}
		if got := f.Posts(own); len(got) != 1 || got[0].ID != want {
			t.Errorf("%q names %+v, want %d", line, got, want)
		}
	}
	f := form.Feature{Articles: []string{"3\r\n\r\n/articles/1\r\n ", "2"}}
	if diff := cmp.Diff([]form.Post{{"3", 3}, {"/articles/1", 1}, {"2", 2}}, f.Posts(own)); diff != "" {
		t.Error(diff)
	}
}

// TestAltOfThePictureThereIs comes after those of files and uploads.
func TestAltOfThePictureThereIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v    form.Values
		file string // alt of the one file; empty: none
		want string // "-": the form did not ask
	}{
		{form.Values{Values: url.Values{"alt": {"new", "present"}}, Files: 1}, "new", "present"},
		{form.Values{Values: url.Values{"alt": {"kept"}, "upload": {"u"}}}, "kept", "-"},
		{form.Values{Values: url.Values{"alt": {"present"}}}, "", "present"},
		{form.Values{Values: url.Values{"alt": {""}}, Files: 1}, "", "-"},
		{form.Values{Values: url.Values{}}, "", "-"},
	} {
		var received []form.Received
		if tt.file == "new" {
			received = []form.Received{{Upload: media.Upload{ID: "new", State: media.Complete}}}
		}
		f := form.ParseFeature(tt.v, received)
		got := "-"
		if f.Alt != nil {
			got = *f.Alt
		}
		if got != tt.want || tt.file != "" && f.Files[0].Alt != tt.file {
			t.Errorf("%v: alt of the picture %q, files %+v", tt.v, got, f.Files)
		}
	}
}

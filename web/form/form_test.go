package form_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/web/form"
)

func request(kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return r
}

// multi writes parts by turns: "name=value" for a field, "name@file=bytes" for a
// file.
func multi(t *testing.T, parts ...string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, p := range parts {
		name, value, _ := strings.Cut(p, "=")
		var w io.Writer
		var err error
		if field, file, isFile := strings.Cut(name, "@"); isFile {
			w, err = m.CreateFormFile(field, file)
		} else {
			w, err = m.CreateFormField(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return request(m.FormDataContentType(), b.String())
}

func TestReadHandsFilesOverAsTheyCome(t *testing.T) {
	t.Parallel()
	type seen struct {
		Nth           int
		Name, Content string
		Ticket        string
	}
	var got []seen
	v, err := form.Read(multi(t, "ticket=t", "file@=", "file@a.jpg=AA", "title=x", "file@b.jpg=BB"), func(values url.Values, nth int, name string, file io.Reader) error {
		content, err := io.ReadAll(file)
		got = append(got, seen{nth, name, string(content), values.Get("ticket")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]seen{{1, "a.jpg", "AA", "t"}, {2, "b.jpg", "BB", "t"}}, got); diff != "" {
		t.Error(diff)
	}
	if v.Files != 3 || v.Get("title") != "x" {
		t.Errorf("%d file fields, title %q", v.Files, v.Get("title"))
	}
}

func TestReadBounds(t *testing.T) {
	t.Parallel()
	many := make([]string, form.MaxFields+1)
	for i := range many {
		many[i] = "x=y"
	}
	tests := []struct {
		name string
		r    *http.Request
		want fault.Kind
	}{
		{"text fields together", multi(t, "a="+strings.Repeat("x", form.MaxText/2), "b="+strings.Repeat("x", form.MaxText/2+1)), fault.TooLarge},
		{"number of fields", multi(t, many...), fault.TooLarge},
		{"number of fields, urlencoded", request("application/x-www-form-urlencoded", strings.Repeat("x=y&", form.MaxFields)+"x=y"), fault.TooLarge},
		{"urlencoded", request("application/x-www-form-urlencoded", "a="+strings.Repeat("x", 3*form.MaxText)), fault.TooLarge},
		{"no form at all", request("application/json", "{}"), fault.Invalid},
		{"no content type", request("", "a=b"), fault.Invalid},
		{"no boundary", request("multipart/form-data", "x"), fault.Invalid},
		{"cut short", request("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf"), fault.Invalid},
		{"broken escapes", request("application/x-www-form-urlencoded", "a=%zz"), fault.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := form.Read(tt.r, nil); !fault.Is(err, tt.want) {
				t.Errorf("Read = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestAltsBelongToFilesThenToUploads(t *testing.T) {
	t.Parallel()
	v := form.Values{Values: url.Values{"alt": {"", "second", "u one", "u two"}, "upload": {"1", "2"}}, Files: 2}
	f := form.ParsePublish(v, []form.Received{{Nth: 1, Upload: media.Upload{ID: "new", State: media.Complete}}})
	type pair struct{ ID, Alt string }
	var got []pair
	for _, file := range f.Files {
		got = append(got, pair{string(file.Upload.ID), file.Alt})
	}
	if diff := cmp.Diff([]pair{{"new", "second"}, {"1", "u one"}, {"2", "u two"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadTakesAsManyFieldsAsItSays(t *testing.T) {
	t.Parallel()
	body := strings.TrimSuffix(strings.Repeat("x=y&", form.MaxFields), "&")
	if v, err := form.Read(request("application/x-www-form-urlencoded", body), nil); err != nil || len(v.Values["x"]) != form.MaxFields {
		t.Errorf("Read = %d fields, %v", len(v.Values["x"]), err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nA\r\n--b--\r\n")
	f.Add("application/x-www-form-urlencoded", "a=b&c=%41")
	f.Fuzz(func(_ *testing.T, kind, body string) {
		r := request("", body)
		r.Header.Set("Content-Type", kind)
		_, _ = form.Read(r, func(_ url.Values, _ int, _ string, file io.Reader) error {
			_, err := io.Copy(io.Discard, file)
			return err
		})
	})
}

// Package form reads what people send: one small struct a form, filled from
// multipart or urlencoded bodies as a stream, never from one held in memory.
package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/indywire/indywire/internal/fault"
)

// Bounds of a body. They are wide enough that a text over its own limit still
// comes back to its author, and that all topics of a site fit that was imported
// with hundreds; only beyond them nothing can be kept.
const (
	MaxText   = 4 << 20 // bytes of all text fields together
	MaxFields = 2000
)

// Values are the text fields of a form, and how many files came with it.
type Values struct {
	url.Values
	Files int // file fields so far, empty ones counted
}

// Sink takes a file as it arrives. values are the fields that came before it;
// nth counts the file fields from 0, empty ones included, which are not handed
// over. A Sink need not read to the end.
type Sink func(values url.Values, nth int, name string, file io.Reader) error

// Read reads a body. fault.TooLarge beyond the bounds, fault.Invalid for a body
// that is no form.
func Read(r *http.Request, sink Sink) (Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return Values{}, fault.New(fault.Invalid, "content type")
	}
	switch kind {
	case "multipart/form-data":
		return readMultipart(r, sink)
	case "application/x-www-form-urlencoded":
		return readURLEncoded(r)
	}
	return Values{}, fault.New(fault.Invalid, "content type")
}

// readURLEncoded allows three bytes for each byte of text, as "%C3%A9" needs.
func readURLEncoded(r *http.Request) (Values, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 3*MaxText+1))
	if err != nil {
		return Values{}, interrupted(err)
	}
	if len(body) > 3*MaxText {
		return Values{}, fault.New(fault.TooLarge, "form")
	}
	if bytes.Count(body, []byte("&")) >= MaxFields { // before a map is made of them
		return Values{}, fault.New(fault.TooLarge, "number of fields")
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return Values{}, fault.New(fault.Invalid, "form encoding")
	}
	return Values{Values: values}, nil
}

func readMultipart(r *http.Request, sink Sink) (Values, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return Values{}, fault.New(fault.Invalid, "multipart form")
	}
	v, room := Values{Values: url.Values{}}, int64(MaxText)
	for fields := 0; ; fields++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return v, nil
		}
		if err != nil {
			return v, interrupted(err)
		}
		if fields >= MaxFields {
			return v, fault.New(fault.TooLarge, "number of fields")
		}
		if err := v.take(part, &room, sink); err != nil {
			return v, err
		}
	}
}

// take reads one part: a text field into memory within the room left, a file
// into the sink.
func (v *Values) take(part *multipart.Part, room *int64, sink Sink) error {
	if _, isFile := fileName(part); isFile && part.FormName() == "file" {
		return v.takeFile(part, sink)
	}
	text, err := io.ReadAll(io.LimitReader(part, *room+1))
	if err != nil {
		return interrupted(err)
	}
	if *room -= int64(len(text)); *room < 0 {
		return fault.New(fault.TooLarge, "form")
	}
	v.Add(part.FormName(), string(text))
	return nil
}

func (v *Values) takeFile(part *multipart.Part, sink Sink) error {
	nth := v.Files
	v.Files++
	name, _ := fileName(part)
	if name == "" || sink == nil {
		return nil
	}
	return sink(v.Values, nth, name, part)
}

// fileName tells a file field, which has a filename even when it is empty, from
// a text field. Part.FileName cannot tell the two apart.
func fileName(part *multipart.Part) (string, bool) {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return "", false
	}
	name, isFile := params["filename"]
	return name, isFile
}

// interrupted is a body that ended too soon, or that was no form at all.
func interrupted(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fault.Wrap(fault.TooLarge, "form", err)
	}
	return fault.Wrap(fault.Invalid, "form interrupted", fmt.Errorf("read body: %w", err))
}

// nthOr gives list[n], or "" beyond its end.
func nthOr(list []string, n int) string {
	if n < len(list) {
		return list[n]
	}
	return ""
}

// files puts received and earlier files in the order of the form: the nth alt
// belongs to the nth file field, empty ones counted, and after those to each
// upload in order.
func files(v Values, received []Received, dropped string) []File {
	var found []File
	for _, f := range received {
		found = append(found, File{Received: f, Alt: nthOr(v.Values["alt"], f.Nth), Sent: true})
	}
	for i, id := range v.Values["upload"] {
		if id != dropped && !slices.ContainsFunc(found, func(f File) bool { return string(f.Upload.ID) == id }) {
			found = append(found, File{Received: Received{Upload: uploadNamed(id)}, Alt: nthOr(v.Values["alt"], v.Files+i)})
		}
	}
	return found
}

package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/web/form"
)

// TestFormReadInPartComesBack sends more than a form may hold, and less than a
// whole one: what was read comes back.
func TestFormReadInPartComesBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	comments := permalinkToComments(n.permalink(n.publish("Com respostas")))
	many := make([]string, form.MaxFields)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for name, tt := range map[string]struct {
		rest   func(t *testing.T, m *multipart.Writer, b *bytes.Buffer)
		status int
	}{
		"too many fields": {func(t *testing.T, m *multipart.Writer, _ *bytes.Buffer) { fields(t, m, "x", many...) }, http.StatusRequestEntityTooLarge},
		"too much text": {func(t *testing.T, m *multipart.Writer, _ *bytes.Buffer) {
			fields(t, m, "contact", strings.Repeat("x", form.MaxText))
		}, http.StatusRequestEntityTooLarge},
		"cut short": {func(_ *testing.T, m *multipart.Writer, b *bytes.Buffer) {
			fmt.Fprintf(b, "\r\n--%s\r\nContent-Dis", m.Boundary())
		}, http.StatusUnprocessableEntity},
	} {
		for path, id := range map[string]string{"/publish": "form#post", comments: "form#reply"} {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			fields(t, m, "ticket", n.openForm().Get("ticket"))
			fields(t, m, "title", "Meio texto")
			fields(t, m, "body", "O que foi lido.")
			file(t, m, "a.jpg", photo(t, 40, 40))
			tt.rest(t, m, &b)
			back := n.do(http.MethodPost, ptHost, path, m.FormDataContentType(), &b).want(t, tt.status)
			again := htmltest.FormValues(t, back.Body, id)
			if again.Get("body") != "O que foi lido." || len(again["upload"]) != 1 {
				t.Errorf("%s to %s: it came back as %v", name, path, again)
			}
			htmltest.Check(t, back.Body, htmltest.In(`.notice[role="alert"]`))
		}
	}
	if articles, replies := n.count("SELECT count(*) FROM article"), n.count("SELECT count(*) FROM comment"); articles != 1 || replies != 0 {
		t.Errorf("%d articles and %d comments, want 1 and 0", articles, replies)
	}
	n.do(http.MethodPost, ptHost, "/publish", "application/json", strings.NewReader("{}")).want(t, http.StatusUnprocessableEntity)
}

func fields(t *testing.T, m *multipart.Writer, name string, values ...string) {
	t.Helper()
	for _, v := range values {
		if err := m.WriteField(name, v); err != nil {
			t.Fatal(err)
		}
	}
}

func file(t *testing.T, m *multipart.Writer, name string, content []byte) {
	t.Helper()
	w, err := m.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
}

// TestFileTakenOutOfAComment presses the button beside a kept file: the form
// comes back without it, and nothing is posted.
func TestFileTakenOutOfAComment(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	to := permalinkToComments(n.permalink(n.publish("Com respostas")))
	files := []upload{{"um.jpg", photo(t, 50, 30)}, {"dois.jpg", photo(t, 30, 50)}}
	back := n.post(to, url.Values{"author": {strings.Repeat("a", 101)}, "body": {"Com fotos."}}, files...).want(t, http.StatusUnprocessableEntity)
	kept := htmltest.FormValues(t, back.Body, "form#reply")
	buttons := htmltest.Attrs(t, back.Body, `form#reply button[name="remove"]`, "value")
	if len(buttons) != 2 || len(kept["upload"]) != 2 || buttons[0] != kept["upload"][0] {
		t.Fatalf("buttons for %v beside uploads %v", buttons, kept["upload"])
	}
	kept.Set("author", "Rui")
	kept.Set("remove", buttons[0])
	back = n.post(to, kept).want(t, http.StatusOK)
	again := htmltest.FormValues(t, back.Body, "form#reply")
	if len(again["upload"]) != 1 || again["upload"][0] != buttons[1] || again.Get("body") != "Com fotos." || again.Get("author") != "Rui" {
		t.Errorf("the form came back as %v", again)
	}
	if n.count("SELECT count(*) FROM comment") != 0 {
		t.Error("taking out a file posted the comment")
	}
	n.post(to, again).want(t, http.StatusSeeOther)
	if got := n.count("SELECT count(*) FROM media WHERE comment_id IS NOT NULL"); got != 1 {
		t.Errorf("%d files, want 1", got)
	}
}

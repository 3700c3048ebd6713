package htmltest

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const page = `<!doctype html><html lang="pt"><title>Um título</title>
<noscript><p class="plain">sem script</p></noscript>
<main><h1>  Greve
 geral </h1><ul><li><a href="/a" rel="next">um</a><li><a href="/b">dois</a></ul>
<script>var hidden = "segredo"</script></main></html>`

// recorder takes the failures of a check instead of the test that runs it.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(args ...any) { r.failures = append(r.failures, fmt.Sprint(args...)) }

func TestCheckers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		check Checker
		want  string // part of the failure; empty: passes
	}{
		{"text", In("h1", HasText("Greve geral")), ""},
		{"text in part", In("h1", HasText("geral")), ""},
		{"text missing", In("h1", HasText("paz")), `"h1": text is "Greve geral", want it to hold "paz"`},
		{"no element", In("h2"), `"h2": no such element`},
		{"one of several", In("li", HasText("dois")), ""},
		{"none of several", In("li", HasText("três")), "none of 2 elements"},
		{"exact", In("h1", HasExactText("Greve geral")), ""},
		{"not exact", In("h1", HasExactText("Greve")), `want "Greve"`},
		{"pattern", In("h1", HasTextMatching(`^Greve \w+$`)), ""},
		{"pattern fails", In("h1", HasTextMatching(`^geral`)), "to match ^geral"},
		{"broken pattern", In("h1", HasTextMatching(`(`)), "missing closing"},
		{"script is not text", In("main", HasText("segredo")), "segredo"},
		{"noscript counts", In("p.plain", HasText("sem script")), ""},
		{"attribute", In("a", HasAttr("href", "/b")), ""},
		{"attribute differs", In("a[rel=next]", HasAttr("href", "/b")), `href is "/a", want "/b"`},
		{"attribute missing", In("h1", HasAttr("id", "x")), "<h1> has no attribute id"},
		{"attribute in part", In("html", HasAttrContaining("lang", "p")), ""},
		{"attribute not in part", In("html", HasAttrContaining("lang", "x")), `to hold "x"`},
		{"no attribute", In("h1", HasNoAttr("class")), ""},
		{"an attribute too many", In("html", HasNoAttr("lang")), `lang is "pt"`},
		{"nested", In("main", In("li", HasText("um")), Count("a", 2)), ""},
		{"count", Count("li", 3), "2 elements, want 3"},
		{"not in", NotIn("form"), ""},
		{"not in fails", NotIn("li"), `"li": should not be there: <li>`},
		{"not in with text", NotIn("li", HasText("três")), ""},
		{"not in with text fails", NotIn("li", HasText("dois")), "should not be there"},
		{"every", Every("li", In("a")), ""},
		{"every fails", Every("li", HasText("um")), "number 2 of 2"},
		{"every of none", Every("h4"), "no such element"},
		{"broken selector", In("li["), `selector "li["`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			Check(r, page, test.check)
			got := strings.Join(r.failures, "\n")
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("failure %q, want %q", got, test.want)
			}
		})
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	if got := Text(t, []byte(page), "h1"); got != "Greve geral" {
		t.Errorf("Text = %q", got)
	}
	if diff := cmp.Diff([]string{"um", "dois"}, Texts(t, page, "li")); diff != "" {
		t.Errorf("Texts (-want +got):\n%s", diff)
	}
	if got := Attr(t, page, "a[rel=next]", "href"); got != "/a" {
		t.Errorf("Attr = %q", got)
	}
	if diff := cmp.Diff([]string{"/a", "/b"}, Attrs(t, page, "a", "href")); diff != "" {
		t.Errorf("Attrs (-want +got):\n%s", diff)
	}
}

func TestFormValues(t *testing.T) {
	t.Parallel()
	const page = `<form id="other"><input name="x" value="1"></form>
<form id="publish" method="post">
<input type="hidden" name="ticket" value="t1"><input name="title" value="A &amp; B"><input name="empty">
<input value="nameless"><input name="off" value="1" disabled>
<textarea name="body">
one
two</textarea>
<input type="checkbox" name="topic" value="a" checked><input type="checkbox" name="topic" value="b">
<input type="checkbox" name="topic" value="c" checked><input type="checkbox" name="plain" checked>
<input type="radio" name="format" value="markdown"><input type="radio" name="format" value="text" checked>
<select name="language"><option value="en">English<option value="pt" selected>Português</select>
<select name="first"><option disabled>choose<option>one<option>two</select>
<select name="many" multiple><option selected>x<option>y<option selected>z</select>
<fieldset disabled><input name="locked" value="1"></fieldset>
<input type="file" name="file"><button name="action" value="publish">Publish</button>
<input type="submit" name="action" value="preview">
</form><input form="publish" name="outside" value="2"><input name="stray" value="3">`
	want := url.Values{
		"ticket": {"t1"}, "title": {"A & B"}, "empty": {""}, "body": {"one\r\ntwo"}, "topic": {"a", "c"}, "plain": {"on"},
		"format": {"text"}, "language": {"pt"}, "first": {"one"}, "many": {"x", "z"}, "outside": {"2"},
	}
	if diff := cmp.Diff(want, FormValues(t, page, "#publish")); diff != "" {
		t.Errorf("FormValues (-want +got):\n%s", diff)
	}
}

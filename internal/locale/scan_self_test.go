package locale

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The test of the catalogues is worth what its scanners see.

func TestScanGo(t *testing.T) {
	t.Parallel()
	source := `package p

// i18n: state.* rank.local
// This is not i18n: prose.one
func f(l L) {
	l.T("wire.title")
	s.page.L.N("wire.replies", n, "Max", 3, "Who", who)
	l.T("wire.open", pairs...)
	l.T("wire.half", name, 3)
	l.T(key)
	t.Run("not.a.message")
	T("no key at all")
	_ = fault.Field{Name: "title", Message: "wire.field"}
	_ = []fault.Field{{Message: "wire.args", Args: map[string]any{"Max": 1}}, {Message: "wire.var", Args: args}}
	_ = fault.New(fault.Busy, "the pool is closed. try again")
	_ = wrong("title", "error.required")
	render("error.html")
}
`
	want := []use{
		{at: "p.go:3", key: "state.*", comment: true},
		{at: "p.go:3", key: "rank.local", comment: true},
		{at: "p.go:6", key: "wire.title"},
		{at: "p.go:7", key: "wire.replies", counted: true, args: []string{"Max", "Who"}},
		{at: "p.go:8", key: "wire.open", open: true},
		{at: "p.go:9", key: "wire.half", args: []string{""}, open: true},
		{at: "p.go:13", key: "wire.field", field: true},
		{at: "p.go:14", key: "wire.args", field: true, args: []string{"Max"}},
		{at: "p.go:14", key: "wire.var", field: true, open: true},
		{at: "p.go:16", key: "error.required", comment: true},
	}
	got, err := goUses("p.go", source)
	compare(t, want, got, err)
}

func TestScanTemplates(t *testing.T) {
	t.Parallel()
	source := `{{define "a"}}{{.T "a.plain"}}
<p title="{{$.T "a.attribute" "Max" .Max}}">{{$.L.N "a.count" (len .Items) "Who" .Who}}</p>
{{/* i18n: state.* */}}
{{if .Yes}}{{(index .All 0).T "a.chain"}}{{else}}{{.T "a.else"}}{{end}}
{{range .Items}}{{$.T .Key}}{{else}}{{$.T "a.none"}}{{end}}
{{with .X}}{{$.T "a.with" "Inner" ($.T "a.inner")}}{{end}}{{unknown "b.c"}}{{.Text "b.d"}}
{{end}}{{template "a" (dict "T" (.T "a.handed"))}}{{T "a.function" .Name 1}}`
	want := []use{
		{at: "x.html:1", key: "a.plain"},
		{at: "x.html:2", key: "a.attribute", args: []string{"Max"}},
		{at: "x.html:2", key: "a.count", counted: true, args: []string{"Who"}},
		{at: "x.html:3", key: "state.*", comment: true},
		{at: "x.html:4", key: "a.chain"},
		{at: "x.html:4", key: "a.else"},
		{at: "x.html:5", key: "a.none"},
		{at: "x.html:6", key: "a.with", args: []string{"Inner"}},
		{at: "x.html:6", key: "a.inner"},
		{at: "x.html:7", key: "a.handed"},
		{at: "x.html:7", key: "a.function", open: true},
	}
	got, err := templateUses("x.html", source)
	compare(t, want, got, err)
}

func compare(t *testing.T, want, got []use, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	byPlace := cmpopts.SortSlices(func(a, b use) bool { return a.at+a.key < b.at+b.key })
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(use{}), byPlace); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestScanRefusesWhatDoesNotParse(t *testing.T) {
	t.Parallel()
	if _, err := goUses("p.go", "package p\nfunc {"); err == nil {
		t.Error("broken Go passes")
	}
	if _, err := templateUses("x.html", `{{if}`); err == nil {
		t.Error("a broken template passes")
	}
}

func TestScannersAreForTheRightFiles(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"web/article.go": true, "internal/site/site.go": true, "templates/embed.go": true,
		"templates/layout.html": true, "templates/pages/article/show.html": true, "templates/mail/invite.txt": true,
		"web/article_test.go": false, "docs/page.html": false, "go.mod": false, "templates/x.md": false,
	}
	for name, want := range tests {
		if got := scannerOf(name) != nil; got != want {
			t.Errorf("%s is read: %v, want %v", name, got, want)
		}
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	l := speak(t, "en", `{
		"a.used": "x", "a.unused": "x", "a.max": "{{.Max}}", "s.one": "x",
		"a.count": {"one": "a {{.Who}}", "other": "{{.Count}} {{.Who}}"}}`)
	uses := []use{
		{at: "1", key: "a.used"},
		{at: "2", key: "a.typo"},
		{at: "3", key: "s.*", comment: true},
		{at: "4", key: "z.*", comment: true},
		{at: "5", key: "a.max", args: []string{"Min"}},
		{at: "6", key: "a.max", args: []string{"Max"}},
		{at: "7", key: "a.max", open: true},
		{at: "8", key: "a.count", args: []string{"Who"}},
		{at: "9", key: "a.count", counted: true, args: []string{"Who"}},
		{at: "10", key: "a.used", counted: true},
		{at: "11", key: "a.max", comment: true},
		{at: "12", key: "a.max", field: true, args: []string{"Length", "Max"}},
		{at: "13", key: "a.max", field: true},
		{at: "14", key: "a.count", field: true, args: []string{"Who"}},
		{at: "15", key: "a.count", field: true, open: true},
	}
	tests := map[string]struct{ got, want []string }{
		"missing": {missing(uses, l.messages), []string{"a.typo\t2", "z.*\t4"}},
		"unused":  {unused(uses, l.messages), []string{"a.unused"}},
		"misused": {misused(uses, l.messages), []string{
			"a.max\t5: has [Min], wants [Max]",
			"a.count\t8: plural forms go with N, a single text with T",
			"a.used\t10: plural forms go with N, a single text with T",
			"a.max\t13: lacks the Args [Max]",
			"a.count\t14: lacks the Args [Count]",
		}},
	}
	for name, tc := range tests {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestDisagreements(t *testing.T) {
	t.Parallel()
	en := speak(t, "en", `{"same": "{{.Max}}", "gone": "x", "other": "{{.Max}}",
		"kind": {"one": "x", "other": "y"}, "count": {"one": "x {{.A}}", "other": "{{.Count}} {{.A}}"}}`).messages
	pt := speak(t, "pt", `{"same": "x {{.Max}}", "more": "x", "other": "{{.Min}}",
		"kind": "x", "count": {"one": "{{.Count}} {{.A}}", "many": "z", "other": "w"}}`).messages
	if got := without(en, pt); !cmp.Equal(got, []string{"gone"}) {
		t.Errorf("missing: %v", got)
	}
	if got := without(pt, en); !cmp.Equal(got, []string{"more"}) {
		t.Errorf("too many: %v", got)
	}
	if got := differing(en, pt); len(got) != 2 {
		t.Errorf("differing: %q, want other and kind", got)
	}
}

package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// governed finds SQL that changes a state, a rank, a right or a setting: what nobody does without an entry in the log.
// Columns that only count (version, epoch), and rows that a post brings along, are not among them.
var governed = []*regexp.Regexp{
	regexp.MustCompile(`\bUPDATE\s+(?:article|comment|report)\s+SET\s+` + earlier + `(?:state|rank)\s*=`),
	regexp.MustCompile(`\b(?:INSERT\s+INTO|DELETE\s+FROM)\s+(?:account|account_role|invitation|site|site_host|site_topic|site_page|feature|feature_article)\b`),
	regexp.MustCompile(`\bUPDATE\s+(?:account_role|invitation|site_host|site_topic|site_page|feature_article)\s+SET\b`),
	regexp.MustCompile(`\bUPDATE\s+(?:account|site|feature)\s+SET\s+` + earlier + `(?:name|tagline|languages|time_zone|accent|logo|state|hold_articles|hold_comments|password|admin|disabled_at|title|summary|source|picture|position)\s*=`),
}

// earlier is what a list of assignments may begin with; a comma within brackets ends none of them.
const earlier = `(?:[a-z_]+\s*=(?:[^,()]|\([^()]*\))*,\s*)*`

// unlogged are the exported functions that reach such SQL and are no verbs, with the reason.
func unlogged() map[string]string {
	return map[string]string{
		"account.Desk.SignIn":    "keeps the same password at another cost",
		"account.Forgetter.Work": "forgets addresses of invitations that are over",
	}
}

// verbs are the exported functions of the domain that change a state, a rank, a right or a setting, by "room.Name" or
// "room.Type.Name", with whether they reach modlog.Add.
func verbs(files []source) map[string]bool {
	g := newGraph(files, governed...)
	found := map[string]bool{}
	for name := range g.calls {
		if g.exported[name] && unlogged()[name] == "" && g.reaches(name, g.writes) {
			found[name] = g.reaches(name, map[string]bool{"modlog.Add": true})
		}
	}
	return found
}

// graph is who calls whom in internal/, as the source has it. A method is known by its type where it is declared, and by
// its name where it is called: that finds too much rather than too little.
type graph struct {
	calls    map[string][]string
	methods  map[string][]string // "room.name" to "room.Type.name"
	exported map[string]bool     // and takes a context, as all that asks the database does
	steps    map[string]bool     // take a transaction: whoever began it answers for it
	writes   map[string]bool     // functions that hold SQL of the kind that is looked for
}

func newGraph(files []source, kinds ...*regexp.Regexp) graph {
	g := graph{calls: map[string][]string{}, methods: map[string][]string{}, exported: map[string]bool{}, steps: map[string]bool{}, writes: map[string]bool{}}
	for _, s := range files {
		if !s.inside() || s.workshop() {
			continue
		}
		for _, f := range all[*ast.FuncDecl](s.file) {
			g.add(s, f, kinds)
		}
	}
	return g
}

func (g graph) add(s source, f *ast.FuncDecl, kinds []*regexp.Regexp) {
	room := path.Base(s.dir())
	name := room + "." + f.Name.Name
	if kind := receiver(f); kind != "" {
		name = room + "." + kind + "." + f.Name.Name
		g.methods[room+"."+f.Name.Name] = append(g.methods[room+"."+f.Name.Name], name)
	}
	g.steps[name] = slices.Contains(params(f), "Tx")
	g.exported[name] = f.Name.IsExported() && strings.Contains(strings.Join(params(f), " "), "Context")
	g.calls[name] = append(g.calls[name], called(room, f)...)
	for _, e := range all[ast.Expr](f) {
		text := written(e)
		if text != "" && slices.ContainsFunc(kinds, func(p *regexp.Regexp) bool { return p.MatchString(text) }) {
			g.writes[name] = true
		}
	}
}

// written is the text of a literal, or of several with what varies between them left out.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return stringOf(e)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return written(e.X) + written(e.Y)
		}
	}
	return ""
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	kind := f.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// params are the names of the types that a function takes.
func params(f *ast.FuncDecl) []string {
	var names []string
	for _, field := range f.Type.Params.List {
		if kind, ok := field.Type.(*ast.SelectorExpr); ok {
			names = append(names, kind.Sel.Name)
		}
	}
	return names
}

// called are the functions that a function calls, and those it hands on.
func called(room string, f *ast.FuncDecl) []string {
	var names []string
	add := func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.Ident:
			names = append(names, room+"."+e.Name)
		case *ast.SelectorExpr:
			names = append(names, room+"."+e.Sel.Name)
			if from, ok := e.X.(*ast.Ident); ok {
				names = append(names, from.Name+"."+e.Sel.Name)
			}
		}
	}
	for _, call := range all[*ast.CallExpr](f) {
		add(call.Fun)
		for _, argument := range call.Args {
			add(argument)
		}
	}
	return names
}

func (g graph) reaches(from string, goal map[string]bool) bool {
	seen, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		if goal[name] {
			return true
		}
		next = append(next, g.calls[name]...)
		next = append(next, g.methods[name]...)
	}
	return false
}

// TestVerbsReachTheLog finds every verb by its SQL. Whether it writes the log in the transaction of the act, and what
// happens where it cannot, is TestActsAreLogged's to see.
func TestVerbsReachTheLog(t *testing.T) {
	t.Parallel()
	found := verbs(sources(t))
	if len(found) < 20 {
		t.Fatalf("only %d verbs found: the rule would hold nothing", len(found))
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !found[name] {
			t.Errorf("%s changes a state, a rank, a right or a setting and never reaches modlog.Add: log the act in its transaction, "+
				"or say in archtest's unlogged why it is none", name)
		}
	}
	for name, why := range unlogged() {
		if g := newGraph(sources(t), governed...); !g.reaches(name, g.writes) {
			t.Errorf("unlogged names %s (%s), which changes nothing of the kind", name, why)
		}
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	const sql = "package a\nfunc setState() { exec(`UPDATE article SET state = $1`) }\nfunc setVersion() { exec(`UPDATE site SET version = version + 1`) }\n" +
		"func (d Desk) setRank() { exec(`UPDATE article\n\tSET x = 1, rank = 'other'`) }\nfunc count() { exec(`UPDATE article SET n = ARRAY(SELECT a, b FROM x WHERE state = 'x'), m = 1 WHERE state = 'x'`) }"
	files := []source{
		sample(t, "internal/a/sql.go", sql),
		sample(t, "internal/a/hide.go", "package a\nfunc Hide(ctx context.Context) { InTx(func() { setState(); modlog.Add() }) }\nfunc Forget(ctx context.Context) { step() }\nfunc step() { setState() }\n"+
			"func Bump(ctx context.Context) { setVersion() }\nfunc Count(ctx context.Context) { count() }"),
		sample(t, "internal/b/b.go", "package b\nfunc (w Worker) Work(ctx context.Context) { a.Hide() }\nfunc Rank(d a.Desk, ctx int) { d.setRank() }"),
		sample(t, "internal/a/rank.go", "package a\nfunc (d Desk) Rank(ctx context.Context) { d.setRank() }"),
		sample(t, "web/a.go", "package web\nfunc Hide(ctx context.Context) { a.Forget() }"),
	}
	var got []string
	for name, logs := range verbs(files) {
		got = append(got, fmt.Sprint(name, " ", logs))
	}
	slices.Sort(got)
	want := []string{"a.Desk.Rank false", "a.Forget false", "a.Hide true", "b.Worker.Work true"}
	if !slices.Equal(got, want) {
		t.Errorf("verbs %q, want %q", got, want)
	}
}

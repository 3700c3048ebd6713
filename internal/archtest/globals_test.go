package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// makers are functions whose result nobody changes, so that a variable may hold it for all: errors, patterns, tables.
func makers() []string {
	return []string{
		"errors.New", "fmt.Errorf", "fault.New", "fault.Wrap", "regexp.MustCompile", "strings.NewReplacer", "sync.OnceValue", "sync.OnceValues",
		"base32.NewEncoding", "base64.NewEncoding", "language.MustParse", "language.NewMatcher", "netip.MustParsePrefix",
		"netip.MustParseAddr", "reflect.TypeFor", "time.Date", "strings.Repeat", "strings.Fields",
	}
}

func TestNoGlobals(t *testing.T) {
	t.Parallel()
	complain(t, globals(sources(t)))
}

// globals are the complaints about package variables that change, or could: what varies is handed in.
func globals(files []source) []string {
	folders := map[string][]source{}
	for _, s := range files {
		if !s.workshop() {
			folders[s.dir()] = append(folders[s.dir()], s)
		}
	}
	var complaints []string
	for _, folder := range folders {
		changed := assigned(folder)
		for _, s := range folder {
			for _, decl := range s.file.Decls {
				if decl, ok := decl.(*ast.GenDecl); ok && decl.Tok == token.VAR {
					complaints = append(complaints, variables(s, decl, changed, plainFuncs(folder))...)
				}
			}
		}
	}
	return complaints
}

func variables(s source, decl *ast.GenDecl, changed, own []string) []string {
	var complaints []string
	for _, spec := range all[*ast.ValueSpec](decl) {
		for i, name := range spec.Names {
			switch {
			case name.Name == "_":
			case slices.Contains(changed, name.Name):
				complaints = append(complaints, s.at(name)+": the package variable "+name.Name+" is changed: hand it in, or keep it in a struct")
			case embeds(decl, spec):
			case i >= len(spec.Values) || !constant(spec.Values[i], own):
				complaints = append(complaints, s.at(name)+": the package variable "+name.Name+" may change: hand it in, or keep it in a "+
					"struct (what makes things that never change has its name in archtest's makers)")
			}
		}
	}
	return complaints
}

func embeds(decl *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, group := range []*ast.CommentGroup{decl.Doc, spec.Doc} {
		if group == nil {
			continue
		}
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

// constant tells whether an expression gives what nobody can change by accident: own are the package's functions whose
// result is no pointer.
func constant(e ast.Expr, own []string) bool {
	switch e := e.(type) {
	case *ast.BasicLit, *ast.Ident, *ast.FuncLit:
		return true
	case *ast.SelectorExpr:
		return true
	case *ast.ParenExpr:
		return constant(e.X, own)
	case *ast.UnaryExpr:
		return e.Op != token.AND && constant(e.X, own)
	case *ast.BinaryExpr:
		return constant(e.X, own) && constant(e.Y, own)
	case *ast.KeyValueExpr:
		return constant(e.Value, own)
	case *ast.CompositeLit:
		return !slices.ContainsFunc(e.Elts, func(element ast.Expr) bool { return !constant(element, own) })
	case *ast.CallExpr:
		return made(e, own)
	}
	return false
}

func made(call *ast.CallExpr, own []string) bool {
	switch function := call.Fun.(type) {
	case *ast.ArrayType: // []byte("…")
		return true
	case *ast.IndexExpr: // a generic one, by the name before its types
		return made(&ast.CallExpr{Fun: function.X}, own)
	case *ast.Ident:
		return slices.Contains(own, function.Name)
	case *ast.SelectorExpr:
		if from, ok := function.X.(*ast.Ident); ok {
			return slices.Contains(makers(), from.Name+"."+function.Sel.Name)
		}
		return constant(function.X, own) // base32.NewEncoding("…").WithPadding(…)
	}
	return false
}

// plainFuncs are the package's functions that answer no pointer, and the conversions to basic types.
func plainFuncs(folder []source) []string {
	names := []string{"string", "int", "int64", "float64", "len", "max", "min"}
	for _, s := range folder {
		for _, f := range all[*ast.FuncDecl](s.file) {
			if f.Recv != nil || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if _, pointer := f.Type.Results.List[0].Type.(*ast.StarExpr); !pointer {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

// assigned are the names that functions of the package assign to, or take the address of, without declaring them.
func assigned(folder []source) []string {
	var names []string
	for _, s := range folder {
		for _, f := range all[*ast.FuncDecl](s.file) {
			declared := declaredIn(f)
			for _, target := range targets(f) {
				if name := root(target); name != "" && !slices.Contains(declared, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

func targets(f *ast.FuncDecl) []ast.Expr {
	var found []ast.Expr
	for _, statement := range all[*ast.AssignStmt](f) {
		if statement.Tok != token.DEFINE {
			found = append(found, statement.Lhs...)
		}
	}
	for _, statement := range all[*ast.IncDecStmt](f) {
		found = append(found, statement.X)
	}
	for _, e := range all[*ast.UnaryExpr](f) {
		if e.Op == token.AND {
			found = append(found, e.X)
		}
	}
	return found
}

// root is the variable that an assignment to an element, a field or what it points to changes.
func root(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.IndexExpr:
		return root(e.X)
	case *ast.SelectorExpr:
		return root(e.X)
	case *ast.StarExpr:
		return root(e.X)
	case *ast.ParenExpr:
		return root(e.X)
	}
	return ""
}

func declaredIn(f *ast.FuncDecl) []string {
	var names []string
	add := func(e ast.Expr) {
		if name, ok := e.(*ast.Ident); ok {
			names = append(names, name.Name)
		}
	}
	for _, field := range all[*ast.Field](f) {
		for _, name := range field.Names {
			add(name)
		}
	}
	for _, statement := range all[*ast.AssignStmt](f) {
		if statement.Tok == token.DEFINE {
			for _, name := range statement.Lhs {
				add(name)
			}
		}
	}
	for _, statement := range all[*ast.RangeStmt](f) {
		add(statement.Key)
		add(statement.Value)
	}
	for _, spec := range all[*ast.ValueSpec](f) {
		for _, name := range spec.Names {
			add(name)
		}
	}
	return names
}

func TestGlobals(t *testing.T) {
	t.Parallel()
	file := sample(t, "internal/a/a.go", `package a
var _ I = (*T)(nil)
var ErrX = errors.New("x")
var pattern = regexp.MustCompile("x")
var table = map[string]int{"a": 1}
var code = base32.NewEncoding("x").WithPadding(base32.NoPadding)
var set = setOf("a b")
//go:embed *.sql
var files embed.FS
var count int
var cache = newCache()
var shared = &T{}
var seen = map[string]bool{}
var total = 1
var n = 2
func setOf(s string) map[string]bool { return nil }
func newCache() *T { return nil }
func f() { seen["x"] = true; total++; n := 3; n = 4 }
`)
	expect(t, globals([]source{file}),
		"a.go:10: the package variable count may change", "a.go:11: the package variable cache may change",
		"a.go:12: the package variable shared may change", "a.go:13: the package variable seen is changed",
		"a.go:14: the package variable total is changed")
}

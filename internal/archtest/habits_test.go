package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// mostMethods is how many an interface may have: one that its user declares for what it needs is small.
const mostMethods = 3

func TestHabits(t *testing.T) {
	t.Parallel()
	files := sources(t)
	complain(t, slices.Concat(interfaces(files), inits(files), goroutines(files), skips(files)))
}

// interfaces are the complaints about large ones in internal. Those that are embedded count with their own methods where
// they are ours, and as one method where not.
func interfaces(files []source) []string {
	known := map[string]*ast.InterfaceType{}
	for _, s := range files {
		for _, spec := range all[*ast.TypeSpec](s.file) {
			if kind, ok := spec.Type.(*ast.InterfaceType); ok {
				known[s.file.Name.Name+"."+spec.Name.Name] = kind
			}
		}
	}
	var complaints []string
	for _, s := range files {
		if !s.inside() || s.workshop() {
			continue
		}
		for _, kind := range all[*ast.InterfaceType](s.file) {
			if n := methods(s.file.Name.Name, kind, known); n > mostMethods {
				complaints = append(complaints, fmt.Sprintf("%s: an interface of %d methods: its user declares what it needs, %d at most",
					s.at(kind), n, mostMethods))
			}
		}
	}
	return complaints
}

func methods(in string, kind *ast.InterfaceType, known map[string]*ast.InterfaceType) int {
	n := 0
	for _, field := range kind.Methods.List {
		name := ""
		switch of := field.Type.(type) {
		case *ast.FuncType:
			n += len(field.Names)
			continue
		case *ast.Ident:
			name = in + "." + of.Name
		case *ast.SelectorExpr:
			if from, ok := of.X.(*ast.Ident); ok {
				name = from.Name + "." + of.Sel.Name
			}
		default: // a union of types
			continue
		}
		if embedded := known[name]; embedded != nil && embedded != kind {
			n += methods(strings.Split(name, ".")[0], embedded, known)
		} else {
			n++
		}
	}
	return n
}

func inits(files []source) []string {
	var complaints []string
	for _, s := range files {
		for _, f := range all[*ast.FuncDecl](s.file) {
			if f.Recv == nil && f.Name.Name == "init" {
				complaints = append(complaints, s.at(f)+": init runs behind the reader's back: make what it makes in a constructor")
			}
		}
	}
	return complaints
}

// mayGo are the places that start goroutines besides Start methods: each waits for them to end before it returns, or
// hands out the means to wait.
func mayGo() map[string]string {
	return map[string]string{
		"internal/sandbox":       "watches a job while it waits for its end",
		"internal/db/postmaster": "the thread that forked PostgreSQL has to stay; Process.done tells when it ended",
	}
}

func goroutines(files []source) []string {
	var complaints []string
	for _, s := range files {
		if s.workshop() || mayGo()[s.dir()] != "" {
			continue
		}
		for _, f := range all[*ast.FuncDecl](s.file) {
			if f.Name.Name == "Start" && f.Recv != nil {
				continue
			}
			for _, statement := range all[*ast.GoStmt](f) {
				complaints = append(complaints, s.at(statement)+": a bare go: give it a Start and a Stop, or use errgroup; "+
					"who else waits for its end has a line in archtest's mayGo")
			}
		}
	}
	return complaints
}

// skips are the complaints about tests that may skip and do not say why.
func skips(files []source) []string {
	var complaints []string
	for _, s := range files {
		for _, call := range all[*ast.CallExpr](s.file) {
			function, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !s.workshop() || !strings.HasPrefix(function.Sel.Name, "Skip") {
				continue
			}
			if on, ok := function.X.(*ast.Ident); !ok || !slices.Contains([]string{"t", "b", "f", "tb"}, on.Name) {
				continue
			}
			if function.Sel.Name == "Skipped" || len(call.Args) > 0 && len(strings.Fields(sentence(call.Args[0]))) >= 4 {
				continue
			}
			complaints = append(complaints, s.at(call)+": a test that skips says why, in a sentence")
		}
	}
	return complaints
}

// sentence is the text that an expression begins with, where it is written out.
func sentence(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return stringOf(e)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return sentence(e.X) + sentence(e.Y)
		}
	}
	return ""
}

func TestInterfaces(t *testing.T) {
	t.Parallel()
	db := sample(t, "internal/db/db.go", `package db; type Querier interface { A(); B(); C() }`)
	large := sample(t, "internal/a/a.go", `package a; type X interface { A(); B(); C(); D() }`)
	grown := sample(t, "internal/b/b.go", `package b; type X interface { db.Querier; D() }; type N interface { ~int | ~string }`)
	outside := sample(t, "web/a.go", `package web; type X interface { A(); B(); C(); D() }`)
	expect(t, interfaces([]source{db, large, grown, outside}), "internal/a/a.go:1: an interface of 4", "internal/b/b.go:1: an interface of 4")
}

func TestInits(t *testing.T) {
	t.Parallel()
	file := sample(t, "web/a.go", "package web\nfunc init() {}\ntype T struct{}\nfunc (T) init() {}")
	expect(t, inits([]source{file}), "web/a.go:2")
}

func TestGoroutines(t *testing.T) {
	t.Parallel()
	const body = "package a\nfunc run() { go run() }\ntype T struct{}\nfunc (T) Start() { go run() }"
	files := []source{
		sample(t, "internal/a/a.go", body), sample(t, "internal/a/a_test.go", body), sample(t, "internal/sandbox/run.go", body),
	}
	expect(t, goroutines(files), "internal/a/a.go:2: a bare go")
}

func TestSkips(t *testing.T) {
	t.Parallel()
	file := sample(t, "web/a_test.go", `package web
func f(t T, d D) {
	t.Skip()
	t.SkipNow()
	t.Skip("not here")
	t.Skipf("the corpora are not beside the project: %v", 1)
	t.Skip("the corpora are not " + "beside the project")
	d.Skip()
}`)
	expect(t, skips([]source{file}), "a_test.go:3", "a_test.go:4", "a_test.go:5")
}

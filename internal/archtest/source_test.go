package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source is one Go file of the project.
type source struct {
	name string // from the module's root, with slashes
	fset *token.FileSet
	file *ast.File
}

func (s source) dir() string  { return path.Dir(s.name) }
func (s source) test() bool   { return strings.HasSuffix(s.name, "_test.go") }
func (s source) inside() bool { return strings.HasPrefix(s.name, "internal/") }

// workshop tells whether the file is there for tests, by its name or its package.
func (s source) workshop() bool {
	return s.test() || slices.Contains(workshop(), strings.TrimPrefix(s.dir(), "internal/"))
}

func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.name, s.fset.Position(n.Pos()).Line)
}

// sources are all Go files of the project.
func sources(t *testing.T) []source {
	t.Helper()
	root := moduleRoot(t)
	var all []source
	for _, wing := range []string{"cmd", "internal", "migrations", "static", "templates", "web"} {
		err := filepath.WalkDir(filepath.Join(root, wing), func(path string, entry fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil // a wing that is yet to be built
			}
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, "testdata") {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			parsed, err := parse(filepath.ToSlash(name), string(text))
			all = append(all, parsed)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d Go files found: the rules would hold nothing", len(all))
	}
	return all
}

func parse(name, text string) (source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{name, fset, file}, err
}

// sample is a file made for a test of a rule.
func sample(t *testing.T, name, text string) source {
	t.Helper()
	parsed, err := parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// all are the nodes of one kind in the file.
func all[N ast.Node](root ast.Node) []N {
	var found []N
	ast.Inspect(root, func(n ast.Node) bool {
		if n, ok := n.(N); ok {
			found = append(found, n)
		}
		return true
	})
	return found
}

// complain fails the test for each complaint, in order.
func complain(t *testing.T, complaints []string) {
	t.Helper()
	slices.Sort(complaints)
	for _, complaint := range complaints {
		t.Error(complaint)
	}
}

// expect compares the complaints about samples with parts of what they should say; want is empty where none should be.
func expect(t *testing.T, complaints []string, want ...string) {
	t.Helper()
	slices.Sort(complaints)
	if len(complaints) != len(want) {
		t.Errorf("complaints %q, want %d", complaints, len(want))
		return
	}
	for i, part := range want {
		if !strings.Contains(complaints[i], part) {
			t.Errorf("complaint %q, want it to say %q", complaints[i], part)
		}
	}
}

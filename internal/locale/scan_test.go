package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template/parse"
)

// repositoryUses reads every Go file but tests, and every template, below root.
func repositoryUses(root string) ([]use, error) {
	var uses []use
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return skip(root, name, err)
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		scan := scannerOf(filepath.ToSlash(rel))
		if scan == nil {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		found, err := scan(rel, string(data))
		uses = append(uses, found...)
		return err
	})
	return uses, err
}

// skip leaves out folders that hold no code of ours, and those of the top that
// are made, such as data and bin.
func skip(root, name string, err error) error {
	if err != nil {
		if os.IsNotExist(err) { // gone since it was listed
			return nil
		}
		return err
	}
	base := filepath.Base(name)
	if name != root && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
		return fs.SkipDir
	}
	if filepath.Dir(name) == filepath.Clean(root) && (base == "data" || base == "bin" || base == "static") {
		return fs.SkipDir
	}
	return nil
}

func scannerOf(rel string) func(name, source string) ([]use, error) {
	switch ext := filepath.Ext(rel); {
	case ext == ".go" && !strings.HasSuffix(rel, "_test.go"):
		return goUses
	case strings.HasPrefix(rel, "templates/") && (ext == ".html" || ext == ".txt"):
		return templateUses
	}
	return nil
}

// goUses finds the keys in Go source: literals that T and N are called with,
// literal Messages that look like a key, other literals that begin with
// "error.", and comments of the convention.
func goUses(name, source string) ([]use, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(n ast.Node) string { return fmt.Sprintf("%s:%d", name, files.Position(n.Pos()).Line) }
	var uses []use
	for _, group := range file.Comments {
		for _, c := range group.List {
			uses = append(uses, commentUses(c.Text, at(c))...)
		}
	}
	done := map[ast.Node]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		u, literal := goUse(n)
		if literal != nil && !done[literal] {
			done[literal] = true
			u.at = at(literal)
			uses = append(uses, u)
		}
		return true
	})
	return uses, nil
}

// goUse tells whether n names a message, and with which literal.
func goUse(n ast.Node) (use, ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		counted, ok := speaking(n.Fun)
		if !ok || len(n.Args) == 0 || !keyShape.MatchString(literal(n.Args[0])) {
			return use{}, nil
		}
		u := use{key: literal(n.Args[0]), counted: counted, open: n.Ellipsis.IsValid()}
		first := 1
		if counted {
			first = 2
		}
		for i := first; i < len(n.Args) && !u.open; i += 2 {
			name := literal(n.Args[i])
			u.open = name == ""
			u.args = append(u.args, name)
		}
		return u, n.Args[0]
	case *ast.CompositeLit:
		return fieldUse(n)
	case *ast.BasicLit:
		s := literal(n)
		isPage := strings.HasSuffix(s, ".html") || strings.HasSuffix(s, ".txt") // error.html is a template
		if strings.HasPrefix(s, "error.") && keyShape.MatchString(s) && !isPage {
			return use{key: s, comment: true}, n
		}
	}
	return use{}, nil
}

// fieldUse reads a literal with a Message that looks like a key, such as
// fault.Field{Name: "title", Message: "error.required", Args: map[string]any{"Max": 5}}.
func fieldUse(lit *ast.CompositeLit) (use, ast.Node) {
	message := element(lit, "Message")
	if message == nil || !keyShape.MatchString(literal(message)) {
		return use{}, nil
	}
	u := use{key: literal(message), field: true}
	switch args := element(lit, "Args").(type) {
	case nil:
	case *ast.CompositeLit:
		for _, e := range args.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				u.args = append(u.args, literal(pair.Key))
			}
		}
	default: // a variable
		u.open = true
	}
	return u, message
}

// element gives the value of a literal's field, nil if it is not set.
func element(lit *ast.CompositeLit, field string) ast.Node {
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := pair.Key.(*ast.Ident); ok && id.Name == field {
				return pair.Value
			}
		}
	}
	return nil
}

// speaking tells whether a call is of something named T or N.
func speaking(fun ast.Expr) (counted, ok bool) {
	var name string
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	case *ast.Ident:
		name = fun.Name
	}
	return name == "N", name == "T" || name == "N"
}

// literal gives the value of a string literal, "" for anything else.
func literal(e ast.Node) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// templateUses finds the keys in a template: literals after anything that ends
// in .T or .N, and comments of the convention.
func templateUses(name, source string) ([]use, error) {
	tree := parse.New(name)
	tree.Mode = parse.ParseComments | parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(source, "", "", set); err != nil {
		return nil, err
	}
	var uses []use
	for _, t := range set {
		// The parser calls the position of a node its byte in the source.
		uses = append(uses, nodeUses(t.Root, func(n parse.Node) string {
			return fmt.Sprintf("%s:%d", name, 1+strings.Count(source[:n.Position()], "\n"))
		})...)
	}
	return uses, nil
}

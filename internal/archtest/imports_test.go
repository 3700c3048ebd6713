package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestDoors(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		for _, complaint := range doors(p) {
			t.Error(complaint)
		}
	}
}

// list asks the go command, which knows about build tags and what is no package of ours.
func list(t *testing.T) []pkg {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	command.Dir, command.Stderr = moduleRoot(t), os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list names %d packages only: the rules would hold nothing", len(all))
	}
	return all
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return root
}

// doors are the complaints about what a package imports.
func doors(p pkg) []string {
	from := local(p.ImportPath)
	var complaints []string
	if room, ok := strings.CutPrefix(from, "internal/"); ok && !slices.Contains(workshop(), room) {
		if _, ok := rank(room); !ok {
			complaints = append(complaints, from+" has no place in the house: give it one in internal/archtest/floors_test.go, "+
				"in the first row that allows what it needs")
		}
	}
	tests := slices.Concat(p.TestImports, p.XTestImports)
	for _, to := range p.Imports {
		if why := refuse(from, local(to), false); why != "" {
			complaints = append(complaints, fmt.Sprintf("%s imports %s: %s", from, local(to), why))
		}
	}
	for _, to := range tests {
		if why := refuse(from, local(to), true); why != "" && !slices.Contains(p.Imports, to) {
			complaints = append(complaints, fmt.Sprintf("a test of %s imports %s: %s", from, local(to), why))
		}
	}
	return complaints
}

func local(importPath string) string { return strings.TrimPrefix(importPath, module+"/") }

// refuse says why one package may not import another, or nothing where it may.
func refuse(from, to string, test bool) string {
	wing, _, _ := strings.Cut(from, "/")
	switch target, _, _ := strings.Cut(to, "/"); {
	case from == to:
		return ""
	case target == "cmd" && wing != "cmd":
		return "nothing imports cmd"
	case target == "web" && wing != "web" && wing != "cmd":
		return "only cmd imports web"
	case (target == "templates" || target == "static") && wing == "internal":
		return "pages and their files are web's"
	case target == "migrations" && from != "internal/migrate" && !test:
		return "only internal/migrate runs migrations"
	case target == "internal" && (wing == "templates" || wing == "static" || wing == "migrations") && !test:
		return wing + " holds files and knows no room"
	case target == "internal":
		return refuseRoom(from, strings.TrimPrefix(to, "internal/"), test)
	case wing == "internal":
		return refuseOutsider(to)
	}
	return ""
}

func refuseRoom(from, room string, test bool) string {
	mine, inside := strings.CutPrefix(from, "internal/")
	atWork := slices.Contains(workshop(), mine)
	switch {
	case slices.Contains(workshop(), room):
		if test || atWork {
			return ""
		}
		return "what tests lean on stays in tests"
	case !inside || atWork:
		return ""
	}
	own, known := rank(mine)
	other, ok := rank(room)
	switch {
	case !known || !ok: // said once, by doors
		return ""
	case other == own:
		return "rooms in one row do not import one another; a use case lives in the highest room it touches"
	case other > own:
		return "a room imports only rooms below it"
	}
	return ""
}

func refuseOutsider(to string) string {
	for outsider, why := range outsiders() {
		if to == outsider || strings.HasPrefix(to, outsider+"/") {
			return why
		}
	}
	return ""
}

func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	complain(t, unexplained(list(t), string(text)))
}

// unexplained are the modules that our packages import and docs/dependencies.md has no row for.
func unexplained(packages []pkg, text string) []string {
	var rows []string
	for line := range strings.Lines(text) {
		if name, _, ok := strings.Cut(strings.TrimPrefix(line, "| `"), "` |"); ok {
			rows = append(rows, name)
		}
	}
	complaints := map[string]bool{}
	for _, p := range packages {
		for _, to := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			host, _, _ := strings.Cut(to, "/")
			ours := to == module || strings.HasPrefix(to, module+"/")
			explained := slices.ContainsFunc(rows, func(row string) bool { return to == row || strings.HasPrefix(to, row+"/") })
			if strings.Contains(host, ".") && !ours && !explained {
				complaints[local(p.ImportPath)+" imports "+to+", whose module has no row in docs/dependencies.md"] = true
			}
		}
	}
	return slices.Collect(maps.Keys(complaints))
}

func TestUnexplained(t *testing.T) {
	t.Parallel()
	packages := []pkg{{
		ImportPath: module + "/web",
		Imports:    []string{"fmt", "example.org/known/part", "example.org/knownnot", module + "/static"},
	}}
	expect(t, unexplained(packages, "| name |\n| `example.org/known` | what for |\n"), "web imports example.org/knownnot")
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		test     bool
		want     string // part of the reason; empty: may be
	}{
		{"internal/article", "internal/site", false, ""},
		{"internal/site", "internal/article", false, "only rooms below"},
		{"internal/db", "internal/site", false, "only rooms below"},
		{"internal/newswire", "internal/comment", false, "one row"},
		{"internal/comment", "internal/comment", true, ""},
		{"internal/importer/markdown", "internal/newswire", false, ""},
		{"internal/importer/wordpress", "internal/importer/markdown", false, "one row"},
		{"internal/article", "github.com/go-chi/chi/v5", false, "web's"},
		{"internal/article", "html/template", false, "templates and web"},
		{"internal/article", "text/template", false, ""},
		{"internal/article", "web", false, "only cmd"},
		{"internal/article", "templates", false, "web's"},
		{"internal/article", "migrations", false, "only internal/migrate"},
		{"internal/migrate", "migrations", false, ""},
		{"internal/article", "internal/db/dbtest", false, "stays in tests"},
		{"internal/article", "internal/db/dbtest", true, ""},
		{"internal/db/dbtest", "internal/migrate", false, ""},
		{"web", "internal/htmltest", false, "stays in tests"},
		{"web", "internal/htmltest", true, ""},
		{"web", "internal/article", false, ""},
		{"web", "templates", false, ""},
		{"web", "cmd/indywire", false, "nothing imports cmd"},
		{"web/middleware", "web/form", false, ""},
		{"templates", "internal/article", false, "knows no room"},
		{"static", "web", false, "only cmd"},
		{"cmd/indywire", "web", false, ""},
		{"cmd/indywire", "internal/newswire", false, ""},
	}
	for _, test := range tests {
		got := refuse(test.from, test.to, test.test)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("refuse(%s, %s, test %t) = %q, want %q", test.from, test.to, test.test, got, test.want)
		}
	}
}

func TestUnknownRoomNeedsAPlace(t *testing.T) {
	t.Parallel()
	p := pkg{ImportPath: module + "/internal/helpers", Imports: []string{"fmt"}}
	want := []string{"internal/helpers has no place in the house: give it one in internal/archtest/floors_test.go, " +
		"in the first row that allows what it needs"}
	if diff := cmp.Diff(want, doors(p)); diff != "" {
		t.Errorf("complaints (-want +got):\n%s", diff)
	}
}

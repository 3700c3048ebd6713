package archtest

import (
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A write is SQL that changes a table. Keywords are upper-case and names lower-case in this house, which also tells the
// statement from FOR UPDATE OF and DO UPDATE SET.
var write = regexp.MustCompile(`\b(?:INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|UPDATE)\s+(?:ONLY\s+)?([a-z_][a-z0-9_]*)`)

// A room whose SQL outgrows one file has one for each noun.
var sqlFile = regexp.MustCompile(`^sql(_[a-z]+)?\.go$`)

var sloppyWrite = regexp.MustCompile(`\b(?:insert\s+into|delete\s+from|merge\s+into)\s+[a-z_]+`)

func TestTablesAreWrittenByTheirOwner(t *testing.T) {
	t.Parallel()
	complain(t, tables(sources(t)))
}

// tables are the complaints about writes outside a room's sql.go, and about tables that two rooms write.
func tables(files []source) []string {
	var complaints []string
	owners := map[string]map[string]string{} // table, room, place
	for _, s := range files {
		if s.workshop() || s.dir() == "migrations" {
			continue
		}
		for _, literal := range all[*ast.BasicLit](s.file) {
			if sloppyWrite.MatchString(stringOf(literal)) {
				complaints = append(complaints, s.at(literal)+": write the keywords of SQL in upper case, so that its tables can be seen")
			}
		}
		for table, node := range writes(s) {
			if !s.inside() || !sqlFile.MatchString(path.Base(s.name)) {
				complaints = append(complaints, s.at(node)+": writes the table "+table+": only the sql.go of its room in internal does, or a sql_<noun>.go beside it")
			}
			if owners[table] == nil {
				owners[table] = map[string]string{}
			}
			owners[table][s.dir()] = s.at(node)
		}
	}
	for table, rooms := range owners {
		if len(rooms) > 1 {
			places := slices.Sorted(maps.Values(rooms))
			complaints = append(complaints, "the table "+table+" is written by several rooms and must belong to one: "+strings.Join(places, ", "))
		}
	}
	return complaints
}

// writes are the tables that the file changes, each with a place: by SQL, or by name in a COPY.
func writes(s source) map[string]ast.Node {
	found := map[string]ast.Node{}
	for _, literal := range all[*ast.BasicLit](s.file) {
		for _, match := range write.FindAllStringSubmatch(stringOf(literal), -1) {
			found[match[1]] = literal
		}
	}
	for _, literal := range all[*ast.CompositeLit](s.file) {
		kind, ok := literal.Type.(*ast.SelectorExpr)
		if !ok || kind.Sel.Name != "Identifier" || len(literal.Elts) == 0 {
			continue
		}
		if name, ok := literal.Elts[len(literal.Elts)-1].(*ast.BasicLit); ok {
			found[stringOf(name)] = literal
		}
	}
	return found
}

func stringOf(literal *ast.BasicLit) string {
	if literal.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return text
}

func TestTables(t *testing.T) {
	t.Parallel()
	own := sample(t, "internal/site/sql.go", "package site\nconst a = `UPDATE site SET x = 1`\n"+
		"const b = `SELECT 1 FROM article FOR UPDATE OF article`\n"+
		"const c = `INSERT INTO site (id) VALUES (1) ON CONFLICT DO UPDATE SET id = 1`")
	expect(t, tables([]source{own}))

	elsewhere := sample(t, "internal/site/create.go", `package site; const a = "DELETE FROM site_host"`)
	expect(t, tables([]source{own, elsewhere}), "create.go:1: writes the table site_host")

	page := sample(t, "web/site.go", "package web\nconst a = `INSERT INTO\n\tnote (id)`")
	expect(t, tables([]source{page}), "web/site.go:2: writes the table note")

	thief := sample(t, "internal/article/sql.go", `package article; const a = "UPDATE site SET y = 1"`)
	expect(t, tables([]source{own, thief}), "site is written by several rooms and must belong to one: internal/article/sql.go:1, internal/site/sql.go:4")

	copied := sample(t, "internal/article/fill.go", `package article; var t = pgx.Identifier{"public", "article"}`)
	expect(t, tables([]source{copied}), "fill.go:1: writes the table article")

	quiet := sample(t, "internal/article/sql.go", `package article; const a = "insert into article"`)
	expect(t, tables([]source{quiet}), "in upper case")
}

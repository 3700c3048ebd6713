package migrate_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/migrations"
)

// firstSeveral is the first step that nodes of an older version may meet.
const firstSeveral = 20

// contract marks a step that takes something away, and says since which version
// nothing uses it.
var contract = regexp.MustCompile(`(?m)^-- contract: \S+`)

// narrowing is what breaks the binary of the version before.
var narrowing = map[string]*regexp.Regexp{
	"takes a table, column, type or function away": regexp.MustCompile(`(?i)\bDROP\s+(TABLE|COLUMN|TYPE|VIEW|FUNCTION|SCHEMA)\b`),
	"gives something another name":                 regexp.MustCompile(`(?i)\bRENAME\b`),
	"gives a column another type":                  regexp.MustCompile(`(?i)\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b`),
	"demands what may be missing":                  regexp.MustCompile(`(?i)\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+NOT\s+NULL|DROP\s+DEFAULT)\b`),
}

var (
	remark      = regexp.MustCompile(`--[^\n]*`)
	columnAdded = regexp.MustCompile(`(?i)\bADD\s+COLUMN\b[^,;]*`)
	notNull     = regexp.MustCompile(`(?i)\bNOT\s+NULL\b`)
	filled      = regexp.MustCompile(`(?i)\b(DEFAULT|GENERATED)\b`)
	tableMade   = regexp.MustCompile(`(?i)\bCREATE\s+TABLE\s+(\w+)`)
	unique      = regexp.MustCompile(`(?i)\bCREATE\s+UNIQUE\s+INDEX\s+(?:CONCURRENTLY\s+)?\w+\s+ON\s+(\w+)`)
	ruleAdded   = regexp.MustCompile(`(?i)\bADD\s+CONSTRAINT\s+(\w+)`)
	ruleDropped = regexp.MustCompile(`(?i)\bDROP\s+CONSTRAINT\s+(?:IF\s+EXISTS\s+)?(\w+)`)
)

// breaks says what of a step the version before cannot live with.
func breaks(step string) (list []string) {
	sql := remark.ReplaceAllString(step, "")
	for what, pattern := range narrowing {
		if pattern.MatchString(sql) {
			list = append(list, what)
		}
	}
	for _, added := range columnAdded.FindAllString(sql, -1) {
		if notNull.MatchString(added) && !filled.MatchString(added) {
			list = append(list, "adds a column that an older INSERT does not fill")
		}
	}
	for _, name := range named(unique, sql) {
		if !slices.Contains(named(tableMade, sql), name) {
			list = append(list, "forbids twice what an older version may write twice")
		}
	}
	for _, name := range named(ruleAdded, sql) { // instead of a narrower one it is no harm
		if !slices.Contains(named(ruleDropped, sql), name) {
			list = append(list, "adds a rule that an older version does not know")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func named(pattern *regexp.Regexp, sql string) (names []string) {
	for _, found := range pattern.FindAllStringSubmatch(sql, -1) {
		names = append(names, strings.ToLower(found[1]))
	}
	return names
}

// TestStepsOnlyExpand, unless they say since when nothing uses what they take
// away: nodes of two versions run on one schema (docs/operating.md).
func TestStepsOnlyExpand(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	for i, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if i+1 < firstSeveral || contract.Match(text) {
			continue
		}
		for _, what := range breaks(string(text)) {
			t.Errorf("%s %s: split it, or say \"-- contract: VERSION ...\" since when nothing uses it", name, what)
		}
	}
}

func TestBreaks(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]string{
		"CREATE TABLE a (n int NOT NULL); CREATE UNIQUE INDEX b ON a (n);":                   "",
		"ALTER TABLE a ADD COLUMN b int, ADD COLUMN c text NOT NULL DEFAULT ''; -- NOT NULL": "",
		"ALTER TABLE a DROP CONSTRAINT b, ADD CONSTRAINT b CHECK (n IN (1, 2));":             "",
		"CREATE INDEX b ON a (n); -- DROP TABLE a":                                           "",
		"ALTER TABLE a ADD COLUMN b int NOT NULL, ADD COLUMN c int DEFAULT 1;":               "adds a column",
		"ALTER TABLE a\n    DROP COLUMN b;":                                                  "takes a table",
		"drop table a;":                                                                      "takes a table",
		"ALTER TABLE a RENAME COLUMN b TO c;":                                                "another name",
		"ALTER TABLE a ALTER COLUMN b TYPE bigint;":                                          "another type",
		"ALTER TABLE a ALTER COLUMN b SET NOT NULL;":                                         "demands",
		"CREATE UNIQUE INDEX b ON a (n);":                                                    "forbids",
		"ALTER TABLE a ADD CONSTRAINT b CHECK (n > 0);":                                      "adds a rule",
	} {
		got := strings.Join(breaks(step), "; ")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
}

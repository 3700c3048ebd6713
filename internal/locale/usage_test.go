package locale

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// use is one place that names a message.
type use struct {
	at      string // file:line
	key     string // a key; of a comment also a pattern with *
	comment bool   // tells only that the key is used, not how
	counted bool   // called by N
	field   bool   // the Message of a fault.Field, which may carry more arguments than are shown
	args    []string
	open    bool // some names of arguments are not literal
}

var (
	keyShape   = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	convention = regexp.MustCompile(`^\s*(?://|/\*)\s*i18n:\s*(.*?)\s*(?:\*/)?\s*$`)
)

// TestEveryMessageIsThereAndUsed reads the templates and the Go code of the
// whole repository. It lists everything at once, so that whoever added a page
// can mend the catalogues in one go.
func TestEveryMessageIsThereAndUsed(t *testing.T) {
	t.Parallel()
	uses, err := repositoryUses("../..")
	if err != nil {
		t.Fatalf("reading the repository: %v", err)
	}
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	report(t, "used but missing in messages/en.json", missing(uses, c.localizers[0].messages))
	report(t, "in messages/en.json but never used; delete them, or tell where they are built in a comment // i18n: KEY", unused(uses, c.localizers[0].messages))
	report(t, "called with other arguments than the text has", misused(uses, c.localizers[0].messages))
}

// TestLanguagesAgree compares each catalogue with the English one.
func TestLanguagesAgree(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	english := c.localizers[0].messages
	for _, l := range c.localizers[1:] {
		file := fmt.Sprintf("messages/%s.json", l.tag)
		report(t, "missing in "+file, without(english, l.messages))
		report(t, "in "+file+" but not in messages/en.json", without(l.messages, english))
		report(t, "with other placeholders or another kind in "+file, differing(english, l.messages))
	}
}

// TestCatalogueLines keeps the files flat and sorted with one key a line, so
// that several people can edit them at once.
func TestCatalogueLines(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`^  "([^"]+)": (".*"|\{".*"\})(,?)$`)
	names, err := filepath.Glob("messages/*.json")
	if err != nil || len(names) != len(languages()) {
		t.Fatalf("catalogues %v (%v) for %d languages", names, err, len(languages()))
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if lines[0] != "{" || lines[len(lines)-1] != "}" {
			t.Fatalf("%s: the braces of the whole stand on lines of their own", name)
		}
		last := ""
		for i, text := range lines[1 : len(lines)-1] {
			m := line.FindStringSubmatch(text)
			switch {
			case m == nil:
				t.Errorf("%s:%d: want two spaces, \"key\": \"text\" or {plurals}, and a comma: %s", name, i+2, text)
				continue
			case !keyShape.MatchString(m[1]):
				t.Errorf("%s:%d: %q is no key: lower-case words parted by dots", name, i+2, m[1])
			case m[1] == last:
				t.Errorf("%s:%d: %q is there twice", name, i+2, m[1])
			case m[1] < last:
				t.Errorf("%s:%d: %q belongs before %q", name, i+2, m[1], last)
			}
			last = m[1]
		}
	}
}

// report fails with all that was found, one a line.
func report(t *testing.T, what string, found []string) {
	t.Helper()
	if len(found) == 0 {
		return
	}
	sort.Strings(found)
	t.Errorf("%s (%d):\n  %s", what, len(found), strings.Join(slices.Compact(found), "\n  "))
}

// missing lists the uses of keys that are not there.
func missing(uses []use, messages map[string]message) []string {
	var found []string
	for _, u := range uses {
		if !slices.ContainsFunc(keys(messages), u.means) {
			found = append(found, u.key+"\t"+u.at)
		}
	}
	return found
}

// unused lists the keys that nothing uses.
func unused(uses []use, messages map[string]message) []string {
	var found []string
	for _, key := range keys(messages) {
		if !slices.ContainsFunc(uses, func(u use) bool { return u.means(key) }) {
			found = append(found, key)
		}
	}
	return found
}

// misused lists the calls that do not fit the text: a count for a text without
// plural forms or the other way round, arguments of other names.
func misused(uses []use, messages map[string]message) []string {
	var found []string
	for _, u := range uses {
		m, ok := messages[u.key]
		if u.comment || !ok {
			continue
		}
		if u.field {
			if lacks := m.lacks(u.args); !u.open && len(lacks) > 0 {
				found = append(found, fmt.Sprintf("%s\t%s: lacks the Args %v", u.key, u.at, lacks))
			}
			continue
		}
		if m.plural != u.counted {
			found = append(found, fmt.Sprintf("%s\t%s: plural forms go with N, a single text with T", u.key, u.at))
			continue
		}
		want := m.arguments()
		if got := slices.Sorted(slices.Values(u.args)); !u.open && !slices.Equal(got, want) {
			found = append(found, fmt.Sprintf("%s\t%s: has %v, wants %v", u.key, u.at, got, want))
		}
	}
	return found
}

// without lists the keys of a that b lacks.
func without(a, b map[string]message) []string {
	var found []string
	for key := range a {
		if _, ok := b[key]; !ok {
			found = append(found, key)
		}
	}
	return found
}

func differing(english, others map[string]message) []string {
	var found []string
	for key, m := range english {
		o, ok := others[key]
		if ok && (m.plural != o.plural || !slices.Equal(m.arguments(), o.arguments())) {
			found = append(found, fmt.Sprintf("%s\t%v, in English %v", key, o.names(), m.names()))
		}
	}
	return found
}

// arguments are the placeholders that a caller fills. The count is not one: N
// gives it, and a form such as "one" may do without.
func (m message) arguments() []string {
	return slices.DeleteFunc(m.names(), func(name string) bool { return m.plural && name == "Count" })
}

// lacks lists the placeholders that args do not fill; a plural needs its Count.
func (m message) lacks(args []string) []string {
	want := m.names()
	if m.plural && !slices.Contains(want, "Count") {
		want = append(want, "Count")
	}
	return slices.DeleteFunc(want, func(name string) bool { return slices.Contains(args, name) })
}

// means tells whether the use is of the key.
func (u use) means(key string) bool {
	if !u.comment {
		return u.key == key
	}
	ok, err := path.Match(u.key, key)
	return ok && err == nil
}

func keys(messages map[string]message) []string {
	var all []string
	for key := range messages {
		all = append(all, key)
	}
	return all
}

// commentUses reads the convention "// i18n: key.one key.*" from a comment.
func commentUses(comment, at string) []use {
	var uses []use
	for line := range strings.Lines(comment) {
		m := convention.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		for _, key := range strings.Fields(m[1]) {
			uses = append(uses, use{at: at, key: key, comment: true})
		}
	}
	return uses
}

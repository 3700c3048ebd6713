package web_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenRoutes = "testdata/routes.txt"

// TestRoutes holds the table of addresses as a list: addresses are a promise, so
// that a change of it is to be seen in review. -update writes the list anew.
func TestRoutes(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, r := range routes(t) {
		lines = append(lines, fmt.Sprintf("%-7s %-6s %-8s %s\n", r.method, r.host, r.permission, r.pattern))
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(goldenRoutes, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenRoutes)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the table of addresses is another (-want +got); go test ./web -run TestRoutes -update writes it anew:\n%s", diff)
	}
}

// a tableRoute is one line of the table of addresses.
type tableRoute struct {
	method, host, pattern string
	permission            account.Permission
}

// routes lists both tables.
func routes(t *testing.T) []tableRoute {
	t.Helper()
	var list []tableRoute
	for host, lines := range web.RouteTables() {
		for _, l := range lines {
			list = append(list, tableRoute{l.Method, host, l.Pattern, l.Permission})
		}
	}
	return list
}

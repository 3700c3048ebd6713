package site_test

import (
	"slices"
	"testing"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

func draft(change func(*site.Draft)) site.Draft {
	d := site.Draft{Slug: "tejo", Name: "Tejo livre", Languages: []locale.Tag{"pt", "en"}, Topics: []string{"Habitação", "Trabalho"}}
	if change != nil {
		change(&d)
	}
	return d
}

func TestCreateFurnishesTheSite(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Hosts = []string{"Tejo.Example.ORG.", "tejo2.onion"} }))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(st.Hosts, []string{"tejo.example.org", "tejo2.onion"}) {
		t.Errorf("hosts = %v", st.Hosts)
	}
	if len(st.Topics) != 2 || st.Topics[0].Slug != "habitacao" {
		t.Errorf("topics = %v", st.Topics)
	}
	for _, slug := range []string{"about", "policy", "contact"} {
		p, err := site.PageBySlug(t.Context(), tx, st.ID, slug)
		if err != nil || p.Language != "pt" || p.HTML == "" {
			t.Errorf("page %s = %+v, %v", slug, p, err)
		}
	}
}

func TestByHost(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	named, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Hosts = []string{"tejo.example.org"} }))
	if err != nil {
		t.Fatal(err)
	}
	home, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug = "sado" }))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		host string
		want site.ID // 0: not found
	}{
		{"tejo.example.org", named.ID},
		{"sado.localhost", home.ID},
		{"tejo.localhost", 0}, // it has hosts of its own
		{"a.sado.localhost", 0},
		{"localhost", 0},
		{"", 0},
		{"other.example.org", 0},
	}
	for _, tt := range tests {
		got, err := site.ByHost(t.Context(), tx, "localhost", tt.host)
		if tt.want == 0 && !fault.Is(err, fault.NotFound) {
			t.Errorf("ByHost(%q) = %v, %v; want not found", tt.host, got.ID, err)
		}
		if tt.want != 0 && got.ID != tt.want {
			t.Errorf("ByHost(%q) = %v, %v; want %v", tt.host, got.ID, err, tt.want)
		}
	}
}

// TestNoTwoSitesAtOneAddress creates sites at addresses that lead elsewhere
// already, one of them only by its slug.
func TestNoTwoSitesAtOneAddress(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	create := func(slug string, hosts ...string) (site.Site, error) {
		return site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug, d.Hosts, d.Portal = slug, hosts, "net.example" }))
	}
	first, err := create("first")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := create("second", "second.example", "third.net.example"); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		slug  string
		hosts []string
		field string
	}{
		"the portal's":                {"a", []string{"a.example", "Net.Example."}, "host"},
		"of another by its slug":      {"b", []string{"FIRST.net.example"}, "host"},
		"its own, but given away":     {"third", nil, "slug"},
		"another's, by its own hosts": {"c", []string{"second.example"}, "host"},
	}
	for name, tt := range tests {
		_, err := create(tt.slug, tt.hosts...)
		if fields := fault.Fields(err); !fault.Is(err, fault.Conflict) || len(fields) != 1 || fields[0].Name != tt.field {
			t.Errorf("%s: %v with %v, want a conflict of %s", name, err, fields, tt.field)
		}
	}
	if _, err := create("d", "second.net.example"); err != nil { // second has hosts of its own
		t.Errorf("a free address: %v", err)
	}
	// given before the portal had its name: the site that was given the host keeps it
	given, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug, d.Hosts = "given", []string{"first.net.example"} }))
	if err != nil {
		t.Fatal(err)
	}
	got, err := site.ByHost(t.Context(), tx, "net.example", "first.net.example")
	if err != nil || got.ID != given.ID || got.ID == first.ID {
		t.Errorf("ByHost = %d, %v; want %d", got.ID, err, given.ID)
	}
}

func TestNormalHost(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"PT.localhost:8080": "pt.localhost", "pt.localhost.": "pt.localhost", "example.org": "example.org", "[::1]:80": "::1",
		"pt.localhost:": "pt.localhost", "pt.localhost:x=y": "pt.localhost:x=y",
	} {
		if got := site.NormalHost(header); got != want {
			t.Errorf("NormalHost(%q) = %q, want %q", header, got, want)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*site.Draft)
		kind   fault.Kind
		field  string
	}{
		{"slug", func(d *site.Draft) { d.Slug = "Te jo" }, fault.Invalid, "slug"},
		{"no name", func(d *site.Draft) { d.Name = "" }, fault.Invalid, "name"},
		{"no language", func(d *site.Draft) { d.Languages = nil }, fault.Invalid, "language"},
		{"host with a path", func(d *site.Draft) { d.Hosts = []string{"a.org/x"} }, fault.Invalid, "host"},
		{"time zone", func(d *site.Draft) { d.TimeZone = "Europe/Nowhere" }, fault.Invalid, "time_zone"},
		{"pale accent", func(d *site.Draft) { d.Accent = "#ffcc00" }, fault.Invalid, "accent"},
		{"slug taken", nil, fault.Conflict, "slug"},
		{"host taken", func(d *site.Draft) { d.Slug, d.Hosts = "sado", []string{"taken.example.org"} }, fault.Conflict, "host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tx := dbtest.Tx(t)
			if _, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Hosts = []string{"taken.example.org"} })); err != nil {
				t.Fatal(err)
			}
			_, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(tt.change))
			if fields := fault.Fields(err); !fault.Is(err, tt.kind) || len(fields) == 0 || fields[0].Name != tt.field {
				t.Errorf("Create = %v with %v, want %s of %s", err, fields, tt.kind, tt.field)
			}
		})
	}
}

func TestAccentContrast(t *testing.T) {
	t.Parallel()
	for colour, ok := range map[string]bool{
		"#b3122b": true, "#000000": true, "#0b5d3b": true, "#FFFFFF": false, "#ff6b78": false, "red": false, "#12345": false, "": false,
	} {
		a, err := site.ParseAccent(colour)
		if (err == nil) != ok {
			t.Errorf("ParseAccent(%q) = %v, want ok %v", colour, err, ok)
			continue
		}
		if ok && site.Contrast(a.Dark(), "#12110d") < site.MinContrast {
			t.Errorf("dark form %s of %s cannot be read", a.Dark(), a)
		}
	}
	if got := site.Contrast("#000000", "#ffffff"); got < 20.99 || got > 21.01 {
		t.Errorf("black on white = %v, want 21", got)
	}
}

func TestSetStateRaisesTheVersion(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := site.SetState(t.Context(), tx, modlog.ByOperator(), "tejo", site.Frozen); err != nil {
		t.Fatal(err)
	}
	frozen, err := site.BySlug(t.Context(), tx, "tejo")
	if err != nil || frozen.Version <= st.Version || !fault.Is(frozen.CheckOpen(), fault.Denied) {
		t.Errorf("frozen = %+v, %v", frozen, err)
	}
	if err := site.SetState(t.Context(), tx, modlog.ByOperator(), "nobody", site.Frozen); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown slug = %v", err)
	}
}

package site_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// desk is somebody who changes what a site is.
type desk struct {
	t  *testing.T
	tx pgx.Tx
	id site.ID
	by modlog.Actor
}

func newDesk(t *testing.T) desk {
	t.Helper()
	tx := dbtest.Tx(t)
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Topics = append(d.Topics, "Terra") }))
	if err != nil {
		t.Fatal(err)
	}
	return desk{t, tx, st.ID, modlog.Actor{Kind: modlog.Editor, Name: "Rita", ID: 7}}
}

func (d desk) site() site.Site {
	d.t.Helper()
	st, err := site.ByID(d.t.Context(), d.tx, d.id)
	if err != nil {
		d.t.Fatal(err)
	}
	return st
}

// logged are the entries that were written since the site was opened, oldest
// first. All of them are the desk's, and none is for everybody.
func (d desk) logged() []string {
	d.t.Helper()
	page, err := modlog.List(d.t.Context(), d.tx, int64(d.id), modlog.Filter{Internal: true})
	if err != nil {
		d.t.Fatal(err)
	}
	public, err := modlog.List(d.t.Context(), d.tx, int64(d.id), modlog.Filter{})
	if err != nil || len(public.Items) > 0 {
		d.t.Fatalf("everybody reads %v, %v", public.Items, err)
	}
	var acts []string
	for _, r := range slices.Backward(page.Items) {
		if r.Act == modlog.Open {
			continue
		}
		if r.ActorName != d.by.Name || *r.ActorID != d.by.ID {
			d.t.Errorf("%s is by %q, %v", r.Act, r.ActorName, r.ActorID)
		}
		acts = append(acts, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Act, r.Subject, r.Reason)))
	}
	return acts
}

func (d desk) wantLog(want ...string) {
	d.t.Helper()
	if got := d.logged(); !slices.Equal(got, want) {
		d.t.Errorf("the log holds %q, want %q", got, want)
	}
}

// raises runs a change and tells whether the site's version rose by it, which
// every cache goes by.
func (d desk) raises(change func() error) bool {
	d.t.Helper()
	before := d.site().Version
	if err := change(); err != nil {
		d.t.Fatal(err)
	}
	return d.site().Version > before
}

// wantField is for a refusal that names one field.
func wantField(t *testing.T, err error, kind fault.Kind, field string) {
	t.Helper()
	if fields := fault.Fields(err); !fault.Is(err, kind) || len(fields) == 0 || fields[0].Name != field {
		t.Errorf("%v with %v, want %s of %s", err, fields, kind, field)
	}
}

func TestOpeningIsLogged(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	st, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(nil))
	if err != nil {
		t.Fatal(err)
	}
	page, err := modlog.List(t.Context(), tx, int64(st.ID), modlog.Filter{Internal: true})
	if err != nil || len(page.Items) != 1 || page.Items[0].Act != modlog.Open || page.Items[0].SubjectID != int64(st.ID) {
		t.Errorf("the log holds %v, %v; want that the site was opened", page.Items, err)
	}
}

func TestFreezingIsLoggedOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	set := func(s site.State) func() error {
		return func() error { return site.SetState(t.Context(), d.tx, d.by, "tejo", s) }
	}
	for _, step := range []struct {
		state  site.State
		raises bool
	}{{site.Active, false}, {site.Frozen, true}, {site.Frozen, false}, {site.Active, true}, {site.Active, false}} {
		if got := d.raises(set(step.state)); got != step.raises {
			t.Errorf("%s raises the version: %v, want %v", step.state, got, step.raises)
		}
	}
	d.wantLog("freeze site", "thaw site")
}

func TestChangeSettings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	read := d.site().Settings()
	want := read
	want.Name, want.Languages, want.HoldComments = " Sado\u202e \t livre ", []locale.Tag{"en", "pt", "en", "ar"}, true
	change := func(seal site.Seal, s site.Settings) error {
		return site.ChangeSettings(t.Context(), d.tx, d.by, d.id, seal, s)
	}
	if !d.raises(func() error { return change(read.Seal(), want) }) {
		t.Error("the version stays")
	}
	got := d.site()
	if got.Name != "Sado livre" || !slices.Equal(got.Languages, []locale.Tag{"en", "pt", "ar"}) || !got.HoldComments || got.HoldArticles {
		t.Errorf("settings are %+v", got.Settings())
	}
	if d.raises(func() error { return change(read.Seal(), want) }) { // pressed twice
		t.Error("the same again raises the version")
	}
	d.wantLog("change site name languages hold_comments")

	other := read
	other.Tagline = "Outra"
	wantField(t, change(read.Seal(), other), fault.Conflict, "version")
	if d.site().Name != "Sado livre" {
		t.Error("a conflict overwrote something")
	}
	if err := change("", other); err != nil { // without a seal nothing is compared
		t.Error(err)
	}
	d.wantLog("change site name languages hold_comments", "change site name tagline languages hold_comments")
}

func TestChangeSettingsRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, tt := range map[string]struct {
		change func(*site.Settings)
		field  string
	}{
		"no name":            {func(s *site.Settings) { s.Name = " \u202e" }, "name"},
		"long name":          {func(s *site.Settings) { s.Name = strings.Repeat("a", site.MaxName+1) }, "name"},
		"long tagline":       {func(s *site.Settings) { s.Tagline = strings.Repeat("a", site.MaxTagline+1) }, "tagline"},
		"no language":        {func(s *site.Settings) { s.Languages = nil }, "language"},
		"no zone":            {func(s *site.Settings) { s.TimeZone = "Europe/Nowhere" }, "time_zone"},
		"this server's zone": {func(s *site.Settings) { s.TimeZone = "Local" }, "time_zone"},
		"many languages": {func(s *site.Settings) {
			s.Languages = []locale.Tag{"ar", "ca", "de", "el", "en", "es", "eu", "fr", "gl", "it", "ku", "pt", "tr"}
		}, "language"},
	} {
		s := d.site().Settings()
		tt.change(&s)
		t.Log(name)
		wantField(t, site.ChangeSettings(t.Context(), d.tx, d.by, d.id, "", s), fault.Invalid, tt.field)
	}
	if err := site.ChangeSettings(t.Context(), d.tx, d.by, d.id+1000, "", d.site().Settings()); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such site: %v", err)
	}
	d.wantLog()
}

func TestSetAccent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	seal := d.site().Accent.Seal()
	set := func(seal site.Seal, colour string) error {
		return site.SetAccent(t.Context(), d.tx, d.by, d.id, seal, colour)
	}
	wantField(t, set(seal, "#ffcc00"), fault.Invalid, "accent")
	if !d.raises(func() error { return set(seal, " #0B5D3B ") }) || d.site().Accent != "#0b5d3b" {
		t.Errorf("accent is %s", d.site().Accent)
	}
	if d.raises(func() error { return set(seal, "#0b5d3b") }) {
		t.Error("the same again raises the version")
	}
	wantField(t, set(seal, "#000000"), fault.Conflict, "version")
	d.wantLog("change site accent")
}

func TestChangeHosts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const portal = "net.example"
	for slug, hosts := range map[string][]string{"bare": nil, "hosted": {"hosted.example", "tejo2.net.example"}} {
		_, err := site.Create(t.Context(), d.tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug, d.Hosts, d.Portal = slug, hosts, portal }))
		if err != nil {
			t.Fatal(err)
		}
	}
	change := func(seal site.Seal, hosts ...string) error {
		return site.ChangeHosts(t.Context(), d.tx, d.by, d.id, portal, seal, hosts)
	}
	read := site.HostsSeal(d.site().Hosts)
	if !d.raises(func() error { return change(read, "Tejo.Example.", "tejo.onion", "tejo.example", "tejo.net.example") }) {
		t.Error("the version stays")
	}
	if got := d.site().Hosts; !slices.Equal(got, []string{"tejo.example", "tejo.onion", "tejo.net.example"}) {
		t.Errorf("hosts = %v", got)
	}
	if d.raises(func() error { return change(read, "tejo.example", "tejo.onion", "tejo.net.example") }) {
		t.Error("the same again raises the version")
	}
	wantField(t, change(read, "other.example"), fault.Conflict, "version")
	for _, refused := range []string{portal, "hosted.example", "bare.net.example"} {
		wantField(t, change("", "tejo.example", refused), fault.Conflict, "host")
	}
	if bad := fault.Fields(change("", "hosted.example", "tejo.example", "bare.net.example")); bad[0].Args["Hosts"] != "hosted.example, bare.net.example" {
		t.Errorf("faults = %v, want the hosts that lead elsewhere", bad)
	}
	if bad := fault.Fields(change("", "tejo.example", "https://tejo.example")); bad[0].Args["Hosts"] != "https://tejo.example" {
		t.Errorf("faults = %v, want the line that is no host", bad)
	}
	wantField(t, change("", "https://tejo.example"), fault.Invalid, "host")
	wantField(t, change("", slices.Repeat([]string{"x"}, 3)[0]+" y"), fault.Invalid, "host")
	if err := change("", "tejo.onion", "tejo.example"); err != nil { // another order
		t.Error(err)
	}
	if err := change(""); err != nil { // none: by its slug
		t.Error(err)
	}
	if got, err := site.ByHost(t.Context(), d.tx, portal, "tejo.net.example"); err != nil || got.ID != d.id {
		t.Errorf("ByHost = %v, %v", got.ID, err)
	}
	d.wantLog("change site hosts", "change site hosts", "change site hosts")
}

// nowhere is a database that nobody may ask.
type nowhere struct{ t *testing.T }

func (n nowhere) Begin(context.Context) (pgx.Tx, error) {
	n.t.Error("the database was asked")
	return nil, fault.New(fault.Busy, "nowhere")
}

// TestListsTooLongAreRefusedAtOnce sends far more of everything than a site may
// have: that is said before anything is looked up.
func TestListsTooLongAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	const many = 60_000
	hosts, tags := make([]string, many), make([]locale.Tag, many)
	for i := range many {
		hosts[i], tags[i] = fmt.Sprintf("h%d.example", i), locale.Tag(fmt.Sprintf("pt-x-%d", i))
	}
	err := site.ChangeHosts(t.Context(), nowhere{t}, modlog.ByOperator(), 1, "net.example", "", hosts)
	wantField(t, err, fault.Invalid, "host")
	if bad := fault.Fields(err); len(bad) != 1 || bad[0].Message != "error.too_many_hosts" {
		t.Errorf("hosts: %v", bad)
	}
	settings := site.Settings{Name: "Tejo", Languages: tags}
	if kept := len(settings.Clean().Languages); kept != site.MaxLanguages+1 {
		t.Errorf("%d languages are looked at", kept)
	}
	wantField(t, site.ChangeSettings(t.Context(), nowhere{t}, modlog.ByOperator(), 1, "", settings), fault.Invalid, "language")
}

// TestHostsGivenAway takes the last host from a site whose address by its slug
// has been given to another meanwhile.
func TestHostsGivenAway(t *testing.T) {
	t.Parallel()
	tx := dbtest.Tx(t)
	create := func(slug string, hosts ...string) site.Site {
		st, err := site.Create(t.Context(), tx, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug, d.Hosts, d.Portal = slug, hosts, "net.example" }))
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	first := create("first", "first.example")
	create("second", "first.net.example")
	wantField(t, site.ChangeHosts(t.Context(), tx, modlog.ByOperator(), first.ID, "net.example", "", nil), fault.Conflict, "host")
}

// TestOneOfManyWins has many people save at the same time what they all read
// before: one is heard, and the others are told.
func TestOneOfManyWins(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).Primary
	st, err := site.Create(t.Context(), pool, modlog.ByOperator(), draft(nil))
	if err != nil {
		t.Fatal(err)
	}
	const people = 6
	results := make(chan error, people)
	for i := range people {
		go func() {
			want := st.Settings()
			want.Name = fmt.Sprint("Nome ", i)
			results <- site.ChangeSettings(context.Background(), pool, modlog.ByOperator(), st.ID, st.Settings().Seal(), want)
		}()
	}
	won := 0
	for range people {
		switch err := <-results; {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d were heard, want 1", won)
	}
}

// TestOneAddressForOne has two sites reach for one address at the same time, one
// by its slug and one as a host.
func TestOneAddressForOne(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).Primary
	const portal = "net.example"
	other, err := site.Create(t.Context(), pool, modlog.ByOperator(), draft(func(d *site.Draft) { d.Slug, d.Portal = "outro", portal }))
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 2)
	go func() {
		_, err := site.Create(context.Background(), pool, modlog.ByOperator(), draft(func(d *site.Draft) { d.Portal = portal }))
		results <- err
	}()
	go func() {
		results <- site.ChangeHosts(context.Background(), pool, modlog.ByOperator(), other.ID, portal, "", []string{"tejo.net.example"})
	}()
	first, second := <-results, <-results
	if (first == nil) == (second == nil) {
		t.Errorf("%v and %v, want one of them refused", first, second)
	}
	for _, err := range []error{first, second} {
		if err != nil && !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
}

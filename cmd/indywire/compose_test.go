package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/jackc/pgx/v5/pgconn"
)

// project is docker-compose.yml at the top level, as its own program reads it.
func project(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../../docker-compose.yml"}, cli.WithEnv(composeSecrets(t)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// composeSecrets gives each name of deploy/compose.env a value; there it has none.
func composeSecrets(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../deploy/compose.env")
	if err != nil {
		t.Fatal(err)
	}
	var env []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, _ := strings.Cut(line, "=")
		if value != "" {
			t.Errorf("deploy/compose.env has a value for %s: somebody would run with it", name)
		}
		env = append(env, name+"=SECRET-"+strings.ToLower(name))
	}
	return env
}

// TestCompose holds what each service of docker-compose.yml has.
func TestCompose(t *testing.T) {
	t.Parallel()
	p := project(t)
	want := []string{"node-a", "node-b", "postgres-a", "postgres-b", "store"}
	if got := p.ServiceNames(); !slices.Equal(got, want) {
		t.Fatalf("services %q, want %q", got, want)
	}
	for name, s := range p.Services {
		if s.HealthCheck == nil || len(s.HealthCheck.Test) < 2 || s.HealthCheck.Disable {
			t.Errorf("%s has no health check", name)
		}
		if !slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool {
			_, declared := p.Volumes[v.Source]
			return v.Type == types.VolumeTypeVolume && declared && v.Source == name
		}) {
			t.Errorf("%s keeps nothing in a volume of its own", name)
		}
		if pinned := regexp.MustCompile(`^[a-z/]+:v?\d+\.\d+[a-z0-9.-]*$`); s.Build == nil && !pinned.MatchString(s.Image) {
			t.Errorf("the image of %s is not pinned: %s", name, s.Image)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s is published on %q: without TLS only a proxy of this machine should reach it", name, port.HostIP)
			}
		}
		if words := strings.Join(append(slices.Clone(s.Command), s.Entrypoint...), " "); strings.Contains(words, "SECRET") {
			t.Errorf("the command of %s shows a secret to everybody on the machine", name)
		}
	}
}

// TestComposeNodes gives the commands of the nodes to the parser that reads them.
func TestComposeNodes(t *testing.T) {
	t.Parallel()
	p := project(t)
	for _, node := range []string{"a", "b"} {
		s := p.Services["node-"+node]
		for _, rule := range []string{"seccomp=unconfined", "apparmor=unconfined"} {
			if !slices.Contains(s.SecurityOpt, rule) {
				t.Errorf("node %s has not %s, without which bubblewrap cannot work", node, rule)
			}
		}
		c := parsed(t, s.Command)
		if c.Serve.Sandbox != "bwrap" || c.Serve.Node != node || c.Data != "/var/lib/indywire" {
			t.Errorf("node %s is started as %+v", node, c)
		}
		if m, err := c.MediaStore(); err != nil || m.Bucket == "" || m.Endpoint != "http://store:7070" {
			t.Errorf("node %s keeps its files in %+v, %v", node, m, err)
		}
		servers, own := []string{"postgres-a", "postgres-b"}, "postgres-"+node
		if hosts := databaseHosts(t, c.Database); !slices.Equal(slices.Sorted(slices.Values(hosts)), servers) {
			t.Errorf("--database of node %s names %q, want all of %q", node, hosts, servers)
		}
		hosts := databaseHosts(t, c.Replica)
		if hosts[0] != own || !slices.Equal(slices.Sorted(slices.Values(hosts)), servers) {
			t.Errorf("--replica of node %s names %q, want %s first and all of %q", node, hosts, own, servers)
		}
		checkAddresses(t, s, c)
	}
}

// checkAddresses compares where the program listens with where it is looked for.
func checkAddresses(t *testing.T, s types.ServiceConfig, c commands) {
	t.Helper()
	if len(s.Ports) != 1 || c.Listen != fmt.Sprintf(":%d", s.Ports[0].Target) {
		t.Errorf("%s listens on %s, and its ports are %v", s.Name, c.Listen, s.Ports)
	}
	if !strings.Contains(strings.Join(s.HealthCheck.Test, " "), "http://"+c.Serve.OpsListen+"/readyz") {
		t.Errorf("%s has --ops-listen %s, and is asked for its health by %q", s.Name, c.Serve.OpsListen, s.HealthCheck.Test)
	}
	if s.Environment["PGPASSWORD"] == nil || s.Environment["AWS_ACCESS_KEY_ID"] == nil || s.Environment["AWS_SECRET_ACCESS_KEY"] == nil {
		t.Errorf("%s lacks a secret", s.Name)
	}
	for name := range s.Environment {
		if strings.HasPrefix(name, "INDYWIRE_") {
			t.Errorf("%s is set up by %s: use the flag, which this test tries", s.Name, name)
		}
	}
}

// parsed is a command line as the program reads it, checked.
func parsed(t *testing.T, line []string) commands {
	t.Helper()
	var c commands
	parser, err := newParser(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(line); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if err := c.Check(); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return c
}

// databaseHosts are the servers that a URL names, in order.
func databaseHosts(t *testing.T, url string) []string {
	t.Helper()
	c, err := pgconn.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{c.Host}
	for _, f := range c.Fallbacks {
		if !slices.Contains(hosts, f.Host) { // each is named twice, with TLS and without
			hosts = append(hosts, f.Host)
		}
	}
	return hosts
}

// TestComposePostgres holds that both servers have the same settings, for their
// roles may change, and that what is mounted into them is there.
func TestComposePostgres(t *testing.T) {
	t.Parallel()
	p := project(t)
	a, b := p.Services["postgres-a"], p.Services["postgres-b"]
	if !slices.Equal(a.Command, b.Command) {
		t.Errorf("postgres-a is started as %q, postgres-b as %q", a.Command, b.Command)
	}
	if follow := b.Environment["FOLLOW"]; follow == nil || *follow != "postgres-a" {
		t.Error("postgres-b does not follow postgres-a")
	}
	for _, setting := range []string{
		"synchronous_commit=on", "hot_standby_feedback=on", "wal_log_hints=on", "tcp_user_timeout=10s", "client_connection_check_interval=5s",
		"log_error_verbosity=terse", "log_min_error_statement=panic", "log_parameter_max_length=0", "log_parameter_max_length_on_error=0",
	} {
		if !slices.Contains(a.Command, "-c"+setting) {
			t.Errorf("the servers lack %s", setting)
		}
	}
	for _, v := range append(slices.Clone(a.Volumes), b.Volumes...) {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if info, err := os.Stat(v.Source); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			t.Errorf("%s is no program (%v)", v.Source, err)
		}
	}
}

// TestImage holds that the image of docker-compose.yml has all that scripts/setup
// installs for a server, save its PostgreSQL, and runs as an unprivileged user.
func TestImage(t *testing.T) {
	t.Parallel()
	s := project(t).Services["node-a"]
	recipe, err := os.ReadFile(filepath.Join(s.Build.Context, s.Build.Dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	setup, err := os.ReadFile("../../scripts/setup")
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(setup), `if [ "$purpose" = test ]`)
	wanted := regexp.MustCompile(`missing\+=\(([a-z-]+)\)`).FindAllStringSubmatch(before, -1)
	if len(wanted) < 5 {
		t.Fatalf("only %q found in scripts/setup", wanted)
	}
	stages := strings.Split(string(recipe), "\nFROM ")
	last := stages[len(stages)-1]
	installed := strings.Fields(last)
	for _, match := range wanted {
		if name := match[1]; name != "postgresql" && !slices.Contains(installed, name) {
			t.Errorf("the image lacks %s, which scripts/setup installs", name)
		}
	}
	if !regexp.MustCompile(`(?m)^USER indywire$`).MatchString(last) {
		t.Error("the image runs as root")
	}
	for _, line := range regexp.MustCompile(`(?m)^FROM .*$`).FindAllString(string(recipe), -1) {
		if !regexp.MustCompile(`^FROM [a-z]+:[a-z0-9.-]*(\d|bookworm)[a-z0-9.-]*( AS [a-z]+)?$`).MatchString(line) {
			t.Errorf("%q is not pinned, or not a public image", line)
		}
	}
}

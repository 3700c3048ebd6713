package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// patroni is what matters here of deploy/patroni/patroni.yml.
type patroni struct {
	Bootstrap struct {
		DCS struct {
			TTL                   int    `yaml:"ttl"`
			LoopWait              int    `yaml:"loop_wait"`
			RetryTimeout          int    `yaml:"retry_timeout"`
			SynchronousMode       string `yaml:"synchronous_mode"`
			SynchronousModeStrict bool   `yaml:"synchronous_mode_strict"`
			FailsafeMode          bool   `yaml:"failsafe_mode"`
			PostgreSQL            struct {
				Parameters map[string]any
			}
		}
	}
	PostgreSQL struct {
		PgHBA []string `yaml:"pg_hba"`
	}
}

// TestPatroni holds what the file that people copy must have, for each of which
// a failover failed or lost something, and that docker-compose.yml has the same
// settings of PostgreSQL.
func TestPatroni(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/patroni/patroni.yml")
	if err != nil {
		t.Fatal(err)
	}
	var p patroni
	if err := yaml.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	dcs := p.Bootstrap.DCS
	if dcs.TTL < 20 || dcs.LoopWait+2*dcs.RetryTimeout > dcs.TTL {
		t.Errorf("Patroni refuses ttl %d with loop_wait %d and retry_timeout %d", dcs.TTL, dcs.LoopWait, dcs.RetryTimeout)
	}
	if dcs.SynchronousMode != "quorum" || !dcs.SynchronousModeStrict || !dcs.FailsafeMode {
		t.Errorf("commits that one server alone has would be acknowledged: %+v", dcs)
	}
	for _, from := range []string{"local replication replicator ", "host replication replicator 127.0.0.1/32 "} {
		if !slices.ContainsFunc(p.PostgreSQL.PgHBA, func(rule string) bool { return strings.HasPrefix(rule, from) }) {
			t.Errorf("without %q in pg_hba no failover ever happens", from)
		}
	}
	var settings []string
	for name, value := range dcs.PostgreSQL.Parameters {
		setting := fmt.Sprintf("-c%s=%v", name, value)
		if setting == "-ctcp_user_timeout=10000" {
			setting = "-ctcp_user_timeout=10s"
		}
		settings = append(settings, setting)
	}
	slices.Sort(settings)
	compose := slices.Sorted(slices.Values(project(t).Services["postgres-a"].Command[1:]))
	if !slices.Equal(settings, compose) {
		t.Errorf("patroni.yml has\n%q, docker-compose.yml\n%q", settings, compose)
	}
}

// TestDrillsPatroni holds that what is drilled is what people copy.
func TestDrillsPatroni(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(bootstrap(t, "../../internal/drill/patroni.yml"), bootstrap(t, "../../deploy/patroni/patroni.yml")); diff != "" {
		t.Errorf("the drill's Patroni (-) is not that of deploy/patroni (+):\n%s", diff)
	}
}

// bootstrap is that part of a file of Patroni's, which may be a template elsewhere.
func bootstrap(t *testing.T, file string) any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`(?ms)^bootstrap:\n.*?\n([a-z]|\z)`).FindString(string(text))
	var read struct{ Bootstrap map[string]any }
	if err := yaml.Unmarshal([]byte(part[:max(0, len(part)-1)]), &read); err != nil || len(read.Bootstrap) == 0 {
		t.Fatalf("%s: %v in %q", file, err, part)
	}
	return read.Bootstrap
}

// TestNetworkSettings gives the settings that docs/network.md has people copy to
// the parser that reads them.
func TestNetworkSettings(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/network.md")
	if err != nil {
		t.Fatal(err)
	}
	line := []string{"serve"}
	for _, set := range regexp.MustCompile(`(?m)^INDYWIRE_([A-Z_]+)=(.*)$`).FindAllStringSubmatch(string(text), -1) {
		line = append(line, "--"+strings.ReplaceAll(strings.ToLower(set[1]), "_", "-")+"="+set[2])
	}
	c := parsed(t, line)
	all, own := databaseHosts(t, c.Database), databaseHosts(t, c.Replica)
	if len(all) != 3 || len(own) != 3 || own[0] != "127.0.0.1" {
		t.Errorf("--database names %q, --replica %q", all, own)
	}
	if m, err := c.MediaStore(); err != nil || m.Bucket == "" {
		t.Errorf("--media is %+v, %v", m, err)
	}
}

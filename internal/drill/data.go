//go:build linux

package drill

import (
	"bytes"
	_ "embed" // the settings of Patroni
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed patroni.yml
var patroniSettings string

// startData starts etcd and Patroni on a host. Patroni makes the database, or follows whoever has one, or comes back to
// what it has.
func startData(h *Host, all []*Host, t tools) error {
	if err := os.Chown(h.Dir, int(t.as.Uid), int(t.as.Gid)); err != nil {
		return err
	}
	if err := writeSettings(h, all, t); err != nil {
		return err
	}
	if err := startEtcd(h, all, t); err != nil {
		return err
	}
	return startPatroni(h, t)
}

func startPatroni(h *Host, t tools) error {
	return h.Run(Program{Name: "patroni", Path: "/usr/bin/python3", Args: []string{t.patroni, settingsOf(h)}, Env: t.environment(), As: t.as})
}

func startEtcd(h *Host, all []*Host, t tools) error {
	return h.Run(Program{Name: "etcd", Path: t.etcd, Args: etcdArguments(h, all), Env: t.environment(), As: t.as})
}

// etcdArguments are the same each time: etcd that finds its data goes on with it and looks at nothing of the beginning.
// Its patience is three times the default, since three nodes share the disk and the processors of one machine.
func etcdArguments(h *Host, all []*Host) []string {
	members := make([]string, len(all))
	for i, m := range all {
		members[i] = fmt.Sprintf("%s=http://%s:2380", m.Name, m.IP)
	}
	client, peer := "http://"+h.IP+":2379", "http://"+h.IP+":2380"
	return []string{
		"--name", h.Name, "--data-dir", filepath.Join(h.Dir, "etcd"), "--log-level", "warn",
		"--listen-client-urls", client + ",http://127.0.0.1:2379", "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", strings.Join(members, ","), "--initial-cluster-state", "new",
		"--heartbeat-interval", "300", "--election-timeout", "3000",
	}
}

func settingsOf(h *Host) string { return filepath.Join(h.Dir, "patroni.yml") }

func writeSettings(h *Host, all []*Host, t tools) error {
	addresses := make([]string, len(all))
	for i, m := range all {
		addresses[i] = m.IP
	}
	page, err := template.New("patroni.yml").Parse(patroniSettings)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	err = page.Execute(&text, struct {
		Name, IP, Dir, Postgres string
		All                     []string
	}{h.Name, h.IP, h.Dir, t.postgres, addresses})
	if err != nil {
		return err
	}
	return os.WriteFile(settingsOf(h), text.Bytes(), 0o644)
}

//go:build linux

package drill

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	siteHost = "harbour.localhost"
	email    = "editor@example.org"
	password = "long enough for a drill"
	bucket   = "media"
	bootTime = 2 * time.Minute
)

// Service is Indywire on each host of a cluster, with one store for all beside them.
type Service struct {
	*Cluster
	store *Host
}

// NewService starts the store and Indywire on a cluster that is whole, with a collective and its editor.
func NewService(ctx context.Context, c *Cluster, root string) (*Service, error) {
	if err := c.tools.build(ctx, root); err != nil {
		return nil, err
	}
	store, err := c.Network.Join(ctx, "store")
	if err != nil {
		return nil, err
	}
	s := &Service{Cluster: c, store: store}
	if err := s.startStore(); err != nil {
		return nil, err
	}
	if err := s.makeDatabase(ctx); err != nil {
		return nil, err
	}
	if err := s.furnish(ctx); err != nil {
		return nil, err
	}
	for _, h := range c.Hosts {
		if err := s.Serve(h); err != nil {
			return nil, err
		}
	}
	return s, s.Whole(ctx)
}

// makeDatabase waits until every host has it: one of the standbys may be behind.
func (s *Service) makeDatabase(ctx context.Context) error {
	primary, err := s.Primary(ctx)
	if err != nil {
		return err
	}
	err = s.ask(ctx, primary, "postgres", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `CREATE DATABASE indywire`)
		return err
	})
	for _, h := range s.Hosts {
		if err == nil {
			err = eventually(ctx, time.Minute, func(ctx context.Context) error {
				return s.ask(ctx, h, "indywire", func(ctx context.Context, conn *pgx.Conn) error { return conn.Ping(ctx) })
			})
		}
	}
	return err
}

// furnish opens the collective and makes its editor, an admin of the network: who may do everything everywhere.
func (s *Service) furnish(ctx context.Context) error {
	_, err := s.Command(ctx, s.Hosts[0], "", "site", "create", "harbour", "--name", "Harbour", "--language", "en")
	if err == nil {
		_, err = s.Command(ctx, s.Hosts[0], password+"\n", "account", "create", email, "--name", "Ana", "--admin", "--password-stdin")
	}
	return err
}

func (s *Service) startStore() error {
	folder := filepath.Join(s.store.Dir, "files")
	for _, f := range []string{s.store.Dir, folder, filepath.Join(folder, bucket)} {
		if err := os.MkdirAll(f, 0o700); err != nil {
			return err
		}
		if err := os.Chown(f, int(s.tools.as.Uid), int(s.tools.as.Gid)); err != nil {
			return err
		}
	}
	return s.store.Run(Program{
		Name: "store", Path: s.tools.store, Args: []string{"--port", s.store.IP + ":7070", "--quiet", "posix", folder},
		Env: s.tools.environment("ROOT_ACCESS_KEY=drill", "ROOT_SECRET_KEY=only for drills"), As: s.tools.as,
	})
}

// stored is where the store keeps what was uploaded under an id.
func (s *Service) stored(id string) string {
	return filepath.Join(s.store.Dir, "files", bucket, "uploads", id)
}

// flags say where things are, for the server and every command.
func (s *Service) flags(h *Host) []string {
	database, replica := s.urls(h)
	return []string{
		"--data", filepath.Join(h.Dir, "indywire"), "--database", database, "--replica", replica, "--listen", h.IP + ":8080",
		"--media", "s3://" + bucket + "?endpoint=http://" + s.store.IP + ":7070",
	}
}

func (s *Service) environment() []string {
	return s.tools.environment("AWS_ACCESS_KEY_ID=drill", "AWS_SECRET_ACCESS_KEY=only for drills")
}

// Serve starts Indywire on a host.
func (s *Service) Serve(h *Host) error {
	arguments := slices.Concat([]string{"serve", "--node", h.Name, "--ops-listen", h.IP + ":9090", "--sandbox", "none"}, s.flags(h))
	return h.Run(Program{Name: "indywire", Path: s.tools.indywire, Args: arguments, Env: s.environment(), As: s.tools.as})
}

// Command runs one of Indywire's commands on a host.
func (s *Service) Command(ctx context.Context, h *Host, input string, arguments ...string) (string, error) {
	p := Program{Path: s.tools.indywire, Args: slices.Concat(arguments, s.flags(h)), Env: s.environment(), As: s.tools.as}
	return h.Output(ctx, p, input)
}

// Return brings a host back that was killed: all that ran on it.
func (s *Service) Return(h *Host) error {
	if err := s.Begin(h); err != nil {
		return err
	}
	return s.Serve(h)
}

// revive starts what has ended on a host that is up. Indywire is looked after all the time.
func (s *Service) revive(h *Host) error {
	var failed error
	if h.ended("etcd") {
		failed = errors.Join(failed, startEtcd(h, s.Hosts, s.tools))
	}
	if h.ended("patroni") {
		failed = errors.Join(failed, startPatroni(h, s.tools))
	}
	return failed
}

// Whole waits until the database is whole and every node serves readers and reaches the primary.
func (s *Service) Whole(ctx context.Context) error {
	if err := s.Cluster.Whole(ctx); err != nil {
		return err
	}
	return eventually(ctx, bootTime, func(ctx context.Context) error {
		for _, h := range s.Hosts {
			if err := s.ready(ctx, h); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) ready(ctx context.Context, h *Host) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.IP+":9090/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var said struct {
		Primary bool `json:"primary"`
	}
	err = decode(answer.Body, &said)
	if err == nil && (answer.StatusCode != http.StatusOK || !said.Primary) {
		err = fmt.Errorf("%s is not ready: %s, primary reachable %t", h.Name, answer.Status, said.Primary)
	}
	return err
}

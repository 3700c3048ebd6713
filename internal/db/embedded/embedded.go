// Package embedded runs the private PostgreSQL of a single node: nobody has to
// install, configure or secure a server to try or to run a small network.
//
// The server lives as long as somebody uses it. Each process that does holds a
// shared lock, which the kernel releases however the process ends; the last one
// to leave stops the server. So commands work beside a running serve and without
// one, and a server whose user was killed is joined by the next.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db/postmaster"
)

const (
	database      = "indywire"
	stopPatience  = 60 * time.Second
	leavePatience = 2 * time.Minute // for others that start or stop meanwhile
	watchInterval = time.Second
)

// Server is our part in the private PostgreSQL.
type Server struct {
	log     *slog.Logger
	dataDir string
	place   place
	users   *os.File // the shared lock
	cancel  context.CancelFunc
	watched sync.WaitGroup
	leave   func() error
}

// Start joins the server of dataDir or starts it, making the directory and the
// database when they are new. It comes back when the server answers, which after
// a crash takes as long as the recovery; ctx bounds only this wait. The error
// is one sentence that says what to do.
func Start(ctx context.Context, dataDir string, log *slog.Logger) (*Server, error) {
	return start(ctx, dataDir, elsewhere(), log)
}

func start(ctx context.Context, dataDir, elsewhere string, log *slog.Logger) (*Server, error) {
	dir, err := makeDataDir(dataDir)
	if err != nil {
		return nil, err
	}
	turn, err := lockExclusive(ctx, turnFile(dir))
	if err != nil {
		return nil, err
	}
	defer unlock(turn)
	s := &Server{log: log, dataDir: dir}
	if s.place, err = choosePlace(ctx, dir, elsewhere, log); err != nil {
		return nil, err
	}
	if s.users, err = lockShared(ctx, usersFile(dir)); err != nil {
		return nil, err
	}
	if err := s.ensure(ctx); err != nil {
		return nil, errors.Join(err, s.leaveInTurn())
	}
	s.leave = sync.OnceValue(s.leaveOnce)
	s.watch(ctx)
	return s, nil
}

// URL is the connection string of the database.
func (s *Server) URL() string { return postmaster.URL(s.place.socket(), database) }

// Stop gives the server up, and stops it when nobody else uses it; connections
// that are left are cut then. A second call does nothing.
func (s *Server) Stop() error { return s.leave() }

func (s *Server) leaveOnce() error {
	s.cancel()
	s.watched.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), leavePatience)
	defer cancel()
	turn, err := lockExclusive(ctx, turnFile(s.dataDir))
	if err != nil {
		unlock(s.users)
		return err
	}
	defer unlock(turn)
	return s.leaveInTurn()
}

// leaveInTurn needs the turn's lock, so that nobody joins a server being stopped.
func (s *Server) leaveInTurn() error {
	defer unlock(s.users)
	last, err := becomeExclusive(s.users)
	if err != nil || !last {
		return err
	}
	if p := postmaster.Running(s.place.data()); p != nil {
		return p.Stop(stopPatience)
	}
	return nil
}

// ensure makes sure that the server runs and has the database.
func (s *Server) ensure(ctx context.Context) error {
	joined, err := s.join(ctx)
	if err != nil {
		return err
	}
	if !joined {
		if err := s.launch(ctx); err != nil {
			return err
		}
	}
	return s.makeDatabase(ctx)
}

// join waits for a server that is running already. It is false when there is
// none, when it was just ending, or when it had to be stopped because it gave no
// sign of life.
func (s *Server) join(ctx context.Context) (bool, error) {
	p := postmaster.Running(s.place.data())
	if p == nil {
		return false, nil
	}
	err := p.Ready(ctx, s.adminURL())
	switch {
	case err == nil:
		return true, nil
	case !p.Alive():
		return false, nil
	case !errors.Is(err, postmaster.ErrSilent):
		return false, err
	}
	s.log.Warn("the private PostgreSQL does not answer and is started anew")
	return false, p.Stop(stopPatience)
}

func (s *Server) launch(ctx context.Context) error {
	if err := s.place.make(ctx); err != nil {
		return err
	}
	if err := postmaster.ClearAfterCrash(s.place.data(), s.place.socket()); err != nil {
		return err
	}
	p, err := s.place.programs.Launch(s.place.account, postmaster.Options{
		Data: s.place.data(), Socket: s.place.socket(), Log: s.place.logFile(),
	})
	if err != nil {
		return err
	}
	if err := p.Ready(ctx, s.adminURL()); err != nil {
		// It may not have written its number down yet, by which leaveInTurn
		// would find it.
		return errors.Join(fmt.Errorf("the private PostgreSQL did not start, see %s: %w", s.place.logFile(), err), p.Stop(stopPatience))
	}
	return nil
}

// makeDatabase is tried at each start: the process that made the data directory
// may have been killed before it came to this.
func (s *Server) makeDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.adminURL())
	if err != nil {
		return fmt.Errorf("connect to the private PostgreSQL: %w", err)
	}
	defer conn.Close(ctx) // nothing is left to be written
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	}
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}

func (s *Server) adminURL() string { return postmaster.URL(s.place.socket(), "postgres") }

// watch starts the server again should it end while we use it, by an
// administrator's mistake or for lack of memory.
func (s *Server) watch(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.watched.Go(func() {
		tick := time.NewTicker(watchInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if postmaster.Running(s.place.data()) != nil {
				continue
			}
			s.log.Warn("the private PostgreSQL has ended and is started again")
			if err := s.restart(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("the private PostgreSQL cannot be started", "error", err)
			}
		}
	})
}

func (s *Server) restart(ctx context.Context) error {
	turn, err := lockExclusive(ctx, turnFile(s.dataDir))
	if err != nil {
		return err
	}
	defer unlock(turn)
	return s.ensure(ctx)
}

func turnFile(dir string) string  { return filepath.Join(dir, "postgres.lock") }
func usersFile(dir string) string { return filepath.Join(dir, "postgres.users") }

package dbtest

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/db/postmaster"
	"github.com/indywire/indywire/internal/migrate"
)

// Pair is a primary and a hot standby that follows it, migrated, of a test's own.
type Pair struct {
	t                testing.TB
	programs         postmaster.Programs
	account          postmaster.Account
	home             string
	primary, standby *postmaster.Process
}

// NewPair starts both. The standby shows what was committed on the primary when
// delay has passed.
func NewPair(t testing.TB, delay time.Duration) *Pair {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p := &Pair{t: t}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("tests need a primary and a standby of their own: %v", err)
		}
	}
	installed, err := postmaster.Installed(ctx)
	must(err)
	p.programs = installed[0]
	p.account, err = postmaster.Unprivileged()
	must(err)
	base, err := baseDir(ctx, p.programs, p.account)
	must(err)
	p.home, err = os.MkdirTemp(base, "pair-")
	must(err)
	t.Cleanup(p.clear)
	must(os.Chmod(p.home, 0o711))
	must(p.account.MakeDir(filepath.Join(p.home, "a")))
	must(p.account.MakeDir(filepath.Join(p.home, "b")))
	must(p.programs.InitDB(ctx, p.account, p.data("a"), true))
	p.primary, err = p.launch(ctx, "a", nil)
	must(err)
	must(p.migrate(ctx))
	must(p.programs.BaseBackup(ctx, p.account, "host="+p.socket("a")+" user="+postmaster.Superuser, p.data("b")))
	p.standby, err = p.launch(ctx, "b", map[string]string{"recovery_min_apply_delay": strconv.FormatInt(delay.Milliseconds(), 10)})
	must(err)
	return p
}

// Primary is the connection string of the primary.
func (p *Pair) Primary() string { return postmaster.URL(p.socket("a"), "postgres") }

// Standby is the connection string of the standby.
func (p *Pair) Standby() string { return postmaster.URL(p.socket("b"), "postgres") }

// Both is a connection string that names both, the standby first: whoever wants
// the primary has to look at a server's role.
func (p *Pair) Both() string {
	return "postgres:///postgres?host=" + p.socket("b") + "," + p.socket("a") + "&port=5432,5432&sslmode=disable&user=" + postmaster.Superuser
}

// First is Both with the server named first that is the primary at the beginning:
// after it has come back as a standby whoever wants the primary finds it, and has
// to pass it over.
func (p *Pair) First() string {
	return "postgres:///postgres?host=" + p.socket("a") + "," + p.socket("b") + "&port=5432,5432&sslmode=disable&user=" + postmaster.Superuser
}

// Promote makes a primary of the standby, and returns once it takes writes.
func (p *Pair) Promote() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	one, err := pool(ctx, p.socket("b"), "postgres", 1)
	if err == nil {
		defer one.Close()
		_, err = one.Exec(ctx, "SELECT pg_promote()")
	}
	if err != nil {
		p.t.Fatalf("promote the standby: %v", err)
	}
}

// Cut takes the line between the two away: nothing more comes to the standby,
// which both of them survive.
func (p *Pair) Cut() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	one, err := pool(ctx, p.socket("b"), "postgres", 1)
	if err == nil {
		defer one.Close()
		if _, err = one.Exec(ctx, "ALTER SYSTEM SET primary_conninfo = ''"); err == nil {
			_, err = one.Exec(ctx, "SELECT pg_reload_conf()")
		}
	}
	for connected := err == nil; err == nil && connected; {
		err = one.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_stat_wal_receiver").Scan(&connected)
	}
	if err != nil {
		p.t.Fatalf("cut the standby off: %v", err)
	}
}

// StopPrimary ends the primary at once.
func (p *Pair) StopPrimary() {
	p.t.Helper()
	if err := p.primary.Stop(patience); err != nil {
		p.t.Fatalf("stop the primary: %v", err)
	}
	p.primary = nil
}

// Rejoin brings the server that was the primary, and was stopped, back where it
// was, as a standby of the one that was promoted.
func (p *Pair) Rejoin() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := os.RemoveAll(p.data("a"))
	if err == nil {
		err = p.programs.BaseBackup(ctx, p.account, "host="+p.socket("b")+" user="+postmaster.Superuser, p.data("a"))
	}
	if err == nil {
		p.primary, err = p.launch(ctx, "a", nil)
	}
	if err != nil {
		p.t.Fatalf("bring the old primary back: %v", err)
	}
}

// StopStandby ends the standby at once.
func (p *Pair) StopStandby() {
	p.t.Helper()
	if err := p.standby.Stop(patience); err != nil {
		p.t.Fatalf("stop the standby: %v", err)
	}
	p.standby = nil
}

func (p *Pair) data(side string) string   { return filepath.Join(p.home, side, "data") }
func (p *Pair) socket(side string) string { return filepath.Join(p.home, side) }

func (p *Pair) launch(ctx context.Context, side string, more map[string]string) (*postmaster.Process, error) {
	settings := map[string]string{
		"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB", "autovacuum": "off", "max_connections": "100",
	}
	maps.Copy(settings, more)
	process, err := p.programs.Launch(p.account, postmaster.Options{
		Data: p.data(side), Socket: p.socket(side), Log: filepath.Join(p.home, side+".log"), DieWithUs: true, Settings: settings,
	})
	if err != nil {
		return nil, err
	}
	return process, process.Ready(ctx, postmaster.URL(p.socket(side), "postgres"))
}

func (p *Pair) migrate(ctx context.Context) error {
	one, err := pool(ctx, p.socket("a"), "postgres", 4)
	if err != nil {
		return err
	}
	defer one.Close()
	return migrate.Up(ctx, one, slog.New(slog.DiscardHandler))
}

func (p *Pair) clear() {
	for _, process := range []*postmaster.Process{p.standby, p.primary} {
		if process == nil {
			continue
		}
		if err := process.Stop(patience); err != nil {
			p.t.Errorf("stop a test's server: %v", err)
		}
	}
	if err := os.RemoveAll(p.home); err != nil {
		p.t.Errorf("clear a test's servers: %v", err)
	}
}

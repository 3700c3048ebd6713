package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/indywire/indywire/internal/db/postmaster"
)

// place is where the server's files are and who owns them: <home>/postgres,
// where home is --data, or a directory elsewhere if the server could not work
// there.
type place struct {
	home     string
	account  postmaster.Account
	programs postmaster.Programs
}

func (p place) files() string   { return filepath.Join(p.home, "postgres") }
func (p place) data() string    { return filepath.Join(p.files(), "data") }
func (p place) socket() string  { return filepath.Join(p.files(), "socket") }
func (p place) logFile() string { return filepath.Join(p.files(), "log") }

// make makes what is not there yet.
func (p place) make(ctx context.Context) error {
	for _, dir := range []string{p.files(), p.socket()} {
		if err := p.account.MakeDir(dir); err != nil {
			return err
		}
	}
	return p.programs.InitDB(ctx, p.account, p.data(), false)
}

// elsewhere is the parent of homes outside --data; empty if there is none.
func elsewhere() string {
	if os.Geteuid() == 0 {
		return "/var/lib/indywire"
	}
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "indywire")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "state", "indywire")
}

// makeDataDir gives the absolute path of the directory. For root it can be passed
// through by the server's user, but not listed.
func makeDataDir(dataDir string) (string, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return "", fmt.Errorf("the path of --data: %w", err)
	}
	if err := makePassable(dir); err != nil {
		return "", fmt.Errorf("make --data: %w", err)
	}
	return dir, nil
}

// makePassable makes a directory and its parents, whatever the umask; those that
// are there stay as they are.
func makePassable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := makePassable(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Chmod(dir, 0o711)
}

// markFile is in --data and names the home, if that is elsewhere: moving or
// reopening --data must not lead to another, empty database.
func markFile(dir string) string { return filepath.Join(dir, "postgres.at") }

// choosePlace decides where the files of dir are, the same at each start.
func choosePlace(ctx context.Context, dir, elsewhere string, log *slog.Logger) (place, error) {
	installed, err := postmaster.Installed(ctx)
	if err != nil {
		return place{}, err
	}
	home, err := knownHome(dir)
	if err != nil {
		return place{}, err
	}
	if home != "" {
		return existing(ctx, home, installed)
	}
	account, err := postmaster.Unprivileged()
	if err != nil {
		return place{}, err
	}
	here := place{home: dir, account: account, programs: installed[0]}
	why := here.obstacle(ctx)
	if why == "" {
		return here, nil
	}
	if elsewhere == "" {
		return place{}, fmt.Errorf("the private PostgreSQL cannot work in %s (%s): choose another --data", dir, why)
	}
	return moveOut(ctx, here, filepath.Join(elsewhere, shortHash(dir)), why, log)
}

// knownHome is where an earlier start put the files; empty at the first start.
func knownHome(dir string) (string, error) {
	text, err := os.ReadFile(markFile(dir))
	if err == nil {
		home := strings.TrimSpace(string(text))
		if _, err := os.Stat(place{home: home}.files()); err != nil {
			return "", fmt.Errorf("the database of %s is kept in %s, which cannot be read (%w): bring it back, or remove %s to begin an empty one",
				dir, home, err, markFile(dir))
		}
		return home, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read where the database is: %w", err)
	}
	_, err = os.Stat(place{home: dir}.files())
	switch {
	case err == nil:
		return dir, nil
	case errors.Is(err, os.ErrNotExist):
		return "", nil
	}
	return "", fmt.Errorf("look for the database: %w", err)
}

// existing opens a home with files in it: its owner and its version are theirs.
// If the first start was killed before it made them, it is as new.
func existing(ctx context.Context, home string, installed []postmaster.Programs) (place, error) {
	p := place{home: home}
	_, err := os.Stat(p.data())
	if errors.Is(err, os.ErrNotExist) {
		p.account, err = postmaster.Unprivileged()
	} else {
		p.account, err = postmaster.OwnerOf(p.data())
	}
	if err != nil {
		return place{}, err
	}
	if p.programs, err = postmaster.ForData(installed, p.data()); err != nil {
		return place{}, err
	}
	if why := p.obstacle(ctx); why != "" {
		return place{}, fmt.Errorf("the private PostgreSQL cannot work in %s, where its files are: %s", home, why)
	}
	return p, nil
}

// obstacle says why the server cannot work in its home, if so.
func (p place) obstacle(ctx context.Context) string {
	if err := postmaster.CheckSocketDir(p.socket()); err != nil {
		return err.Error()
	}
	if !p.account.CanReach(ctx, p.programs, p.home) {
		return "the user that it runs as may not go there"
	}
	return ""
}

func moveOut(ctx context.Context, here place, home, why string, log *slog.Logger) (place, error) {
	there := here
	there.home = home
	if err := makePassable(home); err != nil {
		return place{}, fmt.Errorf("the private PostgreSQL cannot work in %s (%s): choose another --data: %w", here.home, why, err)
	}
	if still := there.obstacle(ctx); still != "" {
		return place{}, fmt.Errorf("the private PostgreSQL can work neither in %s (%s) nor in %s (%s): choose another --data", here.home, why, home, still)
	}
	// The files first: a mark that leads to nothing would be an error later.
	if err := there.account.MakeDir(there.files()); err != nil {
		return place{}, err
	}
	if err := os.WriteFile(markFile(here.home), []byte(home+"\n"), 0o600); err != nil {
		return place{}, fmt.Errorf("note where the database is: %w", err)
	}
	log.Warn("the files of the private PostgreSQL are kept outside --data", "directory", home, "reason", why)
	return there, nil
}

func shortHash(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:8])
}

package postmaster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Superuser is the role that owns our databases and that we connect as.
const Superuser = "indywire"

// Account is the system user that a server runs as: ourselves, or somebody
// unprivileged when we are root, which PostgreSQL refuses to run as.
type Account struct {
	UID, GID uint32
	drop     bool
}

// Unprivileged picks ourselves, and for root the first that exists of the users
// indywire, postgres and nobody.
func Unprivileged() (Account, error) {
	if os.Geteuid() != 0 {
		return Account{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}, nil
	}
	for _, name := range []string{"indywire", "postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		return parseAccount(u.Uid, u.Gid)
	}
	return Account{}, errors.New("there is no unprivileged user to run PostgreSQL as: make one named indywire")
}

// OwnerOf is the account that owns path. For an ordinary user it must be that
// user, for root it must not be root.
func OwnerOf(path string) (Account, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Account{}, fmt.Errorf("look at the database files: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return Account{}, fmt.Errorf("the owner of %s cannot be told", path)
	}
	self := os.Geteuid()
	switch {
	case self == 0 && owner.Uid != 0:
		return Account{UID: owner.Uid, GID: owner.Gid, drop: true}, nil
	case self != 0 && int(owner.Uid) == self:
		return Account{UID: owner.Uid, GID: owner.Gid}, nil
	}
	return Account{}, fmt.Errorf("the database files in %s belong to the user with id %d: run indywire as that user, or as root if it is another", path, owner.Uid)
}

func parseAccount(uid, gid string) (Account, error) {
	u, err := strconv.ParseUint(uid, 10, 32)
	if err != nil {
		return Account{}, fmt.Errorf("user id: %w", err)
	}
	g, err := strconv.ParseUint(gid, 10, 32)
	if err != nil {
		return Account{}, fmt.Errorf("group id: %w", err)
	}
	return Account{UID: uint32(u), GID: uint32(g), drop: true}, nil
}

// MakeDir makes a directory that only the account (and root) may enter.
func (a Account) MakeDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make a directory: %w", err)
	}
	// Lstat first: a link put in our way must not get its target's owner changed.
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("look at a directory: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", path)
	}
	if a.drop {
		if err := os.Lchown(path, int(a.UID), int(a.GID)); err != nil {
			return fmt.Errorf("give a directory away: %w", err)
		}
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return fmt.Errorf("close a directory to others: %w", err)
	}
	return nil
}

// CanReach tells whether the account can work in the directory, by doing so: it
// is the only test that knows of access lists, mounts and namespaces too.
func (a Account) CanReach(ctx context.Context, p Programs, dir string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(p.Dir, "postgres"), "--version")
	a.prepare(cmd, dir)
	return cmd.Run() == nil
}

// prepare makes cmd run as the account, in dir, without our environment:
// PostgreSQL's programs would take settings from it.
func (a Account) prepare(cmd *exec.Cmd, dir string) {
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if a.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.UID, Gid: a.GID}
	}
}

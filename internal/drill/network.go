//go:build linux

package drill

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// prefix begins the names of all namespaces and folders of drills.
const prefix = "indywire-drill-"

func token() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Network is a switch with what is plugged into it. The switch is a bridge in the client's namespace, so that the machine's
// own network sees nothing of it, and all of it goes with the namespaces.
type Network struct {
	name string // prefix and some random letters
	Dir  string // for what the hosts keep; everybody may pass through
	lock *os.File
	// Client is a host without a cable: it is where the switch is.
	Client *Host
	hosts  []*Host
}

// NewNetwork makes an empty network, after it has cleared away what runs that died have left. Close removes all of it.
func NewNetwork(ctx context.Context) (*Network, error) {
	if err := Sweep(ctx); err != nil {
		return nil, fmt.Errorf("clear away an earlier drill: %w", err)
	}
	n := &Network{name: prefix + token()}
	n.Dir = filepath.Join(os.TempDir(), n.name)
	lock, err := newFolder(n.Dir)
	if err != nil {
		return nil, err
	}
	n.lock = lock
	if err := n.addSwitch(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// newFolder has its lock held before it has its name: another run's sweep takes away what nobody holds.
func newFolder(path string) (*os.File, error) {
	early := filepath.Join(filepath.Dir(path), "."+filepath.Base(path))
	if err := os.Mkdir(early, 0o711); err != nil {
		return nil, err
	}
	lock, err := hold(early)
	if err == nil {
		err = os.Rename(early, path)
	}
	return lock, err
}

func (n *Network) addSwitch(ctx context.Context) error {
	n.Client = &Host{Name: "client", IP: address(10), network: n}
	namespace := n.Client.namespace()
	return steps(ctx,
		[]string{"netns", "add", namespace},
		[]string{"-n", namespace, "link", "set", "lo", "up"},
		[]string{"-n", namespace, "link", "add", "switch", "type", "bridge"},
		[]string{"-n", namespace, "addr", "add", n.Client.IP + "/24", "dev", "switch"},
		[]string{"-n", namespace, "link", "set", "switch", "up"},
	)
}

// address is that of a host; nobody outside ever sees it.
func address(host int) string { return fmt.Sprintf("10.99.0.%d", host) }

// Join adds a host and plugs its cable in.
func (n *Network) Join(ctx context.Context, name string) (*Host, error) {
	h := &Host{Name: name, IP: address(len(n.hosts) + 11), network: n, Dir: filepath.Join(n.Dir, name)}
	n.hosts = append(n.hosts, h)
	if err := os.Mkdir(h.Dir, 0o711); err != nil {
		return nil, err
	}
	own, client := h.namespace(), n.Client.namespace()
	return h, steps(ctx,
		[]string{"netns", "add", own},
		[]string{"-n", own, "link", "set", "lo", "up"},
		[]string{"-n", client, "link", "add", "name", name, "type", "veth", "peer", "name", "cable", "netns", own},
		[]string{"-n", client, "link", "set", "dev", name, "master", "switch"},
		[]string{"-n", client, "link", "set", "dev", name, "up"},
		[]string{"-n", own, "addr", "add", h.IP + "/24", "dev", "cable"},
		[]string{"-n", own, "link", "set", "cable", "up"},
	)
}

func steps(ctx context.Context, all ...[]string) error {
	for _, arguments := range all {
		if err := ip(ctx, arguments...); err != nil {
			return err
		}
	}
	return nil
}

// Close kills all that runs in the network and removes it, with what its hosts keep.
func (n *Network) Close() error {
	err := remove(context.Background(), n.name) // also when the drill was told to stop
	return errors.Join(err, n.lock.Close())
}

// Sweep removes the networks of runs that are over and could not do it themselves. One whose lock is held is alive.
func Sweep(ctx context.Context) error {
	folders, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		lock, err := hold(folder)
		if err != nil {
			continue // alive, or none of ours
		}
		err = remove(ctx, filepath.Base(folder))
		if err := errors.Join(err, lock.Close()); err != nil {
			return err
		}
	}
	return nil
}

// hold takes the lock of a run's folder; the kernel gives it back when the run ends in whatever way. Others may write to
// the folder for temporary files too, so only root's own are looked at.
func hold(folder string) (*os.File, error) {
	var found unix.Stat_t
	if err := unix.Lstat(folder, &found); err != nil {
		return nil, err
	}
	if found.Uid != 0 || found.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil, errors.New("not a folder of root's")
	}
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// remove ends what runs in a network and takes it away. What is done already is no failure.
func remove(ctx context.Context, name string) error {
	entries, err := os.ReadDir(namespaces)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var failed error
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), name+"-") {
			continue
		}
		failed = errors.Join(failed, killAll(ctx, entry.Name()), ip(ctx, "netns", "delete", entry.Name()))
	}
	folder := filepath.Join(os.TempDir(), name)
	return errors.Join(failed, unmount(folder), os.RemoveAll(folder))
}

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// cgroups is a cgroup v2 of the server's own in which each job gets a child.
// The nil *cgroups stands for a server without; its jobs run in the server's
// group and watch counts instead.
type cgroups struct {
	parent string
	next   atomic.Int64
}

// errNoCgroup is why a server does without: common, and no failure.
var errNoCgroup = errors.New("no cgroup v2 with the memory and pids controllers is delegated to this process")

// findCgroups looks for the group this process is in, below mount (normally
// /sys/fs/cgroup), as told by membership (/proc/self/cgroup), and makes it hand
// memory and pids down to children.
func findCgroups(mount, membership string) (*cgroups, error) {
	data, err := os.ReadFile(membership)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoCgroup, err)
	}
	for line := range strings.Lines(string(data)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		c := &cgroups{parent: filepath.Join(mount, path)}
		if err := c.handDown(); err != nil {
			return nil, fmt.Errorf("%w: %w", errNoCgroup, err)
		}
		return c, nil
	}
	return nil, errNoCgroup
}

// handDown enables the controllers for children. cgroup v2 forbids that while
// processes sit in the group itself, so they move to a leaf first.
func (c *cgroups) handDown() error {
	if !c.lists("cgroup.controllers", "memory", "pids") {
		return errNoCgroup
	}
	if c.lists("cgroup.subtree_control", "memory", "pids") {
		return nil
	}
	if !c.ours() {
		return errNoCgroup
	}
	leaf := filepath.Join(c.parent, "indywire-server")
	if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	for _, pid := range strings.Fields(c.read("cgroup.procs")) {
		if err := os.WriteFile(filepath.Join(leaf, "cgroup.procs"), []byte(pid), 0); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(c.parent, "cgroup.subtree_control"), []byte("+memory +pids"), 0)
}

// ours tells whether the group may be rearranged: systemd marks what it
// delegates, and a group with nobody else in it disturbs nobody. A login
// session's shells are left where they are.
func (c *cgroups) ours() bool {
	mark := make([]byte, 1)
	if n, err := syscall.Getxattr(c.parent, "user.delegate", mark); err == nil && n == 1 && mark[0] == '1' {
		return true
	}
	return strings.TrimSpace(c.read("cgroup.procs")) == strconv.Itoa(os.Getpid())
}

func (c *cgroups) read(file string) string {
	data, _ := os.ReadFile(filepath.Join(c.parent, file))
	return string(data)
}

// lists tells whether all words stand in file.
func (c *cgroups) lists(file string, words ...string) bool {
	have := " " + strings.Join(strings.Fields(c.read(file)), " ") + " "
	for _, word := range words {
		if !strings.Contains(have, " "+word+" ") {
			return false
		}
	}
	return true
}

// group is the cgroup of one job; nil where there is none.
type group struct {
	path string
	dir  *os.File
}

// begin makes a group with its bounds, or none if that fails: then watch counts.
func (c *cgroups) begin(memory int64) *group {
	if c == nil {
		return nil
	}
	g := &group{path: filepath.Join(c.parent, fmt.Sprintf("indywire-job-%d-%d", os.Getpid(), c.next.Add(1)))}
	if err := os.Mkdir(g.path, 0o755); err != nil {
		return nil
	}
	var err error
	if g.dir, err = os.Open(g.path); err == nil {
		err = g.bound(memory)
	}
	if err != nil {
		g.end()
		return nil
	}
	return g
}

// bound writes the limits. Swap would let a job go on slowly past its memory;
// a kernel without swap accounting has no such file.
func (g *group) bound(memory int64) error {
	err := errors.Join(
		g.write("memory.max", strconv.FormatInt(memory, 10)),
		g.write("pids.max", strconv.Itoa(maxProcesses+2)))
	if swap := g.write("memory.swap.max", "0"); !errors.Is(swap, os.ErrNotExist) {
		err = errors.Join(err, swap)
	}
	return err
}

func (g *group) write(file, value string) error {
	f, err := os.OpenFile(filepath.Join(g.path, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}

// place has the process start inside the group, so that it is never outside.
func (g *group) place(cmd *exec.Cmd) {
	if g == nil {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(g.dir.Fd())
}

// exceeded tells whether the kernel killed for memory.
func (g *group) exceeded() bool {
	if g == nil {
		return false
	}
	data, _ := os.ReadFile(filepath.Join(g.path, "memory.events"))
	for line := range strings.Lines(string(data)) {
		if count, ok := strings.CutPrefix(strings.TrimSpace(line), "oom_kill "); ok {
			return count != "0"
		}
	}
	return false
}

// end kills what is left and removes the group, which the kernel allows only
// once the last process is gone.
func (g *group) end() {
	if g == nil {
		return
	}
	if g.dir != nil {
		_ = g.dir.Close()
	}
	_ = g.write("cgroup.kill", "1")
	for range 100 {
		if err := os.Remove(g.path); err == nil || errors.Is(err, os.ErrNotExist) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// A kernel's cgroup files cannot be had on every machine that runs the tests.
// These drive the same code on plain files that look like them; sandbox_test
// uses a real group wherever there is one.

// hierarchy makes a folder like a cgroup v2 with this process alone in it.
func hierarchy(t *testing.T, files map[string]string) (mount, membership string) {
	t.Helper()
	mount = t.TempDir()
	own := filepath.Join(mount, "indywire.service")
	if err := os.MkdirAll(filepath.Join(own, "indywire-server"), 0o755); err != nil {
		t.Fatal(err)
	}
	membership = filepath.Join(mount, "membership")
	files["../membership"] = "5:pids:/\n0::/indywire.service\n"
	files["indywire-server/cgroup.procs"] = ""
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(own, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return mount, membership
}

func TestOwnGroupIsHandedDown(t *testing.T) {
	t.Parallel()
	pid := strconv.Itoa(os.Getpid())
	mount, membership := hierarchy(t, map[string]string{
		"cgroup.controllers": "cpu memory pids\n", "cgroup.subtree_control": "\n", "cgroup.procs": pid + "\n",
	})
	c, err := findCgroups(mount, membership)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(c.parent, "indywire-server/cgroup.procs")); string(got) != pid {
		t.Errorf("the leaf got %q, want %s", got, pid)
	}
	if got := c.read("cgroup.subtree_control"); got != "+memory +pids" {
		t.Errorf("subtree_control got %q", got)
	}
}

func TestForeignGroupsAreLeftAlone(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"others in it":   {"cgroup.controllers": "memory pids", "cgroup.subtree_control": "", "cgroup.procs": "1\n2\n"},
		"no controllers": {"cgroup.controllers": "cpu", "cgroup.subtree_control": "", "cgroup.procs": strconv.Itoa(os.Getpid())},
	} {
		mount, membership := hierarchy(t, files)
		if _, err := findCgroups(mount, membership); !errors.Is(err, errNoCgroup) {
			t.Errorf("%s: %v", name, err)
		}
		if moved, _ := os.ReadFile(filepath.Join(mount, "indywire.service/indywire-server/cgroup.procs")); len(moved) > 0 {
			t.Errorf("%s: processes were moved", name)
		}
	}
	if _, err := findCgroups(t.TempDir(), "/nonexistent"); !errors.Is(err, errNoCgroup) {
		t.Errorf("without membership: %v", err)
	}
}

func TestAGroupTellsOfMemory(t *testing.T) {
	t.Parallel()
	g := &group{path: t.TempDir()}
	events := filepath.Join(g.path, "memory.events")
	for content, want := range map[string]bool{"low 0\noom 1\noom_kill 0\n": false, "low 0\noom_kill 2\n": true, "": false} {
		if err := os.WriteFile(events, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := g.exceeded(); got != want {
			t.Errorf("%q: exceeded %v", content, got)
		}
	}
}

func TestAGroupIsBoundedAndPlaced(t *testing.T) {
	t.Parallel()
	g := &group{path: t.TempDir()}
	for _, file := range []string{"memory.max", "pids.max"} {
		if err := os.WriteFile(filepath.Join(g.path, file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.bound(1000); err != nil {
		t.Fatalf("bound without swap accounting: %v", err)
	}
	if got, _ := os.ReadFile(filepath.Join(g.path, "memory.max")); string(got) != "1000" {
		t.Errorf("memory.max %q", got)
	}
	var err error
	if g.dir, err = os.Open(g.path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.dir.Close() }()
	cmd := exec.Command("true")
	g.place(cmd)
	if !cmd.SysProcAttr.UseCgroupFD || cmd.SysProcAttr.CgroupFD != int(g.dir.Fd()) {
		t.Error("the process would start outside its group")
	}
}

func TestWithoutCgroupsThereIsNoGroup(t *testing.T) {
	t.Parallel()
	var none *cgroups
	if g := none.begin(1); g != nil || g.exceeded() {
		t.Error("a group from nothing")
	}
	broken := &cgroups{parent: filepath.Join(t.TempDir(), "missing")}
	if g := broken.begin(1); g != nil {
		t.Error("a group in a folder that is not there")
	}
}

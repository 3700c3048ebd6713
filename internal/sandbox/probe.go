package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// probeTimeout bounds each run of the trial.
const probeTimeout = 20 * time.Second

// Probe tries the sandbox for real: vips runs inside, and inside there is no
// network and no file of the host. Only then is the box usable. The error is
// one sentence that says what to do. With None only vips is looked for, and a
// warning is logged each time, as for each other tool that is missing: what
// needs it waits.
func (b *Box) Probe(ctx context.Context) error {
	b.usable.Store(false)
	if err := b.prepare(ctx); err != nil {
		return err
	}
	if err := b.probeTool(ctx); err != nil {
		return err
	}
	if b.Mode == Bwrap {
		if err := b.probeWalls(ctx); err != nil {
			return err
		}
	}
	b.warnOfMissing()
	b.usable.Store(true)
	return nil
}

// prepare finds the programs and the cgroup, and logs what protection lacks.
func (b *Box) prepare(ctx context.Context) error {
	switch b.Mode {
	case None:
		b.Log.Warn("media tools run without a sandbox (--sandbox=none): a hostile file may take over this server")
		return nil
	case Bwrap:
	default:
		return errors.New("the sandbox mode is neither bwrap nor none: correct --sandbox")
	}
	bwrap, err := exec.LookPath("bwrap")
	if err != nil {
		return errors.New("photos cannot be processed: install bubblewrap (Debian: apt install bubblewrap), or accept the risk with --sandbox=none")
	}
	if b.features, err = findFeatures(ctx, bwrap); err != nil {
		return fmt.Errorf("photos cannot be processed: install a working bubblewrap: %w", err)
	}
	b.findGroups()
	return nil
}

// findGroups looks once: a second look would nest groups in the first one's.
func (b *Box) findGroups() {
	if b.groups != nil {
		return
	}
	groups, err := findCgroups("/sys/fs/cgroup", "/proc/self/cgroup")
	if err != nil {
		b.Log.Info("the sandbox bounds memory by watching, not by a cgroup; systemd's Delegate=yes would give it one", "reason", err)
		return
	}
	b.groups = groups
}

// probeTool runs vips and explains a failure.
func (b *Box) probeTool(ctx context.Context) error {
	result, err := b.run(ctx, Job{Tool: "vips", Args: []string{"--version"}, Timeout: probeTimeout}.withDefaults())
	said := firstLine(result.Stderr)
	switch {
	case err == nil && bytes.HasPrefix(result.Stdout, []byte("vips")):
		return nil
	case strings.HasPrefix(said, "bwrap:"):
		return fmt.Errorf("photos cannot be processed: bubblewrap is not allowed to work here (%s): "+
			"allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1, "+
			"kernel.apparmor_restrict_unprivileged_userns=0; in a container security_opt seccomp=unconfined and "+
			"apparmor=unconfined), or accept the risk with --sandbox=none", said)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("photos cannot be processed: install vips and prlimit (Debian: apt install libvips-tools util-linux): %s: %w", said, errOr(err))
}

// errOr stands in for a tool that ended well and said something else.
func errOr(err error) error {
	if err == nil {
		return ErrFailed
	}
	return err
}

// Exit codes by which the trial inside tells what it could do.
const (
	couldRead    = 41
	couldConnect = 42
)

// trial runs inside. Were the listener reachable, bash would connect.
const trial = `if [ -e "$1" ]; then exit 41; fi
if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then exit 42; fi`

// probeWalls plants a file and a listener outside and tries to reach them from
// inside.
func (b *Box) probeWalls(ctx context.Context) error {
	canary, err := os.CreateTemp("", "indywire-canary-")
	if err != nil {
		return fmt.Errorf("try the sandbox: make the folder for temporary files writable: %w", err)
	}
	defer func() { _ = errors.Join(canary.Close(), os.Remove(canary.Name())) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("try the sandbox: let the server listen on 127.0.0.1: %w", err)
	}
	defer func() { _ = listener.Close() }()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	args := []string{"-c", trial, "trial", canary.Name(), port}
	_, err = b.run(ctx, Job{Tool: "bash", Args: args, Timeout: probeTimeout}.withDefaults())
	return explainWalls(err)
}

func explainWalls(err error) error {
	var exit exitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.code == couldRead:
		return errors.New("photos cannot be processed: the sandbox let a file of the host be seen: install a current bubblewrap")
	case errors.As(err, &exit) && exit.code == couldConnect:
		return errors.New("photos cannot be processed: the sandbox let the network be reached: allow network namespaces")
	}
	return fmt.Errorf("photos cannot be processed: the sandbox could not be tried (is bash installed?): %w", err)
}

// firstLine is the start of what a tool said, fit for one sentence.
func firstLine(said []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	return line[:min(len(line), 200)]
}

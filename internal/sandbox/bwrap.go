package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// tmpBytes bounds the sandbox's /tmp, which is memory. Tools hardly use it.
const tmpBytes = 64 << 20

// nobody is who a tool is inside, also where the server is root.
const nobody = "65534"

// features are options that not every bwrap in use knows (0.6 lacks both).
type features struct {
	size          bool // --size bounds a tmpfs
	disableUserns bool // --disable-userns: no further namespaces inside
}

// findFeatures asks bwrap what it knows.
func findFeatures(ctx context.Context, bwrap string) (features, error) {
	help, err := exec.CommandContext(ctx, bwrap, "--help").CombinedOutput()
	if err != nil {
		return features{}, fmt.Errorf("ask bwrap for its options: %w", err)
	}
	return features{
		size:          strings.Contains(string(help), "--size "),
		disableUserns: strings.Contains(string(help), "--disable-userns "),
	}, nil
}

// environment is all a tool sees of the outside. VIPS_BLOCK_UNTRUSTED closes the
// loaders its authors do not trust (ImageMagick, SVG, PDF and so on). The disc
// threshold keeps libvips from spilling pixels to /tmp, so that the memory
// bound is the only one to reason about.
func environment() []string {
	return []string{
		"PATH=/usr/bin:/bin", "HOME=/tmp", "TMPDIR=/tmp", "LC_ALL=C.UTF-8",
		"VIPS_BLOCK_UNTRUSTED=1", "VIPS_CONCURRENCY=2", "VIPS_DISC_THRESHOLD=8g",
	}
}

// bwrapArgs is the wall around a job: everything unshared, no capability, no
// /proc (a root server's child could write /proc/sys there), no /sys, a
// read-only root and /dev (both are memory that nothing else would bound).
func (f features) bwrapArgs(job Job) []string {
	args := []string{
		"--unshare-all", "--unshare-user", "--uid", nobody, "--gid", nobody,
		"--hostname", "sandbox", "--die-with-parent", "--new-session",
		"--cap-drop", "ALL", "--clearenv",
	}
	if f.disableUserns {
		args = append(args, "--disable-userns")
	}
	for _, pair := range environment() {
		name, value, _ := strings.Cut(pair, "=")
		args = append(args, "--setenv", name, value)
	}
	args = append(args, systemArgs()...)
	args = append(args, f.tmpArgs()...)
	if job.Input != "" {
		args = append(args, "--ro-bind", job.Input, InputPath)
	}
	if job.OutDir != "" {
		args = append(args, "--bind", job.OutDir, OutPath)
	}
	return append(args, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/")
}

// tmpArgs gives a bounded /tmp, or, where bwrap cannot bound it, an empty one
// that becomes read-only with the root.
func (f features) tmpArgs() []string {
	if f.size {
		return []string{"--size", fmt.Sprint(tmpBytes), "--tmpfs", "/tmp"}
	}
	return []string{"--dir", "/tmp"}
}

// systemArgs shows the programs and their libraries. On a merged-/usr system
// /lib and its like are links into /usr, elsewhere folders.
func systemArgs() []string {
	args := []string{"--ro-bind", "/usr", "/usr"}
	for _, dir := range []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64"} {
		if target, err := os.Readlink(dir); err == nil {
			args = append(args, "--symlink", target, dir)
		} else if _, err := os.Stat(dir); err == nil {
			args = append(args, "--ro-bind", dir, dir)
		}
	}
	// Some libraries (BLAS, for one) are found through /etc/alternatives, and
	// fonts, for documents that bring none along, through /etc/fonts.
	for _, path := range []string{"/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts"} {
		args = append(args, "--ro-bind-try", path, path)
	}
	return append(args, "--dev", "/dev")
}

// limitArgs puts the kernel's own limits on the tool, through util-linux's
// prlimit, since they must not hold for bwrap. Never the address space: libvips
// reserves far more than it uses and crashes. RLIMIT_NPROC counts within the
// sandbox's user namespace (Linux 5.14 and newer).
func limitArgs(job Job, processes bool) []string {
	args := []string{"/usr/bin/nice", "-n", fmt.Sprint(max(job.Nice, 0)), "/usr/bin/prlimit", "--core=0", "--nofile=256", fmt.Sprintf("--fsize=%d", job.OutputBytes)}
	if processes {
		args = append(args, fmt.Sprintf("--nproc=%d", maxProcesses))
	}
	return append(append(args, "--", job.Tool), job.Args...)
}

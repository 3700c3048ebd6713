package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// run does one job, without asking whether the box is usable: Probe needs it.
func (b *Box) run(ctx context.Context, job Job) (Result, error) {
	cmd, done, err := b.command(job)
	if err != nil {
		return Result{}, err
	}
	defer done()
	out, errs := &bounded{}, &bounded{}
	cmd.Stdout, cmd.Stderr = out, errs
	if job.Stdout != nil {
		cmd.Stdout = io.MultiWriter(out, job.Stdout)
	}
	// Where something outside the sandbox's reach held a pipe open, Wait would
	// hang for good.
	cmd.WaitDelay = 10 * time.Second
	why := b.supervise(ctx, cmd, job)
	return Result{Stdout: out.bytes(), Stderr: errs.bytes()}, why
}

// command prepares the process, not yet started, and what to do after it.
func (b *Box) command(job Job) (cmd *exec.Cmd, done func(), err error) {
	for _, path := range []*string{&job.Input, &job.OutDir} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return nil, nil, fmt.Errorf("path of a job: %w", err)
		}
	}
	if b.Mode == None {
		return openCommand(job)
	}
	args := append(b.features.bwrapArgs(job), "--")
	cmd = exec.Command("bwrap", append(args, limitArgs(job, true)...)...)
	cmd.Env = environment()
	return cmd, func() {}, nil
}

// openCommand runs a tool without walls, for Mode None: links in a folder of
// ours stand for the fixed paths, so that no host path (which may hold what
// libvips reads as options) reaches the command line.
func openCommand(job Job) (*exec.Cmd, func(), error) {
	dir, err := os.MkdirTemp("", "indywire-job-")
	if err != nil {
		return nil, nil, fmt.Errorf("folder for a job: %w", err)
	}
	done := func() { _ = os.RemoveAll(dir) }
	in, out := filepath.Join(dir, "input"), filepath.Join(dir, "output")
	if err := errors.Join(linkTo(job.Input, in), linkTo(job.OutDir, out)); err != nil {
		done()
		return nil, nil, fmt.Errorf("folder for a job: %w", err)
	}
	names := strings.NewReplacer(InputPath, in, OutPath, out)
	mapped := job
	mapped.Args = make([]string, len(job.Args))
	for i, arg := range job.Args {
		mapped.Args[i] = names.Replace(arg)
	}
	// No process limit: outside a user namespace it counts all of this user's.
	args := limitArgs(mapped, false)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd, done, nil
}

// linkTo makes link point to target; an empty target needs none.
func linkTo(target, link string) error {
	if target == "" {
		return nil
	}
	return os.Symlink(target, link)
}

// supervise starts the process, watches it and says how it ended.
func (b *Box) supervise(ctx context.Context, cmd *exec.Cmd, job Job) error {
	// bwrap --die-with-parent follows the *thread* that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	group := b.groups.begin(job.MemoryBytes)
	defer group.end()
	group.place(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, job.Timeout, ErrTimeout)
	defer cancel()
	watched := make(chan error, 1)
	ended := make(chan struct{})
	go func() { watched <- newWatch(cmd, job, group).until(ctx, ended) }()
	waitErr := cmd.Wait()
	close(ended)
	if err := <-watched; err != nil {
		return err
	}
	if group.exceeded() {
		return fmt.Errorf("%w: memory", ErrTooMuch)
	}
	if err := verdict(job.Tool, waitErr); err != nil {
		return err
	}
	return checkOutput(job)
}

// verdict reads the exit status. bwrap answers 128+n for a tool that died by
// signal n, like a shell.
func verdict(tool string, err error) error {
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("%w: wait for %s: %w", ErrFailed, tool, err)
	}
	code := exit.ExitCode()
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	if code == 128+int(syscall.SIGXFSZ) {
		return fmt.Errorf("%w: output", ErrTooMuch)
	}
	return exitError{tool: tool, code: code}
}

// exitError is the ErrFailed of a tool that ran and gave up.
type exitError struct {
	tool string
	code int
}

func (e exitError) Error() string {
	return fmt.Sprintf("%v: %s ended with status %d", ErrFailed, e.tool, e.code)
}

// Unwrap makes it an ErrFailed.
func (e exitError) Unwrap() error { return ErrFailed }

package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	maxProcesses = 64 // processes and threads of one job; libvips uses about ten
	watchEvery   = 20 * time.Millisecond
)

// watch kills a job that outgrows its bounds. Memory and processes are its
// matter only where no cgroup bounds them: it looks fifty times a second, so
// a job may overshoot by what it can take in that time.
type watch struct {
	cmd    *exec.Cmd
	job    Job
	counts bool // no cgroup counts for us
}

func newWatch(cmd *exec.Cmd, job Job, g *group) watch {
	return watch{cmd: cmd, job: job, counts: g == nil}
}

// until watches till the process ended (nil) or had to be killed: ErrTimeout,
// ErrTooMuch or the context's error.
func (w watch) until(ctx context.Context, ended <-chan struct{}) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
			w.kill()
			return context.Cause(ctx)
		case <-tick.C:
			if err := w.exceeded(); err != nil {
				w.kill()
				return err
			}
		}
	}
}

// exceeded says which bound the job has outgrown, if any.
func (w watch) exceeded() error {
	if outputSize(w.job.OutDir) > w.job.OutputBytes {
		return fmt.Errorf("%w: output", ErrTooMuch)
	}
	if !w.counts {
		return nil
	}
	// bwrap itself is two processes, prlimit's becomes the tool's.
	u := useOf(w.cmd.Process.Pid)
	if u.processes > maxProcesses+2 {
		return fmt.Errorf("%w: processes", ErrTooMuch)
	}
	if u.memory > w.job.MemoryBytes {
		return fmt.Errorf("%w: memory", ErrTooMuch)
	}
	return nil
}

// kill ends all processes of the job. Killing bwrap ends its child, which is
// the first process of the pid namespace, and with it the kernel ends the rest.
func (w watch) kill() {
	if w.cmd.SysProcAttr != nil && w.cmd.SysProcAttr.Setpgid {
		_ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
		return
	}
	_ = w.cmd.Process.Kill()
}

// use is what a process and all below it take.
type use struct {
	processes int
	memory    int64 // resident bytes; pages shared between processes count for each
}

// useOf walks the process tree under /proc. A process that ends meanwhile
// counts for nothing. It stops where the answer is already "too many".
func useOf(root int) use {
	var sum use
	queue := []int{root}
	for len(queue) > 0 && sum.processes <= 2*maxProcesses {
		pid := queue[0]
		queue = queue[1:]
		sum.processes++
		sum.memory += resident(pid)
		queue = append(queue, childrenOf(pid)...)
	}
	return sum
}

// resident is field 2 of /proc/PID/statm (proc(5)), in bytes.
func resident(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(data))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// childrenOf lists the children of each thread of a process.
func childrenOf(pid int) []int {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var pids []int
	for _, file := range files {
		data, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(data)) {
			if child, err := strconv.Atoi(field); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

package postmaster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// BaseBackup copies a running server to data, which must not be there, as a hot
// standby that follows it: source is a connection string of libpq's. parent
// of data must exist and belong to the account.
func (p Programs) BaseBackup(ctx context.Context, a Account, source, data string) error {
	program, err := p.beside("pg_basebackup")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program,
		"--pgdata="+data, "--dbname="+source, "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	a.prepare(cmd, filepath.Dir(data))
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	runtime.LockOSThread() // the death signal is the thread's
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		_ = os.RemoveAll(data)
		return fmt.Errorf("copy a server: %w: %s", err, lastLines(string(out)))
	}
	return nil
}

// beside finds a program of the same version: where only some are linked to from
// PATH, it lies beside what the links lead to.
func (p Programs) beside(name string) (string, error) {
	postgres, err := filepath.EvalSymlinks(filepath.Join(p.Dir, "postgres"))
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", name, err)
	}
	for _, dir := range []string{p.Dir, filepath.Dir(postgres)} {
		if program := filepath.Join(dir, name); executable(program) {
			return program, nil
		}
	}
	return "", fmt.Errorf("%s is missing beside postgres", name)
}

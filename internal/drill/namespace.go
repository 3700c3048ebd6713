//go:build linux

package drill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// namespaces is where `ip netns` keeps those that have names.
const namespaces = "/run/netns"

// Refusal says in a sentence why no network can be made here, or nothing where one can.
func Refusal(ctx context.Context) string {
	if os.Geteuid() != 0 {
		return "the drill makes network namespaces, for which it has to run as root"
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return "the drill makes network namespaces with the program ip, which is not here (Debian: iproute2)"
	}
	name := prefix + token() + "-try"
	if err := ip(ctx, "netns", "add", name); err != nil {
		return "this machine does not let us make network namespaces: " + err.Error()
	}
	defer func() { _ = ip(context.WithoutCancel(ctx), "netns", "delete", name) }() // the next run's sweep finds it otherwise
	if err := ip(ctx, "-n", name, "link", "add", "try", "type", "bridge"); err != nil {
		return "this machine does not let us make bridges between namespaces: " + err.Error()
	}
	return ""
}

func ip(ctx context.Context, arguments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, "ip", arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(arguments, " "), err, bytes.TrimSpace(said))
	}
	return nil
}

// within runs do on a thread that is in the namespace: sockets that are made and processes that are started there stay in
// it. A thread that does not find its way back ends with its goroutine, which is why there is one for each.
func within(namespace string, do func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		own, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			done <- err
			return
		}
		defer own.Close()
		if err := enter(namespace); err != nil {
			done <- err
			return
		}
		err = do()
		if unix.Setns(int(own.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}

func enter(namespace string) error {
	f, err := os.Open(filepath.Join(namespaces, namespace))
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
}

// dial connects from the namespace. Addresses are literal: a name would be looked up on another thread.
func dial(ctx context.Context, namespace, address string, patience time.Duration) (net.Conn, error) {
	var conn net.Conn
	err := within(namespace, func() (err error) {
		dialer := &net.Dialer{Timeout: patience, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}, Control: noticeSilence}
		conn, err = dialer.DialContext(ctx, "tcp", address)
		return err
	})
	return conn, err
}

// noticeSilence ends a connection on which what was sent is not confirmed for 10 s. Probes do so only where nothing was sent.
func noticeSilence(_, _ string, raw syscall.RawConn) error {
	var failed error
	err := raw.Control(func(socket uintptr) {
		failed = unix.SetsockoptInt(int(socket), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 10_000)
	})
	return errors.Join(err, failed)
}

// processes are the ids of all that live in the namespace. It is ours, and so are they.
func processes(ctx context.Context, namespace string) ([]int, error) {
	said, err := exec.CommandContext(ctx, "ip", "netns", "pids", namespace).Output()
	if err != nil {
		return nil, fmt.Errorf("ip netns pids %s: %w", namespace, err)
	}
	var ids []int
	for _, field := range strings.Fields(string(said)) {
		id, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		if id != os.Getpid() { // one of our threads may be looking in
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// killAll ends every process of the namespace, as a power cut would. While they fall they may start others, so it looks again.
func killAll(ctx context.Context, namespace string) error {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ids, err := processes(ctx, namespace)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			_ = unix.Kill(id, unix.SIGKILL) // it may have ended by itself
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d processes of %s do not end", len(ids), namespace)
		}
	}
}

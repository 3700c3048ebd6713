//go:build linux

package drill

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Host is a machine of the network: a namespace, a cable, and the processes that run there.
type Host struct {
	Name    string
	IP      string
	Dir     string // outlives the host's death, as a disk does
	network *Network

	mu      sync.Mutex
	running []*process
}

func (h *Host) namespace() string { return h.network.name + "-" + h.Name }

// Program is what is started on a host.
type Program struct {
	Name string // its messages go to a file of that name
	Path string
	Args []string
	Env  []string // all of it
	As   *syscall.Credential
}

type process struct {
	name   string
	cmd    *exec.Cmd
	done   chan struct{}
	killed bool // by us
}

// Run starts a program. It is in a session of its own: Ctrl-C reaches the drill, which ends all in order.
func (h *Host) Run(p Program) error {
	log, err := os.OpenFile(filepath.Join(h.Dir, p.Name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = "/", p.Env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: p.As}
	if err := within(h.namespace(), cmd.Start); err != nil {
		return fmt.Errorf("start %s on %s: %w", p.Name, h.Name, err)
	}
	started := &process{name: p.Name, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // why it ended is in its log
		close(started.done)
	}()
	h.mu.Lock()
	h.running = append(h.running, started)
	h.mu.Unlock()
	return nil
}

// Output runs a program to its end.
func (h *Host) Output(ctx context.Context, p Program, input string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, p.Args...)
	cmd.Dir, cmd.Env = "/", p.Env
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.As}
	return output(h.namespace(), cmd, input)
}

// KillProgram ends one program of the host, and whoever else it started lives on.
func (h *Host) KillProgram(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.running {
		if p.name == name {
			p.killed = true
			_ = p.cmd.Process.Kill() // it may have ended by itself
			<-p.done
		}
	}
}

// Kill ends all that runs on the host at once, as a power cut would.
func (h *Host) Kill(ctx context.Context) error {
	h.mu.Lock()
	for _, p := range h.running {
		p.killed = true
	}
	h.mu.Unlock()
	return killAll(ctx, h.namespace())
}

// Unplug pulls the host's cable: what runs there lives on, alone.
func (h *Host) Unplug(ctx context.Context) error { return h.cable(ctx, "down") }

// Plug puts the cable back.
func (h *Host) Plug(ctx context.Context) error { return h.cable(ctx, "up") }

// The link is set at the switch's end, so that the host loses its carrier and keeps its address.
func (h *Host) cable(ctx context.Context, state string) error {
	return ip(ctx, "-n", h.network.Client.namespace(), "link", "set", "dev", h.Name, state)
}

// Dial connects from the host.
func (h *Host) Dial(ctx context.Context, address string, patience time.Duration) (net.Conn, error) {
	return dial(ctx, h.namespace(), address, patience)
}

// output runs a command in the namespace. What it says goes to the error, so no secret may be among its messages.
func output(namespace string, cmd *exec.Cmd, input string) (string, error) {
	var said, complained strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &said, &complained
	if err := within(namespace, cmd.Start); err != nil {
		return "", err
	}
	if err := cmd.Wait(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, complained.String())
	}
	return said.String(), nil
}

// ended tells whether the program, the last that was started under that name, has ended.
func (h *Host) ended(name string) bool {
	p := h.last(name)
	return p != nil && p.over()
}

// fell tells whether it has ended and it was not us who killed it.
func (h *Host) fell(name string) bool {
	p := h.last(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	return p != nil && p.over() && !p.killed
}

func (p *process) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (h *Host) last(name string) *process {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range slices.Backward(h.running) {
		if p.name == name {
			return p
		}
	}
	return nil
}

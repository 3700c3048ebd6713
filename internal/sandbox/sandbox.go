// Package sandbox runs media tools on hostile files: each run gets the system's
// programs, one input file, one output folder, and nothing else; no network, a
// bounded time, memory and output. It leans on bubblewrap (bwrap 0.5 or newer).
package sandbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/indywire/indywire/internal/fault"
)

// Mode says how tools are confined.
type Mode string

// The modes, as `serve --sandbox` takes them.
const (
	Bwrap Mode = "bwrap" // bubblewrap; where it cannot work nothing is run
	None  Mode = "none"  // the operator accepts that a hostile file may own the server
)

// Valid tells whether m is one of the modes.
func (m Mode) Valid() bool { return m == Bwrap || m == None }

// Where a job finds its files, in either mode: Args name these, never host
// paths, so that nothing a person named a file reaches a tool's command line.
const (
	InputPath = "/indywire/input"
	OutPath   = "/indywire/output"
)

// How a run ends badly; errors.Is tells them apart.
var (
	ErrTimeout = errors.New("the tool took too long")
	ErrTooMuch = errors.New("the tool used too much memory, output or processes")
	ErrFailed  = errors.New("the tool failed")
	ErrMissing = errors.New("the tool is not installed on this server")
)

// Box runs jobs. Make it with New; Probe must succeed before Run does.
type Box struct {
	Mode     Mode
	Log      *slog.Logger
	Parallel int      // runs at once; further ones wait. Set before the first Run.
	Programs []string // folders in which it is seen whether a tool is there

	usable   atomic.Bool
	features features // of the bwrap found by Probe
	groups   *cgroups // nil where the server has no cgroup of its own

	slotsOnce sync.Once
	slots     chan struct{}
}

// New makes a box that runs as many jobs at once as there are processors. It is
// not usable before Probe succeeded.
func New(mode Mode, log *slog.Logger) *Box {
	return &Box{Mode: mode, Log: log, Parallel: runtime.NumCPU(), Programs: []string{"/usr/bin", "/bin"}}
}

// Usable tells whether Probe succeeded. While it is false nothing is decoded.
func (b *Box) Usable() bool { return b.usable.Load() }

// Job is one run of a tool.
type Job struct {
	Tool        string        // a program of the system, looked up in /usr/bin
	Needs       []string      // further programs that the tool runs or belongs to
	Args        []string      // name files by InputPath and below OutPath
	Input       string        // host path of the file to read; empty: none
	OutDir      string        // host path of an existing folder of this job's own; empty: none
	Timeout     time.Duration // 0: a minute
	MemoryBytes int64         // of all processes together; 0: 1 GiB
	OutputBytes int64         // of all files in OutDir together; 0: 256 MiB
	Nice        int           // how far it stands back for others, as nice(1) has it
	Stdout      io.Writer     // gets what the tool says while it runs, all of it; nil: nobody does
}

// Result is what the tool said, each stream cut at 64 KiB. Neither is for logs:
// a tool may repeat what a file holds.
type Result struct {
	Stdout, Stderr []byte
}

const (
	defaultTimeout = time.Minute
	defaultMemory  = 1 << 30
	defaultOutput  = 256 << 20
)

// withDefaults fills in what the caller left open.
func (j Job) withDefaults() Job {
	if j.Timeout <= 0 {
		j.Timeout = defaultTimeout
	}
	if j.MemoryBytes <= 0 {
		j.MemoryBytes = defaultMemory
	}
	if j.OutputBytes <= 0 {
		j.OutputBytes = defaultOutput
	}
	return j
}

// Run runs one job to its end and answers with what the tool said. Afterwards
// OutDir holds regular files and folders only. Errors: fault.Busy while the box
// is not usable; ErrMissing, of that kind too; ErrTimeout, ErrTooMuch, ErrFailed; the context's. After an
// error the caller throws OutDir away.
func (b *Box) Run(ctx context.Context, job Job) (Result, error) {
	if !b.Usable() {
		return Result{}, fault.New(fault.Busy, "the media sandbox does not work on this server")
	}
	if err := b.lacking(job); err != nil {
		return Result{}, err
	}
	leave, err := b.enter(ctx)
	if err != nil {
		return Result{}, err
	}
	defer leave()
	return b.run(ctx, job.withDefaults())
}

// enter waits for one of the Parallel places.
func (b *Box) enter(ctx context.Context) (leave func(), err error) {
	b.slotsOnce.Do(func() { b.slots = make(chan struct{}, max(b.Parallel, 1)) })
	select {
	case b.slots <- struct{}{}:
		return func() { <-b.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

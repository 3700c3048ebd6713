package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// One Chromium serves all tests that run at the same time, since starting it takes longer than most tests. It ends with
// the last of them, so that no process and no profile is left behind; there is no hook at the end of a test binary.
var shared chromium

type chromium struct {
	mu    sync.Mutex
	users int
	ctx   context.Context
	stop  context.CancelFunc
}

// join answers the context of the running browser, and starts one where none runs. Each join needs one leave.
func (c *chromium) join() (context.Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users == 0 {
		ctx, stop, err := start()
		if err != nil {
			return nil, err
		}
		c.ctx, c.stop = ctx, stop
	}
	c.users++
	return c.ctx, nil
}

func (c *chromium) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users == 0 {
		c.stop()
	}
}

func start() (context.Context, context.CancelFunc, error) {
	program, err := find()
	if err != nil {
		return nil, nil, err
	}
	// the browser outlives the test that needs it first, so it hangs on no test's context
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options(program)...)
	ctx, kill := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		kill()
		stop()
		return nil, nil, fmt.Errorf("starting %s: %w", program, err)
	}
	return ctx, func() {
		closeKindly(ctx)
		kill()
		stop()
	}, nil
}

// closeKindly asks the browser to end by itself: a killed one leaves files in the temporary folder.
func closeKindly(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	// one that does not end in time is killed by the caller
	_ = chromedp.Cancel(ctx)
}

func find() (string, error) {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("browser tests need Chromium on PATH: scripts/setup test installs it")
}

// options start a browser that talks to this machine only: a page that asks for anything else is refused it.
func options(program string) []chromedp.ExecAllocatorOption {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("host-resolver-rules",
			"MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]"),
	)
	if os.Geteuid() == 0 {
		// Chromium does not start its own sandbox as root. It sees no pages but ours.
		opts = append(opts, chromedp.NoSandbox)
	}
	return opts
}

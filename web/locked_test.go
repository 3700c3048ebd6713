package web_test

import (
	"io"
	"sync"
	"time"
)

// locked lets several goroutines write into one buffer.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// nap is how long a test waits before it looks again for what a worker does.
func (n *network) nap() { time.Sleep(100 * time.Millisecond) }

package tus_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media/tus"
)

// sender sends pieces of so many bytes, each after a pause, without end.
type sender struct {
	piece int
	pause time.Duration
}

func (s sender) Read(b []byte) (int, error) {
	time.Sleep(s.pause)
	return min(s.piece, len(b)), nil
}

// taken is how much of each sender is read within d of the bubble's own time.
func taken(t *testing.T, p *tus.Pace, d time.Duration, senders ...sender) []int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	took := make([]int64, len(senders))
	var all sync.WaitGroup
	for i, s := range senders {
		if err := p.Enter(); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			r := p.Reader(ctx, s)
			for buffer := make([]byte, 32<<10); ctx.Err() == nil; {
				n, err := r.Read(buffer)
				if took[i] += int64(n); err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	for range senders {
		p.Leave()
	}
	return took
}

// TestSharesAreEven whoever sends faster, and whole again for who is alone.
func TestSharesAreEven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rate = 1 << 20
		p := tus.NewPace(8, rate)
		fast, slow := sender{32 << 10, 0}, sender{4 << 10, 5 * time.Millisecond}
		for _, n := range taken(t, p, time.Minute, fast, slow, slow, slow) {
			if share := int64(60 * rate / 4); n > share*11/10 || n < share/2 {
				t.Errorf("%d bytes of a share of %d", n, share)
			}
		}
		if n := taken(t, p, time.Minute, fast)[0]; n < 60*rate*9/10 || n > 60*rate*11/10 {
			t.Errorf("alone: %d bytes of %d", n, 60*rate)
		}
	})
}

func TestStreamsAreGivenBack(t *testing.T) {
	t.Parallel()
	p := tus.NewPace(1, 0)
	for range 2 {
		if err := p.Enter(); err != nil {
			t.Fatal(err)
		}
		if err := p.Enter(); !fault.Is(err, fault.Busy) {
			t.Errorf("one too many: %v", err)
		}
		p.Leave()
	}
}

// TestDrippingSenderIsGivenUp and one that is merely slow, or held back by the
// rate, is not.
func TestDrippingSenderIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		s    sender
		rate int64
		slow bool
	}{
		"drips":     {sender{1, 10 * time.Second}, 0, true},
		"slow":      {sender{1 << 10, 5 * time.Second}, 0, false},
		"held back": {sender{1 << 10, 0}, 16, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := tus.NewPace(1, tt.rate).Reader(t.Context(), tt.s)
				n, err := io.CopyN(io.Discard, r, 64<<10)
				if r.Slow() != tt.slow || errors.Is(err, io.EOF) != tt.slow || n == 0 {
					t.Errorf("given up: %v, after %d bytes, %v", r.Slow(), n, err)
				}
			})
		})
	}
}
